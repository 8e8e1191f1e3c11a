"""Writes to a canary's status: only the fields that change.

Every step writes through here. A write computes the new status from the canary as it is; if the status was changed in
the meantime, it is computed again from the current one, so that a counter raised manually stays raised.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.conditions import conditions_for
from canarytui.domain.spec.phases import Phase
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Conflict, Decision, PatchStatus, WriteRefused
from canarytui.engine.decide.tick import CONFLICTS_MOST, EndTick, Tick
from canarytui.engine.workloads import workload_of

_KEEPS_COUNTERS = (Phase.PROGRESSING, Phase.WAITING, Phase.PROMOTING)
_PROMOTED = (Phase.INITIALIZED, Phase.SUCCEEDED)

Wanted = Callable[[Canary], dict[str, Any]]


def stamp(now: datetime) -> str:
    """A Kubernetes time: RFC 3339, whole seconds, Z."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def set_initializing(tick: Tick) -> Decision[None]:
    """The first status of a canary, written as soon as it is seen."""
    yield from _write(tick, lambda canary: {**_counters(), **_phase(tick, canary, Phase.INITIALIZING)}, transition=True)


def sync(tick: Tick, phase: Phase, *, weight: int = 0) -> Decision[None]:
    """Enter `phase` with all counters reset, recording what the target and its configs are now."""
    workload = workload_of(tick.canary)
    fingerprint = workload.fingerprint(tick)
    configs = _checksums(tick)

    def wanted(canary: Canary) -> dict[str, Any]:
        fields = {
            **_counters(weight),
            **_phase(tick, canary, phase),
            "lastAppliedSpec": fingerprint,
        }
        if configs is not None:
            fields["trackedConfigs"] = configs
        if phase is Phase.INITIALIZED:
            fields["lastPromotedSpec"] = fingerprint
        return fields

    yield from _write(tick, wanted, transition=True)


def refresh(tick: Tick) -> Decision[None]:
    """Record what the target is now and keep the rest: what Flagger does at every tick in phase Failed.

    The condition follows a phase that was set manually.
    """
    workload = workload_of(tick.canary)
    fingerprint, configs = workload.fingerprint(tick), _checksums(tick)

    def wanted(canary: Canary) -> dict[str, Any]:
        fields = {**_phase(tick, canary, canary.status.phase), "lastAppliedSpec": fingerprint}
        if configs is not None:
            fields["trackedConfigs"] = configs
        return fields

    yield from _write(tick, wanted, transition=True)


def _checksums(tick: Tick) -> dict[str, str] | None:
    """Those of the configs now. If one is missing, those recorded last: it must not keep a rollout from ending."""
    try:
        return workload_of(tick.canary).config_checksums(tick)
    except EndTick:
        recorded = tick.canary.status.tracked_configs
        if tick.settings.strict:
            raise
        return None if recorded is None else dict(recorded)


def set_phase(tick: Tick, phase: Phase) -> Decision[None]:
    """Enter `phase`; outside a running analysis weight and iterations are reset, failed checks never."""

    def wanted(canary: Canary) -> dict[str, Any]:
        fields = _phase(tick, canary, phase)
        if phase not in _KEEPS_COUNTERS:
            fields |= {"canaryWeight": 0, "iterations": 0}
        if phase in _PROMOTED:
            fields["lastPromotedSpec"] = canary.status.last_applied_spec
        return fields

    yield from _write(tick, wanted, transition=True)


def wait_for_promotion(tick: Tick, iterations: int) -> Decision[None]:
    """Enter WaitingPromotion with so many iterations done: -1 for a weight canary, as Flagger writes it."""

    def wanted(canary: Canary) -> dict[str, Any]:
        return {**_phase(tick, canary, Phase.WAITING_PROMOTION), "canaryWeight": 0, "iterations": iterations}

    yield from _write(tick, wanted, transition=True)


def count_failed_check(tick: Tick) -> Decision[None]:
    """One more failed check."""
    yield from _write(tick, lambda canary: {"failedChecks": canary.status.failed_checks + 1}, transition=True)


def set_weight(tick: Tick, weight: int) -> Decision[None]:
    """The canary's share of the traffic, percent."""
    yield from _write(tick, lambda _: {"canaryWeight": weight}, transition=True)


def set_iterations(tick: Tick, iterations: int) -> Decision[None]:
    """Iterations done."""
    yield from _write(tick, lambda _: {"iterations": iterations}, transition=True)


def adopt(tick: Tick, applied: str, promoted: str) -> Decision[None]:
    """Adopt a status that another controller wrote: replace its fingerprints by ours, nothing else."""
    yield from _write(tick, lambda _: {"lastAppliedSpec": applied, "lastPromotedSpec": promoted}, transition=False)


def _counters(weight: int = 0) -> dict[str, Any]:
    return {"canaryWeight": weight, "failedChecks": 0, "iterations": 0}


def _phase(tick: Tick, canary: Canary, phase: Phase) -> dict[str, Any]:
    conditions = conditions_for(phase, canary.spec.target.kind, canary.status.conditions, stamp(tick.now))
    return {"phase": phase.value, "conditions": conditions}


def _write(tick: Tick, wanted: Wanted, *, transition: bool) -> Decision[None]:
    for _ in range(CONFLICTS_MOST):
        canary = tick.canary
        fields = {**wanted(canary), **tick.affinity}
        if transition:
            fields["lastTransitionTime"] = stamp(tick.now)
        patch = _difference(canary.raw.get("status") or {}, fields)
        if not patch:
            return
        try:
            stored: KubernetesObject = yield PatchStatus(canary.namespace, canary.name, canary.resource_version, patch)
        except Conflict:
            found = tick.cluster_view.get("Canary", canary.namespace, canary.name)
            if found is None:
                raise WriteRefused(f"canary {canary.full_name} was deleted") from None
            tick.canary = Canary.parse(found)
            continue
        tick.canary = Canary.parse(stored)
        return
    raise WriteRefused(f"the status of {tick.canary.full_name} was changed by somebody else at every attempt")


def _difference(before: KubernetesObject, fields: dict[str, Any]) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for name, value in fields.items():
        old = before.get(name)
        if old == value and (name in before or value is None):
            continue
        if isinstance(value, dict) and isinstance(old, dict):
            # A merge patch removes a key by null.
            patch[name] = {**{key: None for key in old if key not in value}, **value}
        else:
            patch[name] = value
    return patch
