"""From IngressRoutes and TraefikServices to a configuration, by Traefik's rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from dataplane_fakes import Object, ingress_route, traefik_service, weighted

from canarytui.sandbox.gateway.configuration import Configuration, Mirrored, Servers, Weighted
from canarytui.sandbox.gateway.provider import build, normalize, rule_key, sticky

RULE = "Host(`app.example.com`)"
BACKENDS: dict[str, list[str] | None] = {
    "podinfo-primary": ["127.0.0.1:1"],
    "podinfo-canary": ["127.0.0.1:2"],
    "empty": [],
}
APEX = [{"name": "podinfo", "kind": "TraefikService"}]


def built(routes: Iterable[Object], services: Iterable[Object] = ()) -> Configuration:
    return build(routes, services, lambda namespace, name, port: BACKENDS.get(name) if str(port) == "80" else None)


def test_a_weighted_service_lists_services_under_traefiks_names() -> None:
    spec = weighted(("podinfo-primary", 95), ("podinfo-canary", 5))
    found = built([ingress_route(RULE, APEX)], [traefik_service("podinfo", spec)])
    assert found.services == {
        "test-podinfo": Weighted((("test-podinfo-primary-80", 95.0), ("test-podinfo-canary-80", 5.0))),
        "test-podinfo-primary-80": Servers(("127.0.0.1:1",)),
        "test-podinfo-canary-80": Servers(("127.0.0.1:2",)),
    }
    (router,) = found.routers
    assert (router.name, router.service, router.entry_points) == (
        rule_key("test", "podinfo", RULE), "test-podinfo", ("web",),
    )  # fmt: skip
    assert (router.priority, found.problems) == (len(RULE), ())


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (weighted(("podinfo-primary", 95), ("empty", 5)), "subset not found for test/empty: no ready endpoints"),
        (weighted(("absent", 1)), "service test/absent or its port 80 not found"),
        (
            {"weighted": {"services": [{"name": "podinfo-primary"}]}},
            "service port not defined for test/podinfo-primary",
        ),
        (
            {"weighted": {"services": [{"name": "x", "namespace": "other", "port": 80}]}},
            "other/x is in another namespace",
        ),
        ({}, "it has neither weighted nor mirroring"),
    ],
)
def test_one_unusable_service_takes_the_whole_route_away(spec: dict[str, Any], problem: str) -> None:
    found = built([ingress_route(RULE, APEX)], [traefik_service("podinfo", spec)])
    assert found.routers == ()
    assert "test-podinfo" not in found.services
    assert any(problem in each for each in found.problems), found.problems
    assert any("of router" in each for each in found.problems)
    assert len(found.rules) == 1, "its hosts are the gateway's all the same"


def test_a_service_that_leads_back_to_itself_leads_nowhere() -> None:
    loop = {"weighted": {"services": [{"name": "podinfo", "kind": "TraefikService", "weight": 1}]}}
    assert built([ingress_route(RULE, APEX)], [traefik_service("podinfo", loop)]).routers == ()


def test_mirrors_have_their_percentage() -> None:
    mirroring = {
        "name": "podinfo-primary",
        "port": 80,
        "mirrors": [{"name": "podinfo-canary", "port": 80, "percent": 10}],
    }
    found = built(
        [ingress_route(RULE, APEX)], [traefik_service("podinfo", {"mirroring": {**mirroring, "mirrorBody": False}})]
    )
    assert found.services["test-podinfo"] == Mirrored(
        "test-podinfo-primary-80", (("test-podinfo-canary-80", 10),), False, -1
    )


def test_several_services_of_a_route_are_a_weighted_one() -> None:
    services = [{"name": "podinfo-primary", "port": 80, "weight": 3}, {"name": "podinfo-canary", "port": 80}]
    found = built([ingress_route(RULE, services)])
    assert found.services[found.routers[0].service] == Weighted(
        (("test-podinfo-primary-80", 3.0), ("test-podinfo-canary-80", 1.0))
    )


def test_longer_rules_and_higher_priorities_come_first() -> None:
    def route(match: str, name: str, **more: Any) -> Object:
        return ingress_route(match, [{"name": "podinfo-primary", "port": 80}], name, **more)

    longer = f"{RULE} && PathPrefix(`/a`)"
    found = built([route(RULE, "short"), route(longer, "long"), route("Path(`/`)", "first", priority=1000)])
    assert [router.priority for router in found.routers] == [1000, len(longer), len(RULE)]


@pytest.mark.parametrize(("match", "reason"), [("Host(", "RouteDisabled"), ("Nonsense(`x`)", "RouteDisabled")])
def test_a_rule_that_cannot_be_read_disables_its_route_and_says_so(match: str, reason: str) -> None:
    found = built([ingress_route(match, [{"name": "podinfo-primary", "port": 80}])])
    assert found.routers == ()
    assert [(notice.kind, notice.name, notice.reason) for notice in found.notices] == [
        ("IngressRoute", "podinfo", reason)
    ]


def test_names_are_normalized_as_traefik_does() -> None:
    assert normalize("a_b/c--d.e") == "a-b-c-d-e"


def test_a_sticky_cookie_without_a_name_gets_one_from_its_owner() -> None:
    assert sticky(None, "x") is None
    assert sticky({"cookie": None}, "x") is None
    made = sticky({"cookie": {"maxAge": 60, "secure": True}}, "test-podinfo")
    assert made is not None
    assert (made.cookie[0], len(made.cookie), made.max_age_s, made.secure) == ("_", 6, 60, True)
