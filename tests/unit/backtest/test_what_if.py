"""What another threshold would have made of the rollout that a session has seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.backtest.judged import ControllerTraits
from canarytui.backtest.shadow import seen_shadow_counts
from canarytui.backtest.what_if import what_if
from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.shadow_checks import SHADOW_ANNOTATION
from canarytui.errors import UsageError

BEGIN = datetime(2026, 11, 26, 12, tzinfo=UTC)
SPEC: dict[str, Any] = {
    "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
    "service": {"port": 80},
    "analysis": {
        "interval": "10s",
        "threshold": 3,
        "stepWeight": 10,
        "maxWeight": 50,
        "metrics": [{"name": "request-success-rate", "thresholdRange": {"min": 99}}],
    },
}
CART = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": SPEC})


def timeline(*said: tuple[int, str]) -> Timeline:
    made = Timeline()
    for second, message in said:
        text, marks = saying(message)
        made.add(Fact(BEGIN + timedelta(seconds=second), "shop", "cart", FactSource.LOG, text, False, marks))
    return made


def polled(*values: float, first_s: float = 13.2, every_s: float = 5.0) -> Sequence[tuple[datetime, float]]:
    """As the poller reads them, at moments of its own."""
    return [(BEGIN + timedelta(seconds=first_s + every_s * n), value) for n, value in enumerate(values)]


def asked(made: Timeline, points: Sequence[tuple[datetime, float]], given: str, *, at_s: float) -> str:
    entries = list(made.entries("shop", "cart"))[::-1]
    now = BEGIN + timedelta(seconds=at_s)
    traits = ControllerTraits()
    return what_if(CART, entries, lambda _: points, [given], interval_s=10, traits=traits, now=now)


UNDER_WAY = (
    (0, "New revision detected! Scaling up cart.shop"),
    (10, "Starting canary analysis for cart.shop"),
    (10, "Advance cart.shop canary weight 10"),
    (20, "Halt cart.shop advancement success rate 98.00% < 99%"),
    (30, "Halt cart.shop advancement success rate 98.00% < 99%"),
)


def test_a_rollout_under_way_would_be_further() -> None:
    said = asked(timeline(*UNDER_WAY), polled(*[98.0] * 5), "request-success-rate=97", at_s=34)
    assert said == (
        "With request-success-rate=97 the rollout of shop/cart from 12:00:00 would be at weight 30 (failed "
        "checks: 0); with the present thresholds at weight 10 (failed checks: 2). Gates and webhooks as they were."
    )


def test_what_was_not_read_while_the_server_was_away_is_no_failed_check() -> None:
    said = asked(timeline(*UNDER_WAY), polled(*[98.0] * 5), "request-success-rate=97", at_s=94)
    assert "would be at weight 30 (failed checks: 0); with the present thresholds at weight 10" in said
    assert said.endswith("Gates and webhooks as they were. Only what was read until 12:00:33.")


def test_a_tick_that_advanced_had_a_value_though_the_session_read_it_later() -> None:
    entries = timeline(
        (0, "New revision detected! Scaling up cart.shop"),
        (10, "Starting canary analysis for cart.shop"),
        (10, "Advance cart.shop canary weight 10"),
        (20, "Advance cart.shop canary weight 20"),
        (30, "Halt cart.shop advancement success rate 98.00% < 99%"),
    )
    said = asked(entries, polled(math.nan, math.nan, 99.5, 98.0, 98.0), "request-success-rate=97", at_s=34)
    assert "at weight 30 (failed checks: 0); with the present thresholds at weight 20 (failed checks: 1)" in said


def test_of_several_checks_none_is_judged_after_the_first_one_went_silent() -> None:
    both = [{"name": name, "thresholdRange": {"min": 99}} for name in ("request-success-rate", "request-duration")]
    spec = {**SPEC, "analysis": {**SPEC["analysis"], "metrics": both}}
    canary = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})
    seen = {"request-success-rate": polled(*[99.5] * 5), "request-duration": polled(*[99.5] * 17)}
    now = BEGIN + timedelta(seconds=94)
    entries = timeline(*UNDER_WAY).oldest_first("shop", "cart")
    given = ["request-success-rate=97"]
    said = what_if(canary, entries, lambda check: seen[check], given, interval_s=10, traits=ControllerTraits(), now=now)
    assert "(failed checks: 0); with the present thresholds" in said
    assert said.endswith("Only what was read until 12:00:33.")


def test_a_check_that_had_no_values_failed() -> None:
    said = asked(timeline(*UNDER_WAY), polled(*[98.0] * 3, *[math.nan] * 2), "request-success-rate=97", at_s=34)
    assert "(failed checks: 1); with the present thresholds" in said


def test_one_that_was_rolled_back_would_have_been_promoted() -> None:
    ended = (
        *UNDER_WAY,
        (40, "Rolling back cart.shop failed checks threshold reached 3"),
        (90, "Canary failed! Scaling"),
    )
    values = [98.0] * 20
    said = asked(timeline(*ended), polled(*values), "request-success-rate=97", at_s=300)
    assert "would be promoted (failed checks: 0); with the present thresholds rolled back (failed checks: 3)" in said


def test_what_has_not_been_seen_is_said() -> None:
    assert asked(timeline(), [], "request-success-rate=97", at_s=30).startswith("No rollout of shop/cart")
    nothing = asked(timeline(*UNDER_WAY), polled(math.nan, math.nan), "request-success-rate=97", at_s=30)
    assert nothing.startswith("No values of shop/cart's rollout of 12:00:00")
    with pytest.raises(UsageError):
        asked(timeline(*UNDER_WAY), [], "latency=1", at_s=30)


def test_shadow_checks_are_counted_at_the_ticks_of_the_latest_rollout() -> None:
    spec = {**SPEC, "analysis": {**SPEC["analysis"], "metrics": []}}
    text = "- {name: tried, query: up, thresholdRange: {min: 97}}"
    meta = {"name": "cart", "namespace": "shop", "annotations": {SHADOW_ANNOTATION: text}}
    entries = timeline(*UNDER_WAY).oldest_first("shop", "cart")
    points = polled(96.0, 96.0, 98.0, 98.0, 99.0)

    def counted(canary: Canary, at_s: float) -> list[tuple[str, int, int, float | None]]:
        now = BEGIN + timedelta(seconds=at_s)
        found = seen_shadow_counts(canary, entries, lambda _: points, interval_s=10, now=now)
        return [(each.check, each.failing, each.values, each.worst) for each in found]

    canary = Canary.parse({"metadata": meta, "spec": spec})
    assert counted(canary, 34) == [("tried", 1, 2, 96.0)], "once a tick, whatever was polled between"
    assert counted(CART, 34) == []
    broken = Canary.parse({"metadata": {**meta, "annotations": {SHADOW_ANNOTATION: "{"}}, "spec": spec})
    assert counted(broken, 34) == []
