"""APISIX's router: the copy of the user's ApisixRoute along whole rollouts, its repair, and what cannot be split."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import APISIX_REFERENCE, APISIX_ROUTE, iterated
from router_rig import DEFAULT, NAMESPACE, STRICT, RouterRig, apisix_route
from whole_rollouts import blue_green, deleted, promoted, rolled_back, written

from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.routers.apisix import ApisixRouter

ROUTER = ApisixRouter()
KIND = "ApisixRoute"
NAME = "front-podinfo-canary"
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])


def given() -> dict[str, Any]:
    """What a whole rollout of the canary ``promote`` needs."""
    return {"spec": {"routeRef": APISIX_REFERENCE}, "manifests": [APISIX_ROUTE]}


def split(spec: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(each.get("weight") for each in spec["http"][0]["backends"])


def splits(outcome: ReplayOutcome) -> list[tuple[int | None, ...]]:
    return written(outcome, "ApisixRoute.apisix.apache.org front-promote-canary", split)


def rig_with(*rules: dict[str, Any], settings: ControllerSettings = DEFAULT, **metadata: Any) -> RouterRig:
    return RouterRig({"routeRef": APISIX_REFERENCE}, apisix_route(*rules, **metadata), settings=settings)


def reconciled(*rules: dict[str, Any], settings: ControllerSettings = DEFAULT, **metadata: Any) -> RouterRig:
    rig = rig_with(*rules, settings=settings, **metadata)
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


def rule(*services: str, **more: Any) -> dict[str, Any]:
    return {"name": "main", "backends": [{"serviceName": name, "servicePort": 80} for name in services], **more}


def weights(rig: RouterRig) -> tuple[int | None, ...]:
    return split(rig.get(KIND, NAME)["spec"])


def set_backends(rig: RouterRig, *shares: int | None) -> None:
    """Somebody edits the weights of the canary's route."""
    spec = rig.get(KIND, NAME)["spec"]
    for backend, share in zip(spec["http"][0]["backends"], shares, strict=True):
        backend["weight"] = share
    rig.change(KIND, {"spec": spec}, NAME)


@BOTH
def test_promotion_and_rollback(settings: ControllerSettings) -> None:
    assert splits(promoted("apisix", settings, **given())) == [(100, 0), (75, 25), (50, 50), (100, 0)]
    assert splits(rolled_back("apisix", settings, **given())) == [(100, 0), (75, 25), (100, 0)]


@BOTH
def test_blue_green_moves_all_at_once(settings: ControllerSettings) -> None:
    outcome = blue_green("apisix", settings, **given())
    assert splits(outcome) == [(100, 0), (0, 100), (100, 0)]
    assert len(outcome.objects["ApisixRoute.apisix.apache.org front"]) == 1, "the user's route is never written"


@BOTH
def test_a_deleted_canary_leaves_its_route_to_the_garbage_collector(settings: ControllerSettings) -> None:
    outcome = deleted("apisix", settings, **given())
    last = outcome.objects["ApisixRoute.apisix.apache.org front-promote-canary"][-1]
    assert (split(last["spec"]), [owner["kind"] for owner in last["ownerReferences"]]) == ((100, 0), ["Canary"])


@pytest.mark.parametrize(("settings", "warnings"), [(STRICT, 0), (DEFAULT, 1)], ids=["strict", "default"])
def test_ab_is_blue_green_and_not_everybody_at_once(settings: ControllerSettings, warnings: int) -> None:
    match = [{"headers": {"x-canary": {"exact": "insider"}}}]
    outcome = promoted("apisix", settings, analysis=iterated(2, match=match), **given())
    assert outcome.texts.count("A/B testing is not supported when using the apisix provider") == warnings
    assert splits(outcome) == [(100, 0), (0, 100), (100, 0)]
    everybody = outcome.ticks["ApisixRoute.apisix.apache.org front-promote-canary"][1]
    first = next(said.tick for said in outcome.messages if "canary iteration 1/2" in said.text)
    assert (everybody == first) == settings.strict, "Flagger sends everybody at the first iteration"


def test_mirroring_is_refused_once_and_the_rollout_goes_on() -> None:
    outcome = promoted("apisix", DEFAULT, analysis={"stepWeight": 50, "mirror": True}, **given())
    assert outcome.texts.count("Traffic mirroring is not supported when using the apisix provider") == 1
    assert splits(outcome) == [(100, 0), (50, 50), (100, 0)]


RICH = rule(
    "podinfo",
    match={"paths": ["/*"], "exprs": [{"subject": {"scope": "Header", "name": "a"}, "op": "In", "set": ["1"]}]},
    authentication={"enable": True, "type": "jwtAuth", "jwtAuth": {"header": "x"}},
    upstreams=[{"name": "external"}],
    priority=5,
)
FLUX = {"kustomize.toolkit.fluxcd.io/name": "apps", "team": "edge"}
NOTES = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "mine": "1"}


def test_the_copy_has_the_whole_rule_of_the_apex_and_no_other() -> None:
    rig = rig_with(rule("other"), RICH, labels=FLUX, annotations=NOTES)
    rig.change(KIND, {"spec": {"ingressClassName": "apisix", "stream": [{"name": "tcp"}]}}, "front")
    rig.do(ROUTER.reconcile(rig.tick))
    made = rig.get(KIND, NAME)
    backends = [
        {"serviceName": "podinfo-primary", "servicePort": 80, "weight": 100},
        {"serviceName": "podinfo-canary", "servicePort": 80, "weight": 0},
    ]
    assert made["spec"] == {
        "ingressClassName": "apisix",
        "stream": [{"name": "tcp"}],
        "http": [{**RICH, "priority": 10000, "backends": backends}],
    }
    assert (made["metadata"]["labels"], made["metadata"]["annotations"]) == ({"team": "edge"}, {"mine": "1"})
    assert made["metadata"]["ownerReferences"][0]["uid"] == "uid-canary"
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == [f"Create {KIND} {NAME}"]


def test_strict_copies_what_flagger_knows_and_adds_what_its_types_add() -> None:
    rig = rig_with(RICH, settings=STRICT, labels=FLUX, annotations=NOTES)
    rig.change(KIND, {"spec": {"ingressClassName": "apisix"}}, "front")
    rig.do(ROUTER.reconcile(rig.tick))
    made = rig.get(KIND, NAME)
    [copied] = made["spec"]["http"]
    assert "ingressClassName" not in made["spec"]
    assert "upstreams" not in copied
    assert copied["websocket"] is False
    assert copied["authentication"] == {"enable": True, "type": "jwtAuth", "jwtAuth": {"header": "x"}, "keyAuth": {}}
    assert copied["match"]["exprs"][0] == {
        "subject": {"scope": "Header", "name": "a"}, "op": "In", "set": ["1"], "value": None,
    }  # fmt: skip
    assert (made["metadata"]["labels"], made["metadata"]["annotations"]) == (FLUX, NOTES)
    del copied["match"]["exprs"][0]["value"]
    rig.cluster_view.put(made)
    rig.do(ROUTER.reconcile(rig.tick))
    assert rig.written == [f"Create {KIND} {NAME}"], "an API server drops nulls: no difference"


@BOTH
def test_weights_are_set_in_place(settings: ControllerSettings) -> None:
    rig = reconciled(settings=settings)
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    assert weights(rig) == (70, 30)
    assert ROUTER.read_weights(rig.tick) == Weights(70, 30)
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    assert rig.written == [f"Create {KIND} {NAME}", f"Replace {KIND} {NAME}"]


@pytest.mark.parametrize(("settings", "kept"), [(STRICT, (100, 0)), (DEFAULT, (70, 30))], ids=["strict", "default"])
@pytest.mark.parametrize("edited", ["front", NAME])
def test_a_repair_keeps_live_weights_unless_strict(
    settings: ControllerSettings, kept: tuple[int, int], edited: str
) -> None:
    rig = reconciled(settings=settings)
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    spec = rig.get(KIND, edited)["spec"]
    spec["http"][0]["match"] = {"paths": ["/edited"]}
    rig.change(KIND, {"spec": spec}, edited)
    rig.do(ROUTER.reconcile(rig.tick))
    assert weights(rig) == kept
    paths = rig.get(KIND, NAME)["spec"]["http"][0]["match"]["paths"]
    assert paths == (["/edited"] if edited == "front" else ["/*"]), "the user's route is the truth"
    rig.change(KIND, {"metadata": {"labels": {"team": "new"}}}, "front")
    writes = len(rig.written)
    rig.do(ROUTER.reconcile(rig.tick))
    assert len(rig.written) == writes, "labels are copied at the creation only"


@pytest.mark.parametrize(("shares", "repaired"), [((30, 70), (30, 70)), ((0, 0), (100, 0)), ((None, 0), (100, 0))])
def test_weights_edited_by_hand_stay_unless_they_serve_nobody(shares: Any, repaired: Any) -> None:
    rig = reconciled()
    set_backends(rig, *shares)
    rig.do(ROUTER.reconcile(rig.tick))
    assert weights(rig) == repaired


@BOTH
def test_what_cannot_be_read_or_would_serve_nobody_ends_the_tick(settings: ControllerSettings) -> None:
    rig = rig_with(settings=settings)
    missing = (
        rf'^APISIX route {NAME}\.{NAMESPACE} get query error: apisixroutes\.apisix\.apache\.org "{NAME}" not found$'
    )
    for attempt in (
        lambda: ROUTER.read_weights(rig.tick),
        lambda: rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10))),
    ):
        with pytest.raises(EndTick, match=missing):
            attempt()
    rig.do(ROUTER.reconcile(rig.tick))
    with pytest.raises(EndTick, match=r"^RoutingRule podinfo\.test update failed: no valid weights$"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    set_backends(rig, None, 100)
    with pytest.raises(EndTick, match=rf"^APISIX route {NAME}\.test has a backend without a weight: give it one$"):
        ROUTER.read_weights(rig.tick)
    set_backends(rig, 0, 0)
    assert ROUTER.read_weights(rig.tick) == (Weights(0, 100) if settings.strict else Weights(0, 0))
    rig.change(KIND, {"spec": {"http": [rule("other")]}}, NAME)
    assert ROUTER.read_weights(rig.tick) == Weights(0, 0)
    with pytest.raises(EndTick, match=rf"^APISIX route {NAME}\.test has no backend podinfo-primary$"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10)))


@BOTH
@pytest.mark.parametrize(
    ("http", "said"),
    [
        ([], "APISIX route front.test's spec.http is empty"),
        ([rule("other")], "Can not find podinfo backend on apisix route front.test "),
        ([rule("podinfo", "other")], "APISIX route front.test's http route main only one http backend is supported"),
    ],
)
def test_a_route_that_cannot_be_split_is_said_in_flaggers_words(
    settings: ControllerSettings, http: list[Any], said: str
) -> None:
    rig = rig_with(settings=settings)
    rig.change(KIND, {"spec": {"http": http}}, "front")
    with pytest.raises(EndTick) as error:
        rig.do(ROUTER.reconcile(rig.tick))
    assert str(error.value) == said
    assert rig.written == []


@BOTH
def test_a_reference_that_leads_nowhere_is_said_in_flaggers_words(settings: ControllerSettings) -> None:
    for spec, said in (
        ({}, "apisix route selector is empty"),
        (
            {"routeRef": APISIX_REFERENCE},
            'APISIX route front.test get query error: apisixroutes.apisix.apache.org "front" not found',
        ),
    ):
        rig = RouterRig(spec, settings=settings)
        with pytest.raises(EndTick) as error:
            rig.do(ROUTER.reconcile(rig.tick))
        assert str(error.value) == said


def test_nothing_is_given_back() -> None:
    rig = reconciled()
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.written == [f"Create {KIND} {NAME}"]
