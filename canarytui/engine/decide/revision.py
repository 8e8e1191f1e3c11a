"""Whether the target has changed since the last tick."""

from __future__ import annotations

from canarytui.domain.spec.phases import ENDED
from canarytui.domain.spec.revision import is_foreign
from canarytui.engine.decide import status
from canarytui.engine.decide.effects import Decision, Log
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.workloads import workload_of


def has_changed(tick: Tick) -> Decision[bool]:
    """A new template, or a new version of a tracked config.

    A template that equals the promoted one is no change; a config that goes back to an earlier version is.
    Another controller's fingerprints are replaced, never compared.
    """
    canary = tick.canary
    workload = workload_of(canary)
    fingerprint = workload.fingerprint(tick)
    recorded = canary.status
    if is_foreign(recorded.last_applied_spec):
        promoted = fingerprint if tick.phase in ENDED else recorded.last_promoted_spec
        yield from status.adopt(tick, fingerprint, promoted)
        return False
    if not recorded.last_applied_spec:
        return True
    if fingerprint not in (recorded.last_promoted_spec, recorded.last_applied_spec):
        return True
    return (yield from _configs_changed(tick))


def changes_meanwhile(tick: Tick) -> Decision[bool]:
    """:func:`has_changed` during an analysis, when a missing config must not stop the checks."""
    try:
        changed = yield from has_changed(tick)
    except EndTick:
        return False
    return changed


def has_gone_back(tick: Tick) -> bool:
    """Whether the target is as it was promoted, and something else was tried since."""
    recorded = tick.canary.status
    fingerprint = workload_of(tick.canary).fingerprint(tick)
    return fingerprint == recorded.last_promoted_spec and fingerprint != recorded.last_applied_spec


def _configs_changed(tick: Tick) -> Decision[bool]:
    current = workload_of(tick.canary).config_checksums(tick)
    tracked = tick.canary.status.tracked_configs
    if not current and not tracked:
        return False
    if current is None:
        return False
    if tracked is None:
        return True
    changed = [name for name, checksum in current.items() if tracked.get(name) != checksum]
    for name in changed:
        yield Log(f"{name.replace('/', ' ')} has changed", "canary/config_tracker.go")
    return bool(changed) or len(tracked) != len(current)
