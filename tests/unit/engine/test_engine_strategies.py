"""Each strategy's sequence of weights and phases, strictly as Flagger's, with the gates along its way."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, UPDATE, iterated, phases, rollout, weights

from canarytui.engine.replay.player import RecordingPlayer

HAPPY = ["Initializing", "Initialized", "Progressing", "Promoting", "Finalising", "Succeeded"]


@pytest.mark.parametrize(
    ("analysis", "canary_weights"),
    [
        ({"stepWeight": 20, "maxWeight": 50}, [0, 20, 40, 60, 0]),
        ({"stepWeight": 50, "maxWeight": 100}, [0, 50, 100, 0]),
        ({"stepWeight": None, "maxWeight": None, "stepWeights": [1, 2, 10, 80]}, [0, 1, 2, 10, 80, 0]),
        ({"stepWeight": None, "maxWeight": None, "stepWeights": [1, 2, 10, 150]}, [0, 1, 2, 10, 100, 0]),
        ({"stepWeight": 100, "maxWeight": 100, "stepWeightPromotion": 50}, [0, 100, 50, 0]),
        ({"stepWeight": 30, "maxWeight": None}, [0, 30, 60, 90, 100, 0]),
    ],
)
@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_weights_go_up_by_steps_and_back_at_promotion(
    settings: Any, analysis: dict[str, Any], canary_weights: list[int]
) -> None:
    played = RecordingPlayer(rollout(analysis=analysis), settings).play()
    assert [canary for _, canary in weights(played)] == canary_weights
    assert phases(played) == HAPPY


def test_a_live_weight_that_is_no_step_jumps_to_the_end() -> None:
    steps = {"stepWeight": None, "maxWeight": None, "stepWeights": [10, 20, 80]}
    edit = ("weight>=10", 'patch {"spec": {"analysis": {"stepWeights": [20, 80]}}}')
    played = RecordingPlayer(rollout(UPDATE, edit, analysis=steps), STRICT).play()
    assert [canary for _, canary in weights(played)] == [0, 10, 100, 0]


def test_stepped_promotion_says_what_the_primary_has() -> None:
    played = RecordingPlayer(
        rollout(analysis={"stepWeight": 50, "maxWeight": 100, "stepWeightPromotion": 40}), STRICT
    ).play()
    assert [text for text in played.texts if "Advance" in text] == [
        "Advance promote.r1 canary weight 50",
        "Advance promote.r1 canary weight 100",
        "Advance promote.r1 primary weight 40",
        "Advance promote.r1 primary weight 80",
        "Advance promote.r1 primary weight 100",
    ]
    assert "Routing all traffic to primary" not in played.texts
    statuses = [status[:2] for status in played.statuses if status[0] in ("Promoting", "Finalising")]
    assert statuses == [("Promoting", 100), ("Promoting", 60), ("Promoting", 20), ("Finalising", 0)]


def test_blue_green_sends_everybody_after_its_iterations() -> None:
    played = RecordingPlayer(rollout(analysis=iterated(2)), STRICT).play()
    assert weights(played) == [(100, 0), (None, 100), (100, 0)], "Flagger leaves a weight of 0 out"
    assert played.texts[4:] == [
        "New revision detected! Scaling up promote.r1",
        "Starting canary analysis for promote.r1",
        "Advance promote.r1 canary iteration 1/2",
        "Advance promote.r1 canary iteration 2/2",
        "Routing all traffic to canary",
        "Copying promote.r1 template spec to promote-primary.r1",
        "Routing all traffic to primary",
        "Promotion completed! Scaling down promote.r1",
    ]
    assert phases(played) == HAPPY


def test_blue_green_mirrors_until_it_routes() -> None:
    canary = {"provider": "istio", "service": {"port": 80, "targetPort": 9898}}
    analysis = iterated(2, mirror=True, mirrorWeight=30)
    played = RecordingPlayer(rollout(spec=canary, analysis=analysis), STRICT).play()
    routes = [spec["http"][0] for spec in played.objects["VirtualService promote"]]
    split = [tuple(each["weight"] for each in route["route"]) for route in routes]
    assert list(zip(split, [route.get("mirror") for route in routes], strict=True)) == [
        ((100, 0), None),
        ((100, 0), {"host": "promote-canary"}),
        ((0, 100), None),
        ((100, 0), None),
    ]
    assert routes[1]["mirrorPercentage"] == {"value": 30.0}
    assert "Stop traffic mirroring and route all traffic to canary" in played.texts


def test_ab_test_by_header_on_nginx() -> None:
    match = [{"headers": {"x-canary": {"exact": "insider"}}}, {"headers": {"cookie": {"exact": "canary"}}}]
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}
    recording = rollout(spec={"provider": "nginx", "ingressRef": ingress}, analysis=iterated(2, match=match))
    played = RecordingPlayer(recording, STRICT).play()
    prefix = "nginx.ingress.kubernetes.io/canary"
    resting = {prefix: "true", f"{prefix}-weight": "0"}
    by_match = {
        f"{prefix}-by-header": "x-canary",
        f"{prefix}-by-header-value": "insider",
        f"{prefix}-by-cookie": "canary",
    }
    found = [obj["annotations"] for obj in played.objects["Ingress front-canary"]]
    assert found == [resting, {**resting, **by_match}, resting]
    assert phases(played) == HAPPY


@pytest.mark.parametrize(
    ("analysis", "counted"),
    [
        (iterated(2), [0, 1, 2, 1, 2, 1, 2, 3, 0]),
        (iterated(1), [0, 1, 0, 1, 0, 1, 2, 0]),
    ],
)
def test_closed_promotion_gate_makes_the_iterations_swing(analysis: dict[str, Any], counted: list[int]) -> None:
    """The waiting phase counts one iteration less, so the next tick analyses once more and the one after asks again."""
    hook = {"name": "gate", "type": "confirm-promotion", "url": "http://hook"}
    recording = rollout(analysis={**analysis, "webhooks": [hook]}, webhook_answers={"gate": [403, 403, 200]})
    played = RecordingPlayer(recording, STRICT).play()
    iterations = [status[3] for status in played.statuses if status[0] != "Initializing"]
    assert [each for i, each in enumerate(iterations) if i == 0 or iterations[i - 1] != each] == counted
    assert phases(played)[-1] == "Succeeded"
    assert played.texts.count("Halt promote.r1 advancement waiting for promotion approval gate") == 1


def test_weight_canary_that_waits_for_promotion_shows_no_weight_and_minus_one() -> None:
    hook = {"name": "gate", "type": "confirm-promotion", "url": "http://hook"}
    recording = rollout(analysis={"webhooks": [hook]}, webhook_answers={"gate": [403, 403, 200]})
    played = RecordingPlayer(recording, STRICT).play()
    waiting = [status for status in played.statuses if status[0] == "WaitingPromotion"]
    assert [status[1:4] for status in waiting] == [(0, 0, -1)]
    assert (50, 50) in weights(played), "and yet the router sends half of the traffic there"


def test_closed_traffic_gate_counts_nothing_and_also_holds_the_promotion() -> None:
    hook = {"name": "more", "type": "confirm-traffic-increase", "url": "http://hook"}
    answers = [200, 403, 200, 200, 200, 200, 403, 200]
    recording = rollout(analysis={"webhooks": [hook]}, webhook_answers={"more": answers})
    played = RecordingPlayer(recording, STRICT).play()
    assert played.texts.count("Halt promote.r1 advancement waiting for traffic increase approval more") == 2
    assert played.texts.count("Confirm-traffic-increase check more passed") == 6
    assert {status[2] for status in played.statuses} == {0}
    assert phases(played) == HAPPY


def test_skipping_the_analysis_promotes_from_the_middle_of_it() -> None:
    skip = ("weight>=20", 'patch {"spec": {"skipAnalysis": true}}')
    played = RecordingPlayer(rollout(UPDATE, skip), STRICT).play()
    assert weights(played) == [(100, 0), (90, 10), (80, 20), (100, 0)]
    assert phases(played) == ["Initializing", "Initialized", "Progressing", "Succeeded"]
    assert played.texts[-2:] == [
        "Copying promote.r1 template spec to promote-primary.r1",
        "Promotion completed! Canary analysis was skipped for promote.r1",
    ]


def test_lowered_iterations_keep_flaggers_ab_test_from_promoting() -> None:
    match = [{"headers": {"x-canary": {"exact": "insider"}}}]
    given = {"spec": {"provider": "istio"}, "analysis": iterated(5, match=match)}
    fewer = ("+40", 'patch {"spec": {"analysis": {"iterations": 2}}}')
    assert phases(RecordingPlayer(rollout(UPDATE, fewer, **given), STRICT).play())[-1] == "Progressing"
    assert phases(RecordingPlayer(rollout(UPDATE, fewer, **given), DEFAULT).play())[-1] == "Succeeded"


def test_a_start_with_a_retired_provider_is_a_warning_once_for_each_revision() -> None:
    """Flagger says nothing."""
    retired = "ingress-nginx is retired. Its repository has been read-only since March 2026."
    reference = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}
    spec = {"provider": "nginx", "ingressRef": reference}
    recorded = rollout(UPDATE, ("Succeeded", "set-image v3"), spec=spec, analysis=iterated(1), ticks=40)
    ours = RecordingPlayer(recorded, DEFAULT).play()
    starts = [at for at, text in enumerate(ours.texts) if text.startswith("New revision detected! Scaling up")]
    assert [at - 1 for at, text in enumerate(ours.texts) if text == retired] == starts
    assert len(starts) == 2
    assert ours.severities[retired] == "Warning"
    assert retired not in RecordingPlayer(recorded, STRICT).play().texts
    assert " is retired. " not in "".join(RecordingPlayer(rollout(UPDATE), DEFAULT).play().texts)
