"""SMI and Kuma with real requests: rollouts, an object without namespace, its deletion, a missing definition, hosts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from economy_rig import Rig
from replacing import replace

from canarytui.cluster.resources import CANARIES
from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import kuma, smi
from canarytui.drills.target import find_target
from canarytui.engine.decide.tick import Tick
from canarytui.engine.runtime.required_kinds import refusal
from canarytui.report.describe import described
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.drill_probe import LiveDrillProbe
from canarytui.session.state import ClusterState

SPLITS, ROUTES = "trafficsplits.split.smi-spec.io", "trafficroutes.kuma.io"
ANY = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def definition(*resources: Resource) -> dict[str, Any]:
    """The CustomResourceDefinition of one resource in these versions."""
    first = resources[0]
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": ANY, "mesh": {"type": "string"}}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": first.full_name},
        "spec": {
            "group": first.group,
            "scope": "Namespaced" if first.namespaced else "Cluster",
            "names": {"plural": first.plural, "singular": first.kind.lower(), "kind": first.kind},
            "versions": [
                {"name": each.version, "served": True, "storage": each is first, "schema": schema} for each in resources
            ],
        },
    }


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    await made.start()
    yield made
    await made.stop()


def serve(rig: Rig, *resources: Resource) -> None:
    rig.live.create("customresourcedefinitions.apiextensions.k8s.io", definition(*resources), None)


def driven_by(rig: Rig, mesh_provider: str, also: dict[str, Any] | None = None) -> None:
    """A canary that names no provider, and a controller with this one."""
    rig.settings = replace(rig.settings, mesh_provider=mesh_provider)
    rig.canary(stepWeight=25, also=also)
    rig.live.patch("canaries.flagger.app", "podinfo", {"spec": {"provider": None}})


async def until_phase(rig: Rig, phase: str, seen: Any) -> list[Any]:
    """Ticks until then; what `seen` saw, without repetitions."""
    found = [seen()]
    for _ in range(15):
        if rig.phase() == phase:
            break
        await rig.tick()
        if seen() != found[-1]:
            found.append(seen())
    assert rig.phase() == phase
    return found


async def test_smi_shifts_traffic_for_the_controllers_mesh(rig: Rig) -> None:
    serve(rig, smi.TRAFFIC_SPLITS_V1ALPHA2, smi.TRAFFIC_SPLITS_V1ALPHA1)
    driven_by(rig, "smi:v1alpha1:istio", {"service": {"port": 80, "hosts": ["a.example"], "gateways": ["public"]}})

    def weights() -> list[Any]:
        live = rig.live.find(SPLITS, "podinfo")
        return [each["weight"] for each in live["spec"]["backends"]] if live else []

    await rig.begin()
    await until_phase(rig, "Initialized", weights)
    live = rig.live.find(SPLITS, "podinfo")
    assert live is not None
    assert live["spec"]["service"] == "a.example"
    assert live["metadata"]["annotations"] == {
        "VirtualService.v1alpha3.networking.istio.io/spec.gateways": '["public"]'
    }
    rig.new_revision("2")
    seen = await until_phase(rig, "Succeeded", weights)
    assert seen == [["0", "100"], ["25", "75"], ["50", "50"], ["0", "100"]]
    watched = {each.path.partition("?")[0] for each in rig.live.asked if "watch=true" in each.path}
    assert "/apis/split.smi-spec.io/v1alpha1/trafficsplits" in watched
    assert any("istio_requests_total" in query for query in rig.stub.queries)


async def test_kuma_splits_by_an_object_without_namespace_and_deletes_it(rig: Rig) -> None:
    serve(rig, kuma.TRAFFIC_ROUTES)
    driven_by(rig, "kuma", {"revertOnDeletion": True})

    def weights() -> list[Any]:
        live = rig.live.find(ROUTES, "podinfo", None)  # type: ignore[arg-type]  # it has no namespace
        return [each["weight"] for each in live["spec"]["conf"]["split"]] if live else []

    await rig.begin()
    await until_phase(rig, "Initialized", weights)
    live = rig.live.find(ROUTES, "podinfo", None)  # type: ignore[arg-type]
    assert live is not None
    assert live["mesh"] == "default"
    assert "namespace" not in live["metadata"]
    rig.new_revision("2")
    assert await until_phase(rig, "Succeeded", weights) == [[100, 0], [75, 25], [50, 50], [100, 0]]
    events = rig.live.events()
    told = [each for each in events if each["message"].startswith("Kuma's TrafficRoute is retired. Kuma 3.0 removed")]
    assert [(each["type"], each.get("count", 1)) for each in told] == [("Warning", 1)], "once, when the rollout starts"
    rig.live.api.delete(rig.live.rt("canaries.flagger.app"), "test", "podinfo")
    for _ in range(4):
        if rig.live.find("canaries.flagger.app", "podinfo") is None:
            break
        await rig.tick()
    assert rig.live.find("canaries.flagger.app", "podinfo") is None
    assert weights() == [], "nothing else would ever delete it"


async def test_a_missing_definition_is_said_with_the_remedy(rig: Rig) -> None:
    driven_by(rig, "kuma")
    await rig.begin()
    rig.cluster_view.follow(("TrafficRoute", "TrafficSplit.v1alpha3"))
    errors = await rig.cluster_view.settle(("TrafficRoute", "TrafficSplit.v1alpha3"))
    assert errors.keys() == {ROUTES, SPLITS}
    found = rig.cluster_view.canaries.get("test", "podinfo")
    assert found is not None
    tick = Tick(Canary.parse(found), rig.cluster_view, rig.settings, rig.now())
    for resource, error in errors.items():
        assert refusal(tick, resource, error).endswith(
            f": install the CustomResourceDefinition {resource}, or change what the canary asks for"
        )


async def test_the_session_shows_the_weights_of_both(rig: Rig) -> None:
    driven_by(rig, "kuma")
    found = rig.live.find("canaries.flagger.app", "podinfo")
    assert found is not None
    split = {"service": "podinfo", "backends": [
        {"service": "podinfo-canary", "weight": "500m"}, {"service": "podinfo-primary", "weight": "1500m"},
    ]}  # fmt: skip
    route = {"conf": {"split": [
        {"weight": 60, "destination": {"kuma.io/service": "podinfo-primary_test_svc_80"}},
        {"weight": 40, "destination": {"kuma.io/service": "podinfo-canary_test_svc_80"}},
    ]}}  # fmt: skip
    for mesh_provider, resource, namespace, spec, percent in (
        ("smi:v1alpha1:istio", smi.TRAFFIC_SPLITS_V1ALPHA1, "test", split, 25),
        ("kuma", kuma.TRAFFIC_ROUTES, None, route, 40),
    ):
        cluster_state = ClusterState(rig.now)
        cluster_state.engine = DetectedController(
            True, "1.44.0", "flagger-system", "flagger", True, mesh_provider=mesh_provider
        )
        cluster_state.stores[CANARIES].replace([found])
        await asyncio.sleep(0)
        metadata = {"name": "podinfo", "resourceVersion": "8", **({"namespace": namespace} if namespace else {})}
        named = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
        cluster_state.stores[resource].replace([{**named, "spec": spec}])
        situation = cluster_state.situation(("test", "podinfo"))
        assert situation is not None
        assert situation.router_weight == percent, mesh_provider
        [label] = [line for line in described(situation, "", ()) if line.startswith("Project:")]
        assert " is retired. " in label
        assert resource in cluster_state.routers.wanted


async def test_drills_find_hosts_and_none_of_another_namespace(rig: Rig) -> None:
    serve(rig, kuma.MESH_GATEWAY_ROUTES)
    driven_by(rig, "kuma")
    for name, namespace, host in (("front", "test", "shop.example.com"), ("other", "other", "other.example.com")):
        backends = [{"destination": {"kuma.io/service": f"podinfo_{namespace}_svc_80"}}]
        conf = {"http": {"hostnames": [host], "rules": [{"backends": backends}]}}
        route = {"metadata": {"name": name}, "mesh": "default", "spec": {"conf": conf}}
        rig.live.create("meshgatewayroutes.kuma.io", route, None)
    found = rig.live.find("canaries.flagger.app", "podinfo")
    assert found is not None
    cluster_state = ClusterState(rig.now)
    cluster_state.stores[CANARIES].replace([found])
    target = await LiveDrillProbe(rig.cluster, cluster_state, ("test", "podinfo")).target()
    assert [(place.host, place.source) for place in target.places] == [("shop.example.com", "MeshGatewayRoute front")]
    split = {
        "kind": "TrafficSplit",
        "metadata": {"name": "podinfo"},
        "spec": {"service": "shop.example.com", "backends": [{"service": "podinfo-primary", "weight": 100}]},
    }
    assert find_target(Canary.parse(found), [split]).hosts == ("shop.example.com",)
