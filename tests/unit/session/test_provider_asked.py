"""A canary without ``spec.provider`` is asked about, and routed, as its controller's ``-mesh-provider`` says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from closeup_api import CloseupApi

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.domain.traffic.istio import VIRTUAL_SERVICES
from canarytui.domain.traffic.traefik import TRAEFIK_SERVICES
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.canary_detail_watch import CanaryDetailWatch
from canarytui.session.controller_discovery import controller_container, find_engine
from canarytui.session.drill_probe import LiveDrillProbe
from canarytui.session.metric_poller import MetricPoller
from canarytui.session.state import ClusterState

KEY = ("shop", "cart")
FLAGGER, OURS = "ghcr.io/fluxcd/flagger:1.44.0", "ghcr.io/canarytui/controller:0.2"
EMPTY = {"status": "success", "data": {"resultType": "vector", "result": []}}
NO_PAST = {"status": "success", "data": {"resultType": "matrix", "result": []}}


def controller(*arguments: str, image: str = FLAGGER, env: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    made = deployment_object("flagger-system", "flagger", image, 1, 1)
    container = {"name": "flagger", "image": image, "args": list(arguments), "env": env or []}
    made["spec"]["template"]["spec"]["containers"] = [{"name": "proxy", "image": "envoyproxy/envoy:v1.30"}, container]
    return made


@pytest.mark.parametrize(
    ("deployment", "provider"),
    [
        (controller("-mesh-provider=linkerd"), "linkerd"),
        (controller("--mesh-provider", "nginx"), "nginx"),
        (controller(), "istio"),
        (controller(image=OURS), "traefik"),
        (controller("-mesh-provider=$(MESH)", env=[{"name": "MESH", "value": "gatewayapi:v1"}]), "gatewayapi:v1"),
        (controller("-mesh-provider=$(MESH)", env=[{"name": "MESH", "valueFrom": {"configMapKeyRef": {}}}]), ""),
    ],
)
def test_the_controllers_provider_is_its_flag_or_its_own_default(deployment: dict[str, Any], provider: str) -> None:
    found = find_engine([deployment])
    assert found is not None
    assert found.mesh_provider == provider


def test_the_controllers_container_is_found_beside_a_proxy() -> None:
    pod = controller()["spec"]["template"]
    assert controller_container(pod) == "flagger"
    assert controller_container({"spec": {"containers": [{"name": "only", "image": "corp/rebuilt:1"}]}}) == "only"
    assert controller_container({}) == ""


async def world_of(*controllers: dict[str, Any], provider: str = "") -> ClusterState:
    cluster_state = ClusterState()
    canary = canary_object(*KEY, "Progressing", weight=20)
    canary["spec"]["provider"] = provider
    cluster_state.stores[DEPLOYMENTS].replace([deployment_object("shop", "cart", "cart:1", 1, 1)])
    cluster_state.stores[CANARIES].replace([canary])
    await asyncio.sleep(0)
    cluster_state.engine = find_engine(controllers)
    return cluster_state


def asked(api: CloseupApi) -> str:
    return "\n".join(query["query"] for path, query in api.asked if path.startswith("/api/v1/query"))


async def poll(api: CloseupApi, cluster: Cluster, cluster_state: ClusterState) -> str:
    api.objects |= {"/api/v1/query": EMPTY, "/api/v1/query_range": NO_PAST}
    await MetricPoller(cluster, cluster_state, api.url).ask_once([KEY])
    return asked(api)


@pytest.mark.parametrize(
    ("controllers", "own", "series"),
    [
        ([controller("-mesh-provider=istio")], "", "istio_requests_total"),
        ([controller("-mesh-provider=nginx")], "", "nginx_ingress_controller_requests"),
        ([controller("-mesh-provider=istio")], "traefik", "traefik_service_request"),
        ([controller(image=OURS)], "", "traefik_service_request"),
        ([], "", "istio_requests_total"),
    ],
)
async def test_the_console_asks_the_providers_own_metrics(
    api: CloseupApi, cluster: Cluster, controllers: list[dict[str, Any]], own: str, series: str
) -> None:
    cluster_state = await world_of(*controllers, provider=own)

    queries = await poll(api, cluster, cluster_state)

    assert queries.count(series) >= 2
    assert cluster_state.situation(KEY).checks[0].query in queries  # type: ignore[union-attr]


async def test_nothing_is_asked_before_the_controller_was_looked_for(api: CloseupApi, cluster: Cluster) -> None:
    cluster_state = await world_of()
    cluster_state.engine_sought = False

    assert await poll(api, cluster, cluster_state) == ""
    assert "has not been found yet" in cluster_state.situation(KEY).checks[0].problem  # type: ignore[union-attr]


async def test_the_primary_and_a_drills_traffic_are_asked_the_same_way(api: CloseupApi, cluster: Cluster) -> None:
    cluster_state = await world_of(controller("-mesh-provider=istio"))
    api.objects["/api/v1/query"] = EMPTY
    canary_detail = CanaryDetail(KEY)
    watch = CanaryDetailWatch(cluster, cluster_state, canary_detail, lambda _: api.url)
    watch.start()
    async with asyncio.timeout(5):
        while len(canary_detail.primary_readings) < 2:  # noqa: ASYNC110 - a canary detail tells of changes by its revision alone
            await asyncio.sleep(0.01)
    await watch.close()
    await LiveDrillProbe(cluster, cluster_state, KEY, api.url).measured()

    assert 'destination_workload=~"cart-primary"' in asked(api)
    assert "traefik" not in asked(api)


async def test_routers_follow_when_the_controller_becomes_known() -> None:
    cluster_state = await world_of()
    assert VIRTUAL_SERVICES in cluster_state.routers.wanted
    services = [{"name": "cart-primary", "weight": 65}, {"name": "cart-canary", "weight": 35}]
    router = {
        "metadata": {"namespace": "shop", "name": "cart", "resourceVersion": "2"},
        "spec": {"weighted": {"services": services}},
    }
    cluster_state.engine = find_engine([controller("-mesh-provider=traefik")])
    cluster_state.stores[TRAEFIK_SERVICES].replace([router])
    await asyncio.sleep(0)

    situation = cluster_state.situation(KEY)
    assert situation is not None
    assert (situation.provider, situation.weight, situation.router) == ("traefik", 35, router)
