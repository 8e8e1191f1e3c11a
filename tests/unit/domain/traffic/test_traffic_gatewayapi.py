"""The Gateway API's records: all kinds and versions of routes are read alike, each by its own resource."""

from __future__ import annotations

from typing import Any

import pytest
from promql_samples import answer
from traffic_canary import NAMES, canary

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import gatewayapi
from canarytui.drills.traffic import traffic_queries
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import QuerySource, check_query
from canarytui.metrics.primary_queries import primary_query

RECORDS = [gatewayapi.V1, gatewayapi.V1BETA1, gatewayapi.GRPC]


def rule(**weights: int | None) -> dict[str, Any]:
    backends = [
        {"name": f"cart-{side}", **({} if weight is None else {"weight": weight})} for side, weight in weights.items()
    ]
    return {"backendRefs": backends}


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize(
    ("rules", "percent"),
    [
        ([rule(primary=75, canary=25)], 25),
        ([rule(primary=0, canary=100), rule(primary=90, canary=10)], 10),
        ([rule(primary=0, canary=100), rule(primary=100)], 100),
        ([rule(primary=None, canary=None)], 50),
        ([rule(primary=100)], None),
        ("none", None),
    ],
)
def test_the_canarys_part_of_the_weights(record: Any, rules: Any, percent: int | None) -> None:
    assert record.split.canary_percent({"spec": {"rules": rules}}, canary()) == percent


def test_who_gets_how_much_as_a_phrase() -> None:
    split = gatewayapi.V1.split
    assert split is not None
    assert split.shares({"spec": {"rules": [{}, rule(primary=75, canary=25)]}}) == "cart-primary 75, cart-canary 25"


def test_each_version_has_its_resource() -> None:
    assert [record.split.object.resource.kind_names[1] for record in RECORDS if record.split] == [
        "HTTPRoute.v1", "HTTPRoute.v1beta1", "GRPCRoute.v1",
    ]  # fmt: skip
    assert {record.family for record in RECORDS} == {"gatewayapi"}


@pytest.mark.parametrize("record", RECORDS)
def test_hostnames_of_a_route_that_leads_here(record: Any) -> None:
    [entrance] = record.entrances
    spec = {"hostnames": ["a.example"], "rules": [rule(canary=1)]}
    assert [each.host for each in entrance.read(spec, NAMES)] == ["a.example"]
    assert entrance.read(spec, frozenset({"other"})) == []


def http_exposition(failing: float, slow: float) -> Any:
    """podinfo's own metrics, a request a second."""

    def text(at_s: int) -> str:
        family = "http_request_duration_seconds"
        good = f'{family}_bucket{{method="GET",path="root",status="200"'
        lines = [f'{good},le="{bound}"}} {part * at_s}' for bound, part in ((0.1, 1 - slow), (0.5, 1.0), ("+Inf", 1.0))]
        for status, part in (("200", 1 - failing), ("500", failing)):
            lines.append(f'{family}_count{{method="GET",path="root",status="{status}"}} {part * at_s}')
        return "\n".join(lines) + "\n"

    return text


def grpc_exposition(failing: float, slow: float) -> Any:
    """What the interceptors of gRPC servers export, a call a second; a fifth of the good ones find nothing."""

    def text(at_s: int) -> str:
        method = 'grpc_method="Add",grpc_service="shop.Cart",grpc_type="unary"'
        found = (("OK", 0.8 - failing), ("NotFound", 0.2), ("Unavailable", failing))
        lines = [f'grpc_server_handled_total{{grpc_code="{code}",{method}}} {part * at_s}' for code, part in found]
        bounds = ((0.1, 1 - slow), (0.5, 1.0), ("+Inf", 1.0))
        lines += [
            f'grpc_server_handling_seconds_bucket{{{method},le="{bound}"}} {part * at_s}' for bound, part in bounds
        ]
        return "\n".join(lines) + "\n"

    return text


@pytest.mark.parametrize(
    ("kind", "exposition"), [("HTTPRoute", http_exposition), ("GRPCRoute", grpc_exposition)], ids=["http", "grpc"]
)
def test_the_built_in_checks_measure_the_pods_own_samples(kind: str, exposition: Any) -> None:
    metrics = [{"name": name, "interval": "1m"} for name in (SUCCESS_RATE, DURATION)]
    raw = canary(provider="gatewayapi:v1", analysis={"interval": "10s", "metrics": metrics}).raw
    metadata = {**raw["metadata"], "annotations": {"canarytui.io/route": kind}}
    measured = Canary.parse({**raw, "metadata": metadata})
    provider = "gatewayapi:grpc" if kind == "GRPCRoute" else "gatewayapi:v1"
    pods = (("cart-5d8f-x2", exposition(0.1, 0.5)), ("cart-primary-7c9b-z4", exposition(0.0, 0.0)))
    exporters = [(text, {"kubernetes_namespace": "shop", "kubernetes_pod_name": pod}) for pod, text in pods]

    def asked(query: str) -> float:
        return answer(query, *exporters)

    success, duration = (check_query(QuerySource.BUILTIN, measured, each) for each in measured.spec.analysis.metrics)
    assert asked(success.text) == pytest.approx(90.0)
    assert asked(duration.text) * duration.factor == pytest.approx(492.0)
    for name, value in ((SUCCESS_RATE, 100.0), (DURATION, 99.0)):
        of_primary = primary_query(measured, name, provider)
        assert of_primary is not None
        assert asked(of_primary[0]) * of_primary[1] == pytest.approx(value)
    rates = traffic_queries(measured, provider)
    assert [asked(query) for query in (rates.canary, rates.canary_good, rates.primary)] == pytest.approx(
        [1.0, 0.9, 1.0]
    )
