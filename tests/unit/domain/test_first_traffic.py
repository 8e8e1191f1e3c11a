"""A first failed check without values does not frighten where traffic has just begun, and is a halt everywhere else."""

from __future__ import annotations

from typing import Any

import pytest
from replacing import replace
from test_halt_causes import FAILED_AT, NOW, said

from canarytui.domain.history.timeline import Timeline
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.explain import Tone, explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import state_of
from canarytui.domain.spec.canary import Canary

NO_VALUES = (
    "Halt advancement no values found for traefik metric request-success-rate probably cart.shop is not receiving "
    "traffic: running query failed: no values found"
)
BAD_VALUE = "Halt cart.shop advancement success rate 53.40% < 99%"
LOAD = {"name": "load", "url": "http://loadtester", "metadata": {"cmd": "hey -z 1m http://cart-canary.shop/"}}
EMPTY = Check("request-success-rate", 99.0, None, "%", asked=True)
LOW = Check("request-success-rate", 99.0, None, "%", value=53.4, asked=True)


def halted(message: str = NO_VALUES, *, weight: int = 10, failed: int = 1, **known: Any) -> Situation:
    """A rollout whose last tick counted a failed check."""
    analysis: dict[str, Any] = {
        "interval": "10s",
        "maxWeight": 50,
        "stepWeight": 10,
        "webhooks": known.pop("hooks", []),
    }
    analysis["threshold"] = known.pop("threshold", 10)
    canary = Canary.parse(
        {
            "metadata": {"namespace": "shop", "name": "cart"},
            "spec": {
                "targetRef": {"kind": "Deployment", "name": "cart"}, "service": {"port": 80}, "analysis": analysis,
            },
            "status": {"phase": "Progressing", "canaryWeight": weight, "failedChecks": failed},
        }
    )  # fmt: skip
    timeline = Timeline()
    if message:
        timeline.add(said(message))
    entries = timeline.entries("shop", "cart")
    return Situation(canary, NOW, 10.0, halted=True, last_tick=FAILED_AT, timeline=lambda: entries, **known)


def test_the_first_check_of_a_load_test_does_not_frighten() -> None:
    explanation = explain(halted(hooks=[LOAD], checks=(EMPTY,)))
    assert explanation.tone is Tone.WAITING
    assert "cart had no traffic to measure at its last check: the load test has just begun" in explanation.sentence
    assert "(1 of 10 failed checks)" in explanation.sentence
    assert state_of(halted(hooks=[LOAD])) == "Progressing"


def test_without_a_load_test_it_names_none() -> None:
    gate = {"name": "gate", "type": "confirm-promotion", "url": "http://gate", "metadata": {"cmd": "true"}}
    sentence = explain(halted(hooks=[gate])).sentence
    assert "the canary has just received its first share" in sentence
    assert "load test" not in sentence


def test_before_its_first_check_it_says_that_nothing_is_measured() -> None:
    waiting = replace(halted("", failed=0, hooks=[LOAD], checks=(EMPTY,)), halted=False)
    explanation = explain(waiting)
    assert explanation.tone is Tone.WAITING
    assert "has no traffic measured yet: the load test has just begun; its first check" in explanation.sentence
    for other in (
        replace(waiting, checks=(LOW,)),
        replace(halted("", weight=20, failed=0, checks=(EMPTY,)), halted=False),
    ):
        assert "will fail its next check" in explain(other).sentence


def test_values_that_are_absent_are_enough_where_nothing_was_recorded() -> None:
    assert explain(halted("", checks=(EMPTY,))).tone is Tone.WAITING


@pytest.mark.parametrize(
    "situation",
    [
        halted(failed=3),
        halted(weight=20),
        halted(weight=5),
        halted(weight=0),
        halted(threshold=2),
        halted(BAD_VALUE),
        halted(checks=(LOW,)),
        halted(""),
    ],
    ids=["third", "second step", "below it", "no weight", "one left", "bad value", "bad now", "unknown"],
)
def test_everything_else_is_a_halt_as_ever(situation: Situation) -> None:
    explanation = explain(situation)
    assert explanation.tone is Tone.BAD
    assert "is halted" in explanation.sentence
    assert state_of(situation) == "Halted"
