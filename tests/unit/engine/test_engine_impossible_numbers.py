"""Numbers in a canary's spec that cannot be meant: what Flagger makes of them in strict mode, and what we do instead.

The rows of "Numbers that cannot be meant" in ``docs/deviations.md``.
"""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT, iterated, phases, rollout, weights

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.errors import InvalidObject

BOTH = pytest.mark.parametrize("settings", [DEFAULT, STRICT], ids=["default", "strict"])


def played(
    settings: ControllerSettings, analysis: dict[str, Any] | None = None, ticks: int = 30, **more: Any
) -> ReplayOutcome:
    return RecordingPlayer(rollout(analysis=analysis, ticks=ticks, **more), settings).play()


def steps(outcome: ReplayOutcome) -> list[int]:
    """The canary's weights until the promotion."""
    return [canary for _, canary in weights(outcome) if canary]


def parsed(spec: dict[str, Any] | None = None, analysis: dict[str, Any] | None = None) -> Canary:
    return Canary.parse(rollout(spec=spec, analysis=analysis).canary)


@BOTH
@pytest.mark.parametrize("most", [-1, 0])
def test_max_weight_below_one_counts_as_100(settings: ControllerSettings, most: int) -> None:
    outcome = played(settings, {"maxWeight": most, "stepWeight": 25})
    assert steps(outcome)[:4] == [25, 50, 75, 100]
    assert phases(outcome)[-1] == "Succeeded"


def test_max_weight_over_100_leaves_everybody_on_the_canary_for_ever_in_strict_mode_only() -> None:
    analysis = {"maxWeight": 500, "stepWeight": 50}
    strict = played(STRICT, analysis)
    assert phases(strict)[-1] == "Progressing"
    assert steps(strict) == [50, 100]
    assert strict.texts[-3:] == ["Advance promote.r1 canary weight 100"] * 3
    assert phases(played(DEFAULT, analysis))[-1] == "Succeeded"


@pytest.mark.parametrize(
    "analysis",
    [
        {"stepWeight": -5},
        {"stepWeight": 0},
        {"stepWeight": None, "stepWeights": [-5, 10, 50]},
        iterated(-1),
    ],
    ids=str,
)
def test_no_step_up_is_said_and_in_strict_mode_not_even_that(analysis: dict[str, Any]) -> None:
    for settings in (DEFAULT, STRICT):
        outcome = played(settings, analysis, ticks=12)
        said = [text for text in outcome.texts if "stays at canary weight 0" in text]
        assert len(said) == (0 if settings.strict else 1)
        assert steps(outcome) == []
        assert phases(outcome)[-1] == "Progressing"


@BOTH
def test_step_weights_over_100_end_at_100(settings: ControllerSettings) -> None:
    outcome = played(settings, {"stepWeight": None, "stepWeights": [10, 250]})
    assert steps(outcome)[:2] == [10, 100]
    assert phases(outcome)[-1] == "Succeeded"


@BOTH
@pytest.mark.parametrize("threshold", [-1, 0])
def test_threshold_below_one_counts_as_one(settings: ControllerSettings, threshold: int) -> None:
    outcome = played(settings, {"threshold": threshold}, metric_answers={"success": [50]})
    assert "Rolling back promote.r1 failed checks threshold reached 1" in outcome.texts


@pytest.mark.parametrize(
    ("spec", "analysis", "field"),
    [
        ({}, {"stepWeight": 1e30}, "spec.analysis.stepWeight"),
        ({}, {"maxWeight": 1e30}, "spec.analysis.maxWeight"),
        ({}, {"threshold": 1e30}, "spec.analysis.threshold"),
        ({}, {"iterations": -1e30}, "spec.analysis.iterations"),
        ({}, {"stepWeight": 2.5}, "spec.analysis.stepWeight"),
        ({}, {"stepWeights": [10, "20"]}, "spec.analysis.stepWeights"),
        ({}, {"stepWeights": [10, float("nan")]}, "spec.analysis.stepWeights"),
        ({}, {"stepWeights": [10, float("inf")]}, "spec.analysis.stepWeights"),
        ({"progressDeadlineSeconds": 2**31}, {}, "spec.progressDeadlineSeconds"),
        ({"progressDeadlineSeconds": 1e30}, {}, "spec.progressDeadlineSeconds"),
    ],
)
def test_what_flagger_cannot_decode_is_an_error_of_that_canary(
    spec: dict[str, Any], analysis: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidObject, match=rf"Canary r1/promote: {field} must be a whole number"):
        parsed(spec, analysis)


@pytest.mark.parametrize(
    ("written", "seconds"), [("0s", 10.0), ("0m", 10.0), ("99999999999999999999s", 10.0), ("abc", 10.0), ("2s", 2.0)]
)
def test_a_webhooks_timeout_of_nothing_is_the_default(written: str, seconds: float) -> None:
    hook = {"name": "h", "url": "http://h.test/", "timeout": written}
    assert parsed(analysis={"webhooks": [hook]}).spec.analysis.webhooks[0].timeout_s == seconds


@pytest.mark.parametrize(
    ("written", "seconds"), [("0s", 0.0), ("99999999999999999999s", 60.0), ("abc", 60.0), ("9000000000s", 9e9)]
)
def test_an_interval_that_cannot_be_is_the_default(written: str, seconds: float) -> None:
    assert parsed(analysis={"interval": written}).spec.analysis.interval_s == seconds


@BOTH
@pytest.mark.parametrize("deadline", [0, -1])
def test_a_deadline_of_nothing_is_over_at_once(settings: ControllerSettings, deadline: int) -> None:
    outcome = played(settings, spec={"progressDeadlineSeconds": deadline}, broken=frozenset({"v2"}))
    assert any("exceeded its progressDeadlineSeconds" in text or "Canary failed!" in text for text in outcome.texts)
    assert phases(outcome)[-1] == "Failed"
