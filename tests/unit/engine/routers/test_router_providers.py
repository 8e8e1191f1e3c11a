"""Routers are found by the provider's name, each with its record; what is unknown is said with what is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from replacing import replace
from router_rig import REFERENCES, RouterRig, surroundings

from canarytui.domain.traffic import registry, traefik
from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.routers import providers
from canarytui.engine.routers.traefik import TraefikRouter

NAMES = (
    "apisix",
    "appmesh",
    "appmesh:v1beta2",
    "contour",
    "gatewayapi:grpc",
    "gatewayapi:v1",
    "gatewayapi:v1beta1",
    "gloo",
    "istio",
    "knative",
    "kubernetes",
    "kuma",
    "linkerd",
    "nginx",
    "osm",
    "skipper",
    "smi:v1alpha1",
    "smi:v1alpha2",
    "smi:v1alpha3",
    "traefik",
)
UNDRIVEN = replace(traefik.PROVIDER, name="traefik:next")
"""A record without a router."""


@pytest.fixture(autouse=True)
def undriven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_BY_NAME", {**registry._BY_NAME, UNDRIVEN.name: UNDRIVEN})


def test_these_have_a_router() -> None:
    assert providers.provider_names() == NAMES
    for name in NAMES:
        assert providers.record_named(name) is registry.named(name)
    assert providers.record_named(UNDRIVEN.name) is None, "its record knows the queries; there is no router"


def test_a_mesh_behind_the_name_finds_the_same_router() -> None:
    rig = RouterRig(settings=ControllerSettings(mesh_provider="smi:v1alpha2:istio"))
    assert providers.record_of(rig.tick) is registry.named("smi:v1alpha2")
    plain = RouterRig(settings=ControllerSettings(mesh_provider="smi:v1alpha2"))
    assert providers.router_of(rig.tick) is providers.router_of(plain.tick)


@pytest.mark.parametrize("provider", sorted({*NAMES} - {"knative"}))  # its object is the target, which is there
def test_a_canary_gets_its_providers_router_and_record(provider: str) -> None:
    """Whatever the router makes for a canary is of the kinds and names that its record says."""
    rig = RouterRig({**REFERENCES, "provider": provider}, *surroundings())
    record = providers.record_of(rig.tick)
    assert record.name == provider
    rig.do(providers.router_of(rig.tick).reconcile(rig.tick))
    canary = rig.tick.canary
    expected = {f"Create {each.resource.kind} {name}" for each in record.objects for name in each.names(canary)}
    assert set(rig.written) == expected
    for each in record.objects:
        for namespace, name in each.places(canary):
            found = rig.cluster_view.get(each.resource.kind_names[-1], namespace, name)
            assert found is not None
            assert found["apiVersion"] == each.resource.api_version


@pytest.mark.parametrize("provider", [UNDRIVEN.name, "none-such", "gatewayapi", "traefik:v2", "smi:v1alpha9"])
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
    providers.register(UNDRIVEN, TraefikRouter())
    assert providers.provider_names() == (UNDRIVEN.name,)
    monkeypatch.setattr(registry, "_BY_NAME", {})
    with pytest.raises(ValueError, match="register the record of traefik"):
        providers.register(traefik.PROVIDER, TraefikRouter())


def test_every_module_of_this_room_has_its_own_tests() -> None:
    modules = {path.stem for path in Path(providers.__file__).parent.glob("*.py")} - {"__init__"}
    tests = {path.stem.removeprefix("test_router_") for path in Path(__file__).parent.glob("test_router_*.py")}
    assert {"base", "traefik"} <= modules
    assert modules <= tests
    assert [test for test in tests if not any(f"{test}_".startswith(f"{module}_") for module in modules)] == []
