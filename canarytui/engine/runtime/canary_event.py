"""One Kubernetes Event about a canary: its message, its count, and how much of that is stored on the server.

Made by the recorder, sent by the queue. Written through core/v1, which every tool reads, with all that events.k8s.io
demands as well (eventTime, action, reporting controller and instance, series), so that both views are complete.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from msgspec import Struct

from canarytui.domain.spec.canary import Canary

COMPONENT = "flagger"
REASON = "Synced"
ACTION = "Reconcile"
TEXT_BYTES_MOST = 1024
_INSTANCE_CHARS_MOST = 128
_NAME_CHARS_MOST = 253
_CUT = "…"


class UniqueTimestamps:
    """Numbers for names: unique nanoseconds, so that sorting by name sorts by time."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last = max(self._last + 1, time.time_ns())
        return self._last


class EventSubject(NamedTuple):
    """The canary that an Event is about; not all of it, which would be kept as long as the Event may repeat."""

    namespace: str
    name: str
    uid: str
    resource_version: str

    @classmethod
    def of(cls, canary: Canary) -> EventSubject:
        return cls(canary.namespace, canary.name, canary.uid, canary.resource_version)


class CanaryEvent(Struct):
    """`count` is how often it was reported, `written` the count on the server (0: it has no such Event).

    `sent` is the count of the request that is or was last on its way; `name` that of the Event.
    """

    about: EventSubject
    text: str
    warning: bool
    first: datetime
    last: datetime
    name: str
    instance: str
    count: int = 1
    written: int = 0
    sent: int = 0
    queued: bool = False
    refusals: int = 0

    def event(self) -> dict[str, Any]:
        """The Event to create."""
        about = self.about
        body: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": self.name, "namespace": about.namespace},
            "involvedObject": {
                "apiVersion": "flagger.app/v1beta1",
                "kind": "Canary",
                "name": about.name,
                "namespace": about.namespace,
                "uid": about.uid,
                "resourceVersion": about.resource_version,
            },
            "type": "Warning" if self.warning else "Normal",
            "reason": REASON,
            "action": ACTION,
            "message": self.text,
            "eventTime": stamp(self.first),
            "firstTimestamp": stamp(self.first),
            "source": {"component": COMPONENT},
            "reportingComponent": COMPONENT,
            "reportingInstance": self.instance[:_INSTANCE_CHARS_MOST],
        }
        return body | self.times()

    def times(self) -> dict[str, Any]:
        """The merge patch for a repeated message."""
        seen: dict[str, Any] = {"count": self.count, "lastTimestamp": stamp(self.last)}
        if self.count > 1:
            seen["series"] = {"count": self.count, "lastObservedTime": stamp(self.last)}
        return seen


def event_name(canary: str, number: int) -> str:
    """``podinfo.18a3f…``, as client-go names Events: the canary and a :class:`UniqueTimestamps`'s number."""
    suffix = f".{number:x}"
    return canary[: _NAME_CHARS_MOST - len(suffix)].rstrip("-.") + suffix


def fitting(text: str) -> str:
    """`text` within the 1,024 bytes that an Event takes; a cut shows, and the log has all of it."""
    data = text.encode()
    if len(data) <= TEXT_BYTES_MOST:
        return text
    return data[: TEXT_BYTES_MOST - len(_CUT.encode())].decode(errors="ignore") + _CUT


def stamp(moment: datetime) -> str:
    """Kubernetes keeps whole seconds of a Time; where the fraction is kept, kubectl sorts a tick's Events by it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
