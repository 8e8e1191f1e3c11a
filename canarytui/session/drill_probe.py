"""What a drill has to see of a cluster, from the cluster state that the console and the command line have anyway.

A look is one request for the canary itself: it shows that the cluster answers now, which no watch can. How much traffic
there is, and the hosts of other canaries, are asked for beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES
from canarytui.cluster.service_http import route
from canarytui.domain.plan import Permission
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_start as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import ACTIVE
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.domain.values import NamespacedName
from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import DrillPlan, Origin, Other, Sight
from canarytui.drills.drill_state import DrillRefused
from canarytui.drills.guards import users_watched
from canarytui.drills.hey_command import Way
from canarytui.drills.prediction import predict
from canarytui.drills.senders import ClusterSender, HereSender, Sender, hey_here
from canarytui.drills.target import DrillTarget, find_target
from canarytui.drills.traffic import Traffic, measure
from canarytui.errors import ApiStatusError, CanarytuiError
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.session.metric_questions import metrics_address
from canarytui.session.state import ClusterState

TRAFFIC_EVERY_S = 5.0
_MOST_NAMESPACES = 20


class LiveDrillProbe:
    """Looks at the canary `key`; `prometheus` is the person's own address, "" for the controller's. Times are told in
    `zone`, in the cluster state's own without one."""

    def __init__(
        self,
        cluster: Cluster,
        cluster_state: ClusterState,
        key: NamespacedName,
        prometheus: str = "",
        zone: tzinfo | None = None,
    ) -> None:
        self._zone = zone
        self._cluster, self._cluster_state, self._key = cluster, cluster_state, key
        self._prometheus = prometheus
        self._routes: dict[str, list[Mapping[str, Any]]] = {}
        self._hosts: dict[NamespacedName, tuple[str, ...]] = {}
        self._traffic: Traffic | None = None

    def now(self) -> datetime:
        """Now, in the zone that people read."""
        now = self._cluster_state.now()
        return now if self._zone is None else now.astimezone(self._zone)

    async def target(self) -> DrillTarget:
        """Where the canary's requests go, by its own objects."""
        canary = self._situation().canary
        return find_target(canary, await self._routes_of(canary.namespace))

    async def plan(
        self, drill: Drill, target: DrillTarget, *, host: str = "", way: Way | None = None, origin: Origin | None = None
    ) -> DrillPlan:
        """`drill` made ready for this canary, with its prediction. Without `origin`, the load tester sends where
        there is one, and we do otherwise; without `way`, requests go where the canary's own load test sends them.

        Raises:
            DrillRefused: no such host, or nobody who could send; names the remedy.
        """
        situation = self._situation()
        place = target.place(host)
        name = "/".join(self._key)
        if place is None:
            known = ", ".join(target.hosts)
            raise DrillRefused(
                words.OTHER_HOST.text(host=clean(host, 80), canary=name, known=known)
                if known
                else words.NO_HOST.text(canary=name)
            )
        if origin is None:
            origin = Origin.CLUSTER if target.tester_url else Origin.HERE
        if origin is Origin.CLUSTER and not target.tester_url:
            raise DrillRefused(words.NO_LOAD_TESTER.text(canary=name))
        if origin is Origin.HERE and hey_here() is None:
            raise DrillRefused(words.NO_HEY.text())
        if way is None:
            way = Way(gateway=target.gateway) if origin is Origin.CLUSTER else Way()
        traffic = await self.measured()
        moment = self.now()
        prediction = predict(self._situation(), drill, traffic or Traffic(moment, 60.0), moment)
        identity = f"{situation.canary.name[:40].replace('.', '-')}-{secrets.token_hex(3)}"
        watched = users_watched(situation, traffic)
        return DrillPlan(
            identity, drill, target, place, way, origin, self._cluster.context, self._cluster.user, prediction, watched
        )

    def permission(self, plan: DrillPlan) -> Permission | None:
        """What a person needs to send `plan`; None when it does not go through the API server."""
        if plan.origin is not Origin.CLUSTER:
            return None
        way = route(plan.target.tester_url, in_cluster=self._cluster.in_cluster)
        if not way.via_api_server:
            return None
        return Permission("create", "", "services", "proxy", way.path.split("/")[4])

    def sender(self, plan: DrillPlan) -> Sender:
        """Who sends the slices of `plan`; raises DrillRefused when hey has gone meanwhile."""
        if plan.origin is Origin.CLUSTER:
            return ClusterSender(self._cluster, plan)
        hey = hey_here()
        if hey is None:
            raise DrillRefused(words.HEY_HAS_GONE.text())
        return HereSender(hey)

    async def look(self) -> Sight:
        """One look, with the canary as it is now.

        Raises:
            ClusterUnreachable, ApiStatusError: there was nothing to see.
        """
        try:
            obj = await self._cluster.request("GET", CANARIES.path(*self._key), timeout_s=0.9)
        except ApiStatusError as error:
            if error.code != 404:
                raise
            return Sight(self.now(), self._cluster.context, None)
        self._cluster_state.canaries.put(obj)
        await asyncio.sleep(0)  # the store tells the cluster state at the loop's next turn
        return Sight(
            self.now(),
            self._cluster.context,
            self._cluster_state.situation(self._key),
            self._others(),
            self._traffic,
        )

    async def watch_traffic(self) -> None:
        """Measure traffic and learn the hosts of other rollouts until cancelled; runs beside a drill."""
        while True:
            with contextlib.suppress(CanarytuiError):
                await self.measured()
                await self._learn_hosts()
            await asyncio.sleep(TRAFFIC_EVERY_S)

    async def measured(self) -> Traffic | None:
        """Measure now; None when no metrics server is known."""
        canary = self._situation().canary
        address = metrics_address(self._cluster_state, canary, self._prometheus)
        if not address:
            return None
        provider = metrics_provider_of(canary, self._cluster_state.mesh_provider)
        server = ProviderSpec(PROMETHEUS, address)
        self._traffic = await measure(
            self._cluster, server, canary, provider, self.now(), self._cluster_state.routers.of(canary)
        )
        return self._traffic

    def _situation(self) -> Situation:
        situation = self._cluster_state.situation(self._key)
        if situation is None:
            raise DrillRefused(words.NO_CANARY.text(canary="/".join(self._key)))
        return situation

    def _others(self) -> tuple[Other, ...]:
        found = []
        for key in list(self._cluster_state.keys()):
            canary = self._cluster_state.canary(key)
            if key != self._key and isinstance(canary, Canary) and canary.status.phase in ACTIVE:
                found.append(Other(key, True, self._hosts.get(key, ())))
        return tuple(found)

    async def _learn_hosts(self) -> None:
        active = [other.key for other in self._others()][:_MOST_NAMESPACES]
        for key in active:
            canary = self._cluster_state.canary(key)
            if key not in self._hosts and isinstance(canary, Canary):
                self._hosts[key] = find_target(canary, await self._routes_of(key[0])).hosts

    async def _routes_of(self, namespace: str) -> list[Mapping[str, Any]]:
        if namespace not in self._routes:
            found: list[Mapping[str, Any]] = []
            for resource in dict.fromkeys(each for entrance in registry.entrances() for each in entrance.resources):
                try:
                    page = await self._cluster.request("GET", resource.path(namespace))
                except ApiStatusError:
                    continue  # not served, or not ours to read: the load test may still name the host
                # The items of a list do not say of which kind they are.
                named = {"apiVersion": resource.api_version, "kind": resource.kind}
                found += [{**item, **named} for item in page.get("items") or [] if isinstance(item, dict)]
            self._routes[namespace] = found
        return self._routes[namespace]
