"""A canary of Knative's in the engine on an API server, on the screen, and in queries: its target is its router."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from economy_rig import Rig
from knative_service import FIRST, SECOND, knative_service, revision, split_service
from promql_samples import answer

from canarytui.cluster.resources import CANARIES, SERVICES
from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import knative, registry
from canarytui.domain.workloads.tree import object_tree
from canarytui.drills.traffic import traffic_queries
from canarytui.engine.decide.tick import Tick
from canarytui.engine.runtime.required_kinds import kinds_of, refusal
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import QuerySource, check_query
from canarytui.metrics.primary_queries import primary_query
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.metric_questions import NoQuestion, shown_query
from canarytui.session.state import ClusterState

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
KEY = ("test", "podinfo")
TARGET = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "podinfo"}
KSERVICES, REVISIONS = knative.KNATIVE_SERVICES.full_name, knative.KNATIVE_REVISIONS.full_name


def canary_object(**analysis: Any) -> dict[str, Any]:
    names = (SUCCESS_RATE, DURATION)
    metrics = [{"name": name, "interval": "1m", "thresholdRange": {"max": 500}} for name in names]
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {"name": "podinfo", "namespace": "test", "resourceVersion": "7", "uid": "c"},
        "spec": {
            "provider": "knative",
            "targetRef": TARGET,
            "service": {"port": 80},
            "analysis": {
                "interval": "10s",
                "threshold": 3,
                "stepWeight": 20,
                "maxWeight": 60,
                "metrics": metrics,
                **analysis,
            },
        },
        "status": {"phase": "Progressing", "canaryWeight": 20},
    }


def definition(resource: Resource) -> dict[str, Any]:
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    version = {"name": resource.version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": resource.plural, "singular": resource.kind.lower(), "kind": resource.kind}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.full_name},
        "spec": {"group": resource.group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    await made.start()
    yield made
    await made.stop()


def install(rig: Rig) -> None:
    for resource in (knative.KNATIVE_SERVICES, knative.KNATIVE_REVISIONS):
        rig.live.create("customresourcedefinitions.apiextensions.k8s.io", definition(resource), None)
    rig.live.create(REVISIONS, revision(FIRST))
    rig.live.create(KSERVICES, knative_service(primary=""))


def knative_acts(rig: Rig, latest: str) -> None:
    """Knative shows the revision that it made last, and routes as it is told."""
    wanted = rig.live.find(KSERVICES, "podinfo")
    assert wanted is not None
    shown = [
        {"latestRevision": True, "percent": each["percent"], "revisionName": latest}
        if each.get("latestRevision")
        else {"latestRevision": False, **each}
        for each in wanted["spec"]["traffic"]
    ]
    status = {"latestCreatedRevisionName": latest, "observedGeneration": wanted["metadata"]["generation"]}
    rig.live.patch(KSERVICES, "podinfo", {"status": {**status, "traffic": shown}})


def percents(rig: Rig) -> list[int]:
    found = rig.live.find(KSERVICES, "podinfo")
    return [each["percent"] for each in found["spec"].get("traffic", [])] if found else []


async def test_the_engine_splits_the_targets_traffic(rig: Rig) -> None:
    install(rig)
    rig.canary(also={"provider": "knative", "targetRef": TARGET}, stepWeight=20, maxWeight=40)
    await rig.begin()
    while rig.phase() != "Initialized":
        await rig.tick()
    assert percents(rig) == [0, 100]
    rig.live.create(REVISIONS, revision(SECOND))
    knative_acts(rig, SECOND)
    seen = [percents(rig)]
    for _ in range(12):
        await rig.tick()
        knative_acts(rig, SECOND)
        if percents(rig) != seen[-1]:
            seen.append(percents(rig))
    assert rig.phase() == "Succeeded"
    assert seen == [[0, 100], [20, 80], [40, 60], [0, 100]]
    found = rig.live.find(KSERVICES, "podinfo")
    assert found is not None
    assert knative.primary_revision(found) == SECOND
    asked = [query for query in rig.stub.queries if "envoy_" in query]
    assert asked
    assert all(f'envoy_cluster_name=~"test/{SECOND}"' in query for query in asked)
    assert [each["metadata"]["name"] for each in rig.live.api.list(rig.live.rt("services"), "test").items] == []


async def test_without_knative_the_canary_says_what_to_install(rig: Rig) -> None:
    rig.canary(also={"provider": "knative", "targetRef": TARGET})
    await rig.begin()
    found = rig.live.find("canaries.flagger.app", "podinfo")
    assert found is not None
    tick = Tick(Canary.parse(found), rig.cluster_view, rig.settings, NOW)
    rig.cluster_view.follow(kinds_of(tick))
    errors = await rig.cluster_view.settle(kinds_of(tick))
    said = [refusal(tick, resource, error) for resource, error in errors.items()]
    for name in (KSERVICES, REVISIONS):
        remedy = f"install the CustomResourceDefinition {name}, or change what the canary asks for"
        assert any(remedy in each for each in said)


async def shown(service: dict[str, Any] | None = None) -> ClusterState:
    cluster_state = ClusterState(lambda: NOW)
    cluster_state.stores[CANARIES].replace([canary_object()])
    await asyncio.sleep(0)
    if service is not None:
        service["metadata"]["resourceVersion"] = "8"
        cluster_state.stores[knative.KNATIVE_SERVICES].replace([service])
    return cluster_state


async def test_the_screen_shows_what_knative_does() -> None:
    service = split_service(20)
    service["spec"]["traffic"][0]["percent"] = 40  # asked for, and not done yet
    cluster_state = await shown(service)
    assert knative.KNATIVE_SERVICES in cluster_state.routers.wanted
    situation = cluster_state.situation(KEY)
    assert situation is not None
    assert (situation.provider, situation.router_weight) == ("knative", 20)
    assert cluster_state.row(KEY) is not None


async def test_the_tree_has_the_target_once_and_no_services_of_its_name() -> None:
    cluster_state = await shown(split_service(20))
    metadata = {"name": "podinfo", "namespace": "test", "resourceVersion": "9"}
    placeholder = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"type": "ExternalName"}}
    canary_detail = CanaryDetail(KEY)
    canary_detail.take("Service", "", [placeholder])
    assert SERVICES != knative.KNATIVE_SERVICES
    canary = Canary.parse(canary_object())
    nodes = object_tree(canary, canary_detail.holdings(cluster_state, canary), NOW)
    assert [(node.kind, node.name, node.note) for node in nodes] == [("Service", "podinfo", f"{SECOND} 20, {FIRST} 80")]


async def test_nothing_is_asked_about_a_revision_that_is_not_known() -> None:
    cluster_state = await shown()
    canary = Canary.parse(canary_object())
    with pytest.raises(NoQuestion, match="Service podinfo has not been read"):
        shown_query(cluster_state, canary, canary.spec.analysis.metrics[0])
    cluster_state = await shown(split_service(20))
    assert f"test/{SECOND}" in shown_query(cluster_state, canary, canary.spec.analysis.metrics[0]).text


def exposition(at_s: int) -> str:
    """What Envoy of Kourier exports, with a request a second for either revision; a tenth of the new one's fail."""
    lines = []
    for name, good, bad, slow in ((f"test/{FIRST}", 100, 0, 0), (f"test/{SECOND}", 90, 10, 50)):
        for code, count in (("200", good), ("503", bad)):
            labels = f'envoy_cluster_name="{name}",envoy_response_code="{code}"'
            lines.append(f"envoy_cluster_upstream_rq{{{labels}}} {count * at_s / 100}")
        for bound, count in (("100", 100 - slow), ("250", 100), ("+Inf", 100)):
            labels = f'envoy_cluster_name="{name}",le="{bound}"'
            lines.append(f"envoy_cluster_upstream_rq_time_bucket{{{labels}}} {count * at_s / 100}")
    return "\n".join(lines) + "\n"


def test_the_built_in_checks_measure_each_revision_by_envoys_samples() -> None:
    canary = Canary.parse(canary_object())
    service = split_service(20)
    success, duration = canary.spec.analysis.metrics

    def asked(metric: Any) -> str:
        return check_query(QuerySource.BUILTIN, canary, metric, router=service).text

    assert answer(asked(success), (exposition, {})) == pytest.approx(90.0)
    assert answer(asked(duration), (exposition, {})) == pytest.approx(247.0)
    for name, value in ((SUCCESS_RATE, 100.0), (DURATION, 99.0)):
        of_primary = primary_query(canary, name, "knative", router=service)
        assert of_primary is not None
        assert answer(of_primary[0], (exposition, {})) == pytest.approx(value)
    rates = traffic_queries(canary, "knative", router=service)
    assert [
        answer(query, (exposition, {})) for query in (rates.canary, rates.canary_good, rates.primary)
    ] == pytest.approx([1, 0.9, 1])
    assert primary_query(canary, SUCCESS_RATE, "knative") is None, "before the Service was read"
    assert primary_query(canary, SUCCESS_RATE, "knative", router=split_service(20, primary="")) is None


def test_templates_know_the_latest_revision_as_the_route() -> None:
    obj = canary_object(metrics=[{"name": "own", "query": 'up{revision="{{ route }}"}', "interval": "1m"}])
    canary = Canary.parse(obj)
    [metric] = canary.spec.analysis.metrics
    assert (
        check_query(QuerySource.INLINE, canary, metric, router=split_service(20)).text == f'up{{revision="{SECOND}"}}'
    )


def test_a_target_of_knatives_is_told_by_its_group() -> None:
    canary = Canary.parse(canary_object())
    assert registry.of_target(canary) is knative.PROVIDER
    for version in ("v1", "apps/v1", ""):
        spec = {**canary_object()["spec"], "targetRef": {**TARGET, "apiVersion": version}}
        assert registry.of_target(Canary.parse({**canary_object(), "spec": spec})) is None
