"""Events of the kubelet about pods, and of the gateway about routes.

Written in the background: container loops and pod workers never wait for one. Repeats are counted on one object.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.client.resources import EVENTS
from canarytui.sandbox.constants import NODE_NAME
from canarytui.sandbox.errors import SandboxError
from canarytui.sandbox.values import timestamp

EventType = Literal["Normal", "Warning"]
_REMEMBERED = 512
_PENDING = 500


class _Occurrence(Struct, frozen=True):
    involved: tuple[tuple[str, str], ...]
    type: EventType
    reason: str
    message: str
    component: str = "kubelet"


class KubeletEventRecorder:
    """Queue of occurrences; :meth:`run` writes them."""

    def __init__(self, client: KubeClient) -> None:
        self._client = client
        self._queue: asyncio.Queue[_Occurrence] = asyncio.Queue(_PENDING)
        self._written: OrderedDict[_Occurrence, tuple[str, int]] = OrderedDict()

    def emit(self, pod: Mapping[str, Any], type_: EventType, reason: str, message: str, container: str = "") -> None:
        """Record an Event about `pod`, or about one of its containers. Dropped when too many are pending."""
        metadata = pod["metadata"]
        involved = {
            "kind": "Pod",
            "apiVersion": "v1",
            "namespace": metadata.get("namespace", ""),
            "name": metadata["name"],
            "uid": metadata.get("uid", ""),
        }
        if container:
            involved["fieldPath"] = f"spec.containers{{{container}}}"
        self.record(involved, type_, reason, message)

    def record(
        self, involved: Mapping[str, str], type_: EventType, reason: str, message: str, component: str = "kubelet"
    ) -> None:
        """Record an Event about any object, given as an ``involvedObject``. Dropped when too many are pending."""
        if not self._queue.full():
            self._queue.put_nowait(_Occurrence(tuple(involved.items()), type_, reason, message, component))

    async def run(self) -> None:
        """Write occurrences until cancelled; one that cannot be written is dropped."""
        while True:
            occurrence = await self._queue.get()
            try:
                await self._write(occurrence)
            except SandboxError:
                self._written.pop(occurrence, None)
            finally:
                self._queue.task_done()

    async def flush(self, timeout_s: float) -> None:
        """Wait until everything recorded so far is written, at most `timeout_s` seconds."""
        try:
            await asyncio.wait_for(self._queue.join(), timeout_s)
        except TimeoutError:
            return

    async def _write(self, occurrence: _Occurrence) -> None:
        involved = dict(occurrence.involved)
        now = timestamp(datetime.now(UTC))
        known = self._written.get(occurrence)
        if known is not None:
            name, count = known
            patch = {"count": count + 1, "lastTimestamp": now}
            await self._client.merge_patch(EVENTS, involved["namespace"], name, patch)
            self._written[occurrence] = (name, count + 1)
            self._written.move_to_end(occurrence)
            return
        name = f"{involved['name']}.{time.time_ns():x}"
        await self._client.create(
            EVENTS.path(involved["namespace"]),
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"namespace": involved["namespace"], "name": name},
                "involvedObject": involved,
                "reason": occurrence.reason,
                "message": occurrence.message,
                "source": {"component": occurrence.component, "host": NODE_NAME},
                "firstTimestamp": now,
                "lastTimestamp": now,
                "count": 1,
                "type": occurrence.type,
                "reportingComponent": occurrence.component,
                "reportingInstance": NODE_NAME,
            },
        )
        self._written[occurrence] = (name, 1)
        if len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)
