"""The timeline of one canary, rollout by rollout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.domain.history.rollouts import RolloutOutcome, last_attempt, recorded_rollouts
from canarytui.domain.history.timeline import Timeline

BEGIN = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def timeline(*said: str) -> Timeline:
    """A timeline with the controller's messages, ten seconds apart; ``status: weight 15`` is a status write."""
    made = Timeline()
    for number, message in enumerate(said):
        at = BEGIN + timedelta(seconds=10 * number)
        if message.startswith("status: "):
            aspect, value = message.removeprefix("status: ").split()
            made.add(Fact(at, "test", "podinfo", FactSource.STATUS, message, False, frozenset({(aspect, value)})))
        else:
            text, marks = saying(message)
            made.add(Fact(at, "test", "podinfo", FactSource.EVENT, text, False, marks))
    return made


NEW = "New revision detected! Scaling up podinfo.test"
PROMOTED = "Promotion completed! Scaling down podinfo.test"
ROLLED_BACK = (
    "Rolling back podinfo.test failed checks threshold reached 10",
    "Canary failed! Scaling down podinfo.test",
)


def test_each_rollout_has_its_entries_its_end_and_how_far_it_came() -> None:
    made = timeline(
        "Initialization done! podinfo.test",
        NEW, "Advance podinfo.test canary weight 5", "Advance podinfo.test canary weight 10", PROMOTED,
        NEW, "Advance podinfo.test canary weight 15", "status: failed 9", *ROLLED_BACK, "status: weight 0",
    )  # fmt: skip
    earlier, promoted, failed = recorded_rollouts(made.oldest_first("test", "podinfo"))
    assert (earlier.began, earlier.outcome) == (None, RolloutOutcome.OPEN)
    assert promoted.outcome is RolloutOutcome.PROMOTED
    assert promoted.began == BEGIN + timedelta(seconds=10)
    assert promoted.ended == BEGIN + timedelta(seconds=40)
    assert promoted.weight == 10
    assert failed.outcome is RolloutOutcome.FAILED
    assert (failed.weight, failed.failed) == (15, 10)
    assert len(failed.entries) == 6, "what follows the end belongs to it until the next one begins"
    assert last_attempt(made.oldest_first("test", "podinfo")) == failed


def test_a_new_revision_replaces_a_rollout_in_progress() -> None:
    made = timeline(NEW, "Advance podinfo.test canary weight 5", "New revision detected! Restarting analysis", NEW)
    first, second = recorded_rollouts(made.oldest_first("test", "podinfo"))
    assert (first.outcome, first.ended) == (RolloutOutcome.OPEN, None)
    assert first.weight == 5
    assert second.began is not None
    assert last_attempt(made.oldest_first("test", "podinfo")) is None


def test_what_was_not_recorded_is_not_there() -> None:
    (only,) = recorded_rollouts(timeline(*ROLLED_BACK).oldest_first("test", "podinfo"))
    assert (only.began, only.weight, only.iteration) == (None, None, None)
    assert only.failed == 10
    assert recorded_rollouts(()) == []


def test_iterations_count_as_steps() -> None:
    made = timeline(NEW, "Advance podinfo.test canary iteration 3/10", *ROLLED_BACK)
    found = last_attempt(made.oldest_first("test", "podinfo"))
    assert found is not None
    assert found.iteration == 3
