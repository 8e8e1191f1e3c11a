"""Keeps the detail of one canary current while it is open: watches, configs, the primary's own checks.

Everything stops with :meth:`CanaryDetailWatch.close`. A kind that may not be read becomes a sentence in the detail and
is retried now and then; nothing here blocks the screen's event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from canarytui.background import in_background
from canarytui.cluster.client import Cluster
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import (
    CONFIGMAPS,
    EVENTS,
    HPAS,
    PODS,
    REPLICASETS,
    SCALED_OBJECTS,
    SECRETS,
    SERVICES,
    Resource,
)
from canarytui.cluster.store import ObjectStore
from canarytui.domain.sentences import Sentence, check_queries, reading
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of, provider_of
from canarytui.domain.workloads.config_references import config_names
from canarytui.errors import ApiStatusError, CanarytuiError
from canarytui.metrics.answers import QueryFailed, Value
from canarytui.metrics.primary_queries import BUILTIN, primary_query
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.registry import open_provider
from canarytui.session.canary_detail import CanaryDetail, Reading, workload_object
from canarytui.session.log_follower import follow_logs
from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch
from canarytui.session.state import ClusterState

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 2.0
_CONFIGS_EVERY_S = 15.0
_MEASURE_EVERY_S = 10.0
_AGAIN_S = 30.0
_SOON_S = 3.0
_NAMES_ONLY = {"Accept": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"}
"""Metadata only: the content of a Secret is never fetched."""

_CONFIGS = {resource.kind: resource for resource in (CONFIGMAPS, SECRETS)}
_SCALERS = {resource.kind: resource for resource in (HPAS, SCALED_OBJECTS)}


class CanaryDetailWatch:
    """`metrics_address` is where a canary's metrics server is, "" when none is known; `awaited` whether its first
    answer may still come."""

    def __init__(
        self,
        cluster: Cluster,
        cluster_state: ClusterState,
        canary_detail: CanaryDetail,
        metrics_address: Callable[[Canary], str],
        awaited: Callable[[], bool] = lambda: False,
    ) -> None:
        self._cluster = cluster
        self._cluster_state = cluster_state
        self._canary_detail = canary_detail
        self._metrics_address = metrics_address
        self._awaited = awaited
        self._tasks: dict[tuple[str, str, str], asyncio.Task[None]] = {}

    def start(self) -> None:
        """Start the watches and return immediately."""
        measuring = RolloutNumbersWatch(
            self._cluster, self._cluster_state, self._canary_detail, self._metrics_address, self._awaited
        )
        for name, work in (
            ("watches", self._keep_watching()),
            ("configs", self._keep_asking_configs()),
            ("primary", self._keep_measuring()),
            ("numbers", measuring.keep_measuring()),
            ("usage", measuring.keep_asking_usage()),
            ("logs", follow_logs(self._cluster, self._cluster_state, self._canary_detail)),
        ):
            self._run(("", name, ""), work)

    async def close(self) -> None:
        """End all watches and streams."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, name: tuple[str, str, str], work: Coroutine[Any, Any, None]) -> None:
        self._tasks[name] = in_background(work, "/".join(filter(None, name)))

    def _canary(self) -> Canary | None:
        canary = self._cluster_state.canary(self._canary_detail.key)
        return canary if isinstance(canary, Canary) else None

    async def _keep_watching(self) -> None:
        """Start watches as the canary's spec and its workloads' selectors become known; stop those not needed."""
        while True:
            canary = self._canary()
            if canary is not None:
                wanted = self._wanted(canary)
                for name in [name for name in self._tasks if name[0] and name not in wanted]:
                    self._tasks.pop(name).cancel()
                for name, (resource, part, labels, fields) in wanted.items():
                    if name not in self._tasks:
                        self._run(name, self._watch(resource, part, labels, fields))
            await asyncio.sleep(_LOOK_EVERY_S)

    def _wanted(self, canary: Canary) -> dict[tuple[str, str, str], tuple[Resource, str, str, str]]:
        """What to watch by (plural, part, selector): resource, part of the detail, label and field selector."""
        wanted: dict[tuple[str, str, str], tuple[Resource, str, str, str]] = {}

        def want(resource: Resource, part: str = "", *, labels: str = "", fields: str = "") -> None:
            wanted[resource.full_name, part, labels + fields] = (resource, part, labels, fields)

        for part, name in (("target", canary.target_name), ("primary", canary.primary_name)):
            selector = self._cluster_state.pod_selector(self._canary_detail.key, name)
            if selector:
                want(PODS, part, labels=selector)
                if canary.spec.target.kind != "DaemonSet":
                    want(REPLICASETS, part, labels=selector)
        want(SERVICES)
        want(EVENTS, fields="involvedObject.kind=Pod")
        if canary.spec.autoscaler is not None and canary.spec.autoscaler.kind in _SCALERS:
            want(_SCALERS[canary.spec.autoscaler.kind])
        for routing in registry.routing_objects(provider_of(canary, self._cluster_state.mesh_provider)):
            if routing.resource not in self._cluster_state.stores:
                want(routing.resource)
        return wanted

    async def _watch(self, resource: Resource, part: str, labels: str, fields: str) -> None:
        """Follow one collection; retry later when it may not be read."""
        canary_detail, namespace = self._canary_detail, self._canary_detail.key[0]
        while True:
            store = ObjectStore(resource)
            store.subscribe(lambda _, store=store: self._taken(store, part))  # type: ignore[misc]
            reflector = Reflector(
                self._cluster, store, namespace=namespace, label_selector=labels, field_selector=fields
            )
            try:
                await reflector.list_once()
            except ApiStatusError as error:
                canary_detail.refuse(resource.kind, _refusal(resource, namespace, error))
                await asyncio.sleep(_AGAIN_S if error.code in (401, 403, 404) else _SOON_S)
                continue
            except CanarytuiError as error:
                canary_detail.refuse(resource.kind, _unknown(resource, error))
                await asyncio.sleep(_SOON_S)
                continue
            await reflector.run()

    def _taken(self, store: ObjectStore, part: str) -> None:
        kind = store.resource.kind
        if store.synced:
            self._canary_detail.take(kind, part, store.objects())
        if store.stale_since is not None:
            said = clean(store.error, 200)
            self._canary_detail.refuse(kind, reading.AS_LAST_SEEN.text(resource=store.resource.plural, error=said))

    async def _keep_asking_configs(self) -> None:
        while True:
            canary = self._canary()
            target = workload_object(self._cluster_state, canary, canary.target_name) if canary is not None else None
            if canary is not None and target is not None:
                tracked = canary.status.tracked_configs or {}
                for config in config_names(target):
                    names = [config.name]
                    if f"{config.kind.lower()}/{config.name}" in tracked:
                        names.append(f"{config.name}-primary")
                    for name in names:
                        await self._ask_config(_CONFIGS[config.kind], canary.namespace, name)
            await asyncio.sleep(_CONFIGS_EVERY_S if target is not None else _LOOK_EVERY_S)

    async def _ask_config(self, resource: Resource, namespace: str, name: str) -> None:
        canary_detail, key = self._canary_detail, (resource.kind, name)
        try:
            status, _, _ = await self._cluster.request_raw("GET", resource.path(namespace, name), headers=_NAMES_ONLY)
        except CanarytuiError:
            return  # retried soon; the last known state stays
        if status in (401, 403):
            canary_detail.refuse(resource.kind, _refused(reading.FORBIDDEN_GET, resource, namespace, status))
            canary_detail.configs.pop(key, None)
        elif status == 404 or status < 300:
            canary_detail.refuse(resource.kind, "")
            if canary_detail.configs.get(key) is not (status < 300):
                canary_detail.configs[key] = status < 300
                canary_detail.touch()

    async def _keep_measuring(self) -> None:
        """Query the primary's own success rate and duration while the canary is open."""
        while True:
            canary = self._canary()
            if canary is not None:
                for check in BUILTIN:
                    reading = await self._measure(canary, check)
                    if reading != self._canary_detail.primary_readings.get(check):
                        self._canary_detail.primary_readings[check] = reading
                        self._canary_detail.touch()
            await asyncio.sleep(_MEASURE_EVERY_S if canary is not None and self._metrics_address(canary) else _SOON_S)

    async def _measure(self, canary: Canary, check: str) -> Reading:
        interval = next((metric.interval for metric in canary.spec.analysis.metrics if metric.name == check), "")
        if not canary.spec.provider and not self._cluster_state.engine_sought:
            return Reading(None)
        question = primary_query(
            canary,
            check,
            metrics_provider_of(canary, self._cluster_state.mesh_provider),
            interval,
            self._cluster_state.routers.of(canary),
        )
        if question is None:
            return Reading(None, problem=check_queries.PRIMARY_UNTOLD.text())
        address = self._metrics_address(canary)
        if not address:
            return Reading(None, problem=check_queries.NO_SERVER.text())
        query, factor = question
        answer = await open_provider(self._cluster, ProviderSpec(PROMETHEUS, address)).query(query)
        if isinstance(answer, QueryFailed):
            return Reading(None, problem=clean(str(answer), 160), query=query)
        return Reading(answer.value * factor if isinstance(answer, Value) else None, datetime.now(UTC), query=query)


def _refusal(resource: Resource, namespace: str, error: ApiStatusError) -> str:
    if error.code in (401, 403):
        return _refused(reading.FORBIDDEN_LIST, resource, namespace, error.code)
    if error.code == 404:
        return reading.NOT_SERVED.text(resource=resource.full_name)
    return _unknown(resource, error)


def _unknown(resource: Resource, error: CanarytuiError) -> str:
    return reading.UNKNOWN.text(resource=resource.plural, error=clean(str(error), 200))


def _refused(forbidden: Sentence, resource: Resource, namespace: str, code: int) -> str:
    """A 401 is about the credentials, not about what they allow."""
    if code == 401:
        return reading.UNAUTHORIZED.text(what=resource.plural)
    return forbidden.text(resource=resource.plural, namespace=namespace)
