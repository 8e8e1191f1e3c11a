"""HTTPRoutes as routers and services: order, weights, backends that cannot be used, what the status will say."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest
from dataplane_fakes import gateway_class, gateway_object, http_route, to_backends

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.httproutes.provider import build
from canarytui.sandbox.gateway.rules import GatewayRequest
from canarytui.sandbox.gateway.selection import BackendSelector

Object = dict[str, Any]
ADDRESSES: dict[str, list[str]] = {"primary": ["127.0.0.1:1"], "canary": ["127.0.0.1:2"], "empty": []}


def addresses(namespace: str, service: str, port: str | int) -> list[str] | None:
    return ADDRESSES.get(service) if port == 80 else None


def built(*routes: Object, gateways: tuple[Object, ...] = ()) -> Configuration:
    return build([gateway_class()], gateways or (gateway_object(),), routes, addresses)


def answers(configuration: Configuration, count: int = 1, **request: Any) -> Counter[str]:
    """Which service, or which failure, `count` equal requests come to."""
    selector = BackendSelector()
    selector.apply(configuration)
    seen: Counter[str] = Counter()
    for _ in range(count):
        router = selector.find("web", GatewayRequest(**{"host": "app.example.com", "path": "/", **request}))
        choice = selector.choose(router.service, {}) if router else None
        seen["none" if choice is None else str(choice.failure or choice.service)] += 1
    return seen


def condition(configuration: Configuration, kind: str, name: str = "podinfo") -> tuple[str, str]:
    (status,) = [each for each in configuration.statuses if (each.kind, each.name) == ("HTTPRoute", name)]
    (found,) = [each for each in status.parts["parents"][0]["conditions"] if each["type"] == kind]
    return found["status"], found["reason"]


@pytest.mark.parametrize(("primary", "canary"), [(100, 0), (95, 5), (50, 50), (0, 100), (2, 1)])
def test_weights_are_kept_exactly(primary: int, canary: int) -> None:
    configuration = built(http_route(to_backends(("primary", primary), ("canary", canary))))
    total = 5 * (primary + canary)
    wanted = {"test-primary-http-80": 5 * primary, "test-canary-http-80": 5 * canary}
    assert answers(configuration, total) == {name: count for name, count in wanted.items() if count}


def test_the_small_share_is_spread_over_all_requests() -> None:
    selector = BackendSelector()
    configuration = built(http_route(to_backends(("primary", 95), ("canary", 5))))
    selector.apply(configuration)
    rule = configuration.routers[0].service
    services = [choice.service for _ in range(100) if (choice := selector.choose(rule, {}))]
    places = [place for place, service in enumerate(services) if "canary" in service]
    assert len(places) == 5
    assert all(15 <= later - earlier <= 25 for earlier, later in itertools.pairwise(places))


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (to_backends(("primary", 3), ("empty", 1)), {"test-primary-http-80": 3, "503": 1}),
        (to_backends(("primary", 3), ("missing", 1)), {"test-primary-http-80": 3, "500": 1}),
        (to_backends(("primary", 0), ("canary", 0)), {"500": 4}),
        (to_backends(), {"404": 4}),
        ({"backendRefs": [{"name": "primary", "port": 81}]}, {"500": 4}),
        ({"backendRefs": [{"name": "primary"}]}, {"500": 4}),
        ({"backendRefs": [{"name": "primary", "port": 80, "namespace": "other"}]}, {"500": 4}),
        ({"backendRefs": [{"name": "primary", "port": 80, "kind": "Bucket", "group": "x"}]}, {"500": 4}),
    ],
)
def test_a_backend_that_cannot_be_used_fails_its_share(rule: Object, seen: dict[str, int]) -> None:
    kept = {name.removesuffix("-503").removesuffix("-500"): count for name, count in seen.items()}
    assert answers(built(http_route(rule)), 4) == kept


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        ({"name": "primary", "port": 80}, "ResolvedRefs"),
        ({"name": "empty", "port": 80}, "ResolvedRefs"),
        ({"name": "missing", "port": 80}, "BackendNotFound"),
        ({"name": "primary"}, "BackendNotFound"),
        ({"name": "primary", "port": 80, "namespace": "other"}, "RefNotPermitted"),
        ({"name": "primary", "port": 80, "kind": "Bucket"}, "InvalidKind"),
    ],
)
def test_references_are_judged_in_the_status(backend: Object, reason: str) -> None:
    configuration = built(http_route({"backendRefs": [backend]}))
    assert condition(configuration, "ResolvedRefs") == (str(reason == "ResolvedRefs"), reason)
    assert condition(configuration, "Accepted") == ("True", "Accepted")


def test_a_route_with_an_unknown_filter_is_not_accepted_and_not_served() -> None:
    extension = {"type": "ExtensionRef", "extensionRef": {"group": "x", "kind": "Y", "name": "z"}}
    configuration = built(http_route(to_backends(("primary", 1), filters=[extension])))
    assert condition(configuration, "Accepted") == ("False", "UnsupportedValue")
    assert answers(configuration) == {"none": 1}
    assert configuration.rules, "its host is still the gateway's"


def test_a_bad_expression_is_not_accepted() -> None:
    match = {"path": {"type": "RegularExpression", "value": "("}}
    configuration = built(http_route(to_backends(("primary", 1), matches=[match])))
    assert condition(configuration, "Accepted") == ("False", "UnsupportedValue")


def test_the_more_specific_match_is_served_whatever_the_order_of_rules_and_routes() -> None:
    exact = {"matches": [{"path": {"type": "Exact", "value": "/a"}}]}
    header = {"matches": [{"headers": [{"name": "X-Canary", "value": "always"}]}]}
    rules = http_route(to_backends(("primary", 1)), to_backends(("canary", 1), **header))
    other = http_route(to_backends(("empty", 1), **exact), name="other")
    configuration = built(rules, other)
    assert answers(configuration, path="/a", headers={"X-Canary": "always"}) == {"503": 1}
    assert answers(configuration, path="/b", headers={"X-Canary": "always"}) == {"test-canary-http-80": 1}
    assert answers(configuration, path="/b") == {"test-primary-http-80": 1}


def test_of_equal_matches_the_older_route_then_the_first_name_is_served() -> None:
    def route(name: str, service: str, born: str) -> Object:
        made = http_route(to_backends((service, 1)), name=name)
        made["metadata"]["creationTimestamp"] = born
        return made

    older = route("z", "primary", "2026-01-01T00:00:00Z")
    younger = route("a", "canary", "2026-01-02T00:00:00Z")
    assert answers(built(younger, older)) == {"test-primary-http-80": 1}
    twins = (route("b", "primary", "2026-01-01T00:00:00Z"), route("a", "canary", "2026-01-01T00:00:00Z"))
    assert answers(built(*twins)) == {"test-canary-http-80": 1}


def test_filters_of_a_backend_apply_to_its_requests_only() -> None:
    cookie = {
        "type": "ResponseHeaderModifier",
        "responseHeaderModifier": {"add": [{"name": "Set-Cookie", "value": "a"}]},
    }
    rule = to_backends(("primary", 1), ("canary", 1))
    rule["backendRefs"][1]["filters"] = [cookie]
    selector = BackendSelector()
    configuration = built(http_route(rule))
    selector.apply(configuration)
    choices = [selector.choose(configuration.routers[0].service, {}) for _ in range(4)]
    assert {(each.service, len(each.filters)) for each in choices if each} == {
        ("test-primary-http-80", 0),
        ("test-canary-http-80", 1),
    }


def test_mirrors_of_a_rule_get_their_percentage() -> None:
    mirror = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "canary", "port": 80}, "percent": 25}}
    lost = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "empty", "port": 80}}}
    configuration = built(http_route(to_backends(("primary", 1), filters=[mirror, lost])))
    selector = BackendSelector()
    selector.apply(configuration)
    router = selector.find("web", GatewayRequest("app.example.com", "/"))
    assert router is not None
    choices = [selector.choose(router.service, {}) for _ in range(100)]
    assert {each.service for each in choices if each} == {"test-primary-http-80"}
    assert sum(len(each.mirrors) for each in choices if each) == 25


def test_routes_whose_names_look_alike_do_not_share_services() -> None:
    def mirroring(service: str, copies: str, name: str, *before: Object) -> Object:
        mirror = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": copies, "port": 80}}}
        rule = to_backends((service, 1))
        rule["backendRefs"][0]["filters"] = [mirror]
        return http_route(*before, rule, {**to_backends((service, 1)), "filters": [mirror]}, name=name)

    path = to_backends(("primary", 1), matches=[{"path": {"value": "/first"}}])
    routes = (mirroring("primary", "canary", "a", path), mirroring("canary", "primary", "a-1"))
    apart = [built(route).services for route in routes]
    together = built(*routes).services
    assert all(together[name] == service for services in apart for name, service in services.items())
    assert not {name for name in apart[0] if "/" in name} & {name for name in apart[1] if "/" in name}


def test_each_match_has_its_own_prefix_to_replace() -> None:
    rewrite = {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/x"}}}
    matches = [{"path": {"type": "PathPrefix", "value": value}} for value in ("/a", "/b/c")]
    rule = to_backends(("primary", 1), matches=matches, filters=[rewrite])
    by_backend = to_backends(("canary", 1), matches=[{"path": {"value": "/d"}}, {"path": {"value": "/e"}}])
    by_backend["backendRefs"][0]["filters"] = [rewrite]
    configuration = built(http_route(rule, by_backend))
    prefixes = {each.middlewares[0].path.prefix for each in configuration.routers if each.middlewares}  # type: ignore[attr-defined]
    assert prefixes == {"/a", "/b/c"}
    selector = BackendSelector()
    selector.apply(configuration)
    for path in ("/d", "/e"):
        router = selector.find("web", GatewayRequest("app.example.com", path))
        choice = selector.choose(router.service, {}) if router else None
        assert choice is not None
        assert choice.filters[0].path.prefix == path  # type: ignore[attr-defined]


def test_what_has_no_effect_is_told_about_the_route() -> None:
    configuration = built(http_route(to_backends(("primary", 1), retry={"attempts": 2}), to_backends()))
    assert [(each.kind, each.name, each.reason) for each in configuration.notices] == [
        ("HTTPRoute", "podinfo", "NotPlayed")
    ]
    assert "retry" in configuration.notices[0].text
    assert built(http_route(to_backends(("primary", 1)))).notices == ()


def test_a_gateway_of_another_class_is_left_alone() -> None:
    configuration = built(http_route(to_backends(("primary", 1))), gateways=(gateway_object(of="nginx"),))
    assert not configuration.routers
    assert [(each.kind, each.parts) for each in configuration.statuses if each.kind != "GatewayClass"] == [
        ("HTTPRoute", {"parents": []})
    ]
