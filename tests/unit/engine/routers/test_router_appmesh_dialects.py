"""What App Mesh's objects say in each version: ports, protocols, retries, timeouts, headers, backends, logs."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import RouterRig

from canarytui.engine.decide.effects import Patch
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import ALL_TO_PRIMARY
from canarytui.engine.replay.cluster import merged
from canarytui.engine.routers import appmesh_dialects as dialects

V1, V2 = dialects.V1Beta1Dialect(), dialects.V1Beta2Dialect()


def tick(service: dict[str, Any] | None = None, **spec: Any) -> Tick:
    return RouterRig(merged({"service": {"meshName": "global"}}, {"service": service or {}, **spec})).tick


def route(dialect: dialects.MeshDialect, at: Tick) -> dict[str, Any]:
    [found] = dialect.routes(at, "podinfo", ALL_TO_PRIMARY)
    http: dict[str, Any] = found["http" if dialect is V1 else "httpRoute"]
    return http


@pytest.mark.parametrize(
    ("service", "port"),
    [
        ({"targetPort": 9898}, 9898),
        ({"targetPort": "9898"}, 9898),
        ({"targetPort": "http"}, 80),
    ],
)
def test_v1beta2_listens_where_the_pods_do(service: dict[str, Any], port: int) -> None:
    at = tick(service)
    for spec in (*V2.nodes(at).values(), V2.split_spec(at, "podinfo", ALL_TO_PRIMARY)):
        assert spec["listeners"][0]["portMapping"] == {"port": port, "protocol": "http"}
    for spec in V1.nodes(at).values():
        assert spec["listeners"][0]["portMapping"] == {"port": 80, "protocol": "http"}


@pytest.mark.parametrize(("name", "protocol"), [("grpc", "grpc"), ("my-grpc-port", "grpc"), ("http", "http")])
def test_the_protocol_is_in_the_ports_name(name: str, protocol: str) -> None:
    at = tick({"portName": name})
    for dialect in (V1, V2):
        for spec in dialect.nodes(at).values():
            assert spec["listeners"][0]["portMapping"]["protocol"] == protocol


def test_nodes_name_the_pods_and_where_they_are_found() -> None:
    at = tick()
    assert {name: spec["serviceDiscovery"]["dns"]["hostName"] for name, spec in V1.nodes(at).items()} == {
        "podinfo": "podinfo-primary.test", "podinfo-primary": "podinfo-primary.test",
        "podinfo-canary": "podinfo-canary.test",
    }  # fmt: skip
    assert {name: (spec["podSelector"]["matchLabels"], spec["serviceDiscovery"]["dns"]["hostname"])
            for name, spec in V2.nodes(at).items()} == {
        "podinfo-primary": ({"app": "podinfo-primary"}, "podinfo-primary.test.svc.cluster.local."),
        "podinfo-canary": ({"app": "podinfo"}, "podinfo-canary.test.svc.cluster.local."),
    }  # fmt: skip


def test_a_service_as_target_has_no_label_to_select_pods_by() -> None:
    at = tick(targetRef={"apiVersion": "v1", "kind": "Service", "name": "podinfo"})
    assert all("podSelector" not in spec for spec in V2.nodes(at).values())


@pytest.mark.parametrize(
    ("retries", "found"),
    [
        ({"attempts": 3, "perTryTimeout": "5s", "retryOn": "gateway-error,connect-failure"},
         (5000, 3, ["gateway-error", "connect-failure"])),
        ({}, (250, 1, ["gateway-error"])),
        ({"attempts": 0, "perTryTimeout": "soon"}, (250, 1, ["gateway-error"])),
        ({"attempts": -2, "perTryTimeout": "-5s", "retryOn": ""}, (250, 1, ["gateway-error"])),
    ],
)  # fmt: skip
def test_retries(retries: dict[str, Any], found: tuple[int, int, list[str]]) -> None:
    assert dialects.retries_of(retries) == found
    timeout_ms, count, events = found
    at = tick({"retries": retries})
    assert route(V1, at)["retryPolicy"] == {
        "perRetryTimeoutMillis": timeout_ms, "maxRetries": count, "httpRetryEvents": events,
    }  # fmt: skip
    assert route(V2, at)["retryPolicy"] == {
        "perRetryTimeout": {"unit": "ms", "value": timeout_ms}, "maxRetries": count, "httpRetryEvents": events,
    }  # fmt: skip


def test_no_retries_without_any() -> None:
    assert "retryPolicy" not in route(V1, tick())


@pytest.mark.parametrize(("timeout", "ms"), [("15s", 15000), ("1m30s", 90000), ("", 0), ("soon", 0), (None, 0)])
def test_a_timeout_is_v1beta2s(timeout: object, ms: int) -> None:
    at = tick({"timeout": timeout})
    wanted = {"perRequest": {"unit": "ms", "value": ms}} if ms else None
    assert route(V2, at).get("timeout") == wanted
    for spec in V2.nodes(at).values():
        assert spec["listeners"][0].get("timeout") == ({"http": wanted} if wanted else None)
    assert "timeout" not in route(V1, at)


@pytest.mark.parametrize(
    ("match", "prefix"),
    [
        ([{"uri": {"prefix": "/shop"}}, {"uri": {"prefix": "/b"}}], "/shop"),
        ([{"uri": {"exact": "/a"}}], "/"),
        ([], "/"),
    ],
)
def test_the_prefix_is_that_of_the_first_match(match: list[dict[str, Any]], prefix: str) -> None:
    for dialect in (V1, V2):
        assert route(dialect, tick({"match": match}))["match"] == {"prefix": prefix}


def test_headers_are_matched_in_four_ways() -> None:
    ways = {"exact": "a", "prefix": "b", "regex": "c", "suffix": "d"}
    assert dialects.headers_of([{"headers": {way: {way: text, "other": "x"}}} for way, text in ways.items()]) == [
        {"name": way, "match": {way: text}} for way, text in ways.items()
    ]
    assert dialects.headers_of([{"headers": None}, {"sourceLabels": {"app": "x"}}]) == []


def test_more_entries_than_priorities_between_the_two_routes() -> None:
    match = [{"headers": {f"x-{number}": {"exact": "1"}}} for number in range(15)]
    at = tick(analysis={"match": match, "iterations": 2})
    priorities = [each["priority"] for each in V1.routes(at, "podinfo", ALL_TO_PRIMARY)]
    assert priorities == [*range(10, 25), 25], "others come last"


def test_an_entry_without_headers_does_not_send_everybody_to_the_canary() -> None:
    match = [{"sourceLabels": {"app": "x"}}, {"headers": {"x": {"exact": "1"}}}]
    routes = V1.routes(tick(analysis={"match": match, "iterations": 2}), "podinfo", ALL_TO_PRIMARY)
    assert [each["name"] for each in routes] == ["podinfo-a", "podinfo-b"]
    assert [header["name"] for header in routes[0]["http"]["match"]["headers"]] == ["x"]


def test_backends_are_virtual_services_or_arns() -> None:
    arn = "arn:aws:appmesh:eu-west-1:123:mesh/m/virtualService/b"
    at = tick({"backends": ["backend.shop", arn]})
    assert V1.nodes(at)["podinfo"]["backends"] == [
        {"virtualService": {"virtualServiceName": "backend.shop"}}, {"virtualService": {"virtualServiceName": arn}},
    ]  # fmt: skip
    assert V2.nodes(at)["podinfo-canary"]["backends"] == [
        {"virtualService": {"virtualServiceRef": {"name": "backend.shop"}}},
        {"virtualService": {"virtualServiceARN": arn}},
    ]


@pytest.mark.parametrize(("value", "logged"), [("enabled", True), ("disabled", False)])
def test_an_access_log_is_asked_for_by_an_annotation(value: str, logged: bool) -> None:
    rig = RouterRig({"service": {"meshName": "global"}})
    rig.cluster_view.patch(
        Patch("Canary", "test", "podinfo", {"metadata": {"annotations": {dialects._ACCESS_LOG: value}}})
    )
    for dialect in (V1, V2):
        for spec in dialect.nodes(rig.tick).values():
            assert ("logging" in spec) is logged


def test_gateway_annotations_only_with_hosts() -> None:
    assert dialects.gateway_annotations(tick({"timeout": "5s"})) == {}
    found = dialects.gateway_annotations(tick({"hosts": ["a.example"]}))
    assert found == {"gateway.appmesh.k8s.aws/expose": "true", "gateway.appmesh.k8s.aws/domain": "a.example,"}
