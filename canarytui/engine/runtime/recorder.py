"""Kubernetes Events about canaries: one Event for each message, so that none is aggregated or dropped.

Flagger's recorder aggregates from the eleventh similar Event on and drops what exceeds a burst of 25; a rollout has
more. Ours writes every message. Only a message that the next tick repeats is one Event, whose count rises
(a check that keeps failing, a primary that is not ready yet).
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct, field

from canarytui.cluster.client import Cluster
from canarytui.domain.spec.canary import Canary
from canarytui.engine.runtime.canary_event import (
    COMPONENT,
    CanaryEvent,
    EventSubject,
    UniqueTimestamps,
    event_name,
    fitting,
)
from canarytui.engine.runtime.event_queue import EventQueue
from canarytui.engine.runtime.logs import JsonLog

__all__ = ["COMPONENT", "INSTANCE_PREFIX", "CanaryEventRecorder"]

INSTANCE_PREFIX = "canarytui"
"""How ``reportingInstance`` of our Events begins; genuine Flagger leaves it empty."""
_CALLER = "controller/events.go"


class _QueuedMessage(Struct):
    """The messages of the tick at `look` so far, and those of the last tick before it that had any."""

    look: datetime
    now: dict[tuple[str, bool], CanaryEvent] = field(default_factory=dict)
    before: dict[tuple[str, bool], CanaryEvent] = field(default_factory=dict)


class CanaryEventRecorder:
    """Takes messages without delay; :meth:`close` sends those that still wait."""

    def __init__(self, cluster: Cluster, log: JsonLog, instance: str = INSTANCE_PREFIX) -> None:
        self._log = log
        self._instance = instance
        self._clock = UniqueTimestamps()
        self._queue = EventQueue(cluster, self._lost, self._clock)
        self._said: dict[str, _QueuedMessage] = {}

    @property
    def waiting(self) -> int:
        """How many messages are still to be sent."""
        return len(self._queue)

    def record(self, canary: Canary, message: str, *, warning: bool, look: datetime) -> None:
        """Record a message about a canary; `look` is the time of its tick."""
        text, now = fitting(message), datetime.now(UTC)
        said = self._said.setdefault(canary.uid, _QueuedMessage(look))
        if said.look != look:
            said.look, said.before, said.now = look, said.now, {}
        key = (text, warning)
        known = said.now.get(key) or said.before.get(key)
        if known is None:
            name = event_name(canary.name, self._clock.next())
            known = CanaryEvent(EventSubject.of(canary), text, warning, now, now, name, self._instance)
        else:
            known.count += 1
            known.last = now
        said.now[key] = known
        self._queue.put(known)

    def forget(self, uid: str) -> None:
        """The canary has gone."""
        self._said.pop(uid, None)

    async def close(self, grace_s: float) -> None:
        """Send what waits, for at most `grace_s` seconds."""
        await self._queue.close(grace_s)

    def _lost(self, message: CanaryEvent, why: str) -> None:
        text = f"event could not be written: {why} (it says: {message.text})"
        self._log.line("error", _CALLER, text, canary=f"{message.about.name}.{message.about.namespace}")
