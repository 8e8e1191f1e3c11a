"""Contour, Gloo and APISIX driven on an API server, by the engine's watches and writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from economy_rig import Rig

from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import apisix, contour, gloo
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.workloads.tree import object_tree
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime.required_kinds import kinds_of, refusal
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.drill_probe import LiveDrillProbe
from canarytui.session.state import ClusterState

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
ROUTE = {
    "metadata": {"name": "front"},
    "spec": {
        "http": [
            {
                "name": "main",
                "match": {"hosts": ["shop.example.com"], "paths": ["/*"]},
                "backends": [{"serviceName": "podinfo", "servicePort": 80}],
            }
        ]
    },
}
ROOT = {
    "metadata": {"name": "root"},
    "spec": {"virtualhost": {"fqdn": "shop.example.com"}, "includes": [{"name": "podinfo", "namespace": "test"}]},
}
DELEGATING = {"matchers": [{"prefix": "/"}], "delegateAction": {"ref": {"name": "podinfo", "namespace": "test"}}}
VIRTUAL = {
    "metadata": {"name": "edge"},
    "spec": {"virtualHost": {"domains": ["shop.example.com"], "routes": [DELEGATING]}},
}
USERS: dict[str, tuple[Resource, dict[str, Any]]] = {
    "contour": (contour.HTTP_PROXIES, ROOT),
    "gloo": (gloo.VIRTUAL_SERVICES, VIRTUAL),
    "apisix": (apisix.APISIX_ROUTES, ROUTE),
}
"""What the user has made, which leads from a host to the canary."""
PROVIDERS = [contour.PROVIDER, gloo.PROVIDER, apisix.PROVIDER]


def definition(resource: Resource) -> dict[str, Any]:
    """A CustomResourceDefinition that keeps every field."""
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
    }
    version = {"name": resource.version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": resource.plural, "singular": resource.kind.lower(), "kind": resource.kind}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.full_name},
        "spec": {"group": resource.group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


@pytest_asyncio.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    await made.start()
    made.settings = ControllerSettings(metrics_server=made.stub.url, interval_floor_s=0.1)
    yield made
    await made.stop()


def begun(edge: Rig, record: TrafficProvider) -> None:
    """The user's own objects, the kinds of the provider, and the canary."""
    user, obj = USERS[record.name]
    for resource in {*(each.resource for each in record.objects), user}:
        edge.live.create(CRDS, definition(resource), None)
    edge.live.create(user.full_name, obj)
    route = {"apiVersion": apisix.APISIX_ROUTES.api_version, "kind": apisix.APISIX_ROUTES.kind, "name": "front"}
    edge.canary(stepWeight=25, also={"provider": record.name, "routeRef": route})


def percent(edge: Rig, record: TrafficProvider) -> int | None:
    """What the console reads from the routing object; None as long as there is none."""
    split, obj = record.split, edge.live.find("canaries.flagger.app", "podinfo")
    assert split is not None
    assert obj is not None
    canary = Canary.parse(obj)
    _, name = split.place(canary)
    found = edge.live.find(split.object.resource.full_name, name)
    return split.canary_percent(found, canary) if found is not None else None


async def until(edge: Rig, phase: str, seen: list[int | None], record: TrafficProvider) -> None:
    for _ in range(15):
        if edge.phase() == phase:
            return
        await edge.tick()
        if percent(edge, record) != seen[-1]:
            seen.append(percent(edge, record))
    raise AssertionError(f"it is {edge.phase()}: {[each['message'] for each in edge.live.events()]}")


@pytest.mark.parametrize("record", PROVIDERS, ids=lambda record: record.name)
async def test_a_rollout_and_a_rollback(edge: Rig, record: TrafficProvider) -> None:
    begun(edge, record)
    await edge.begin()
    seen: list[int | None] = [None]
    await until(edge, "Initialized", seen, record)
    edge.new_revision("2")
    await until(edge, "Succeeded", seen, record)
    assert seen == [None, 0, 25, 50, 0]
    edge.stub.value = "1"
    edge.new_revision("3")
    await until(edge, "Failed", seen, record)
    assert seen[5:] == [25, 0]
    counter = record.queries.success.partition("rate( ")[2].partition("{")[0]
    assert any(f"rate( {counter}{{ " in query for query in edge.stub.queries)
    user, _ = USERS[record.name]
    watched = {each.path.partition("?")[0] for each in edge.live.asked if "watch=true" in each.path}
    assert {each.resource.path() for each in record.objects} <= watched
    assert (user.path() in watched) == (user in {each.resource for each in record.objects})


@pytest.mark.parametrize("record", PROVIDERS, ids=lambda record: record.name)
async def test_the_session_shows_its_weights(edge: Rig, record: TrafficProvider) -> None:
    begun(edge, record)
    await edge.begin()
    await until(edge, "Initialized", [None], record)
    edge.new_revision("2")
    for _ in range(5):
        if percent(edge, record) != 25:
            await edge.tick()
    obj = edge.live.find("canaries.flagger.app", "podinfo")
    assert obj is not None
    canary, cluster_state = Canary.parse(obj), ClusterState()
    assert record.split is not None
    place, resource = record.split.place(canary), record.split.object.resource
    cluster_state.canaries.replace([obj])
    await asyncio.sleep(0)  # the store tells the cluster state at the loop's next turn
    cluster_state.stores[resource].replace([edge.live.find(resource.full_name, place[1])])
    situation = cluster_state.situation(("test", "podinfo"))
    assert situation is not None
    assert (situation.provider, situation.router_weight) == (record.name, 25)
    holdings = CanaryDetail(("test", "podinfo")).holdings(cluster_state, canary)
    notes = {node.name: node.note for node in object_tree(canary, holdings, datetime.now(UTC))}
    primary, other = notes[place[1]].split(", ")
    assert (primary.endswith(" 75"), other.endswith(" 25")) == (True, True)


@pytest.mark.parametrize("record", PROVIDERS, ids=lambda record: record.name)
async def test_a_drill_finds_its_host(edge: Rig, record: TrafficProvider) -> None:
    begun(edge, record)
    obj = edge.live.find("canaries.flagger.app", "podinfo")
    cluster_state = ClusterState()
    cluster_state.canaries.replace([obj])
    target = await LiveDrillProbe(edge.cluster, cluster_state, ("test", "podinfo")).target()
    user, made = USERS[record.name]
    found = [(place.host, place.prefix, place.source) for place in target.places]
    assert found == [("shop.example.com", "", f"{user.kind} {made['metadata']['name']}")]


@pytest.mark.parametrize("record", PROVIDERS, ids=lambda record: record.name)
async def test_a_definition_that_is_missing_is_a_sentence(edge: Rig, record: TrafficProvider) -> None:
    canary = Canary.parse(edge.canary(also={"provider": record.name}))
    await edge.begin()
    tick = Tick(canary, edge.cluster_view, edge.settings, datetime.now(UTC))
    edge.cluster_view.follow(kinds_of(tick))
    errors = await edge.cluster_view.settle(kinds_of(tick))
    assert errors.keys() == {each.resource.full_name for each in record.objects}
    for name, error in errors.items():
        assert refusal(tick, name, error) == (
            f"canary podinfo.test waits, because {name} cannot be listed (the server could not find the requested "
            f"resource): install the CustomResourceDefinition {name}, or change what the canary asks for"
        )
