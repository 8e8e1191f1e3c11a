"""The one sentence at the top: what a rollout does, why it does not advance, what comes when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from replacing import replace

from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.explain import Tone, explain
from canarytui.domain.rollout.forecast import promoted_at, rolled_back_at
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.workload import WorkloadStatus

NOW = datetime(2026, 11, 23, 14, 30, 12, tzinfo=UTC)
TICK = NOW - timedelta(seconds=3)
INTERVAL = timedelta(seconds=10)
RATE = Check("request-success-rate", 99.0, None, "%", value=99.9, asked=True)


def canary(phase: str, *, weight: int = 0, failed: int = 0, spec: dict[str, Any] | None = None, **analysis: Any) -> Any:
    return Canary.parse(
        {
            "metadata": {"namespace": "shop", "name": "cart", "resourceVersion": "1"},
            "spec": {
                "targetRef": {"kind": "Deployment", "name": "cart"},
                "progressDeadlineSeconds": 60,
                "service": {"port": 80},
                "analysis": {"interval": "10s", "threshold": 5, "maxWeight": 50, "stepWeight": 10, **analysis},
                **(spec or {}),
            },
            "status": {"phase": phase, "canaryWeight": weight, "failedChecks": failed, "iterations": 0},
        }
    )


def workload(name: str = "cart", ready: int = 2, image: str = "shop/cart:2", **status: Any) -> WorkloadStatus:
    counts = {"updatedReplicas": 2, "readyReplicas": ready, "availableReplicas": ready, **status}
    return WorkloadStatus.parse(
        {
            "kind": "Deployment",
            "metadata": {"namespace": "shop", "name": name},
            "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "cart", "image": image}]}}},
            "status": counts,
        }
    )


def situation(of: Any, **known: Any) -> Situation:
    given: dict[str, Any] = {
        "target": workload(),
        "primary": workload("cart-primary", image="shop/cart:1"),
        "workloads_known": True,
        "last_tick": TICK,
        **known,
    }
    return Situation(of, NOW, 10.0, **given)


def test_advancing_says_when_and_what_it_needs() -> None:
    found = explain(situation(canary("Progressing", weight=20), checks=(RATE,)))
    assert found.tone is Tone.ACTIVE
    assert found.sentence == ("cart advances to weight 30 in 7 s if its checks pass; on track to promote at 14:30:49")


def test_margin_that_is_nearly_used_up_is_told() -> None:
    near = replace(RATE, value=99.2)
    assert explain(situation(canary("Progressing", weight=20), checks=(near,))).sentence.endswith(
        "(success rate 99.2 %, 0.2 % from failing)"
    )


def test_halted_by_a_check() -> None:
    failing = replace(RATE, value=53.42)
    known = {"halted": True, "last_warning": "success rate 61.00% < 99%", "warned_at": TICK}
    found = explain(situation(canary("Progressing", weight=20, failed=3), checks=(failing,), **known))
    assert (found.sentence, found.tone) == (
        "cart is halted: success rate 53.42 % is below 99 %; 2 failures left before rollback (at 14:30:39 if all fail)",
        Tone.BAD,
    )


def test_a_check_that_fails_now_is_not_called_the_cause_of_a_halt_that_nothing_explains() -> None:
    failing = replace(RATE, value=53.42)
    found = explain(situation(canary("Progressing", weight=20, failed=3), checks=(failing,), halted=True))
    assert "cart is halted: a check failed; now success rate 53.42 % is below 99 %; " in found.sentence


def test_a_warning_of_an_earlier_tick_is_no_cause() -> None:
    known = {"halted": True, "last_warning": "external check acceptance failed 500", "warned_at": TICK - INTERVAL}
    said = explain(situation(canary("Progressing", weight=20, failed=3), **known)).sentence
    assert "cart is halted: a check failed, which one was not recorded here; " in said


def test_check_that_fails_before_the_next_tick_is_a_warning() -> None:
    failing = replace(RATE, value=53.42)
    found = explain(situation(canary("Progressing", weight=20), checks=(failing,)))
    said = found.sentence
    assert found.tone is Tone.WAITING
    assert said.startswith(
        "cart will fail its next check in 7 s unless it recovers: success rate 53.42 % is below 99 %"
    )


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (replace(RATE, value=None), "a check failed; now success rate has no value"),
        (Check("errors", None, 1.0, "", asked=True), "a check failed; now errors has no value"),
    ],
)
def test_metric_without_values(check: Check, words: str) -> None:
    found = explain(situation(canary("Progressing", weight=20), checks=(check,), halted=True))
    assert words in found.sentence
    assert found.tone is Tone.BAD


def test_metric_without_values_is_no_matter_before_the_first_step() -> None:
    silent = replace(RATE, value=None)
    assert explain(situation(canary("Progressing"), checks=(silent,))).tone is Tone.ACTIVE


@pytest.mark.parametrize(
    ("warning", "words"),
    [
        (
            "external check load-test failed POST http://l/ giving up",
            "webhook load-test refuses: POST http://l/ giving",
        ),
        ("external check acceptance failed 500: no", "webhook acceptance refuses: 500: no"),
        (
            "Prometheus query failed: running query failed: dial tcp: i/o timeout",
            "metric query failed: dial tcp: i/o timeout",
        ),
        ("Metric query failed for errors: bad", "metric query failed for errors: bad"),
        (
            "Halt advancement no values found for traefik metric request-success-rate probably cart.shop is not "
            "receiving traffic: running query failed: no values found",
            "success rate has no value; the controller suspects that no traffic reaches the canary",
        ),
        (
            "no values found for istio metric request-duration probably cart.shop is not receiving traffic: x",
            "request duration has no value; the controller suspects that no traffic reaches the canary",
        ),
        ("success rate 53.42% < 99%", "success rate 53.42% is below 99%"),
        ("request duration 1.2s > 500ms", "request duration 1.2s is above 500ms"),
        ("", "a check failed, which one was not recorded here"),
    ],
)
def test_halted_by_what_only_the_controller_saw(warning: str, words: str) -> None:
    known = {"halted": True, "last_warning": warning, "warned_at": TICK}
    said = explain(situation(canary("Progressing", weight=20, failed=1), **known)).sentence
    assert said.startswith(f"cart is halted: {words}")
    assert "4 failures left before rollback" in said


def test_console_that_cannot_measure_says_so() -> None:
    blind = Check("request-success-rate", 99.0, None, "%", asked=True, problem="http://prometheus cannot be reached")
    said = explain(situation(canary("Progressing", weight=20), checks=(blind,))).sentence
    assert said.endswith("this console cannot read its metrics: http://prometheus cannot be reached")


def test_threshold_reached() -> None:
    said = explain(situation(canary("Progressing", weight=20, failed=5))).sentence
    assert said == "cart has reached 5 of 5 failed checks and rolls back in 7 s"


@pytest.mark.parametrize(
    ("phase", "hook", "words"),
    [
        ("Waiting", "confirm-rollout", "cart is waiting for approval before it starts (gate); next check in 7 s"),
        ("WaitingPromotion", "confirm-promotion", "is waiting for approval to promote (gate); next check in 7 s"),
    ],
)
def test_gate(phase: str, hook: str, words: str) -> None:
    found = explain(situation(canary(phase, webhooks=[{"name": "gate", "type": hook, "url": "http://g"}])))
    assert words in found.sentence
    assert found.tone is Tone.WAITING


@pytest.mark.parametrize(("ago_s", "waits"), [(0, True), (60, False)])
def test_gate_of_the_traffic_has_no_phase_of_its_own(ago_s: int, waits: bool) -> None:
    hooks = [{"name": "gate", "type": "confirm-traffic-increase", "url": "http://g"}]
    known = {
        "last_warning": "waiting for traffic increase approval gate",
        "warned_at": TICK - timedelta(seconds=ago_s),
    }
    said = explain(situation(canary("Progressing", weight=20, webhooks=hooks), **known)).sentence
    assert said.startswith("cart is waiting for approval to increase its traffic (gate)") is waits


def unavailable(since: datetime) -> dict[str, Any]:
    stamp = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"}
    return {"conditions": [{**condition, "lastUpdateTime": stamp}]}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "; rolls back in 40 s unless they are (deadline 60 s)"),
        (70, "; their deadline of 60 s is over, rolls back in 7 s"),
    ],
)
def test_pods_that_are_not_ready_give_their_own_reason_and_the_deadline(seconds: int, words: str) -> None:
    target = workload(ready=1, **unavailable(NOW - timedelta(seconds=seconds)))
    trouble = "cart CrashLoopBackOff after exit code 137 (OOMKilled)"
    found = explain(situation(canary("Progressing"), target=target, target_trouble=trouble))
    assert found.sentence == f"cart is waiting for cart: 1 of 2 ready ({trouble}){words}"
    assert found.tone is Tone.WAITING


def test_initialisation_waits_for_the_primary() -> None:
    primary = workload("cart-primary", ready=0)
    found = explain(situation(canary("Initializing"), primary=primary, primary_trouble="cart ImagePullBackOff"))
    assert found.sentence == ("cart is initializing: waiting for cart-primary: 0 of 2 ready (cart ImagePullBackOff)")


def test_initialisation_that_cannot_begin_says_what_the_controller_says() -> None:
    known = {"last_warning": "port 80 is not defined", "warned_at": TICK}
    said = explain(situation(canary("Initializing"), primary=None, **known)).sentence
    assert said == "cart is initializing, and the controller reports: port 80 is not defined"


@pytest.mark.parametrize(
    ("phase", "weight", "words"),
    [
        ("Progressing", 20, "no steps, no checks, no rollback until it is resumed"),
        ("Succeeded", 0, "does nothing until it is resumed"),
    ],
)
def test_suspended(phase: str, weight: int, words: str) -> None:
    found = explain(situation(canary(phase, weight=weight, spec={"suspend": True})))
    assert words in found.sentence
    assert found.tone is Tone.WAITING


def test_target_that_does_not_exist() -> None:
    found = explain(situation(canary("Progressing"), target=None))
    assert found.sentence.startswith("cart cannot run: its target Deployment shop/cart does not exist")


def test_target_that_may_not_be_read_is_not_called_missing() -> None:
    found = explain(situation(canary("Progressing", weight=20), target=None, workloads_known=False))
    assert found.sentence.startswith("cart advances to weight 30")


def test_nobody_reconciles() -> None:
    known = {"last_tick": NOW - timedelta(seconds=40), "router_weight": 20}
    found = explain(situation(canary("Progressing", weight=20), **known))
    assert found.sentence == (
        "cart is Progressing, 20 % of the traffic on the canary, and no controller has acted on it for 40 s (4 ticks): "
        "is one running and watching this namespace?"
    )
    assert found.tone is Tone.BAD


def test_a_controller_that_is_scaled_to_zero_is_named() -> None:
    known = {"last_tick": NOW - timedelta(seconds=40), "engine_running": False}
    found = explain(situation(canary("Progressing", weight=20), **known))
    assert found.sentence == (
        "cart is Progressing, at weight 20 by its status, and nothing moves it: its controller is scaled to zero"
    )
    assert found.tone is Tone.BAD


def test_failed_promotion_warns_of_the_broken_primary() -> None:
    primary = workload("cart-primary", ready=0)
    found = explain(situation(canary("Failed", weight=100), primary=primary, router_weight=100))
    assert found.sentence.startswith("cart failed while promoting: the router sends all traffic to the canary; ")
    assert found.sentence.endswith("anything else sends traffic to a primary that is not ready")
    assert found.tone is Tone.BAD


@pytest.mark.parametrize("phase", ["", "Initialized", "Succeeded", "Promoting", "Finalising", "Terminating"])
def test_every_phase_has_a_sentence(phase: str) -> None:
    found = explain(situation(canary(phase)))
    assert found.sentence.startswith("cart ")
    assert not found.sentence.endswith(".")


def test_text_of_the_cluster_stays_text() -> None:
    known = {"last_warning": "\x1b[31mred\x07 \u202ereversed", "warned_at": TICK, "halted": True}
    said = explain(situation(canary("Progressing", weight=20), **known)).sentence
    assert "red" in said
    assert not any(letter in said for letter in "\x1b\x07\u202e")


def test_moments_need_a_tick_and_a_rollout() -> None:
    progressing = situation(canary("Progressing", weight=20, failed=3))
    assert promoted_at(progressing) == NOW + timedelta(seconds=7 + 30)
    assert rolled_back_at(progressing) == NOW + timedelta(seconds=7 + 20)
    for other in (
        situation(canary("Progressing", weight=20), last_tick=None),
        situation(canary("Succeeded")),
        situation(canary("Progressing", weight=20, spec={"suspend": True})),
        situation(canary("Progressing", weight=20), last_tick=NOW - timedelta(seconds=60)),
    ):
        assert promoted_at(other) is None
        assert rolled_back_at(other) is None


def test_the_moment_of_the_promotion_needs_pods_and_a_router_that_agrees() -> None:
    progressing = canary("Progressing", weight=20)
    assert promoted_at(situation(progressing, router_weight=20)) == NOW + timedelta(seconds=7 + 30)
    assert promoted_at(situation(progressing, router_weight=30)) is None
    assert promoted_at(situation(progressing, target=workload(ready=1))) is None
    skipping = canary("Progressing", weight=20, spec={"skipAnalysis": True})
    assert promoted_at(situation(skipping)) == NOW + timedelta(seconds=7)


@pytest.mark.parametrize(
    ("analysis", "iterations", "words"),
    [
        ({"iterations": 3}, 2, "advances to iteration 3 in 7 s if its checks pass; on track to promote at 14:30:39"),
        (
            {"iterations": 3},
            3,
            "sends all traffic to the canary in 7 s if its checks pass; on track to promote at ",
        ),
        ({"iterations": 3}, 4, "has passed its last step and is promoted in 7 s if its checks pass"),
        ({"stepWeight": 0}, 0, "does not advance beyond weight 20: its steps lead nowhere from there"),
        ({"stepWeight": 0, "stepWeights": [5, 10]}, 0, "has passed its last step and is promoted in 7 s"),
        ({"stepWeight": 0, "stepWeights": [5, 30, 60]}, 0, "advances to weight 100 in 7 s if its checks pass"),
        ({"stepWeight": 15}, 0, "advances to weight 35 in 7 s if its checks pass; on track to promote at 14:30:39"),
    ],
)
def test_the_next_step_is_flaggers(analysis: dict[str, Any], iterations: int, words: str) -> None:
    raw = canary("Progressing", weight=20, **analysis).raw
    found = Canary.parse({**raw, "status": {**raw["status"], "iterations": iterations}})
    assert explain(situation(found)).sentence.startswith(f"cart {words}")
