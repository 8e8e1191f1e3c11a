"""SMI's router: the TrafficSplit of each version along whole rollouts, hand edits, what cannot be read or written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from rollouts import UPDATE, iterated, once, phases, rollout
from router_rig import DEFAULT, STRICT, RouterRig

from canarytui.domain.traffic import smi
from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.routers.smi import SmiRouter

ROUTER = SmiRouter(smi.TRAFFIC_SPLITS_V1ALPHA2)
QUANTITIES = SmiRouter(smi.TRAFFIC_SPLITS_V1ALPHA1)
KIND = "TrafficSplit"
OBJECT = "TrafficSplit.split.smi-spec.io promote"
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])
PROVIDERS = pytest.mark.parametrize("provider", ["linkerd", "osm", "smi:v1alpha1", "smi:v1alpha2", "smi:v1alpha3"])
UNREADABLE = "TrafficSplit podinfo.test does not contain routes for podinfo-primary and podinfo-canary"


def played(
    provider: str,
    settings: ControllerSettings,
    *actions: tuple[str, str],
    spec: dict[str, Any] | None = None,
    **given: Any,
) -> ReplayOutcome:
    given = {"analysis": {"stepWeight": 25}, **given}
    return RecordingPlayer(rollout(*actions, spec={"provider": provider, **(spec or {})}, **given), settings).play()


def splits(outcome: ReplayOutcome) -> list[tuple[Decimal | None, ...]]:
    """(primary, canary) at each change; the canary is the first backend."""
    found = []
    for each in outcome.objects[OBJECT]:
        canary, primary = each["spec"]["backends"]
        assert (canary["service"], primary["service"]) == ("promote-canary", "promote-primary")
        found.append((smi.weight(primary["weight"]), smi.weight(canary["weight"])))
    return found


def reconciled(settings: ControllerSettings = DEFAULT, router: SmiRouter = ROUTER, **spec: Any) -> RouterRig:
    rig = RouterRig(spec, settings=settings)
    rig.do(router.reconcile(rig.tick))
    return rig


def backends(rig: RouterRig) -> list[tuple[str, object]]:
    return [(each["service"], each["weight"]) for each in rig.get(KIND)["spec"]["backends"]]


def edit(rig: RouterRig, *entries: tuple[str, object], **spec: Any) -> None:
    """Somebody writes these backends."""
    found = [{"service": name, "weight": weight} for name, weight in entries]
    rig.change(KIND, {"spec": {"backends": found, **spec}})


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        (STRICT, [(100, 0), (75, 25), (100, 0), (75, 25), (50, 50), (100, 0)]),
        (DEFAULT, [(100, 0), (75, 25), (50, 50), (100, 0)]),
    ],
)
def test_a_hand_edit_in_mid_rollout_sets_flagger_back_to_the_start(
    settings: ControllerSettings, steps: list[tuple[int, int]]
) -> None:
    edit = ("weight>=25", 'patch-trafficsplit {"spec": {"service": "elsewhere"}}')
    outcome = played("linkerd", settings, UPDATE, edit)
    assert phases(outcome)[-1] == "Succeeded"
    assert once(splits(outcome)) == steps
    assert outcome.objects[OBJECT][-1]["spec"]["service"] == "promote"


@PROVIDERS
@BOTH
def test_promotion_and_rollback(provider: str, settings: ControllerSettings) -> None:
    promoted = played(provider, settings)
    assert phases(promoted)[-1] == "Succeeded"
    assert splits(promoted) == [(100, 0), (75, 25), (50, 50), (100, 0)]
    failed = played(provider, settings, metric_answers={"success": [50]})
    assert phases(failed)[-1] == "Failed"
    assert splits(failed) == [(100, 0), (75, 25), (100, 0)]


@BOTH
def test_blue_green_moves_all_at_once(settings: ControllerSettings) -> None:
    assert splits(played("linkerd", settings, analysis=iterated(2))) == [(100, 0), (0, 100), (100, 0)]


def test_ab_is_not_supported_and_does_not_move_everybody() -> None:
    match = iterated(2, match=[{"headers": {"x-canary": {"exact": "insider"}}}])
    outcome = played("osm", DEFAULT, analysis=match)
    assert outcome.texts.count("A/B testing is not supported when using the osm provider") == 1
    assert "Routing all traffic to canary" in outcome.texts, "blue/green: only after the last iteration"
    assert splits(outcome) == [(100, 0), (0, 100), (100, 0)]


def test_mirroring_is_not_supported_and_does_not_stop_the_rollout() -> None:
    outcome = played("osm", DEFAULT, analysis={"stepWeight": 50, "mirror": True})
    assert outcome.texts.count("Traffic mirroring is not supported when using the osm provider") == 1
    assert splits(outcome) == [(100, 0), (50, 50), (100, 0)]
    assert splits(played("osm", STRICT, analysis={"mirror": True})) == [(100, 0)], "Flagger stays at weight 0"


@BOTH
def test_a_deleted_canary_leaves_its_split_to_the_garbage_collector(settings: ControllerSettings) -> None:
    deletion = (UPDATE, ("Succeeded", "delete"))
    outcome = played("smi:v1alpha3", settings, *deletion, spec={"revertOnDeletion": True})
    assert outcome.texts[-1].startswith("Terminated canary ")
    assert splits(outcome)[-1] == (100, 0)
    assert [owner["kind"] for owner in outcome.objects[OBJECT][-1]["ownerReferences"]] == ["Canary"]
    rig = reconciled(settings)
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.written == [f"Create {KIND} podinfo"]


@pytest.mark.parametrize("version", ["v1alpha1", "v1alpha2", "v1alpha3"])
def test_each_version_writes_weights_in_its_own_type(version: str) -> None:
    resource = {each.version: each for each in smi.ENTRANCE.resources}[version]
    router = SmiRouter(resource)
    rig = reconciled(router=router, service={"hosts": ["app.example.com", "b"], "gateways": ["g"]})
    rig.do(router.set_weights(rig.tick, Weights(70, 30)))
    made = rig.get(KIND)
    assert made["apiVersion"] == f"split.smi-spec.io/{version}"
    assert made["spec"]["service"] == "app.example.com"
    assert "labels" not in made["metadata"]
    assert "annotations" not in made["metadata"], "gateways are for Istio's adapter alone"
    weights = ("30", "70") if version == "v1alpha1" else (30, 70)
    assert backends(rig) == [("podinfo-canary", weights[0]), ("podinfo-primary", weights[1])]
    assert router.read_weights(rig.tick) == Weights(70, 30)
    written = len(rig.written)
    rig.do(router.reconcile(rig.tick))
    rig.do(router.set_weights(rig.tick, Weights(70, 30)))
    assert len(rig.written) == written, "what is right is not written again"


@pytest.mark.parametrize(
    ("provider", "gateways", "annotation"),
    [
        ("smi:v1alpha2:istio", ["public", "mesh"], '["public","mesh"]'),
        ("smi:v1alpha2:istio", [], None),
        ("smi:v1alpha2:linkerd", ["public"], None),
        ("smi:v1alpha2", ["public"], None),
    ],
)
def test_istios_adapter_learns_the_gateways(provider: str, gateways: list[str], annotation: str | None) -> None:
    rig = reconciled(ControllerSettings(mesh_provider=provider), service={"gateways": gateways})
    found = rig.get(KIND)["metadata"].get("annotations") or {}
    assert found.get("VirtualService.v1alpha3.networking.istio.io/spec.gateways") == annotation


@pytest.mark.parametrize(
    ("primary", "canary", "strict", "shares"),
    [
        ("80", "20", (80, 20), (80, 20)),
        (80, "20", (80, 20), (80, 20)),
        ("500m", "500m", (1, 1), (50, 50)),
        ("1500m", "500m", (2, 1), (75, 25)),
        ("1", "3", (1, 3), (25, 75)),
        ("1k", "1e3", (1000, 1000), (50, 50)),
        ("100", "0", (100, 0), (100, 0)),
        ("0", "100", (0, 100), (0, 100)),
    ],
)
def test_quantities_are_read_as_written_and_as_meant(
    primary: object, canary: object, strict: tuple[int, int], shares: tuple[int, int]
) -> None:
    for settings, expected in ((STRICT, strict), (DEFAULT, shares)):
        rig = reconciled(settings, QUANTITIES)
        edit(rig, ("podinfo-primary", primary), ("podinfo-canary", canary))
        assert QUANTITIES.read_weights(rig.tick) == Weights(*expected)


def test_a_repair_keeps_live_weights_and_what_others_added() -> None:
    rig = reconciled()
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    edit(rig, ("podinfo-canary", 30), ("podinfo-primary", 70), service="elsewhere", matches=[{"name": "beta"}])
    rig.change(KIND, {"metadata": {"labels": {"team": "shop"}}})
    rig.do(ROUTER.reconcile(rig.tick))
    repaired = rig.get(KIND)
    assert (repaired["spec"]["service"], repaired["spec"]["matches"]) == ("podinfo", [{"name": "beta"}])
    assert repaired["metadata"]["labels"] == {"team": "shop"}
    assert ROUTER.read_weights(rig.tick) == Weights(70, 30)
    edit(rig, ("other", 50), ("podinfo-primary", 40), ("podinfo-canary", 10))
    rig.do(ROUTER.reconcile(rig.tick))
    assert backends(rig) == [("podinfo-canary", 20), ("podinfo-primary", 80)], "shares of what the two had"
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    assert rig.get(KIND)["spec"]["matches"] == [{"name": "beta"}]
    assert rig.logged[-1] == "TrafficSplit podinfo.test updated"


def test_strict_repairs_as_flagger_does_all_to_the_primary_and_nothing_of_others() -> None:
    rig = reconciled(STRICT)
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    rig.change(KIND, {"metadata": {"annotations": {"mine": "1"}}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert backends(rig) == [("podinfo-canary", 30), ("podinfo-primary", 70)], "metadata is not compared"
    rig.change(KIND, {"spec": {"matches": [{"name": "beta"}]}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert backends(rig) == [("podinfo-canary", 0), ("podinfo-primary", 100)]
    assert "matches" not in rig.get(KIND)["spec"]
    rig.change("Canary", {"spec": {"service": {"hosts": ["app.example.com"]}}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.get(KIND)["spec"]["service"] == "app.example.com"


@pytest.mark.parametrize("weights", [(0, 0), ("x", 10), (-1, 0), (None, None)])
def test_a_split_that_serves_nobody_is_repaired(weights: tuple[object, object]) -> None:
    rig = reconciled()
    edit(rig, ("podinfo-canary", weights[1]), ("podinfo-primary", weights[0]))
    with pytest.raises(EndTick, match=f"^{UNREADABLE}$"):
        ROUTER.read_weights(rig.tick)
    rig.do(ROUTER.reconcile(rig.tick))
    assert backends(rig) == [("podinfo-canary", 0), ("podinfo-primary", 100)]


def test_strict_writes_what_it_is_told_and_leaves_a_split_that_serves_nobody() -> None:
    rig = reconciled(STRICT)
    rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    rig.do(ROUTER.reconcile(rig.tick))
    assert backends(rig) == [("podinfo-canary", 0), ("podinfo-primary", 0)]
    with pytest.raises(EndTick, match=f"^{UNREADABLE}$"):
        ROUTER.read_weights(rig.tick)


def test_what_is_missing_or_would_serve_nobody_ends_the_tick() -> None:
    rig = RouterRig()
    for attempt in (
        lambda: ROUTER.read_weights(rig.tick),
        lambda: rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10))),
    ):
        with pytest.raises(EndTick) as missing:
            attempt()
        assert str(missing.value) == (
            'TrafficSplit podinfo.test get query error trafficsplits.split.smi-spec.io "podinfo" not found'
        )
    rig.do(ROUTER.reconcile(rig.tick))
    with pytest.raises(EndTick, match=r"^RoutingRule podinfo\.test update failed: no valid weights$"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    edit(rig, ("a", 50), ("b", 50))
    with pytest.raises(EndTick, match=f"^{UNREADABLE}$"):
        ROUTER.read_weights(rig.tick)
