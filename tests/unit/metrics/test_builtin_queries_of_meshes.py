"""Built-in checks of Linkerd, OSM, SMI and Kuma: PromQL evaluated on series as their proxies export them."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.metrics.check_queries import QuerySource, check_query
from canarytui.metrics.primary_queries import primary_query
from canarytui.sandbox.prometheus.evaluate import Evaluator, parse
from canarytui.sandbox.prometheus.exposition import Labels
from canarytui.sandbox.prometheus.exposition import parse as exposed
from canarytui.sandbox.prometheus.storage import SeriesStorage

AT_S = 600.0
STEP_S = 10
BOUNDS = {"1": 0, "100": 50, "500": 100, "+Inf": 100}
"""Of a hundred requests, how many took at most so many milliseconds: half of them up to 100, the rest up to 500."""

LINKERD = (
    'response_total{{namespace="shop",deployment="{workload}",pod="{workload}-1",direction="{direction}",'
    'tls="true",classification="{classification}",status_code="{code}"}}',
    'response_latency_ms_bucket{{namespace="shop",deployment="{workload}",direction="{direction}",le="{le}"}}',
)
OSM = (
    'osm_request_total{{source_namespace="web",source_kind="Deployment",source_name="front",'
    'destination_namespace="shop",destination_kind="Deployment",destination_name="{workload}",response_code="{code}"}}',
    'osm_request_duration_ms_bucket{{destination_namespace="shop",destination_kind="Deployment",'
    'destination_name="{workload}",le="{le}"}}',
)
ISTIO = (
    'istio_requests_total{{reporter="{reporter}",destination_workload_namespace="shop",'
    'destination_workload="{workload}",response_code="{code}"}}',
    'istio_request_duration_milliseconds_bucket{{reporter="{reporter}",destination_workload_namespace="shop",'
    'destination_workload="{workload}",le="{le}"}}',
)
KUMA = (
    'envoy_cluster_upstream_rq{{mesh="default",service="{service}_shop_svc_80",envoy_cluster_name="localhost_9898",'
    'envoy_response_code="{code}"}}',
    'envoy_cluster_upstream_rq_time_bucket{{mesh="default",service="{service}_shop_svc_80",le="{le}"}}',
)
SYSTEMS = {
    "linkerd": LINKERD,
    "osm": OSM,
    "smi:v1alpha1": ISTIO,
    "smi:v1alpha2:istio": ISTIO,
    "smi:v1alpha3": ISTIO,
    "kuma": KUMA,
}
SIDES = {"cart": 0.9, "cart-primary": 0.5, "cart-2": 0.1}
"""Part of each workload's requests that succeed; the canary's is the first."""


def canary(kind: str = "Deployment") -> Canary:
    checks = [{"name": name, "interval": "1m"} for name in ("request-success-rate", "request-duration")]
    spec = {
        "targetRef": {"kind": kind, "name": "cart"},
        "service": {"port": 80},
        "analysis": {"interval": "10s", "metrics": checks},
    }
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})


def storage(templates: tuple[str, str]) -> SeriesStorage:
    """Ten minutes of ten requests a second for every workload, scraped every 10 seconds."""
    counter, bucket = templates
    services = {"cart": "cart-canary", "cart-primary": "cart-primary", "cart-2": "cart-2-canary"}
    lines: dict[str, float] = {}
    for workload, healthy in SIDES.items():
        # Of the other direction, and of the client's side: all of these requests failed.
        for direction, reporter, good in (("inbound", "destination", healthy), ("outbound", "source", 0.0)):
            if "{direction}" not in counter and "{reporter}" not in counter and direction == "outbound":
                continue
            given = {"workload": workload, "service": services[workload], "direction": direction, "reporter": reporter}
            for code, classification, part in (("200", "success", good), ("503", "failure", 1 - good)):
                lines[counter.format(**given, code=code, classification=classification)] = 100 * part
            for le, part in BOUNDS.items():
                lines[bucket.format(**given, le=le)] = part
    made = SeriesStorage()
    for name, per_step in lines.items():
        [(labels, _, _)] = exposed(f"{name} 0")
        for step in range(int(AT_S / STEP_S) + 1):
            made.append(labels, step * STEP_S, per_step * step)
    return made


def value(query: str, samples: SeriesStorage) -> float:
    [found] = Evaluator(samples, AT_S).evaluate(parse(query))
    return float(found.value)


def asked(provider: str, samples: SeriesStorage, kind: str = "Deployment") -> list[float]:
    checks = canary(kind).spec.analysis.metrics
    queries = [check_query(QuerySource.BUILTIN, canary(kind), check, mesh_provider=provider) for check in checks]
    return [value(each.text, samples) * each.factor for each in queries]


@pytest.mark.parametrize("provider", SYSTEMS)
def test_success_rate_and_duration_are_the_canarys(provider: str) -> None:
    rate, duration = asked(provider, storage(SYSTEMS[provider]))
    assert rate == pytest.approx(90), "percent, of the canary alone"
    assert duration == pytest.approx(492), "milliseconds: 98 % of the way from 100 to 500"


@pytest.mark.parametrize("provider", SYSTEMS)
def test_the_same_is_asked_about_the_primary(provider: str) -> None:
    query = primary_query(canary(), "request-success-rate", provider)
    assert query is not None
    assert value(query[0], storage(SYSTEMS[provider])) == pytest.approx(50)


@pytest.mark.parametrize("provider", SYSTEMS)
def test_a_service_as_target_is_observed_as_istios(provider: str) -> None:
    assert asked(provider, storage(ISTIO), kind="Service")[0] == pytest.approx(90)


@pytest.mark.parametrize("provider", SYSTEMS)
def test_without_requests_there_is_no_value(provider: str) -> None:
    for check in canary().spec.analysis.metrics:
        query: Any = check_query(QuerySource.BUILTIN, canary(), check, mesh_provider=provider)
        assert Evaluator(SeriesStorage(), AT_S).evaluate(parse(query.text)) == []


def test_linkerds_queries_are_asked_for_every_canary_of_its_controller() -> None:
    named = Canary.parse({**dict(canary().raw), "spec": {**canary().raw["spec"], "provider": "smi:v1alpha1"}})
    [check, _] = named.spec.analysis.metrics
    query = check_query(QuerySource.BUILTIN, named, check, mesh_provider="linkerd").text
    assert value(query, storage(LINKERD)) == pytest.approx(90)
    labels: Labels = next(iter(storage(LINKERD))).labels
    assert dict(labels)["__name__"] == "response_total"
