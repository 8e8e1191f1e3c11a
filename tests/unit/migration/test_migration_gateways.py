"""Which Gateway a route may attach to."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.migration.gateways import PLACEHOLDER, choose_gateway, named_gateway
from canarytui.migration.objects import ObjectSet


def gateway(name: str, *listeners: dict[str, Any], namespace: str = "gateways") -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    api = "gateway.networking.k8s.io/v1"
    return {"apiVersion": api, "kind": "Gateway", "metadata": metadata, "spec": {"listeners": list(listeners)}}


def listener(protocol: str = "HTTP", *, allowed: str | None = "All", **given: Any) -> dict[str, Any]:
    routes = {"allowedRoutes": {"namespaces": {"from": allowed}}} if allowed else {}
    return {"name": protocol.lower(), "port": 80, "protocol": protocol, **routes, **given}


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        (listener(), True),
        (listener(hostname="*.example.com"), True),
        (listener(hostname="app.example.com"), True),
        (listener(hostname="*.other.com"), False),
        (listener(hostname="example.com"), False),
        (listener("TCP"), False),
        (listener(allowed=None), False),  # Same, by default: another namespace
        (listener(allowed="Selector"), True),
    ],
)
def test_listeners(found: dict[str, Any], fits: bool) -> None:
    choice = choose_gateway(ObjectSet([gateway("web", found)]), "test", ["app.example.com"], secured=False)
    assert choice.is_open is not fits
    assert list(choice.refs) == ([{"name": "web", "namespace": "gateways"}] if fits else [PLACEHOLDER])
    assert bool(choice.decide) is not fits


def test_its_own_namespace_is_allowed_by_default() -> None:
    objects = ObjectSet([gateway("web", listener(allowed=None), namespace="test")])
    assert choose_gateway(objects, "test", [], secured=False).refs == ({"name": "web", "namespace": "test"},)


def test_tls_prefers_a_listener_that_ends_it() -> None:
    both = gateway("both", listener(), listener("HTTPS"))
    choice = choose_gateway(ObjectSet([gateway("plain", listener()), both]), "test", ["a.b"], secured=True)
    assert choice.refs == ({"name": "both", "namespace": "gateways", "sectionName": "https"},)
    assert choice.plain == {"name": "both", "namespace": "gateways", "sectionName": "http"}
    lone = choose_gateway(ObjectSet([gateway("plain", listener())]), "test", ["a.b"], secured=True)
    assert "has no listener for TLS" in lone.decide[0]


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("a/b", {"namespace": "a", "name": "b"}),
        ("a/b/c", {"namespace": "a", "name": "b", "sectionName": "c"}),
        ("a", None),
        ("a//c", None),
        ("a/b/c/d", None),
    ],
)
def test_a_gateway_can_be_named(text: str, ref: dict[str, str] | None) -> None:
    assert named_gateway(text) == ref
