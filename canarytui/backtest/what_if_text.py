"""What another threshold would have made of past rollouts, for a screen: two lines for each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from canarytui.backtest.judged import JudgedRollout
from canarytui.backtest.outcome_text import BacktestOutcome, advice_lines, crossed_text, decided_at, note, summary_lines
from canarytui.domain.rollout.simulation import SimulatedOutcome
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import backtest as words
from canarytui.domain.text.plain import clean


def what_if_lines(
    outcome: BacktestOutcome, check: str, zone: tzinfo | None, *, alone: bool = False
) -> Iterator[tuple[str, bool]]:
    """(line, whether another end is said in it): the latest rollout first, then the counts, and the advice for
    `check`. `alone`: it did not decide what happened, so that is not compared with the replay."""
    for left_out, why in outcome.left_out:
        yield words.LEFT_OUT.text(check=clean(left_out, 60), why=clean(why, 200)), False
    for judged in reversed(outcome.judged):
        attempt = judged.attempt
        happened = words.HAPPENED.text(outcome=attempt.outcome.value)
        yield (
            "  ".join(part for part in (_stamp(attempt.began, zone), clean(attempt.revision, 40), happened) if part),
            False,
        )
        if judged.tried is not None and judged.present is not None:
            yield f"    {_would_have(outcome, judged, zone)}", judged.tried.outcome is not judged.present.outcome
        if alone and judged.present is not None:
            yield f"    {words.PRESENTLY.text(outcome=judged.present.outcome.value)}", False
        said = note(judged) if not alone or judged.tried is None else ""
        if said:
            yield f"    {said}", False
    yield "", False
    for line in summary_lines(outcome, zone, compared=not alone):
        yield line, False
    yield "", False
    for line in advice_lines(outcome, check):
        yield line, False
    yield words.CAVEAT.text(), False


def _would_have(outcome: BacktestOutcome, judged: JudgedRollout, zone: tzinfo | None) -> str:
    tried, at = judged.tried, decided_at(outcome, judged)
    assert tried is not None
    clock = words.AT.say(clock=f"{at.astimezone(zone):%H:%M:%S}", tick=tried.tick) if at is not None else NOTHING
    crossed = crossed_text(outcome, judged) if tried.outcome is SimulatedOutcome.ROLLED_BACK else ""
    by = words.BY.say(crossed=crossed) if crossed else NOTHING
    return words.WOULD_HAVE.text(outcome=tried.outcome.value, at=clock, by=by)


def _stamp(at: datetime, zone: tzinfo | None) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
