"""Past rollouts from a timeline: from Events, from status changes alone, and where something is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from canarytui.domain.history.facts import BY_HAND, Fact, FactSource, saying
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt, attempts_of, tick_events
from canarytui.domain.rollout.simulation import TickEvent

BEGIN = datetime(2026, 11, 26, 12, tzinfo=UTC)
NEW = "New revision detected! Scaling up cart.shop"
STARTS = "Starting canary analysis for cart.shop"
FAILED = "Canary failed! Scaling down cart.shop"


def attempts(*said: tuple[int, str]) -> list[RolloutAttempt]:
    """Of messages at ticks of ten seconds."""
    return attempts_of(fact(tick, *saying(message)) for tick, message in said)


def fact(tick: int, text: str, marks: frozenset[tuple[str, str]]) -> Fact:
    return Fact(BEGIN + timedelta(seconds=10 * tick), "shop", "cart", FactSource.EVENT, text, False, marks)


def marked(tick: int, *marks: tuple[str, str]) -> Fact:
    """As a status change is told."""
    return fact(tick, "status", frozenset(marks))


def moment(tick: int) -> datetime:
    return BEGIN + timedelta(seconds=10 * tick)


def test_a_promotion_ends_when_the_template_is_copied() -> None:
    (found,) = attempts(
        (0, NEW),
        (1, STARTS),
        (2, "Advance cart.shop canary weight 50"),
        (3, "Copying cart.shop template spec to cart-primary.shop"),
        (5, "Promotion completed! Scaling down cart.shop"),
    )
    assert (found.outcome, found.began, found.first_tick, found.until) == (
        AttemptOutcome.PROMOTED, moment(0), moment(1), moment(3)
    )  # fmt: skip


def test_status_changes_alone_are_enough() -> None:
    told = [
        marked(0, ("phase", "Progressing")),
        marked(1, ("weight", "20")),
        marked(2, ("failed", "1")),
        marked(3, ("phase", "Failed"), ("weight", "0")),
        marked(9, ("phase", "Progressing")),
        marked(11, ("weight", "20")),
        marked(14, ("phase", "Promoting")),
        marked(15, ("phase", "Succeeded")),
    ]
    found = attempts_of(told)
    assert [(each.outcome, each.first_tick, each.until) for each in found] == [
        (AttemptOutcome.ROLLED_BACK, moment(1), moment(3)),
        (AttemptOutcome.PROMOTED, moment(11), moment(14)),
    ]


def test_what_ended_it_otherwise_is_told_apart() -> None:
    by_hook = attempts((0, NEW), (1, STARTS), (3, "Rolling back cart.shop manual webhook invoked"), (3, FAILED))
    assert [each.outcome for each in by_hook] == [AttemptOutcome.ENDED]
    assert tick_events(by_hook[0], 10, 3) == [None, None, TickEvent.ENDED]
    newer = attempts(
        (0, NEW), (1, STARTS), (3, "New revision detected! Restarting analysis for cart.shop"), (4, STARTS)
    )
    assert [each.outcome for each in newer] == [AttemptOutcome.SUPERSEDED, AttemptOutcome.UNKNOWN]
    by_hand = attempts_of(
        [
            marked(0, ("phase", "Progressing")),
            marked(1, ("weight", "5")),
            marked(2, (f"{BY_HAND}failedChecks", "10")),
            marked(3, ("phase", "Failed")),
        ]
    )
    assert [(each.outcome, each.by_hand) for each in by_hand] == [(AttemptOutcome.ENDED, True)]


def test_what_is_missing_is_not_made_up() -> None:
    assert attempts((3, "Advance cart.shop canary weight 50"), (4, FAILED)) == [], "its beginning is not known"
    lost_end = attempts((0, NEW), (1, STARTS), (2, "Advance cart.shop canary weight 5"), (90, NEW), (91, STARTS))
    assert [(each.outcome, each.until) for each in lost_end] == [
        (AttemptOutcome.UNKNOWN, moment(2)),
        (AttemptOutcome.UNKNOWN, moment(91)),
    ]
    skipped = attempts((0, NEW), (1, "Copying cart.shop template spec to cart-primary.shop"))
    assert [each.first_tick for each in skipped] == [None], "nothing was analysed"
    without = attempts((0, NEW), (1, "Promotion completed! Canary analysis was skipped for cart.shop"))
    assert [each.outcome for each in without] == [AttemptOutcome.SKIPPED]


def test_a_suspension_lasts_until_something_else_is_told() -> None:
    (found,) = attempts(
        (0, NEW),
        (1, STARTS),
        (3, "skipping canary run as object is suspended"),
        (6, "Advance cart.shop canary weight 10"),
        (7, FAILED),
    )
    expected = [None, None, TickEvent.SKIPPED, TickEvent.SKIPPED, TickEvent.SKIPPED, None, None]
    assert tick_events(found, 10, 7) == expected


def test_events_stand_at_their_ticks() -> None:
    (found,) = attempts(
        (0, NEW),
        (1, "Halt cart.shop advancement pre-rollout check acceptance failed no"),
        (2, STARTS),
        (3, "Halt cart.shop advancement waiting for traffic increase approval gate"),
        (4, "canary deployment cart.shop not ready: waiting for rollout to finish: 0 of 1"),
        (5, "Halt cart.shop advancement external check load failed 500"),
        (6, "Halt cart.shop advancement waiting for promotion approval gate"),
        (8, "Confirm-promotion check gate passed"),
        (8, "Copying cart.shop template spec to cart-primary.shop"),
    )
    assert tick_events(found, 10, 8) == [
        TickEvent.HOOK_FAILED,
        None,
        TickEvent.GATE_CLOSED,
        TickEvent.SKIPPED,
        TickEvent.HOOK_FAILED,
        TickEvent.PROMOTION_GATE_CLOSED,
        TickEvent.PROMOTION_GATE_CLOSED,
        None,
    ]
