"""The node's pods: starts a worker for each pod bound here, passes changes on, ends it when the pod is gone.

Started by the data plane's main. Its pods come from a reflector's store; it writes through the API only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from canarytui.sandbox.client.object_store import ObjectKey, WatchedStore
from canarytui.sandbox.node.container_loop import ContainerLoop
from canarytui.sandbox.node.host import Host
from canarytui.sandbox.node.instances import Instance
from canarytui.sandbox.node.pod_worker import PodWorker

Log = Callable[[str], None]


class Kubelet:
    """Pod workers by pod uid."""

    def __init__(self, pods: WatchedStore, host: Host, log: Log) -> None:
        self._pods = pods
        self._host = host
        self._log = log
        self._workers: dict[str, PodWorker] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._uids: dict[ObjectKey, str] = {}
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Start workers for the pods in the store, and follow its changes. The store must be synced."""
        pods = list(self._pods.objects())
        self._host.addresses.reserve(ip for pod in pods if (ip := (pod.get("status") or {}).get("podIP")))
        for pod in pods:
            self._sync((str(pod["metadata"].get("namespace") or ""), str(pod["metadata"]["name"])))
        self._unsubscribe = self._pods.subscribe(self._changed)

    async def stop(self) -> None:
        """Stop all containers immediately; the pods stay in the API, and the next start adopts them."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def running(self) -> Iterator[tuple[ObjectKey, str, Instance]]:
        """Every container that runs: its pod, its name, and what runs."""
        for key, uid in list(self._uids.items()):
            worker = self._workers.get(uid)
            for name, loop in worker.containers.items() if worker is not None else ():
                if loop.instance is not None:
                    yield key, name, loop.instance

    def worker(self, namespace: str, name: str) -> PodWorker | None:
        """The worker of a pod by name."""
        return self._workers.get(self._uids.get((namespace, name), ""))

    def container(self, namespace: str, name: str, container: str) -> ContainerLoop | None:
        """A container of a pod; "" means the first."""
        worker = self.worker(namespace, name)
        if worker is None:
            return None
        if not container:
            return next(iter(worker.containers.values()), None)
        return worker.containers.get(container)

    def _changed(self, keys: frozenset[ObjectKey]) -> None:
        for key in keys:
            self._sync(key)

    def _sync(self, key: ObjectKey) -> None:
        pod = self._pods.get(*key)
        uid = str(pod["metadata"].get("uid") or key) if pod is not None else ""
        known = self._uids.get(key)
        if known is not None and known != uid:  # gone, perhaps with a new pod of the same name in its place
            del self._uids[key]
            if task := self._tasks.get(known):
                task.cancel()
        if pod is None:
            return
        if worker := self._workers.get(uid):
            worker.update(pod)
            return
        if known is None or known != uid:
            self._take_on(key, uid, pod)

    def _take_on(self, key: ObjectKey, uid: str, pod: Mapping[str, Any]) -> None:
        worker = PodWorker(pod, self._host)
        task = asyncio.create_task(worker.run(), name=f"pod {key[0]}/{key[1]}")
        self._workers[uid], self._tasks[uid], self._uids[key] = worker, task, uid
        task.add_done_callback(lambda done: self._ended(uid, key, done))

    def _ended(self, uid: str, key: ObjectKey, task: asyncio.Task[None]) -> None:
        self._workers.pop(uid, None)
        self._tasks.pop(uid, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log(f"pod {key[0]}/{key[1]}: {type(error).__name__}: {error}")
