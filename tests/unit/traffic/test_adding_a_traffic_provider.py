"""A provider is added by its record, its router and their registrations: everything else follows from these."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from economy_rig import Rig
from example_traffic_provider import GATES, GROUP, POOL, POOLS, PROVIDER, ROUTES, ExampleRouter

from canarytui.cli import main
from canarytui.cluster.resources import CANARIES
from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.tree import object_tree
from canarytui.drills.target import find_target
from canarytui.drills.traffic import traffic_queries
from canarytui.engine.install.rights import rules_by_provider
from canarytui.engine.routers import providers
from canarytui.metrics.check_queries import QuerySource, check_query
from canarytui.metrics.primary_queries import primary_query
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.controller_discovery import DetectedController, usual_namespaces
from canarytui.session.drill_probe import LiveDrillProbe
from canarytui.session.state import ClusterState

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
KEY = ("shop", "cart")
ROUTE = f"{ROUTES.plural}.{GROUP}"


def canary_object(**spec: Any) -> dict[str, Any]:
    analysis = {
        "interval": "10s",
        "stepWeight": 10,
        "maxWeight": 50,
        "metrics": [{"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}],
    }
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {"name": "cart", "namespace": "shop", "resourceVersion": "7", "uid": "c"},
        "spec": {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
            "service": {"port": 80},
            "analysis": analysis,
            **spec,
        },
        "status": {"phase": "Progressing", "canaryWeight": 20},
    }


def route(canary: int, name: str = "cart") -> dict[str, Any]:
    shares = [
        {"service": f"{name}-primary", "percent": 100 - canary},
        {"service": f"{name}-canary", "percent": canary},
    ]
    return {
        "apiVersion": ROUTES.api_version,
        "kind": ROUTES.kind,
        "metadata": {"name": f"{name}-route", "namespace": "shop", "resourceVersion": "8"},
        "spec": {"shares": shares},
    }


def gate(name: str = "podinfo") -> dict[str, Any]:
    return {
        "apiVersion": GATES.api_version,
        "kind": GATES.kind,
        "metadata": {"name": "front", "namespace": "test"},
        "spec": {"host": "shop.example.com", "route": f"{name}-route"},
    }


def unnamed(rig: Rig, **analysis: Any) -> dict[str, Any]:
    """A canary that names no provider, since the Canary's schema lists those of Flagger: it has the controller's."""
    rig.canary(**analysis)
    rig.live.patch("canaries.flagger.app", "podinfo", {"spec": {"provider": None}})
    found = rig.live.find("canaries.flagger.app", "podinfo")
    assert found is not None
    return found


def percents(rig: Rig) -> list[int]:
    found = rig.live.find(ROUTE, "podinfo-route")
    return [each["percent"] for each in found["spec"]["shares"]] if found else []


async def test_the_engine_reconciles_and_shifts_traffic(rig: Rig) -> None:
    rig.live.create(f"{POOLS.plural}.{GROUP}", {"metadata": {"name": POOL}, "spec": {}}, None)
    unnamed(rig, stepWeight=20)
    await rig.begin()
    while rig.phase() != "Initialized":
        await rig.tick()
    assert percents(rig) == [100, 0]
    rig.new_revision("2")
    seen = [percents(rig)]
    for _ in range(12):
        await rig.tick()
        if percents(rig) != seen[-1]:
            seen.append(percents(rig))
    assert rig.phase() == "Succeeded"
    assert seen == [[100, 0], [80, 20], [60, 40], [40, 60], [100, 0]]
    asked = [query for query in rig.stub.queries if "example_" in query]
    assert any("example_requests_total" in query and 'service="podinfo-canary"' in query for query in asked)
    assert any("example_latency_ms_bucket" in query for query in asked)
    assert not any("istio_" in query or "traefik_" in query for query in rig.stub.queries)
    watched = {each.path.partition("?")[0] for each in rig.live.asked if "watch=true" in each.path}
    assert f"/apis/{GROUP}/v1/{ROUTES.plural}" in watched
    assert f"/apis/{GROUP}/v1/{POOLS.plural}" in watched


async def test_the_engine_waits_for_what_the_router_reads(rig: Rig) -> None:
    unnamed(rig)
    await rig.begin()
    for _ in range(3):
        await rig.tick()
    assert percents(rig) == []
    assert any(f"ExamplePool {POOL} not found" in each["message"] for each in rig.live.events())


async def test_the_session_shows_its_weights(example: None) -> None:
    cluster_state = ClusterState(lambda: NOW)
    cluster_state.engine = DetectedController(
        True, "1.44.0", "flagger-system", "flagger", True, mesh_provider=PROVIDER.name
    )
    cluster_state.stores[CANARIES].replace([canary_object()])
    await asyncio.sleep(0)
    cluster_state.stores[ROUTES].replace([route(20)])
    assert ROUTES in cluster_state.routers.wanted, "it is reflected"
    situation = cluster_state.situation(KEY)
    assert situation is not None
    assert (situation.provider, situation.router_weight) == (PROVIDER.name, 20)
    row = cluster_state.row(KEY)
    assert row is not None
    cluster_state.stores[ROUTES].put({**route(40), "metadata": {**route(40)["metadata"], "resourceVersion": "9"}})
    moved = cluster_state.situation(KEY)
    assert moved is not None
    assert moved.router_weight == 40

    holdings = CanaryDetail(KEY).holdings(cluster_state, situation.canary)
    nodes = {node.kind: node for node in object_tree(situation.canary, holdings, NOW)}
    assert (nodes[ROUTES.kind].name, nodes[ROUTES.kind].note) == ("cart-route", "cart-primary 60, cart-canary 40")
    assert nodes[POOLS.kind].name == POOL, "what its router reads is a part of the canary's tree"


def test_its_built_in_queries_are_asked(example: None) -> None:
    canary = Canary.parse(canary_object(provider=PROVIDER.name))
    [metric] = canary.spec.analysis.metrics
    query = check_query(QuerySource.BUILTIN, canary, metric).text
    assert 'example_requests_total{ service="cart-canary", namespace="shop", code!~"5.." }[1m]' in query
    of_primary = primary_query(canary, metric.name, PROVIDER.name)
    assert of_primary is not None
    assert of_primary[0] == query.replace("cart-canary", "cart-primary")
    rates = traffic_queries(canary, PROVIDER.name)
    assert rates.primary == 'sum( rate( example_requests_total{ service="cart-primary", namespace="shop" }[1m] ) )'


async def test_drills_find_its_hosts(rig: Rig) -> None:
    obj = unnamed(rig)
    rig.live.create(f"{GATES.plural}.{GROUP}", gate())
    assert find_target(Canary.parse(obj), [gate()]).hosts == ("shop.example.com",)
    assert find_target(Canary.parse(obj), [gate("other")]).hosts == ()
    cluster_state = ClusterState()
    cluster_state.stores[CANARIES].replace([obj])
    target = await LiveDrillProbe(rig.cluster, cluster_state, ("test", "podinfo")).target()
    assert [(place.host, place.source) for place in target.places] == [("shop.example.com", "ExampleGate front")]


def test_the_controllers_rights_have_its_kinds(example: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["install", "--print", "--mesh-provider", PROVIDER.name]) == 0
    printed = [each for each in yaml.safe_load_all(capsys.readouterr().out) if each]
    [role] = [each for each in printed if each["kind"] == "ClusterRole"]
    rules = [rule for rule in role["rules"] if rule["apiGroups"] == [GROUP]]
    assert rules == [
        {"apiGroups": [GROUP], "resources": [ROUTES.plural], "verbs": ["get", "list", "watch", "create", "update"]},
        {"apiGroups": [GROUP], "resources": [POOLS.plural], "verbs": ["list", "watch"]},
    ]
    assert rules_by_provider()["providers"][PROVIDER.name] == rules, "and the chart's, by .ci/chart-rules"


def test_a_controller_is_looked_for_where_it_is_installed(example: None) -> None:
    assert "example-system" in usual_namespaces()


def test_without_its_registration_it_is_unknown() -> None:
    assert PROVIDER.name not in providers.provider_names()
    with pytest.raises(ValueError, match=r"register the record of example in canarytui/domain/traffic/registry\.py"):
        providers.register(PROVIDER, ExampleRouter())
