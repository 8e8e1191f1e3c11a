"""Why a rollout halted or was rolled back: only what was recorded at that moment of that rollout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from replacing import replace

from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.domain.history.status_facts import manual_write_fact, status_fact
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.halt_causes import halt_cause, plain, rollback_cause, threshold_cause
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary

NOW = datetime(2026, 11, 26, 14, 30, 30, tzinfo=UTC)
FAILED_AT = NOW - timedelta(seconds=10)
RATE = Check("request-success-rate", 99.0, None, "%", value=53.4, asked=True)


def canary(phase: str, failed: int = 0) -> Canary:
    return Canary.parse(
        {
            "metadata": {"namespace": "shop", "name": "cart"},
            "spec": {
                "targetRef": {"kind": "Deployment", "name": "cart"},
                "service": {"port": 80},
                "analysis": {"interval": "10s", "threshold": 5, "maxWeight": 50, "stepWeight": 10},
            },
            "status": {
                "phase": phase,
                "failedChecks": failed,
                "conditions": [
                    {
                        "type": "Promoted",
                        "status": "False",
                        "reason": phase,
                        "lastTransitionTime": f"{FAILED_AT:%Y-%m-%dT%H:%M:%SZ}",
                    }
                ],
            },
        }
    )


def said(message: str, at: datetime = FAILED_AT) -> Fact:
    text, marks = saying(message)
    return Fact(at, "shop", "cart", FactSource.LOG, text, warning=True, marks=marks)


def situation(of: Canary, *facts: Fact, **known: Any) -> Situation:
    timeline = Timeline()
    for fact in facts:
        timeline.add(fact)
    entries = timeline.entries("shop", "cart")
    return Situation(of, NOW, 10.0, timeline=lambda: entries, **known)


def test_a_rollback_without_a_record_has_no_cause() -> None:
    assert rollback_cause(situation(canary("Failed"))).text == " (cause not recorded here)"


def test_the_last_failed_check_before_the_threshold_is_the_cause() -> None:
    recorded = (
        said("Halt cart.shop advancement success rate 53.40% < 99%", FAILED_AT - timedelta(seconds=10)),
        said("Rolling back cart.shop failed checks threshold reached 5"),
    )
    found = rollback_cause(situation(canary("Failed"), *recorded)).text
    assert found.startswith(" (failed checks, the last: ")
    assert "53.40%" in found
    assert "cause not recorded" in rollback_cause(situation(canary("Failed"), recorded[0])).text


def test_a_record_of_an_earlier_rollout_is_no_cause() -> None:
    long_ago = FAILED_AT - timedelta(hours=1)
    recorded = said("Rolling back cart.shop failed checks threshold reached 5", long_ago)
    assert rollback_cause(situation(canary("Failed"), recorded)).text == " (cause not recorded here)"


def test_a_manual_count_of_failed_checks_names_its_author() -> None:
    written = manual_write_fact(
        "shop", "cart", {"failedChecks": 1}, {"failedChecks": 5}, FAILED_AT, "7", "kubectl-edit"
    )
    assert written is not None
    found = rollback_cause(situation(canary("Failed"), written)).text
    assert found == " (failedChecks was set to 5 by kubectl-edit at 14:30:20)"
    waiting = situation(canary("Progressing", failed=5), written, last_tick=FAILED_AT - timedelta(seconds=5))
    assert threshold_cause(waiting).text == " (set by kubectl-edit at 14:30:20)"
    assert threshold_cause(replace(waiting, last_tick=NOW)).text == ""


def test_a_halt_is_explained_by_the_controllers_message_or_by_the_present_value() -> None:
    counted = status_fact("shop", "cart", {"failedChecks": 1}, {"failedChecks": 2}, FAILED_AT, "8")
    assert counted is not None
    halted = canary("Progressing", failed=2)
    message = said("Halt cart.shop advancement success rate 61.00% < 99%")
    known: dict[str, Any] = {"last_tick": FAILED_AT, "halted": True}
    assert halt_cause(situation(halted, counted, **known)).text == "a check failed, which one was not recorded here"
    assert halt_cause(situation(halted, counted, message, **known)).text == plain("success rate 61.00% < 99%").text
    still = situation(halted, counted, message, checks=(RATE,), **known)
    assert halt_cause(still).text == "success rate 53.4 % is below 99 %"
    only_now = situation(halted, counted, checks=(RATE,), **known)
    assert halt_cause(only_now).text == "a check failed; now success rate 53.4 % is below 99 %"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("success rate 53.42% < 99%", "success rate 53.42% is below 99%"),
        ("latency 812.00 > 500.00", "latency 812.00 is above 500.00"),
        ("external check load-test failed no route", "webhook load-test refuses: no route"),
        ("something else", "something else"),
    ],
)
def test_the_controllers_messages_become_plain_words(message: str, text: str) -> None:
    assert plain(message).text == text


NO_VALUES = (
    "Halt advancement no values found for traefik metric request-success-rate probably cart.shop is not receiving"
    " traffic"
)


@pytest.mark.parametrize(
    ("check", "cause"),
    [
        (
            replace(RATE, value=None, why='code="2xx" leaves no series'),
            'success rate has no value: code="2xx" leaves no series',
        ),
        (
            replace(RATE, value=None),
            "success rate has no value; the controller suspects that no traffic reaches the canary",
        ),
        (
            replace(RATE, name="errors", value=None, why="of another check"),
            "success rate has no value; the controller suspects that no traffic reaches the canary",
        ),
    ],
)
def test_what_is_to_blame_for_no_values_stands_in_the_halts_place(check: Check, cause: str) -> None:
    halted = situation(canary("Progressing", 1), said(NO_VALUES), last_tick=FAILED_AT, checks=(check,))
    assert str(halt_cause(halted)) == cause


@pytest.mark.parametrize("metric", ["metric: errors", "custom metric: errors: no values found"])
def test_so_does_what_is_to_blame_for_a_check_of_ones_own(metric: str) -> None:
    check = Check("errors", None, 5.0, "", value=None, asked=True, why="nobody scrapes it")
    message = f"Halt advancement no values found for {metric}"
    halted = situation(canary("Progressing", 1), said(message), last_tick=FAILED_AT, checks=(check,))
    assert str(halt_cause(halted)) == "errors has no value: nobody scrapes it"
