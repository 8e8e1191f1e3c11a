"""Which rollout an alert is about, for systems that keep the messages about one thing together."""

from __future__ import annotations

from canarytui.domain.spec.phases import ENDED, Phase
from canarytui.domain.spec.revision import attempt_checksum
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.workloads import workload_of

_BEFORE = ENDED | {Phase.WAITING}


def thread_of(tick: Tick) -> str:
    """``namespace/name/checksum``: a revision with its configs, the same from its first gate to its end.

    A controller that is started again finds the same: nothing is kept for it. A revision that is retried continues its
    thread.
    """
    canary = tick.canary
    checksum = _next_checksum(tick) if canary.status.phase in _BEFORE and tick.found in _BEFORE else tick.checksum
    return f"{canary.namespace}/{canary.name}/{checksum}"


def _next_checksum(tick: Tick) -> str:
    """The checksum that the status will have once the rollout of the target, as it is now, has begun."""
    workload = workload_of(tick.canary)
    try:
        return attempt_checksum(workload.config_checksums(tick), workload.fingerprint(tick))
    except EndTick:  # the target or a config of it is missing
        return tick.checksum
