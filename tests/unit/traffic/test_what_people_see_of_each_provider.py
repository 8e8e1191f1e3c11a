"""What people see of a rollout with each provider: its split, its tree, its checks' values, why it waits, where a drill
sends to and what that will do. From objects as genuine Flagger wrote them, and from what each exporter writes.

Of two providers there is no recording: v1beta1's HTTPRoute differs from v1's in its version alone, and Flagger has no
GRPCRoute, so that it is one of our engine's.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from promql_samples import answer
from provider_expositions import EXPORTERS, MEAN_MS, P99_MS, measured_canary
from recorded_rollouts import RECORDINGS
from replacing import replace
from rollouts import DEFAULT, PROMOTE, once, rollout

from canarytui.actions.requests import unknown_words
from canarytui.cluster.resources import CANARIES
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import (
    apisix,
    appmesh,
    contour,
    gatewayapi,
    gloo,
    ingresses,
    istio,
    knative,
    kuma,
    registry,
    smi,
    traefik,
)
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.drills.library import load_drill
from canarytui.drills.predicted import DrillOutcome
from canarytui.drills.prediction import predict
from canarytui.drills.target import find_target
from canarytui.drills.traffic import Traffic, traffic_queries
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.session.metric_questions import shown_query
from canarytui.session.state import ClusterState

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
RECORDED = {
    "traefik": "promote",
    "istio": "istio-canary",
    "nginx": "nginx-canary",
    "gatewayapi:v1": "providers/gatewayapi-v1-promotion",
    "gatewayapi:v1beta1": "providers/gatewayapi-v1-promotion",
    **{name: f"providers/{name}-promotion" for name in (
        "contour", "skipper", "gloo", "apisix", "linkerd", "kuma", "osm", "appmesh", "knative",
    )},
    **{name: f"providers/{name.replace(':', '-')}-promotion" for name in (
        "smi:v1alpha1", "smi:v1alpha2", "smi:v1alpha3", "appmesh:v1beta2",
    )},
}  # fmt: skip
SPLITTING = [each.name for each in registry.providers() if each.split is not None]
EACH = pytest.mark.parametrize("name", [each.name for each in registry.providers()])


def record_of(name: str) -> TrafficProvider:
    found = registry.named(name)
    assert found is not None
    return found


def recorded(name: str) -> tuple[Canary, list[dict[str, Any]]]:
    """The canary, and the object that splits its traffic at each of its changes."""
    split = record_of(name).split
    assert split is not None
    if name not in RECORDED:
        return written_by_ours(name)
    head, *facts = map(json.loads, (RECORDINGS / f"{RECORDED[name]}.jsonl").read_text().splitlines())
    raw = head["canary"]
    canary = Canary.parse({**raw, "spec": {**raw["spec"], "provider": name}})
    kind, place = split.object.resource.kind, split.place(canary)[1]
    found = [fact for fact in facts if (fact.get("object"), fact.get("name")) == (kind, place)]
    return canary, [_whole(name, canary, fact) for fact in found]


def _whole(name: str, canary: Canary, fact: dict[str, Any]) -> dict[str, Any]:
    split, spec = record_of(name).split, fact.get("spec") or {}
    assert split is not None
    namespace, place = split.place(canary)
    annotations = fact.get("annotations") or spec.get("annotations") or {}
    metadata = {"name": place, "annotations": annotations, **({"namespace": namespace} if namespace else {})}
    resource = split.object.resource
    named = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
    return {**named, "spec": spec, "status": fact.get("status") or {}}


class Kept(RecordingPlayer):
    """Keeps a kind's objects, change by change."""

    def __init__(self, *given: Any, kind: str) -> None:
        self._kind = kind
        self.kept: list[dict[str, Any]] = []
        super().__init__(*given)

    def _note(self, obj: Any) -> None:
        super()._note(obj)
        if obj["kind"] == self._kind:
            self.kept.append(obj)


def written_by_ours(name: str) -> tuple[Canary, list[dict[str, Any]]]:
    split = record_of(name).split
    assert split is not None
    answers = {**PROMOTE.defaults, "template": 100, "duration": 0.05}
    recording = rollout(spec={"provider": name, "service": {"gatewayRefs": [{"name": "web"}]}}, defaults=answers)
    player = Kept(recording, DEFAULT, kind=split.object.resource.kind)
    player.play()
    return Canary.parse(dict(recording.canary)), player.kept


def midway(name: str) -> tuple[Canary, dict[str, Any], int]:
    """The canary in its rollout, the object at its second step, and the canary's share there."""
    canary, objects = recorded(name)
    split = record_of(name).split
    assert split is not None
    share, obj = next((percent, each) for each in objects if (percent := split.canary_percent(each, canary) or 0) >= 40)
    status = {"phase": "Progressing", "canaryWeight": share, "lastAppliedSpec": "a"}
    return Canary.parse({**dict(canary.raw), "status": status}), obj, share


def test_every_provider_that_splits_is_recorded_but_one() -> None:
    assert set(SPLITTING) - RECORDED.keys() == {"gatewayapi:grpc"}


@pytest.mark.parametrize("name", SPLITTING)
def test_the_share_is_read_from_what_flagger_wrote(name: str) -> None:
    canary, objects = recorded(name)
    split = record_of(name).split
    assert split is not None
    shares = [percent for each in objects if (percent := split.canary_percent(each, canary)) is not None]
    steps = range(0, canary.spec.analysis.max_weight + 1, canary.spec.analysis.step_weight)
    assert once(shares) == [*steps, 0]


@pytest.mark.parametrize("name", SPLITTING)
async def test_the_session_shows_share_and_parts(name: str) -> None:
    canary, obj, share = midway(name)
    split = record_of(name).split
    assert split is not None
    cluster_state = ClusterState(lambda: NOW)
    raw = {**dict(canary.raw), "metadata": {**canary.raw["metadata"], "resourceVersion": "7"}}
    cluster_state.stores[CANARIES].replace([raw])
    await asyncio.sleep(0)
    obj["metadata"]["resourceVersion"] = "8"
    cluster_state.stores[split.object.resource].replace([obj])
    situation = cluster_state.situation((canary.namespace, canary.name))
    assert situation is not None
    assert (situation.provider, situation.router_weight, situation.weight) == (name, share, share)
    assert f" {share}" in split.shares(obj)
    # Nothing of the built-in checks is left to fill in once the object has been read.
    for check in canary.spec.analysis.metrics:
        assert "<" not in shown_query(cluster_state, canary, check).text


@pytest.mark.parametrize("name", SPLITTING)
def test_a_person_can_skip_to_a_later_weight(name: str) -> None:
    """By a patch of what Flagger wrote, which has exactly that weight."""
    canary, obj, share = midway(name)
    split = record_of(name).split
    assert split is not None
    obj["metadata"]["resourceVersion"] = "8"
    raw = {**dict(canary.raw), "metadata": {**canary.raw["metadata"], "resourceVersion": "7"}}
    raw["spec"] = {**raw["spec"], "analysis": {**raw["spec"]["analysis"], "maxWeight": 90}}
    situation = Situation(Canary.parse(raw), NOW, 10.0, router_weight=share, router=obj)
    made = plan(situation, ActionRequest(Intent.SKIP_TO, weight=80))
    assert made.allowed, made.refusal
    [write] = made.writes
    resource = split.object.resource
    assert write.object_path == resource.path(*split.place(canary))
    assert write.permission.namespace == (canary.namespace if resource.namespaced else "")
    where = f"in namespace {canary.namespace}" if resource.namespaced else "which have no namespace"
    assert write.permission.sentence.endswith(where)
    advice = unknown_words("lab", write, "canarytui-7", "it cannot be read")
    assert advice.startswith(f"{write.called}: ")
    assert (" -n " in advice) == resource.namespaced
    body = {**write.body, "metadata": {**write.body["metadata"]}}
    assert body["metadata"].pop("resourceVersion") == "8"
    if name == "knative":  # the status, which is shown, follows
        assert [each.get("percent") for each in body["spec"]["traffic"]] == [80, 20]
        return
    assert split.canary_percent(merged(obj, body), canary) == 80


def test_the_object_that_is_there_is_changed_also_if_it_is_of_an_older_kind() -> None:
    """A canary that asks for a GRPCRoute has an HTTPRoute from Flagger."""
    canary, obj, share = midway("gatewayapi:v1")
    metadata = {**canary.raw["metadata"], "resourceVersion": "7", "annotations": {"canarytui.io/route": "GRPCRoute"}}
    situation = Situation(
        Canary.parse({**dict(canary.raw), "metadata": metadata}), NOW, 10.0, router_weight=share, router=obj
    )
    assert situation.provider == "gatewayapi:grpc"
    [write] = plan(situation, ActionRequest(Intent.SKIP_TO)).writes
    assert write.object_path == gatewayapi.HTTP_ROUTES.path(canary.namespace, canary.apex_name)


def test_no_weight_is_skipped_to_where_nothing_splits() -> None:
    made = plan(replace(progressing("kubernetes"), router=None), Intent.SKIP_TO)
    assert made.refusal == "provider kubernetes splits no traffic: there is no weight to skip to"


def progressing(name: str) -> Situation:
    """The canary that the expositions are of, in its rollout, with its checks as they measure it."""
    measured = measured_canary(name)
    # Where nothing splits, the analysis counts iterations.
    at = {"canaryWeight": 25} if record_of(name).splits else {"canaryWeight": 0, "iterations": 2}
    canary = Canary.parse({**dict(measured.raw), "status": {"phase": "Progressing", **at}})
    duration = (MEAN_MS if record_of(name).queries.mean else P99_MS)["canary"]
    return Situation(
        canary,
        NOW,
        10.0,
        router_weight=25 if record_of(name).splits else None,
        checks=(
            Check("request-success-rate", 99.0, None, "%", value=90.0, asked=True),
            Check("request-duration", None, 500.0, "ms", value=duration, asked=True),
        ),
        last_tick=NOW - timedelta(seconds=4),
    )


@EACH
def test_the_reason_names_the_check_that_fails(name: str) -> None:
    assert "success rate 90 % is below 99 %" in explain(progressing(name)).sentence


def traffic(name: str) -> Traffic:
    """What a drill measures before it predicts."""
    exporter = EXPORTERS[name]
    queries = traffic_queries(measured_canary(name), name, router=exporter.router)

    def rate(query: str) -> float | None:
        return answer(query, *exporter.exporters()) if query else None

    canary, good = rate(queries.canary), rate(queries.canary_good)
    primary, primary_good = rate(queries.primary), rate(queries.primary_good)
    assert canary is not None
    assert good is not None
    lost = None if primary is None or primary_good is None else primary - primary_good
    return Traffic(NOW, queries.window_s, canary, primary, lost, 1 - good / canary)


@EACH
def test_a_drill_measures_the_traffic_and_predicts_the_rollback(name: str) -> None:
    measured = traffic(name)
    assert (measured.canary, measured.failing_now) == (pytest.approx(10), pytest.approx(0.1))
    assert measured.primary == (pytest.approx(40) if EXPORTERS[name].series.get("primary") else None)
    assert measured.primary_failed in (None, pytest.approx(0))
    prediction = predict(progressing(name), load_drill("errors-500"), measured, NOW)
    if record_of(name).splits:
        assert prediction.outcome is DrillOutcome.ROLLED_BACK
        assert prediction.crossing is not None
        assert prediction.crossing.failing == ("request-success-rate",)
    else:
        assert prediction.outcome is DrillOutcome.UNKNOWN
        assert "a blue/green canary gets no requests through its host" in prediction.because


HOST = "shop.example.com"
_BACKEND = {"service": {"name": "shop-cart", "port": {"number": 80}}}
_INGRESS = (ingresses.INGRESSES, {"rules": [{"host": HOST, "http": {"paths": [{"path": "/", "backend": _BACKEND}]}}]})
_HTTP = {"hostnames": [HOST], "rules": [{"backendRefs": [{"name": "shop-cart-primary", "port": 80}]}]}
_SPLIT = {"service": HOST, "backends": [{"service": "shop-cart-canary"}, {"service": "shop-cart-primary"}]}
_KUMA = {
    "conf": {
        "http": {
            "hostnames": [HOST],
            "rules": [{"backends": [{"destination": {"kuma.io/service": "shop-cart_shop_svc_80"}}]}],
        }
    }
}
_GLOO_ROUTES = [{"matchers": [{"prefix": "/"}], "delegateAction": {"ref": {"name": "shop-cart", "namespace": "shop"}}}]
_GATEWAY_ROUTE = {
    "match": {"hostname": {"exact": HOST}, "prefix": "/"},
    "action": {"target": {"virtualService": {"virtualServiceRef": {"name": "shop-cart"}}}},
}
ENTRANCES: dict[str, tuple[Any, dict[str, Any]]] = {
    "traefik": (
        traefik.INGRESS_ROUTES,
        {"routes": [{"match": f"Host(`{HOST}`)", "services": [{"kind": "TraefikService", "name": "shop-cart"}]}]},
    ),
    "istio": (
        istio.VIRTUAL_SERVICES,
        {"hosts": [HOST], "http": [{"route": [{"destination": {"host": "shop-cart-primary"}, "weight": 100}]}]},
    ),
    "nginx": _INGRESS,
    "kubernetes": _INGRESS,
    "skipper": _INGRESS,
    "gatewayapi:v1": (gatewayapi.HTTP_ROUTES, _HTTP),
    "gatewayapi:v1beta1": (gatewayapi.HTTP_ROUTES_V1BETA1, _HTTP),
    "gatewayapi:grpc": (gatewayapi.GRPC_ROUTES, _HTTP),
    "contour": (
        contour.HTTP_PROXIES,
        {"virtualhost": {"fqdn": HOST}, "includes": [{"name": "shop-cart", "namespace": "shop"}]},
    ),
    "gloo": (gloo.VIRTUAL_SERVICES, {"virtualHost": {"domains": [HOST], "routes": _GLOO_ROUTES}}),
    "apisix": (
        apisix.APISIX_ROUTES,
        {"http": [{"match": {"hosts": [HOST], "paths": ["/*"]}, "backends": [{"serviceName": "shop-cart"}]}]},
    ),
    "linkerd": _INGRESS,
    "osm": _INGRESS,
    "kuma": (kuma.MESH_GATEWAY_ROUTES, _KUMA),
    "smi:v1alpha1": (smi.TRAFFIC_SPLITS_V1ALPHA1, _SPLIT),
    "smi:v1alpha2": (smi.TRAFFIC_SPLITS_V1ALPHA2, _SPLIT),
    "smi:v1alpha3": (smi.TRAFFIC_SPLITS_V1ALPHA3, _SPLIT),
    "appmesh": (appmesh.VIRTUAL_SERVICES, {"meshName": "global"}),
    "appmesh:v1beta2": (appmesh.GATEWAY_ROUTES, {"httpRoute": _GATEWAY_ROUTE}),
    "knative": (knative.KNATIVE_SERVICES, {}),
}
"""By provider: an object, of the user's or the canary's own, that leads from a host to the canary."""
NAMED = {
    "appmesh": {"name": "shop-cart.shop", "annotations": {"gateway.appmesh.k8s.aws/domain": f"{HOST},"}},
    "knative": {"name": "cart"},
}
STATUS = {"knative": {"url": f"http://{HOST}"}}


@EACH
def test_a_drill_finds_its_host(name: str) -> None:
    resource, spec = ENTRANCES[name]
    metadata = {"name": "front", "namespace": "shop", **NAMED.get(name, {})}
    obj = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, "spec": spec}
    obj["status"] = STATUS.get(name, {})
    canary = measured_canary(name)
    place = find_target(canary, [obj]).place()
    assert place is not None
    assert (place.host, place.source) == (HOST, f"{resource.kind} {metadata['name']}")
    renamed = {**dict(canary.raw["spec"]), "service": {"name": "books", "port": 80}}
    renamed["targetRef"] = {**renamed["targetRef"], "name": "books"}
    assert HOST not in find_target(Canary.parse({**dict(canary.raw), "spec": renamed}), [obj]).hosts


def test_a_knative_services_other_host_is_a_domain_mappings() -> None:
    canary = measured_canary("knative")
    ref = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "cart"}
    mapping = {
        "apiVersion": "serving.knative.dev/v1beta1",
        "kind": "DomainMapping",
        "metadata": {"name": HOST, "namespace": "shop"},
        "spec": {"ref": ref, "tls": {"secretName": "cert"}},
    }
    place = find_target(canary, [mapping]).place()
    assert place is not None
    assert (place.host, place.tls, place.source) == (HOST, True, f"DomainMapping {HOST}")
    for other in ({"name": "cart-2"}, {"apiVersion": "v1"}, {"kind": "Route"}):
        assert find_target(canary, [{**mapping, "spec": {"ref": {**ref, **other}}}]).hosts == ()
    for url in ("", "http://[", None, 7):
        service = {
            "apiVersion": "serving.knative.dev/v1",
            "kind": "Service",
            "metadata": {"name": "cart", "namespace": "shop"},
            "status": {"url": url},
        }
        assert find_target(canary, [service]).hosts == ()
