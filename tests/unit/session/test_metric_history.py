"""The readings of checks: what is kept, for how long, and how a check of the spec shows them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.domain.rollout.checks import CheckVerdict
from canarytui.domain.spec.canary import Canary
from canarytui.session.metric_history import HISTORY, MetricHistory, bounds, unit

KEY = ("shop", "cart")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def canary(*metrics: dict[str, Any]) -> Canary:
    spec = {"targetRef": {"kind": "Deployment", "name": "cart"}, "service": {"port": 80}}
    spec["analysis"] = {"metrics": list(metrics)}
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})


def test_values_are_kept_in_order_and_not_for_ever() -> None:
    readings = MetricHistory()
    for number in range(HISTORY + 5):
        readings.add(KEY, "x", NOW + timedelta(seconds=number), float(number))
    points = readings.points(KEY, "x")
    assert len(points) == HISTORY
    assert points[0] == (NOW + timedelta(seconds=5), 5.0)
    assert readings.recent(KEY, "x")[-1] == HISTORY + 4
    assert readings.points(KEY, "y") == ()
    assert readings.recent(KEY, "y") == []


def test_a_problem_adds_no_value_and_goes_with_the_next_answer() -> None:
    readings = MetricHistory()
    readings.add(KEY, "x", NOW, 1.0, query="up")
    readings.add(KEY, "x", NOW, None, problem="away")
    series = readings.series(KEY, "x")
    assert (series.problem, series.query, len(series.points)) == ("away", "up", 1)
    readings.add(KEY, "x", NOW, None)
    assert (series.problem, len(series.points)) == ("", 2)
    assert math.isnan(series.points.last or 0.0)


@pytest.mark.parametrize(
    ("metric", "expected", "counted_in"),
    [
        ({"name": "request-success-rate", "thresholdRange": {"min": 99}}, (99.0, None), "%"),
        ({"name": "request-success-rate", "threshold": 98}, (98.0, None), "%"),
        ({"name": "request-duration", "threshold": 500}, (None, 500.0), "ms"),
        ({"name": "mine", "threshold": 3}, (None, 3.0), ""),
        ({"name": "mine", "thresholdRange": {"min": 1, "max": 2}}, (1.0, 2.0), ""),
        ({"name": "mine"}, (None, None), ""),
    ],
)
def test_limits_are_those_that_flagger_judges_by(
    metric: dict[str, Any], expected: tuple[float | None, float | None], counted_in: str
) -> None:
    parsed = canary(metric).spec.analysis.metrics[0]
    assert bounds(parsed) == expected
    assert unit(parsed) == counted_in


def test_a_check_shows_what_was_measured() -> None:
    made = canary({"name": "x", "thresholdRange": {"max": 1}}, {"name": "y"})
    readings = MetricHistory()
    readings.add(KEY, "x", NOW, 0.5, query="up")
    readings.add(KEY, "x", NOW, 2.5)
    readings.series(KEY, "x").without_past = "datadog"
    measured, unmeasured = readings.checks(made)
    assert (measured.value, measured.trend, measured.query) == (2.5, (0.5, 2.5), "up")
    assert (measured.verdict, measured.without_past) == (CheckVerdict.FAILS, "datadog")
    assert (unmeasured.value, unmeasured.verdict, unmeasured.asked) == (None, CheckVerdict.UNKNOWN, False)


def test_a_canary_that_has_gone_leaves_nothing() -> None:
    readings = MetricHistory()
    readings.add(KEY, "x", NOW, 1.0)
    readings.add(("shop", "other"), "x", NOW, 2.0)
    readings.forget(KEY)
    assert readings.points(KEY, "x") == ()
    assert len(readings.points(("shop", "other"), "x")) == 1
