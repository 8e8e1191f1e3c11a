"""ingress-nginx' router: the canary Ingress beside the user's, its annotations, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import RouterRig, ingress

from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import ALL_TO_CANARY, Weights
from canarytui.engine.routers.nginx import NginxRouter

ROUTER = NginxRouter()
REFERENCE = {"ingressRef": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}}
PREFIX = "nginx.ingress.kubernetes.io"


def reconciled(analysis: dict[str, Any] | None = None, **settings: Any) -> RouterRig:
    source = ingress(**{f"{PREFIX}/proxy-body-size": "8m", "kubectl.kubernetes.io/last-applied-configuration": "{}"})
    rig = RouterRig({**REFERENCE, "analysis": analysis or {}}, source, settings=ControllerSettings(**settings))
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


def annotations(rig: RouterRig) -> dict[str, str]:
    found: dict[str, str] = rig.get("Ingress", "front-canary")["metadata"]["annotations"]
    return found


def test_the_users_ingress_is_copied_and_leads_to_the_canary() -> None:
    rig = reconciled()
    made = rig.get("Ingress", "front-canary")
    assert made["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] == "podinfo-canary"
    assert made["metadata"]["labels"] == {"team": "shop"}
    assert annotations(rig) == {
        f"{PREFIX}/proxy-body-size": "8m", f"{PREFIX}/canary": "true", f"{PREFIX}/canary-weight": "0",
    }  # fmt: skip
    assert (
        rig.get("Ingress", "front")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] == "podinfo"
    )
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == ["Create Ingress front-canary"]


def test_a_change_of_the_users_ingress_is_taken_over() -> None:
    rig = reconciled()
    rig.change("Ingress", {"spec": {"ingressClassName": "public"}}, "front")
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.get("Ingress", "front-canary")["spec"]["ingressClassName"] == "public"


def test_a_copy_that_was_changed_by_hand_is_repaired_and_keeps_its_weight() -> None:
    rig = reconciled()
    rig.do(ROUTER.set_weights(rig.tick, Weights(80, 20)))
    rig.change("Ingress", {"spec": {"ingressClassName": "somebody"}}, "front-canary")
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.get("Ingress", "front-canary")["spec"].get("ingressClassName") is None
    assert ROUTER.read_weights(rig.tick) == Weights(80, 20)


def test_weights_are_set_and_read_back() -> None:
    rig = reconciled()
    assert ROUTER.read_weights(rig.tick) == Weights(100, 0)
    rig.do(ROUTER.set_weights(rig.tick, Weights(80, 20)))
    assert annotations(rig)[f"{PREFIX}/canary-weight"] == "20"
    assert ROUTER.read_weights(rig.tick) == Weights(80, 20)


def test_matches_are_annotations_while_the_canary_has_traffic() -> None:
    match = [{"headers": {"x-insider": {"exact": "yes"}}}, {"headers": {"cookie": {"exact": "beta"}}}]
    rig = reconciled({"match": match, "iterations": 3})
    rig.do(ROUTER.set_weights(rig.tick, ALL_TO_CANARY))
    found = annotations(rig)
    assert found[f"{PREFIX}/canary-by-header"] == "x-insider"
    assert found[f"{PREFIX}/canary-by-header-value"] == "yes"
    assert found[f"{PREFIX}/canary-by-cookie"] == "beta"
    assert ROUTER.read_weights(rig.tick) == ALL_TO_CANARY
    rig.do(ROUTER.set_weights(rig.tick, Weights(100, 0)))
    assert not [name for name in annotations(rig) if "canary-by" in name]


def test_the_prefix_is_the_controllers() -> None:
    rig = reconciled(ingress_annotations_prefix="custom.example.com")
    rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10)))
    assert annotations(rig)["custom.example.com/canary-weight"] == "10"


@pytest.mark.parametrize(
    ("spec", "objects", "said"),
    [
        ({}, [], "ingress selector is empty"),
        (REFERENCE, [], 'ingress front.test get query error: ingresses.networking.k8s.io "front" not found'),
        ({**REFERENCE, "service": {"name": "other"}}, [ingress()], "backend other not found in ingress front"),
    ],
)
def test_what_is_missing_ends_the_tick(spec: dict[str, Any], objects: list[dict[str, Any]], said: str) -> None:
    rig = RouterRig(spec, *objects)
    with pytest.raises(EndTick) as error:
        rig.do(ROUTER.reconcile(rig.tick))
    assert str(error.value) == said


def test_a_weight_that_is_no_number_ends_the_tick() -> None:
    rig = reconciled()
    rig.change("Ingress", {"metadata": {"annotations": {f"{PREFIX}/canary-weight": "lots"}}}, "front-canary")
    with pytest.raises(EndTick, match="canary-weight 'lots' is no whole number"):
        ROUTER.read_weights(rig.tick)
