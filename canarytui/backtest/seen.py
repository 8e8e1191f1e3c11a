"""The latest rollout of a canary and its values, as a session has seen them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from canarytui.backtest.past_rollout import PastValues, past_values
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt, attempts_of

Readings = Callable[[str], Sequence[tuple[datetime, float]]]
"""The values of a check, oldest first, NaN for none."""


def latest_analysed(entries: Iterable[TimelineEntry], known_until: datetime) -> RolloutAttempt | None:
    """The latest rollout that was analysed; one without a known end lasts until `known_until`. `entries`: oldest
    first."""
    attempt = next((each for each in reversed(attempts_of(entries)) if each.first_tick is not None), None)
    if attempt is not None and attempt.outcome is AttemptOutcome.UNKNOWN:
        return replace(attempt, until=known_until)
    return attempt


def seen_values(attempt: RolloutAttempt, points: Sequence[tuple[datetime, float]], interval_s: float) -> PastValues:
    """What was read of one check, for the ticks of a rollout."""
    return past_values([(at.timestamp(), value) for at, value in points], attempt.began.timestamp(), interval_s)
