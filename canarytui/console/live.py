"""A connection to a real API server: reflectors that fill the world, and everything that is asked or written.

Imported after the first frame, because the Kubernetes client takes its time to load. All of it runs in the
app's event loop; nothing here waits on anything but sockets.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from canarytui.cluster.audit import AuditLog, default_path
from canarytui.cluster.connect import Cluster, Target
from canarytui.cluster.heartbeat import Heartbeat
from canarytui.cluster.reach import fetch
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import CANARIES, EVENTS, INGRESS_ROUTES, INGRESS_ROUTES_OLD
from canarytui.console.access import Access, permission_of
from canarytui.console.connection import Key
from canarytui.console.engines import find_engine
from canarytui.console.faults import FaultPlan
from canarytui.console.look import controller_deployments, open_cluster
from canarytui.console.perform import perform
from canarytui.console.poller import Poller
from canarytui.console.troubles import Troubles
from canarytui.console.world import WATCHED, World
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Plan, Write
from canarytui.errors import ApiStatusError, CanarytuiError

if TYPE_CHECKING:
    from canarytui.console.closeup import CloseUp
    from canarytui.console.closewatch import Closewatch

log = logging.getLogger(__name__)

_ENGINE_EVERY_S = 10.0
_FIRST_LOOK_S = 2.0


class LiveConnection:
    """Made by :func:`open_connection`; close it when done."""

    def __init__(self, cluster: Cluster, world: World, scope: str, prometheus: str, audit: AuditLog) -> None:
        self._cluster = cluster
        self._world = world
        self._audit = audit
        self._access = Access(cluster)
        self._poller = Poller(cluster, world, prometheus)
        self._troubles = Troubles(cluster, world)
        self._tasks: list[asyncio.Task[Any]] = []
        self._closewatches: dict[CloseUp, Closewatch] = {}
        self._looked = asyncio.Event()
        self.context = cluster.context
        self.server = cluster.server
        self.scope = scope

    def start(self, canaries: Reflector) -> None:
        """Begin to follow everything; `canaries` has listed already."""
        reflectors = [canaries]
        self._run(canaries.run())
        for resource in WATCHED:
            if resource is CANARIES:
                continue
            selector = "involvedObject.kind=Canary" if resource is EVENTS else ""
            reflector = Reflector(
                self._cluster,
                self._world.stores[resource],
                namespace=self.scope or None,
                field_selector=selector,
            )
            reflectors.append(reflector)
            self._run(self._after_first_look(reflector))

        def watch_anew() -> None:
            for reflector in reflectors:
                reflector.rewatch()

        self._run(Heartbeat(self._cluster, self._world.canaries, watch_anew).run())
        self._run(self._watch_engine())
        self._run(self._poller.run())
        self._run(self._troubles.run())

    async def _after_first_look(self, reflector: Reflector) -> None:
        """Thousands of other objects wait until the canaries are on the screen, or nobody looks."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._looked.wait(), _FIRST_LOOK_S)
        await reflector.run()

    def _run(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        task.add_done_callback(_log_end)
        self._tasks.append(task)

    @property
    def cluster(self) -> Cluster:
        """For what only the command line asks."""
        return self._cluster

    def metrics_phrase(self) -> str:
        return self._poller.phrase()

    def look_at(self, keys: Iterable[Key]) -> None:
        wanted = tuple(keys)
        self._looked.set()
        self._poller.look_at(wanted)
        self._troubles.look_at(wanted)

    async def refusal(self, write: Write) -> str:
        return await self._access.refusal(permission_of(write))

    async def perform(self, plan: Plan) -> list[dict[str, Any]]:
        return await perform(plan, self._cluster, self._audit)

    async def routes(self, namespace: str) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for resource in (INGRESS_ROUTES, INGRESS_ROUTES_OLD):
            try:
                page = await self._cluster.request("GET", resource.path(namespace))
            except ApiStatusError:
                continue  # not served, or not ours to read: the webhook may still name the host
            found += [item for item in page.get("items") or [] if isinstance(item, Mapping)]
        return found

    async def inject(self, fault: FaultPlan) -> str:
        entry = {
            "context": self.context,
            "server": self.server,
            "user": self._cluster.user,
            "intent": "fault",
            "canary": f"{fault.namespace}/{fault.name}",
            "command": fault.command,
            "tester": fault.tester_url,
        }
        self._audit.append({**entry, "stage": "write"})
        status, answer = await fetch(
            self._cluster,
            "POST",
            fault.tester_url,
            headers={"Content-Type": "application/json"},
            body=fault.payload(),
        )
        self._audit.append({**entry, "stage": "done", "status": status})
        if status > 202:
            said = clean(answer.decode("utf-8", "replace"), 200)
            raise CanarytuiError(f"The load tester at {fault.tester_url} refused ({status}): {said}")
        return f"accepted with {status}"

    def look_closely(self, key: Key) -> CloseUp:
        from canarytui.console.closeup import CloseUp
        from canarytui.console.closewatch import Closewatch

        closeup = CloseUp(key)
        watch = self._closewatches[closeup] = Closewatch(self._cluster, self._world, closeup, self._poller.address)
        watch.start()
        return closeup

    def look_away(self, closeup: CloseUp) -> None:
        watch = self._closewatches.pop(closeup, None)
        if watch is not None:
            self._run(watch.close())

    async def close(self) -> None:
        await asyncio.gather(*(watch.close() for watch in self._closewatches.values()))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._cluster.close()

    async def _watch_engine(self) -> None:
        while True:
            try:
                self._world.engine = find_engine(await controller_deployments(self._cluster, self._world, self.scope))
            except CanarytuiError as error:
                log.info("engine unknown: %s", error)
            self._poller.engine_known()
            await asyncio.sleep(_ENGINE_EVERY_S if self._world.engine else 2.0)


def _log_end(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("a background task ended", exc_info=task.exception())


async def open_connection(
    world: World, target: Target, *, namespace: str | None, all_namespaces: bool, prometheus: str
) -> LiveConnection:
    """Connect, list the canaries once and begin to follow.

    Without `namespace`, all namespaces are watched; where that is forbidden, the context's own.

    Raises:
        ConfigError, ClusterUnreachable, MissingApi, ApiStatusError: there is nothing to show.
    """
    opened = await open_cluster(world, target, namespace=namespace, all_namespaces=all_namespaces)
    connection = LiveConnection(opened.cluster, world, opened.scope, prometheus, AuditLog(default_path()))
    connection.start(opened.canaries)
    return connection
