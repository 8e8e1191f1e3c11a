"""Numbers in messages as Go writes them, and those that are no usual numbers."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, UPDATE, phases, rollout

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.player import RecordingPlayer

DURATION = "request-duration"


def halted(metric: dict[str, Any], answers: dict[str, Any], settings: ControllerSettings = STRICT) -> list[str]:
    played = RecordingPlayer(rollout(analysis={"metrics": [metric]}, ticks=6, metric_answers=answers), settings).play()
    return [text.partition(" advancement ")[2] for text in played.texts if text.startswith("Halt ")][:1]


@pytest.mark.parametrize(
    ("bound", "shown"),
    [(99, "99"), (0.5, "0.5"), (123456, "123456"), (1000000, "1e+06"), (1234567.5, "1.2345675e+06")],
)
def test_bound_is_written_as_go_does(bound: float, shown: str) -> None:
    metric = {"name": "errors", "query": "errors", "thresholdRange": {"max": bound}}
    assert halted(metric, {"template": [2e9]}) == [f"errors 2000000000.00 > {shown}"]


def test_small_bound_has_an_exponent() -> None:
    metric = {"name": "errors", "query": "errors", "thresholdRange": {"max": 0.00002}}
    assert halted(metric, {"template": [1]}) == ["errors 1.00 > 2e-05"]


@pytest.mark.parametrize(
    ("limits", "halt"),
    [
        ({"thresholdRange": {"max": 500}}, []),
        ({"threshold": 500}, []),
        ({"thresholdRange": {"min": 10}}, ["request duration 0s < 10ms"]),
        ({}, []),
    ],
)
def test_endless_duration_counts_as_none_for_flagger(limits: dict[str, Any], halt: list[str]) -> None:
    assert halted({"name": DURATION, **limits}, {"duration": ["+Inf"]}) == halt


def test_endless_duration_halts() -> None:
    metric = {"name": DURATION, "thresholdRange": {"max": 500}}
    assert halted(metric, {"duration": ["+Inf"]}, DEFAULT) == ["request duration +Inf > 500ms"]


def test_infinity_of_anything_else() -> None:
    errors = {"name": "errors", "query": "errors", "thresholdRange": {"max": 5}}
    assert halted(errors, {"template": ["+Inf"]}) == ["errors +Inf > 5"]
    rate = {"name": "request-success-rate", "thresholdRange": {"max": 100}}
    assert halted(rate, {"success": ["+Inf"]}) == ["success rate +Inf% > 100%"]


def test_condition_follows_a_phase_that_was_set_to_failed_by_hand() -> None:
    edit = ("weight>=20", 'status {"status":{"phase":"Failed"}}')
    played = RecordingPlayer(rollout(UPDATE, edit, ticks=8), STRICT).play()
    assert [status[:5] for status in played.statuses[-2:]] == [
        ("Failed", 20, 0, 0, "Unknown"),
        ("Failed", 20, 0, 0, "False"),
    ]


def test_one_cookie_for_both_sides() -> None:
    """Flagger never looks at a new canary that asks for it, and says so in its log only."""
    analysis = {"sessionAffinity": {"cookieName": "side", "primaryCookieName": "side"}}
    canary = rollout(spec={"provider": "istio"}, analysis=analysis, ticks=3)
    strict = RecordingPlayer(canary, STRICT).play()
    assert (strict.texts, strict.statuses) == ([], [])
    told = RecordingPlayer(canary, DEFAULT).play()
    assert set(told.texts) == {
        "can't use the same cookie name for both primary and cookie name; please update them to be different"
    }
    assert phases(told) == ["Initializing"]
