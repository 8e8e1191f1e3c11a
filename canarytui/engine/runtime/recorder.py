"""Kubernetes Events about canaries: each message an Event of its own, so that none is folded or dropped.

Flagger's recorder folds the eleventh similar Event and drops what exceeds a burst of 25; a rollout has more.
Ours writes every message; only the same message again, as the last one said, raises its Event's count.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from canarytui.cluster import writes
from canarytui.cluster.connect import Cluster
from canarytui.cluster.resources import EVENTS
from canarytui.domain.canary import Canary
from canarytui.engine.runtime.logs import JsonLog
from canarytui.errors import ApiStatusError, ClusterUnreachable

COMPONENT = "flagger"
REASON = "Synced"
INSTANCE_PREFIX = "canarytui"
"""How ``reportingInstance`` of our Events begins; genuine Flagger leaves it empty."""
_CALLER = "controller/events.go"
_MESSAGE_BYTES_MOST = 1024


class EventRecorder:
    """Remembers the last Event of each canary."""

    def __init__(self, cluster: Cluster, log: JsonLog, instance: str = INSTANCE_PREFIX) -> None:
        self._cluster = cluster
        self._instance = instance
        self._log = log
        self._last: dict[str, dict[str, Any]] = {}

    async def record(self, canary: Canary, message: str, *, warning: bool) -> None:
        """Write the Event; failures are logged and do not disturb the rollout."""
        text = message.encode()[:_MESSAGE_BYTES_MOST].decode(errors="ignore")
        last = self._last.get(canary.uid)
        try:
            if last is not None and last["message"] == text and last["type"] == _type(warning):
                self._last[canary.uid] = await self._again(last)
            else:
                event = _event(canary, text, warning, self._instance)
                self._last[canary.uid] = await writes.create(self._cluster, EVENTS, event)
        except (ApiStatusError, ClusterUnreachable) as error:
            self._last.pop(canary.uid, None)
            self._log.line("error", _CALLER, f"event could not be written: {error}", canary=canary.full_name)

    def forget(self, uid: str) -> None:
        """The canary has gone."""
        self._last.pop(uid, None)

    async def _again(self, last: dict[str, Any]) -> dict[str, Any]:
        meta = last["metadata"]
        patch = {"count": int(last.get("count") or 1) + 1, "lastTimestamp": _now()}
        return await writes.merge_patch(self._cluster, EVENTS, meta["namespace"], meta["name"], patch)


def _event(canary: Canary, message: str, warning: bool, instance: str) -> dict[str, Any]:
    now = _now()
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{canary.name}.{secrets.token_hex(8)}", "namespace": canary.namespace},
        "involvedObject": {
            "apiVersion": "flagger.app/v1beta1",
            "kind": "Canary",
            "name": canary.name,
            "namespace": canary.namespace,
            "uid": canary.uid,
            "resourceVersion": canary.resource_version,
        },
        "type": _type(warning),
        "reason": REASON,
        "message": message,
        "count": 1,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "source": {"component": COMPONENT},
        "reportingComponent": COMPONENT,
        "reportingInstance": instance,
    }


def _type(warning: bool) -> str:
    return "Warning" if warning else "Normal"


def _now() -> str:
    # Kubernetes keeps whole seconds; where the fraction is kept, kubectl sorts the Events of one tick by it.
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
