"""Which provider a canary has: its own, else its controller's, else Flagger's default."""

from __future__ import annotations

import pytest

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.selection import (
    metrics_provider_of,
    metrics_provider_words,
    observed_provider,
    provider_of,
    provider_words,
)


def canary(provider: str = "", kind: str = "Deployment") -> Canary:
    return Canary.parse(
        {
            "metadata": {"name": "cart", "namespace": "shop"},
            "spec": {
                "provider": provider,
                "targetRef": {"kind": kind, "name": "cart"},
                "service": {"port": 80},
                "analysis": {"interval": "5s"},
            },
        }
    )


@pytest.mark.parametrize(
    ("own", "controllers", "routes", "measured"),
    [
        ("nginx", "istio", "nginx", "nginx"),
        ("", "gatewayapi:v1", "gatewayapi:v1", "gatewayapi:v1"),
        ("", "", "istio", "istio"),
        ("traefik", "", "traefik", "traefik"),
        ("traefik", "linkerd", "traefik", "linkerd"),
        ("traefik", "smi:linkerd", "traefik", "linkerd"),
        ("", "linkerd", "linkerd", "linkerd"),
    ],
)
def test_the_canarys_own_provider_comes_before_the_controllers(
    own: str, controllers: str, routes: str, measured: str
) -> None:
    assert provider_of(canary(own), controllers) == routes
    assert metrics_provider_of(canary(own), controllers) == measured


@pytest.mark.parametrize(
    ("provider", "observed"),
    [
        ("traefik", "istio"),
        ("contour", "istio"),
        ("kubernetes", "istio"),
        ("gatewayapi:v1", "gatewayapi:v1"),
        ("gatewayapi:v1beta1", "gatewayapi:v1beta1"),
        ("gloo", "gloo"),
        ("appmesh:v1beta2", "appmesh:v1beta2"),
    ],
)
def test_services_are_observed_as_istios_but_for_providers_told_by_their_prefix(provider: str, observed: str) -> None:
    assert observed_provider(canary(provider, "Service"), provider) == observed
    assert observed_provider(canary(provider), provider) == provider


@pytest.mark.parametrize(
    ("own", "controllers", "kind", "found"),
    [
        ("gatewayapi:v1", "", "GRPCRoute", "gatewayapi:grpc"),
        ("", "gatewayapi:v1", "GRPCRoute", "gatewayapi:grpc"),
        ("", "gatewayapi:grpc", "", "gatewayapi:grpc"),
        ("gatewayapi:v1", "", "HTTPRoute", "gatewayapi:v1"),
        ("gatewayapi:v1beta1", "", "GRPCRoute", "gatewayapi:v1beta1"),
        ("istio", "", "GRPCRoute", "istio"),
    ],
)
def test_an_annotation_chooses_the_kind_of_route(own: str, controllers: str, kind: str, found: str) -> None:
    raw = canary(own).raw
    annotated = Canary.parse({**raw, "metadata": {**raw["metadata"], "annotations": {"canarytui.io/route": kind}}})
    assert provider_of(annotated, controllers) == metrics_provider_of(annotated, controllers) == found
    strictly = provider_of(annotated, controllers, strict=True)
    assert strictly == ("gatewayapi:v1" if found == "gatewayapi:grpc" else found)
    if own == "gatewayapi:v1" and kind == "GRPCRoute":
        words = "gatewayapi:grpc (the canary's annotation canarytui.io/route)"
        assert provider_words(annotated, controllers) == words


@pytest.mark.parametrize(
    ("own", "controllers", "words"),
    [
        ("nginx", "istio", "nginx"),
        ("", "istio", "istio (the controller's -mesh-provider)"),
        ("", "", "istio (assumed: the canary names none, and the controller's -mesh-provider is unknown)"),
        ("\x1b[2Jx", "", "x"),
    ],
)
def test_it_is_said_where_the_provider_is_from(own: str, controllers: str, words: str) -> None:
    assert provider_words(canary(own), controllers) == words


def test_it_is_said_whose_queries_are_asked() -> None:
    assert metrics_provider_words(canary("nginx"), "linkerd") == "linkerd (the controller's -mesh-provider)"
    assert metrics_provider_words(canary("nginx"), "istio") == "nginx"
