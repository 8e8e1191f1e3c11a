"""A routing object of the apex' name: made once, repaired in both modes, written again only where it differs."""

from __future__ import annotations

from typing import Any

import pytest
from router_rig import DEFAULT, STRICT, RouterRig

from canarytui.domain.resource import Resource
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.effects import Conflict
from canarytui.engine.decide.tick import ControllerSettings, EndTick, Tick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.routers.apex_object import ApexObject, by_primary, onto, share, weight, without_weights

SPLITS = Resource("example.com", "v1", "splits", "Split")
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])


def spec_of(tick: Tick, weights: Weights, live: KubernetesObject) -> dict[str, Any]:
    backends = [{"port": tick.canary.spec.service.port, "weight": weights.primary}, {"weight": weights.canary}]
    return onto(live, {"backends": backends})


def live_weights(_: Tick, spec: KubernetesObject) -> Weights:
    primary, canary = (each["weight"] for each in spec["backends"])
    return Weights(primary, canary)


SPLIT = ApexObject(SPLITS, spec_of, live_weights, "router/example.go")


def reconciled(settings: ControllerSettings, **spec: Any) -> RouterRig:
    rig = RouterRig(spec, settings=settings)
    rig.do(SPLIT.reconcile(rig.tick))
    return rig


def weights(rig: RouterRig) -> list[int]:
    return [each["weight"] for each in rig.get("Split")["spec"]["backends"]]


@BOTH
def test_it_is_the_canarys_and_made_once(settings: ControllerSettings) -> None:
    rig = reconciled(settings, service={"apex": {"labels": {"team": "shop"}, "annotations": {"a": "b"}}})
    made = rig.get("Split")
    assert made["metadata"]["labels"] == {"team": "shop", "app": "podinfo"}
    assert made["metadata"]["annotations"]["a"] == "b"
    assert made["metadata"]["ownerReferences"][0]["uid"] == "uid-canary"
    assert weights(rig) == [100, 0]
    rig.do(SPLIT.set_weights(rig.tick, Weights(70, 30)))
    rig.do(SPLIT.reconcile(rig.tick))
    rig.do(SPLIT.set_weights(rig.tick, Weights(70, 30)))
    assert rig.written == ["Create Split podinfo", "Replace Split podinfo"]
    assert rig.logged == ["Split podinfo.test created"]


@pytest.mark.parametrize(("settings", "kept"), [(STRICT, [100, 0]), (DEFAULT, [70, 30])], ids=["strict", "default"])
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("Canary", {"spec": {"service": {"port": 81}}}),
        ("Canary", {"spec": {"service": {"apex": {"labels": {"team": "other"}}}}}),
        ("Split", {"metadata": {"annotations": {"helm.toolkit.fluxcd.io/driftDetection": None}}}),
    ],
)
def test_a_difference_is_repaired(
    settings: ControllerSettings, kept: list[int], kind: str, change: dict[str, Any]
) -> None:
    rig = reconciled(settings)
    rig.do(SPLIT.set_weights(rig.tick, Weights(70, 30)))
    rig.change(kind, change)
    rig.do(SPLIT.reconcile(rig.tick))
    assert weights(rig) == kept
    assert rig.logged[-1] == "Split podinfo.test updated"
    repaired = rig.get("Split")
    assert repaired["spec"]["backends"][0]["port"] == rig.tick.canary.spec.service.port
    assert repaired["metadata"]["annotations"]["helm.toolkit.fluxcd.io/driftDetection"] == "disabled"
    writes = len(rig.written)
    rig.do(SPLIT.reconcile(rig.tick))
    assert len(rig.written) == writes


def test_what_others_added_stays_but_in_strict_mode() -> None:
    for settings, stays in ((DEFAULT, True), (STRICT, False)):
        rig = reconciled(settings)
        rig.change("Split", {"spec": {"theirs": 1}, "metadata": {"labels": {"theirs": "1"}}})
        rig.do(SPLIT.reconcile(rig.tick))
        found = rig.get("Split")
        assert ("theirs" in found["spec"], "theirs" in (found["metadata"].get("labels") or {})) == (stays, stays)
        rig.change("Split", {"spec": {"theirs": 1}})
        rig.do(SPLIT.set_weights(rig.tick, Weights(60, 40)))
        assert ("theirs" in rig.get("Split")["spec"]) == stays


def test_an_object_that_was_changed_meanwhile_is_looked_at_again() -> None:
    rig = reconciled(DEFAULT)
    decision = SPLIT.set_weights(rig.tick, Weights(70, 30))
    assert isinstance(next(decision), fx.Replace)
    rig.change("Split", {"spec": {"theirs": 1}})
    again = decision.throw(Conflict("it was changed"))
    assert isinstance(again, fx.Replace)
    assert again.obj["spec"]["theirs"] == 1
    assert again.obj["metadata"]["resourceVersion"] == rig.get("Split")["metadata"]["resourceVersion"]


def test_one_that_is_missing_and_weights_for_nobody_end_the_tick() -> None:
    rig = RouterRig()
    with pytest.raises(
        EndTick, match=r'^Split podinfo\.test get query error: splits\.example\.com "podinfo" not found$'
    ):
        SPLIT.live(rig.tick)
    with pytest.raises(EndTick, match=r"^RoutingRule podinfo\.test update failed: no valid weights$"):
        rig.do(SPLIT.set_weights(rig.tick, Weights(0, 0)))


def test_parts_of_a_spec() -> None:
    strict, default = RouterRig(settings=STRICT).tick, RouterRig().tick
    assert [weight(strict, 0), weight(default, 0), weight(strict, 5)] == [{}, {"weight": 0}, {"weight": 5}]
    assert [share(value) for value in (7, 7.9, None, "7", float("nan"), [])] == [7, 7, 0, 0, 0, 0]
    assert by_primary(strict, Weights(0, 0)) == Weights(0, 100)
    assert by_primary(default, Weights(0, 0)) == Weights(0, 0)
    assert by_primary(default, Weights(30, 10)) == Weights(75, 25)
    assert onto({"a": 1, "b": 2, "c": 3}, {"b": 4}, "b", "c") == {"a": 1, "b": 4}
    assert onto("no object", {"b": 4}) == {"b": 4}
    assert without_weights([{"weight": 1, "in": {"weight": 2, "x": 3}}]) == [{"in": {"x": 3}}]
