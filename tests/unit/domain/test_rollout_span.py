"""When a rollout began and ended: by the Promoted condition, and by the timeline where that has no transition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from replacing import replace

from canarytui.domain.history.facts import Fact, FactSource
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.rollout.rollout_span import RolloutSpan, counted_from, rollout_span
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def situation(phase: str, moved_s: int, *told: tuple[int, tuple[str, str]]) -> Situation:
    """A canary in `phase` whose condition changed at `moved_s`, and a timeline of (second, mark)."""
    stamp = (AT + timedelta(seconds=moved_s)).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition: dict[str, Any] = {"type": "Promoted", "status": "x", "reason": phase, "lastTransitionTime": stamp}
    canary = Canary.parse({
        "metadata": {"name": "cart", "namespace": "shop"},
        "spec": {"targetRef": {"kind": "Deployment", "name": "cart"}, "service": {"port": 80}, "analysis": {}},
        "status": {"phase": phase, "conditions": [condition]},
    })  # fmt: skip
    timeline = Timeline()
    for number, (second, mark) in enumerate(told):
        at = AT + timedelta(seconds=second)
        timeline.add(Fact(at, "shop", "cart", FactSource.STATUS, f"{mark} {number}", False, marks=frozenset({mark})))
    return replace(Situation(canary, AT + timedelta(hours=1), 10.0), timeline=lambda: timeline.entries("shop", "cart"))


def span(began_s: int, ended_s: int | None = None, *, restarted: bool = False) -> RolloutSpan:
    ended = AT + timedelta(seconds=ended_s) if ended_s is not None else None
    return RolloutSpan(AT + timedelta(seconds=began_s), ended, restarted)


BEGUN, RESTARTED = ("phase", "Progressing"), ("restart", "")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (situation("Progressing", 60), span(60)),
        (situation("Promoting", 60, (61, BEGUN)), span(60)),
        (situation("Progressing", 60, (61, BEGUN), (300, RESTARTED)), span(300, restarted=True)),
        (situation("Progressing", 60, (20, RESTARTED)), span(60)),
        (situation("Failed", 400, (60, BEGUN), (90, ("weight", "5"))), span(60, 400)),
        (situation("Succeeded", 400, (60, BEGUN), (200, RESTARTED)), span(200, 400, restarted=True)),
        (situation("Succeeded", 400), None),
        (situation("Initialized", 60, (61, BEGUN)), None),
    ],
)
def test_span(given: Situation, expected: RolloutSpan | None) -> None:
    assert rollout_span(given) == expected


def test_requests_count_from_the_first_scrape_after_a_restart_and_else_from_the_begin() -> None:
    assert counted_from(span(60), 15) == AT + timedelta(seconds=60)
    assert counted_from(span(300, restarted=True), 15) == AT + timedelta(seconds=315)
    assert counted_from(span(300, restarted=True)) == AT + timedelta(seconds=360), "Prometheus' default"
