"""What is watched, and what becomes of a canary whose kinds the server does not serve."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from live_api import LiveApi, Start

from canarytui.cluster import resources
from canarytui.cluster.resources import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import appmesh, gatewayapi, traefik
from canarytui.domain.traffic.istio import VIRTUAL_SERVICES
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime.cluster_view import CORE, WatchedClusterView, kind_of, resource_of_kind
from canarytui.engine.runtime.required_kinds import kinds_of, refusal


def watched(api: LiveApi) -> set[str]:
    """Plurals of all collections that a watch was opened on; that comes after a list that succeeded."""
    paths = [each.path.partition("?")[0] for each in api.asked if "watch=true" in each.path]
    return {path.rpartition("/")[2] for path in paths}


def test_kinds_are_found_by_name_and_by_version() -> None:
    assert resource_of_kind("TraefikService") is traefik.TRAEFIK_SERVICES
    for name in VIRTUAL_SERVICES.kind_names:
        assert resource_of_kind(name) is VIRTUAL_SERVICES
    assert resource_of_kind("VirtualService.v1") is None
    assert resource_of_kind("Ingress") == Resource("networking.k8s.io", "v1", "ingresses", "Ingress")
    assert resource_of_kind("ScaledObject") is resources.SCALED_OBJECTS
    assert all(resource_of_kind(kind) is not None for kind in CORE)


def test_a_kind_has_the_shortest_name_that_nobody_else_has() -> None:
    assert kind_of(gatewayapi.HTTP_ROUTES) == "HTTPRoute"
    assert kind_of(gatewayapi.HTTP_ROUTES_V1BETA1) == "HTTPRoute.v1beta1"
    assert kind_of(VIRTUAL_SERVICES) == "VirtualService"
    assert kind_of(appmesh.VIRTUAL_SERVICES) == "VirtualService.v1beta1.appmesh.k8s.aws"
    assert kind_of(appmesh.VIRTUAL_SERVICES_V1BETA2) == "VirtualService.v1beta2"


async def test_what_is_missing_is_named_with_its_group(api: LiveApi) -> None:
    api.install_crds()
    cluster = await api.connect()
    wanted = [kind_of(each.resource) for each in appmesh.V1BETA1.objects]
    cluster_view = WatchedClusterView(cluster, kinds=wanted)
    watching = asyncio.create_task(cluster_view.run())
    errors = await asyncio.wait_for(cluster_view.settle(wanted), 10)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await cluster.close()
    canary = Canary.parse(api.canary("meshed", provider="appmesh"))
    tick = Tick(canary, cluster_view, ControllerSettings(), datetime.now(UTC))
    assert set(wanted) < set(kinds_of(tick))
    assert sorted(errors) == ["virtualnodes.appmesh.k8s.aws", "virtualservices.appmesh.k8s.aws"]
    assert refusal(tick, *errors.popitem()).endswith(".appmesh.k8s.aws, or change what the canary asks for")


async def test_objects_go_to_the_store_of_their_version_and_kind(api: LiveApi) -> None:
    cluster = await api.connect()
    cluster_view = WatchedClusterView(cluster, kinds=["Canary", "TraefikService"])
    store = cluster_view.store_for({"apiVersion": "traefik.io/v1alpha1", "kind": "TraefikService"})
    assert store is cluster_view.store_of("TraefikService")
    with pytest.raises(KeyError):
        cluster_view.store_for({"apiVersion": "traefik.containo.us/v1alpha1", "kind": "TraefikService"})
    with pytest.raises(KeyError):
        cluster_view.store_of("Ingress")
    assert cluster_view.get("Ingress", "test", "front") is None
    await cluster.close()


@pytest.mark.e2e
async def test_only_what_canaries_need_is_watched(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    await start_controller("one", "-enable-config-tracking=false")
    await api.until("it works", lambda: {"canaries", "metrictemplates", "deployments", "services"} <= watched(api))
    assert (
        watched(api) & {"traefikservices", "configmaps", "secrets", "daemonsets", "horizontalpodautoscalers"} == set()
    )
    api.canary()
    await api.until("it acts", lambda: api.events())
    assert "traefikservices" in watched(api)
    assert watched(api) & {"configmaps", "secrets", "daemonsets", "horizontalpodautoscalers"} == set()


@pytest.mark.e2e
async def test_a_kind_that_is_missing_holds_up_only_those_that_need_it(api: LiveApi, start_controller: Start) -> None:
    api.install_crds("Canary", "MetricTemplate", "AlertProvider")
    api.canary("plain", provider="kubernetes")
    api.canary("routed")
    await start_controller("one")
    await api.until("the other is begun", lambda: api.find("deployments.apps", "plain-primary"))
    await api.until("it is said", lambda: any("traefikservices.traefik.io" in each["message"] for each in api.events()))
    [told] = [each for each in api.events() if "traefikservices.traefik.io" in each["message"]]
    assert told["message"] == (
        "canary routed.test waits, because traefikservices.traefik.io cannot be listed (the server could not find the "
        "requested resource): install the CustomResourceDefinition traefikservices.traefik.io, or change what the "
        "canary asks for"
    )
    assert (told["type"], told["involvedObject"]["name"]) == ("Warning", "routed")
    assert api.find("deployments.apps", "routed-primary") is None

    api.install_crds("TraefikService")
    await api.until("it goes on", lambda: api.find("deployments.apps", "routed-primary"), 30)
    again = [each for each in api.events() if "cannot be listed" in each["message"]]
    assert [each.get("count", 1) for each in again] == [1], "said once, however often it was tried"


async def test_a_missing_kind_is_given_up_once_nobody_needs_it(api: LiveApi) -> None:
    api.install_crds("Canary", "MetricTemplate")
    cluster = await api.connect()
    cluster_view = WatchedClusterView(cluster)
    running = asyncio.create_task(cluster_view.run())
    assert await cluster_view.settle() == {}
    cluster_view.follow(["TraefikService", "Ingress"])
    assert set(await cluster_view.settle()) == {"traefikservices.traefik.io"}
    store = cluster_view.store_of("TraefikService")
    cluster_view.give_up(["TraefikService"])
    assert cluster_view.store_of("TraefikService") is store
    cluster_view.give_up(["Ingress"])
    assert [each.resource.kind for each in cluster_view.stores] == [*CORE, "Ingress"]
    api.install_crds("TraefikService")
    cluster_view.follow(["TraefikService"])
    assert await cluster_view.settle() == {}
    cluster_view.give_up([])
    assert cluster_view.store_of("TraefikService").synced, "what could be listed stays"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await cluster.close()
