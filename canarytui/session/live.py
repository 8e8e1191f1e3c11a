"""A connection to an API server: reflectors that fill the state, and everything that is queried or written.

What the first list of canaries does not need is imported when it is needed, after that list is painted. All of it runs
in the app's event loop; nothing here waits on anything but sockets.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any

from canarytui.actions.rules import Rules, parse_rules
from canarytui.background import in_background
from canarytui.cluster.audit import AuditLog, default_path
from canarytui.cluster.client import Cluster, ClusterTarget
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.request_log import RequestLog
from canarytui.cluster.resources import CANARIES, DAEMONSETS, DEPLOYMENTS, EVENTS, Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.errors import ApiStatusError, CanarytuiError
from canarytui.session import config_file
from canarytui.session.controller_deployments import controller_deployments
from canarytui.session.controller_discovery import find_engine
from canarytui.session.opened_cluster import open_cluster
from canarytui.session.state import WATCHED, ClusterState
from canarytui.session.timeline_writer import TimelineWriter

if TYPE_CHECKING:
    from canarytui.actions.live_executor import LiveExecutor
    from canarytui.drills.orphans import Orphan
    from canarytui.session.canary_detail import CanaryDetail
    from canarytui.session.canary_detail_watch import CanaryDetailWatch
    from canarytui.session.controller_log import ControllerLog
    from canarytui.session.drill_probe import LiveDrillProbe
    from canarytui.session.metric_access import MetricAccess
    from canarytui.session.metric_poller import MetricPoller
    from canarytui.session.pod_problems import PodProblems
    from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch

log = logging.getLogger(__name__)

_ENGINE_EVERY_S = 10.0
_FIRST_LOOK_S = 2.0
_DRAWN_S = 1.0
"""What is looked at is drawn by then: what takes long to load does not delay it."""
_REFUSED_S = 60.0
_READ_AGAIN_S = 3.0


class LiveConnection:
    """Made by :func:`open_connection`; close it when done."""

    def __init__(
        self,
        cluster: Cluster,
        cluster_state: ClusterState,
        scope: str,
        prometheus: str,
        audit: AuditLog,
        logs: str = "",
        rules: Rules | None = None,
    ) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._audit = audit
        self._prometheus = prometheus
        self._seen: tuple[NamespacedName, ...] = ()
        self._kept: tuple[NamespacedName, ...] = ()
        self._rules = rules or Rules()
        self._logs = logs
        self._timeline_writer = TimelineWriter(cluster, cluster_state)
        cluster_state.timeline.namespace = scope
        self._reflectors: dict[Resource, Reflector] = {}
        self._tasks: list[asyncio.Task[Any]] = []
        self._canary_detail_watches: dict[CanaryDetail, CanaryDetailWatch] = {}
        self._looked = asyncio.Event()
        self.context = cluster.context
        self.server = cluster.server
        self.scope = scope

    @cached_property
    def executor(self) -> LiveExecutor:
        """What carries plans out."""
        from canarytui.actions.live_executor import LiveExecutor

        return LiveExecutor(self._cluster, self._audit, self._rules)

    @cached_property
    def _poller(self) -> MetricPoller:
        from canarytui.session.metric_poller import MetricPoller

        return MetricPoller(self._cluster, self._cluster_state, self._prometheus)

    @cached_property
    def _pod_problems(self) -> PodProblems:
        from canarytui.session.pod_problems import PodProblems

        return PodProblems(self._cluster, self._cluster_state)

    @cached_property
    def _log(self) -> ControllerLog:
        from canarytui.session.controller_log import ControllerLog

        return ControllerLog(self._cluster, self._cluster_state, self._logs)

    def start(self, canaries: Reflector) -> None:
        """Begin to follow everything; `canaries` has listed already, or the first page of them."""
        self._reflectors[CANARIES] = canaries
        self._run(self._after_first_look(canaries.run) if canaries.listing else canaries.run())
        for resource in WATCHED:
            self._reflect(resource)
        self._cluster_state.canaries.subscribe(self._reflect_routers)
        self._reflect_routers(frozenset())
        self._run(self._after_first_look(self._follow_the_rest))

    def _reflect(self, resource: Resource) -> None:
        if resource not in self._reflectors:
            reflector = Reflector(
                self._cluster,
                self._cluster_state.stores[resource],
                namespace=self.scope or None,
                field_selector="involvedObject.kind=Canary" if resource is EVENTS else "",
                refused_s=_REFUSED_S,
                shares=True,
            )
            self._reflectors[resource] = reflector
            self._run(self._after_first_look(reflector.run))

    def _reflect_routers(self, _: frozenset[NamespacedName]) -> None:
        for resource in self._cluster_state.routers.wanted - self._reflectors.keys():
            self._reflect(resource)

    def _rewatch(self) -> None:
        for reflector in self._reflectors.values():
            reflector.rewatch()

    async def _follow_the_rest(self) -> None:
        self._looked.set()  # or nobody looks, and the time is over
        from canarytui.cluster.heartbeat import Heartbeat

        heartbeat = Heartbeat(
            self._cluster, self._cluster_state.canaries, self._rewatch, self._cluster_state.server_said
        )
        parts = heartbeat, self._poller, self._pod_problems, self._log, self._timeline_writer
        for work in (self._watch_engine, *(part.run for part in parts)):
            self._run(work())

    async def _after_first_look(self, work: Callable[[], Awaitable[None]]) -> None:
        """Ask for anything else only after the first canaries are on the screen."""
        await self._first_look()
        await work()

    async def _first_look(self) -> None:
        """Wait until the first canaries are on the screen, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_LOOK_S):  # unlike 3.11's wait_for it never swallows a cancellation
                await self._looked.wait()

    def _run(self, work: Any) -> None:
        self._tasks.append(in_background(work))

    @property
    def cluster(self) -> Cluster:
        """For what only the command line asks."""
        return self._cluster

    @property
    def requests(self) -> RequestLog:
        return self._cluster.requests

    def metrics_phrase(self) -> str:
        return self._poller.phrase() if self._looked.is_set() else ""

    def metrics_outage(self) -> str:
        return self._poller.outage() if self._looked.is_set() else ""

    def timeline_phrase(self) -> str:
        if not self._looked.is_set():
            return ""
        return "; ".join(trouble for trouble in (self._log.trouble, self._timeline_writer.trouble) if trouble)

    async def canaries_elsewhere(self) -> Mapping[str, int]:
        from canarytui.session.other_namespaces import canaries_elsewhere

        return await canaries_elsewhere(self._cluster, self.scope)

    def show_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        wanted = tuple(keys)
        self._looked.set()
        self._poller.show_checks_of(dict.fromkeys((*wanted, *self._kept)))
        self._seen = wanted
        self._pod_problems.show_checks_of(wanted)

    async def close_drills(self) -> list[Orphan]:
        from canarytui.drills.orphans import close_orphans

        return await asyncio.to_thread(close_orphans, self._audit)

    def keep_checks_of(self, keys: Iterable[NamespacedName]) -> None:
        self._kept = tuple(keys)
        self.show_checks_of(self._seen)

    @property
    def audit(self) -> AuditLog:
        return self._audit

    def drill_probe(self, key: NamespacedName, zone: tzinfo | None) -> LiveDrillProbe:
        from canarytui.session.drill_probe import LiveDrillProbe

        return LiveDrillProbe(self._cluster, self._cluster_state, key, self._prometheus, zone)

    def metric_access(self) -> MetricAccess:
        from canarytui.session.metric_access import MetricAccess

        return MetricAccess(self._cluster, self._prometheus)

    async def read_again(self, key: NamespacedName) -> None:
        canary = self._cluster_state.canary(key)
        if not isinstance(canary, Canary):
            return
        await self._read(CANARIES, *key)
        kind = DAEMONSETS if canary.spec.target.kind == "DaemonSet" else DEPLOYMENTS
        split = self._cluster_state.routers.split(canary)
        objects = [(each, *split.place(canary)) for each in split.resources] if split is not None else []
        if canary.spec.target.kind != "Service":
            objects += [(kind, key[0], canary.target_name), (kind, key[0], canary.primary_name)]
        for (resource, namespace, name), found in zip(
            objects,
            await asyncio.gather(*(self._read(*each) for each in objects), return_exceptions=True),
            strict=True,
        ):
            if isinstance(found, ApiStatusError) and found.code in (403, 404):
                log.info("%s %s/%s was not read again: %s", resource.kind, namespace, name, found)
            elif isinstance(found, BaseException):
                raise found
        await asyncio.sleep(0)  # stores notify at the loop's next iteration
        self._cluster_state.read_again(key)

    async def _read(self, resource: Resource, namespace: str, name: str) -> None:
        path = resource.path(namespace, name)
        self._cluster_state.stores[resource].put(await self._cluster.request("GET", path, timeout_s=_READ_AGAIN_S))

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        from canarytui.session.canary_detail import CanaryDetail
        from canarytui.session.canary_detail_watch import CanaryDetailWatch

        canary_detail = CanaryDetail(key)
        watch = self._canary_detail_watches[canary_detail] = CanaryDetailWatch(
            self._cluster, self._cluster_state, canary_detail, self._poller.address, self._poller.awaits_first_answer
        )
        watch.start()
        return canary_detail

    def numbers_watch(self, key: NamespacedName) -> RolloutNumbersWatch:
        """Measures canary and primary of `key`, once or at each interval, without opening its detail."""
        from canarytui.session.canary_detail import CanaryDetail
        from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch

        return RolloutNumbersWatch(self._cluster, self._cluster_state, CanaryDetail(key), self._poller.address)

    def keep_comparing(self, key: NamespacedName) -> None:
        """Compare canary and primary of `key` until closed."""
        self._run(self.numbers_watch(key).keep_measuring())

    def compare_rolling(self) -> None:
        """Compare canary and primary of the rollouts in progress in turn, those in view first, until closed."""
        self._run(self._keep_comparing_rollouts())

    async def _keep_comparing_rollouts(self) -> None:
        """Load the mathematics and the parser of queries only after the first canaries are on the screen."""
        await self._first_look()
        await asyncio.sleep(_DRAWN_S)
        from canarytui.session.rolling_comparison import RollingComparison

        rolling = RollingComparison(
            self._cluster,
            self._cluster_state,
            self.numbers_watch,
            self._poller.address,
            lambda: self._seen,
            lambda: {each.key for each in self._canary_detail_watches},
        )
        await rolling.run()

    def close_detail(self, canary_detail: CanaryDetail) -> None:
        watch = self._canary_detail_watches.pop(canary_detail, None)
        if watch is not None:
            self._run(watch.close())

    async def close(self) -> None:
        await asyncio.gather(*(watch.close() for watch in self._canary_detail_watches.values()))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._timeline_writer.close()
        self.executor.close()
        await self._cluster.close()

    async def _watch_engine(self) -> None:
        known: tuple[str, ...] | None = None
        while True:
            try:
                self._cluster_state.engine = find_engine(
                    await controller_deployments(self._cluster, self._cluster_state, self.scope)
                )
            except CanarytuiError as error:
                log.info("engine unknown: %s", error)
                self._cluster_state.engine_sought = True
            self._reflect_routers(frozenset())
            engine = self._cluster_state.engine
            now = (engine.metrics_server, engine.mesh_provider) if engine is not None else ()
            if now != known:
                known = now
                self._poller.engine_known()
            await asyncio.sleep(_ENGINE_EVERY_S if self._cluster_state.engine else 2.0)


async def open_connection(
    cluster_state: ClusterState,
    target: ClusterTarget,
    *,
    namespace: str | None,
    all_namespaces: bool,
    prometheus: str,
    logs: str = "",
    by_pages: bool = False,
) -> LiveConnection:
    """Connect, list the canaries once and begin to follow. `logs` says where Flagger's log is (``NAMESPACE/SELECTOR``).

    Without `namespace`, all namespaces are watched; where that is forbidden, the context's own. With `by_pages` only
    the first page of canaries is waited for.

    Raises:
        ConfigError, ClusterUnreachable, MissingApi, ApiStatusError: there is nothing to show.
    """
    rules = parse_rules(config_file.load().contexts)
    opened = await open_cluster(
        cluster_state, target, namespace=namespace, all_namespaces=all_namespaces, by_pages=by_pages
    )
    audit = AuditLog(default_path())
    connection = LiveConnection(opened.cluster, cluster_state, opened.scope, prometheus, audit, logs, rules)
    connection.start(opened.canaries)
    return connection
