"""Kubernetes Events of the controllers, folded as client-go's recorder folds them.

The same event about the same object within ten minutes raises ``count`` instead of creating another Event.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.objects import EVENTS, Manifest, key_of, uid_of
from canarytui.sandbox.values import timestamp

FOLD_WITHIN = timedelta(minutes=10)
REMEMBERED = 4096


class ControllerEventRecorder:
    """Writes Events of one component; failed writes are ignored, because Events must not block work."""

    def __init__(self, client: Client, clock: Clock, component: str) -> None:
        self._client = client
        self._clock = clock
        self._component = component
        self._recent: dict[tuple[str, str, str, str], tuple[Manifest, datetime]] = {}

    def normal(self, about: Manifest, reason: str, message: str) -> None:
        self._record(about, "Normal", reason, message)

    def warning(self, about: Manifest, reason: str, message: str) -> None:
        self._record(about, "Warning", reason, message)

    def _record(self, about: Manifest, kind: str, reason: str, message: str) -> None:
        now = self._clock.now()
        fold_key = (uid_of(about), kind, reason, message)
        try:
            written = self._raise_count(fold_key, now) or self._create(about, kind, reason, message, now)
        except StatusError:
            return  # the namespace is being deleted, or the object's Event was removed meanwhile
        self._recent[fold_key] = (written, now)
        if len(self._recent) > REMEMBERED:
            self._recent.pop(next(iter(self._recent)))

    def _raise_count(self, fold_key: tuple[str, str, str, str], now: datetime) -> Manifest | None:
        earlier = self._recent.get(fold_key)
        if earlier is None or now - earlier[1] > FOLD_WITHIN:
            return None
        event = earlier[0]
        patch = {"count": event.get("count", 1) + 1, "lastTimestamp": timestamp(now)}
        try:
            return self._client.merge_patch(EVENTS, event, patch)
        except StatusError:
            return None  # expired meanwhile: a new one begins

    def _create(self, about: Manifest, kind: str, reason: str, message: str, now: datetime) -> Manifest:
        moment_ns = int(now.timestamp() * 1e9)
        while True:
            try:
                return self._client.create(EVENTS, self._event(about, kind, reason, message, now, moment_ns))
            except StatusError as error:
                if error.reason != "AlreadyExists":
                    raise
            moment_ns += 1  # another object of this name had an Event at this very moment

    def _event(self, about: Manifest, kind: str, reason: str, message: str, now: datetime, suffix: int) -> Manifest:
        namespace, name = key_of(about)
        stamp = timestamp(now)
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{name}.{suffix:x}", "namespace": namespace or "default"},
            "involvedObject": {
                "apiVersion": about["apiVersion"],
                "kind": about["kind"],
                "name": name,
                "uid": uid_of(about),
                "resourceVersion": about["metadata"].get("resourceVersion", ""),
                **({"namespace": namespace} if namespace else {}),
            },
            "type": kind,
            "reason": reason,
            "message": message,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "reportingInstance": "",
            "firstTimestamp": stamp,
            "lastTimestamp": stamp,
            "count": 1,
        }
