"""What each step of a rollout has cost: requests served, failed, and more than the primary would have failed. Pure.

Steps are told apart by the timeline's times. A counter is read at each scrape, so requests within a scrape interval of
a change of weight may be counted for the step beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.request_numbers import RequestCounts, RequestTotals
from canarytui.domain.sentences import cost as words
from canarytui.domain.sentences.sentence import NOTHING, Phrase, joined

_ASPECTS = ("weight", "iteration")
_LEAST = 0.5
"""Requests: interpolation between samples leaves fractions behind."""


@dataclass(frozen=True, slots=True)
class RolloutStep:
    """A time of one weight, in percent, or of one iteration; both None where the timeline does not reach back."""

    began: datetime
    ended: datetime | None
    weight: int | None = None
    iteration: int | None = None


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """By how much the requests of both sides have grown from `since` to `until`, in unix seconds."""

    since: float
    until: float
    canary: RequestCounts
    primary: RequestCounts | None


@dataclass(frozen=True, slots=True)
class StepCost:
    """The canary's requests in one step; `excess` as in :class:`~.rollout_cost.RolloutCost`."""

    step: RolloutStep
    served: float
    failed: float
    excess: float | None


def rollout_steps(
    newest_first: Iterable[TimelineEntry], began: datetime, since: datetime, ended: datetime | None
) -> tuple[RolloutStep, ...]:
    """The steps of a rollout from `began` to `ended`, oldest first, as far as they are counted, which is from `since`
    on; the last one goes on as long as the rollout."""
    changes: list[tuple[datetime, str, int]] = []
    for entry in newest_first:
        if entry.at < began:
            break
        if ended is not None and entry.at >= ended:
            continue
        marks = {aspect: value for aspect, value in sorted(entry.marks) if value.isdecimal() and len(value) < 10}
        changes += [(entry.at, aspect, int(marks[aspect])) for aspect in _ASPECTS if aspect in marks]
    found: list[RolloutStep] = [RolloutStep(since, ended)]
    for at, aspect, value in reversed(changes):
        last = found[-1]
        if value == (last.weight if aspect == "weight" else last.iteration):
            continue
        begun = RolloutStep(max(at, since), ended, **{aspect: value})
        found[-1] = RolloutStep(last.began, begun.began, last.weight, last.iteration)
        if found[-1].began >= begun.began:
            found.pop()
        found.append(begun)
    return tuple(found)


def step_costs(
    steps: Sequence[RolloutStep], growth: Sequence[GrowthPoint], totals: RequestTotals
) -> tuple[StepCost, ...]:
    """Steps with requests of the canary. `growth` covers the steps that have ended; the last one gets what is left of
    `totals`. Nothing where `growth` does not reach to the last one's begin."""
    if not steps:
        return ()
    found: list[StepCost] = []
    sums = [_Sum(), _Sum()]
    for step in steps[:-1]:
        end = step.ended
        if end is None or not growth or growth[-1].until < end.timestamp() - 1:
            return ()
        sides = [_Sum(), _Sum()]
        for point in growth:
            share = _overlap(point, step.began.timestamp(), end.timestamp())
            if share > 0:
                for mine, counts in zip(sides, (point.canary, point.primary), strict=True):
                    mine.add(counts, share)
        for mine, all_of in zip(sides, sums, strict=True):
            all_of.total, all_of.failed = all_of.total + mine.total, all_of.failed + mine.failed
        found.append(_cost(step, *sides, told=totals.primary is not None))
    rest = [_Sum(), _Sum()]
    for mine, counts, before in zip(rest, (totals.canary, totals.primary), sums, strict=True):
        mine.add(counts, 1.0)
        mine.total, mine.failed = max(mine.total - before.total, 0.0), max(mine.failed - before.failed, 0.0)
    found.append(_cost(steps[-1], *rest, told=totals.primary is not None))
    return tuple(each for each in found if each.served >= _LEAST)


def steps_phrase(steps: Sequence[StepCost]) -> Phrase:
    """``by step: 5 %: 1,204 requests, 12 failed, about 9 too many; 10 %: …``; nothing for a single step."""
    if len(steps) < 2:
        return NOTHING
    return words.STEPS.say(steps=joined(*(_step_phrase(each) for each in steps)))


def step_name(step: RolloutStep) -> str:
    """``20 %``, ``iteration 3``, or ``earlier``."""
    if step.weight is not None:
        return words.AT_WEIGHT.text(weight=step.weight)
    return words.AT_ITERATION.text(number=step.iteration) if step.iteration is not None else words.EARLIER.text()


def _step_phrase(cost: StepCost) -> Phrase:
    more: Phrase = NOTHING
    if cost.excess is not None and round(cost.excess) > 0:
        more = words.STEP_MORE.say(excess=f"{round(cost.excess):,}")
    return words.STEP.say(
        step=step_name(cost.step), served=f"{round(cost.served):,}", failed=f"{round(cost.failed):,}", more=more
    )


@dataclass(slots=True)
class _Sum:
    total: float = 0.0
    failed: float = 0.0

    def add(self, counts: RequestCounts | None, share: float) -> None:
        if counts is not None:
            self.total += counts.total * share
            self.failed += counts.failed * share


def _overlap(point: GrowthPoint, since: float, until: float) -> float:
    """The part of `point` that lies between the two, 0 to 1."""
    return max(min(point.until, until) - max(point.since, since), 0.0) / max(point.until - point.since, 1e-9)


def _cost(step: RolloutStep, canary: _Sum, primary: _Sum, *, told: bool) -> StepCost:
    excess = canary.failed - canary.total * primary.failed / primary.total if told and primary.total > 0 else None
    return StepCost(step, canary.total, canary.failed, excess)
