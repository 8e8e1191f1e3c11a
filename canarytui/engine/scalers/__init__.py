"""The autoscaler of a canary's target, if it has one: its copy for the primary, and its pause while the target rests.

All pure. The copy is made once, and brought up to date when a revision is promoted, so that a new setting is tried
with the revision that needs it.
"""

from __future__ import annotations

from canarytui.engine.decide.effects import Decision
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.scalers.base import Scaler
from canarytui.engine.scalers.hpa import HorizontalPodAutoscalers
from canarytui.engine.scalers.keda import ScaledObjects

_SCALERS: dict[str, Scaler] = {scaler.kind: scaler for scaler in (HorizontalPodAutoscalers(), ScaledObjects())}


def ensure_primary(tick: Tick) -> Decision[None]:
    """Create the primary's autoscaler if it is missing."""
    scaler = _scaler_of(tick)
    if scaler is not None:
        yield from scaler.ensure_primary(tick)


def update_primary(tick: Tick) -> Decision[None]:
    """Update the primary's autoscaler from the target's."""
    scaler = _scaler_of(tick)
    if scaler is not None:
        yield from scaler.update_primary(tick)


def pause_target(tick: Tick) -> Decision[None]:
    """Keep the target's autoscaler from undoing a scale to zero."""
    scaler = _scaler_of(tick)
    if scaler is not None:
        yield from scaler.pause_target(tick)


def resume_target(tick: Tick) -> Decision[None]:
    """Resume the target's autoscaler."""
    scaler = _scaler_of(tick)
    if scaler is not None:
        yield from scaler.resume_target(tick)


def least_replicas(tick: Tick) -> int:
    """Replicas for a target that was scaled to zero: the autoscaler's minimum, at least 1."""
    scaler = _scaler_of(tick)
    return max(1, scaler.least_replicas(tick)) if scaler is not None else 1


def may_idle(tick: Tick) -> bool:
    """Whether the target's autoscaler may scale it to zero, and is not paused."""
    scaler = _scaler_of(tick)
    return scaler is not None and scaler.may_idle(tick)


def _scaler_of(tick: Tick) -> Scaler | None:
    reference = tick.canary.spec.autoscaler
    if reference is None:
        return None
    scaler = _SCALERS.get(reference.kind)
    if scaler is None:
        known = " or ".join(_SCALERS)
        raise EndTick(f"spec.autoscalerRef.kind {reference.kind} of canary {tick.canary.full_name} is not {known}")
    return scaler
