"""Routers are found by the provider's name, each with its record; what is unknown is said with what is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from router_rig import RouterRig, ingress

from canarytui.domain.traffic import contour, registry, traefik
from canarytui.engine.decide.tick import EndTick
from canarytui.engine.routers import providers
from canarytui.engine.routers.traefik import TraefikRouter

NAMES = ("gatewayapi:grpc", "gatewayapi:v1", "gatewayapi:v1beta1", "istio", "knative", "kubernetes", "nginx", "traefik")


def test_these_have_a_router() -> None:
    assert providers.provider_names() == NAMES
    for name in NAMES:
        assert providers.record_named(name) is registry.named(name)
    assert providers.record_named("contour") is None, "its record knows the queries; there is no router"


@pytest.mark.parametrize("provider", sorted({*NAMES} - {"knative"}))  # its object is the target, which is there
def test_a_canary_gets_its_providers_router_and_record(provider: str) -> None:
    """Whatever the router makes for a canary is of the kinds and names that its record says."""
    spec = {"service": {"gatewayRefs": [{"name": "web"}]}, "ingressRef": {"kind": "Ingress", "name": "front"}}
    rig = RouterRig({**spec, "provider": provider}, ingress())
    record = providers.record_of(rig.tick)
    assert record.name == provider
    rig.do(providers.router_of(rig.tick).reconcile(rig.tick))
    canary = rig.tick.canary
    expected = {f"Create {each.resource.kind} {name}" for each in record.objects for name in each.names(canary)}
    assert set(rig.written) == expected
    for each in record.objects:
        for name in each.names(canary):
            assert rig.get(each.resource.kind, name)["apiVersion"] == each.resource.api_version


@pytest.mark.parametrize("provider", ["contour", "smi:v1alpha1", "gatewayapi", "traefik:v2"])
def test_what_has_no_router_ends_the_tick_with_the_remedy(provider: str) -> None:
    tick = RouterRig({"provider": provider}).tick
    for find in (providers.router_of, providers.record_of):
        with pytest.raises(EndTick) as error:
            find(tick)
        assert str(error.value) == (
            f"canary podinfo.test has provider {provider}, of which this controller knows only "
            f"{', '.join(NAMES)}: change spec.provider, or run Flagger"
        )


def test_a_router_needs_a_record_that_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_ROUTERS", {})
    providers.register(contour.PROVIDER, TraefikRouter())
    assert providers.provider_names() == ("contour",)
    monkeypatch.setattr(registry, "_BY_NAME", {})
    with pytest.raises(ValueError, match="register the record of traefik"):
        providers.register(traefik.PROVIDER, TraefikRouter())


def test_every_module_of_this_room_has_its_own_tests() -> None:
    modules = {path.stem for path in Path(providers.__file__).parent.glob("*.py")} - {"__init__"}
    tests = {path.stem.removeprefix("test_router_") for path in Path(__file__).parent.glob("test_router_*.py")}
    assert {"base", "traefik"} <= modules
    assert modules == tests
