"""App Mesh in an A/B test: a route for each entry of the match, and one for the others."""

from __future__ import annotations

import pytest
from appmesh_rig import APEX, SPLIT, V1, VERSIONS, both, reconciled, shares, split, weighted
from rollouts import DEFAULT, STRICT

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY
from canarytui.engine.routers.appmesh import AppMeshRouter

TWO_HEADERS = [{"headers": {"x-canary": {"exact": "yes"}}}, {"headers": {"cookie": {"regex": "beta"}}}]


@VERSIONS
def test_any_entry_of_a_match_is_enough(router: AppMeshRouter) -> None:
    rig = reconciled(router, analysis={"match": TWO_HEADERS, "iterations": 3})
    routes = split(rig, router)["spec"]["routes"]
    assert [(each["name"], each["priority"]) for each in routes] == [
        ("podinfo-a", 10), ("podinfo-a-2", 11), ("podinfo-b", 20),
    ]  # fmt: skip
    rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))
    live = split(rig, router)
    assert [shares(live, route) for route in range(3)] == [both(0, 100), both(0, 100), [("podinfo-primary", 100)]]
    assert router.read_weights(rig.tick) == ALL_TO_CANARY
    rig.do(router.set_weights(rig.tick, ALL_TO_PRIMARY))
    live = split(rig, router)
    assert [shares(live, route) for route in range(3)] == [both(100, 0), both(100, 0), [("podinfo-primary", 100)]]


@VERSIONS
def test_in_strict_mode_all_entries_must_match(router: AppMeshRouter) -> None:
    rig = reconciled(router, STRICT, analysis={"match": TWO_HEADERS, "iterations": 3})
    routes = split(rig, router)["spec"]["routes"]
    assert [each["name"] for each in routes] == ["podinfo-a", "podinfo-b"]
    rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))
    assert shares(split(rig, router)) == both(0, 100)
    assert shares(split(rig, router), 1) == [("podinfo-primary", 100)]


@VERSIONS
@pytest.mark.parametrize(("settings", "repaired"), [(DEFAULT, True), (STRICT, False)], ids=["default", "strict"])
def test_the_others_route_is_repaired_unless_strict(
    router: AppMeshRouter, settings: ControllerSettings, repaired: bool
) -> None:
    rig = reconciled(router, settings, analysis={"match": TWO_HEADERS[:1], "iterations": 3})
    rig.do(router.set_weights(rig.tick, ALL_TO_CANARY))
    first, last = split(rig, router)["spec"]["routes"]
    field = "http" if router is V1 else "httpRoute"
    last[field]["action"] = weighted(router, ("other", 100))["spec"]["routes"][0][field]["action"]
    rig.change(SPLIT[router], {"spec": {"routes": [first, last]}}, APEX[router])
    rig.do(router.reconcile(rig.tick))
    assert shares(split(rig, router), 1) == [("podinfo-primary" if repaired else "other", 100)]
    assert shares(split(rig, router)) == both(0, 100)
