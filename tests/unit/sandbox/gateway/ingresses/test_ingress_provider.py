"""Ingresses as locations: which are ours, which location a request comes to, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import pytest
from dataplane_fakes import Object, ingress, ingress_class

from canarytui.sandbox.gateway.configuration import Configuration
from canarytui.sandbox.gateway.ingresses.provider import build
from canarytui.sandbox.gateway.ingresses.selection import find_location, upstream_target
from canarytui.sandbox.gateway.rules import GatewayRequest

CLASSES = (ingress_class(), ingress_class("other", "example.com/other"))


def built(*ingresses: Object, address: str = "10.43.0.9") -> Configuration:
    return build(CLASSES, ingresses, lambda *_: ["127.0.0.1:1"], address)


def came_to(configuration: Configuration, path: str, host: str = "app.example.com") -> str | None:
    """The Service that gets a request; None for a page of the gateway's own."""
    location = find_location(configuration.ingresses, GatewayRequest(host, path))
    return location.service or None if location is not None else None


def said(configuration: Configuration) -> dict[str, str]:
    return {each.reason: each.text for each in configuration.notices}


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "root"),
        ("/other", "root"),
        ("/api", "exact"),
        ("/api/", "api"),
        ("/api/v1", "api"),
        ("/api/v1/x", "v1"),
        ("/apis", "root"),
        ("/API/x", "root"),
        ("/%61pi/x", "api"),
        ("//api//x", "api"),
        ("/static-x", "static"),
    ],
)
def test_exact_paths_come_first_then_the_longest_prefix(path: str, service: str) -> None:
    paths = (
        ("/", "Prefix", "root"),
        ("/api", "Prefix", "api"),
        ("/api", "Exact", "exact"),
        ("/api/v1/", "ImplementationSpecific", "v1"),
        ("/static", "ImplementationSpecific", "static"),
    )
    for ordered in (paths, tuple(reversed(paths))):
        assert came_to(built(ingress("podinfo", *ordered)), path) == service


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("app.example.com", "app"),
        ("other.example.com", "wild"),
        ("a.b.example.com", "any"),
        ("example.com", "any"),
        ("else.where", "any"),
    ],
)
def test_a_host_comes_before_its_wildcard_of_one_label_and_that_before_any(host: str, service: str) -> None:
    hosts = {"*.Example.com": "wild", "App.example.com": "app", "": "any"}
    configuration = built(*(ingress(to, ("/", "Prefix", to), host=each) for each, to in hosts.items()))
    assert came_to(configuration, "/", host) == service


def test_a_path_that_its_host_does_not_have_is_not_looked_for_elsewhere() -> None:
    configuration = built(ingress("app", ("/api", "Prefix", "app")), ingress("any", ("/", "Prefix", "any"), host=""))
    assert came_to(configuration, "/x") is None
    assert came_to(configuration, "/x", "else.where") == "any"


def test_a_default_backend_gets_what_no_path_of_its_hosts_has() -> None:
    backend = {"service": {"name": "rest", "port": {"name": "http"}}}
    app = ingress("app", ("/api", "Prefix", "app"))
    app["spec"]["defaultBackend"] = backend
    everywhere = ingress("every")
    everywhere["spec"] = {"ingressClassName": "nginx", "defaultBackend": backend}
    assert [came_to(built(app), path) for path in ("/api", "/x")] == ["app", "rest"]
    assert came_to(built(app), "/x", "else.where") is None
    assert came_to(built(everywhere), "/x", "else.where") == "rest"


def test_of_two_ingresses_with_one_path_the_older_has_it() -> None:
    young, old = (
        ingress(name, ("/", "Prefix", name), created=f"2026-01-0{day}T00:00:00Z")
        for day, name in ((2, "a-young"), (1, "b-old"))
    )
    assert came_to(built(young, old), "/") == "b-old"


@pytest.mark.parametrize(
    ("spec", "annotation", "ours"),
    [
        ("nginx", None, True),
        ("other", None, False),
        (None, None, False),
        (None, "nginx", True),
        ("nginx", "other", False),
        ("other", "nginx", True),
    ],
)
def test_the_class_is_the_older_annotations_else_the_fields(
    spec: str | None, annotation: str | None, ours: bool
) -> None:
    obj = ingress("podinfo", ("/", "Prefix", "podinfo"))
    obj["spec"]["ingressClassName"] = spec
    obj["metadata"]["annotations"] = {"kubernetes.io/ingress.class": annotation} if annotation else None
    configuration = built(obj)
    assert (came_to(configuration, "/") == "podinfo") is ours
    assert [each.name for each in configuration.statuses] == ["podinfo"] * ours


def test_the_status_names_the_address_of_the_controller_as_soon_as_it_has_one() -> None:
    app = ingress("podinfo", ("/", "Prefix", "podinfo"))
    (status,) = built(app).statuses
    assert status.parts == {"loadBalancer": {"ingress": [{"ip": "10.43.0.9"}]}}
    assert built(app, address="").statuses == ()


def target(configuration: Configuration, path: str) -> str | None:
    location = find_location(configuration.ingresses, GatewayRequest("app.example.com", path.partition("?")[0]))
    return upstream_target(location, path) if location is not None and location.service else None


@pytest.mark.parametrize(
    ("path", "becomes"),
    [
        ("/shop", "/"),
        ("/shop/", "/"),
        ("/shop/a%20b?q=1", "/a%20b?q=1"),
        ("/SHOP/x", "/x"),
        ("/shopping", None),
        ("/apis/x", "/apis/x"),
    ],
)
def test_a_rewrite_makes_all_paths_of_its_host_patterns_without_case(path: str, becomes: str | None) -> None:
    configuration = built(
        ingress("shop", ("/shop(/|$)(.*)", "ImplementationSpecific", "shop"), rewrite_target="/$2"),
        ingress("api", ("/api", "Exact", "api")),
    )
    assert target(configuration, path) == becomes


def test_a_group_in_a_rewrite_is_one_digit_and_an_empty_one_is_nothing() -> None:
    shop = ingress("shop", ("/a(x)?/(.*)", "ImplementationSpecific", "shop"), rewrite_target="v$1$2y$9")
    assert target(built(shop), "/a/q") == "/vqy"
    same = ingress("shop", ("/a.c", "ImplementationSpecific", "shop"), rewrite_target="/a.c")
    assert target(built(same), "/a.c/x") == "/a.c/x"
    assert target(built(same), "/abc") is None


def test_a_pattern_without_rewrite_needs_its_annotation() -> None:
    path = ("/v[0-9]+", "ImplementationSpecific", "app")
    assert came_to(built(ingress("app", path, use_regex="true")), "/v12/x") == "app"
    assert came_to(built(ingress("app", path)), "/v12/x") is None
    broken = built(ingress("app", ("/v(", "ImplementationSpecific", "app"), ("/w", "Prefix", "w"), use_regex="true"))
    assert came_to(broken, "/w") == "w"
    assert said(broken)["RouteDisabled"].startswith("Path /v( is not served: error parsing regexp")


def test_a_path_that_must_be_a_pattern_because_of_another_ingress_may_not_be_one() -> None:
    plain = ingress("app", ("/v(", "ImplementationSpecific", "app"), ("/w", "Prefix", "w"))
    assert came_to(built(plain), "/v(") == "app"
    both = built(plain, ingress("shop", ("/shop/.*", "ImplementationSpecific", "shop"), use_regex="true"))
    assert [came_to(both, path) for path in ("/v(", "/w", "/shop/x")] == [None, "w", "shop"]
    assert [(each.name, each.reason) for each in both.notices] == [("app", "RouteDisabled")]


def test_an_exact_root_leaves_the_rest_of_its_host_to_the_default_backend() -> None:
    app = ingress("app", ("/", "Exact", "app"))
    app["spec"]["defaultBackend"] = {"service": {"name": "rest", "port": {"number": 80}}}
    assert [came_to(built(app), path) for path in ("/", "/x")] == ["app", "rest"]


def test_settings_of_locations() -> None:
    def only(**annotations: str) -> Any:
        configuration = built(ingress("app", ("/", "Prefix", "app"), **annotations))
        assert not configuration.notices
        return configuration.ingresses.hosts["app.example.com"][0]

    plain = only(ssl_redirect="false", backend_protocol="http")
    assert (plain.read_timeout_s, plain.tries, plain.vhost) == (60, 3, "")
    assert only(proxy_read_timeout="5").read_timeout_s == 5
    assert only(proxy_next_upstream="off").tries == 1
    assert only(proxy_next_upstream_tries="2").tries == 2
    assert only(upstream_vhost="inner.example").vhost == "inner.example"


def test_pods_that_speak_something_else_are_not_pretended() -> None:
    configuration = built(ingress("app", ("/", "Prefix", "app"), backend_protocol="GRPC"))
    (location,) = configuration.ingresses.hosts["app.example.com"]
    assert (location.ingress, location.upstream) == ("app", "")
    assert "not GRPC" in said(configuration)["RouteDisabled"]


@pytest.mark.parametrize(
    ("annotations", "words"),
    [
        ({"auth_url": "http://x", "proxy_body_size": "8m"}, "ingress-nginx: auth-url, proxy-body-size."),
        ({"ssl_redirect": "true"}, "ssl-redirect"),
        ({"proxy_read_timeout": "5s"}, "proxy-read-timeout is '5s', not a whole number"),
        ({"proxy_next_upstream": "error http_502"}, "no other pod after http_502"),
    ],
)
def test_what_has_no_effect_is_said(annotations: dict[str, str], words: str) -> None:
    configuration = built(ingress("app", ("/", "Prefix", "app"), **annotations))
    assert words in said(configuration)["NotPlayed"]
    assert came_to(configuration, "/") == "app"


def test_tls_and_backends_that_are_no_services_are_said() -> None:
    app = ingress("app", ("/", "Prefix", "app"))
    app["spec"]["tls"] = [{"hosts": ["app.example.com"]}]
    app["spec"]["rules"][0]["http"]["paths"][0]["backend"] = {"resource": {"kind": "Bucket", "name": "b"}}
    assert said(built(app)).keys() == {"NotPlayed", "RouteDisabled"}
