"""One pod on the node, from the moment it is bound here until it is gone from the API.

Started by the kubelet for each pod. It runs the container loops, writes the listen annotation before the
status that depends on it, and ends the pod gracefully when it is deleted. All writes of a pod come from
one task, so they arrive in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from typing import Any

from canarytui.sandbox.backends import pod_listens
from canarytui.sandbox.background import in_background
from canarytui.sandbox.client.resources import PODS
from canarytui.sandbox.constants import LISTEN_ANNOTATION
from canarytui.sandbox.errors import RequestRefused, SandboxError, ServerUnreachable
from canarytui.sandbox.node import container_record as records
from canarytui.sandbox.node.container_loop import ContainerLoop
from canarytui.sandbox.node.container_record import ContainerRecord, Running
from canarytui.sandbox.node.host import HOST_IP, Host
from canarytui.sandbox.node.pod_status import PodFacts, pod_status, read_record
from canarytui.sandbox.values import ReadOnlyObject, parse_timestamp

_RETRY_S = 1.0
_DEFAULT_GRACE_S = 30.0


class PodWorker:
    """Runs one pod; `containers` by name are what the kubelet's HTTP interface reads."""

    def __init__(self, pod: ReadOnlyObject, host: Host) -> None:
        self._pod = pod
        self._host = host
        self._dirty = asyncio.Event()
        self._terminating = asyncio.Event()
        now = datetime.now(UTC)
        status = pod.get("status") or {}
        self._ip = str(status.get("podIP") or "") or host.addresses.take()
        started_at = parse_timestamp(status["startTime"]) if status.get("startTime") else now
        self._facts = PodFacts(self._ip, HOST_IP, started_at)
        self._inits = _init_records(pod, now)
        self.containers = {
            str(spec["name"]): ContainerLoop(lambda: self._pod, self._ip, spec, record, host, self._dirty.set)
            for spec, record in _records(pod, now)
        }
        self._written: dict[str, Any] | None = None
        self._listens = pod_listens(pod)

    @property
    def pod(self) -> ReadOnlyObject:
        """The newest version of the Pod object."""
        return self._pod

    def update(self, pod: ReadOnlyObject) -> None:
        """Use a newer version; a deletion timestamp starts the graceful shutdown."""
        self._pod = pod
        if pod["metadata"].get("deletionTimestamp"):
            self._terminating.set()

    async def run(self) -> None:
        """Run the pod until it has been deleted from the API. Cancelling stops its containers immediately."""
        self.update(self._pod)
        adopted = any(loop.record.last is not None for loop in self.containers.values())
        finished = (self._pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
        if adopted and not finished:
            message = "Pod sandbox changed, it will be killed and re-created."
            self._host.events.emit(self._pod, "Normal", "SandboxChanged", message)
        loops: list[asyncio.Task[None]] = []
        writer = in_background(self._write_changes(), "status of a pod")
        try:
            self._dirty.set()
            if not finished and not self._terminating.is_set():
                loops = [in_background(loop.run(), f"container {loop.name}") for loop in self.containers.values()]
            await self._terminating.wait()
            await self._end_containers(loops)
            writer.cancel()
            await self._delete()
        finally:
            writer.cancel()
            for task in loops:
                task.cancel()
            await asyncio.gather(*(loop.stop(0) for loop in self.containers.values()))
            await asyncio.gather(writer, *loops, return_exceptions=True)
            self._host.addresses.give_back(self._ip)

    async def _end_containers(self, tasks: list[asyncio.Task[None]]) -> None:
        grace = self._pod["metadata"].get("deletionGracePeriodSeconds")
        grace_s = _DEFAULT_GRACE_S if grace is None else float(grace)
        for loop in self.containers.values():
            if isinstance(loop.record.state, Running):
                message = f"Stopping container {loop.name}"
                self._host.events.emit(self._pod, "Normal", "Killing", message, loop.name)
        await asyncio.gather(*(self._end_container(loop, grace_s) for loop in self.containers.values()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(SandboxError):
            await self._write_once()

    async def _end_container(self, loop: ContainerLoop, grace_s: float) -> None:
        if isinstance(loop.record.state, Running):
            delay_s = min(pre_stop_s(loop.spec), grace_s)
            await asyncio.sleep(delay_s)
            grace_s -= delay_s
        await loop.stop(grace_s)

    async def _delete(self) -> None:
        metadata = self._pod["metadata"]
        while True:
            try:
                namespace, name = metadata.get("namespace"), metadata["name"]
                await self._host.client.delete_now(PODS, namespace, name, uid=metadata["uid"])
                return
            except RequestRefused as error:
                if error.code in (404, 409):  # gone already, or another pod has its name
                    return
            except ServerUnreachable:
                pass
            await asyncio.sleep(_RETRY_S)

    async def _write_changes(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self._write_once()
            except RequestRefused as error:
                if error.code not in (404, 409):
                    self._dirty.set()
                    await asyncio.sleep(_RETRY_S)
            except ServerUnreachable:
                self._dirty.set()
                await asyncio.sleep(_RETRY_S)

    async def _write_once(self) -> None:
        metadata = self._pod["metadata"]
        namespace, name = metadata.get("namespace"), metadata["name"]
        uid = {"uid": metadata["uid"]} if metadata.get("uid") else {}
        listens = {str(port): address for loop in self.containers.values() for port, address in loop.listens.items()}
        loops = list(self.containers.values())
        status = pod_status(
            {**self._pod, "status": self._written or self._pod.get("status")},
            self._inits,
            [loop.record for loop in loops],
            self._facts,
            datetime.now(UTC),
        )
        if listens != self._listens:
            patch = {"metadata": {**uid, "annotations": {LISTEN_ANNOTATION: json.dumps(listens)}}}
            await self._host.client.merge_patch(PODS, namespace, name, patch)
            self._listens = listens
        if status != self._written:
            patch = {"metadata": uid, "status": status}
            await self._host.client.merge_patch(PODS, namespace, name, patch, subresource="status")
            self._written = status


def pre_stop_s(container: ReadOnlyObject) -> float:
    """Seconds that the container's preStop hook sleeps; other hooks take no time here."""
    hook = (container.get("lifecycle") or {}).get("preStop") or {}
    if sleep := hook.get("sleep"):
        return float(sleep.get("seconds") or 0)
    command = [str(word) for word in (hook.get("exec") or {}).get("command") or ()]
    words = " ".join(command).split()
    if "sleep" in words[:-1]:
        value = words[words.index("sleep") + 1].rstrip(";s")
        with contextlib.suppress(ValueError):
            return float(value)
    return 0.0


def _records(pod: ReadOnlyObject, now: datetime) -> list[tuple[ReadOnlyObject, ContainerRecord]]:
    """Each container's spec and record; what an earlier kubelet was running counts as ended."""
    stored = {s["name"]: s for s in (pod.get("status") or {}).get("containerStatuses") or ()}
    found: list[tuple[ReadOnlyObject, ContainerRecord]] = []
    for spec in pod["spec"]["containers"]:
        name, image = str(spec["name"]), str(spec["image"])
        record = ContainerRecord(name, image)
        if name in stored:
            record = records.adopt(read_record(stored[name], image), now)
        found.append((spec, record))
    return found


def _init_records(pod: ReadOnlyObject, now: datetime) -> list[ContainerRecord]:
    """Init containers complete immediately: nothing in this process needs what they prepare."""
    stored = {s["name"]: s for s in (pod.get("status") or {}).get("initContainerStatuses") or ()}
    found: list[ContainerRecord] = []
    for spec in pod["spec"].get("initContainers") or ():
        name, image = str(spec["name"]), str(spec["image"])
        if name in stored:
            found.append(read_record(stored[name], image))
            continue
        record = records.run(ContainerRecord(name, image), now, "", image, "")
        if spec.get("restartPolicy") != "Always":  # otherwise a sidecar, which keeps running
            record = records.end(record, now, 0)
        found.append(record)
    return found
