"""What each step of a rollout has cost: requests served, failed, and more than the primary would have failed. Pure.

Steps are told apart by the timeline's times. A counter is read at each scrape, so requests within a scrape interval of
a change of weight may be counted for the step beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.request_numbers import LatencyBuckets, RequestCounts, RequestTotals
from canarytui.domain.sentences import cost as words
from canarytui.domain.sentences.judge import fixed_phrase
from canarytui.domain.sentences.sentence import NOTHING, Phrase, joined
from canarytui.domain.statistics.proportions import Events

if TYPE_CHECKING:
    from canarytui.domain.statistics.comparison import SideSample
    from canarytui.domain.statistics.fixed_sample import FixedSampleTests

_ASPECTS = ("weight", "iteration")
_LEAST = 0.5
"""Requests: interpolation between samples leaves fractions behind."""


class RolloutStep(Struct, frozen=True):
    """A time of one weight, in percent, or of one iteration; both None where the timeline does not reach back."""

    began: datetime
    ended: datetime | None
    weight: int | None = None
    iteration: int | None = None


class GrowthPoint(Struct, frozen=True):
    """By how much the requests of both sides have grown from `since` to `until`, in unix seconds."""

    since: float
    until: float
    canary: RequestCounts
    primary: RequestCounts | None
    canary_buckets: LatencyBuckets = field(default_factory=LatencyBuckets)
    primary_buckets: LatencyBuckets = field(default_factory=LatencyBuckets)


class StepCost(Struct, frozen=True):
    """The canary's requests in one step; `excess` as in :class:`~.rollout_cost.RolloutCost`. `fixed` are the classical
    tests of a step that has ended, None while it goes on and without requests of both sides."""

    step: RolloutStep
    served: float
    failed: float
    excess: float | None
    fixed: FixedSampleTests | None = None


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
                sides[0].add(point.canary, point.canary_buckets, share)
                sides[1].add(point.primary, point.primary_buckets, share)
        for mine, all_of in zip(sides, sums, strict=True):
            all_of.merge(mine)
        found.append(_cost(step, *sides, told=totals.primary is not None))
    rest = [_Sum(), _Sum()]
    rest[0].add(totals.canary, totals.canary_buckets, 1.0)
    rest[1].add(totals.primary, totals.primary_buckets, 1.0)
    for mine, before in zip(rest, sums, strict=True):
        mine.merge(before, -1.0)
    found.append(_cost(steps[-1], *rest, told=totals.primary is not None))
    return tuple(each for each in found if each.served >= _LEAST)


def steps_phrase(steps: Sequence[StepCost]) -> Phrase:
    """``by step: 5 %: 1,204 requests, 12 failed, about 9 too many; 10 %: …``; nothing for a single step."""
    if len(steps) < 2:
        return NOTHING
    return words.STEPS.say(steps=joined(*(_step_phrase(each) for each in steps)))


def step_tests(steps: Sequence[StepCost]) -> tuple[str, ...]:
    """``at the end of 20 %: difference of failures …``, a line for each step that has ended."""
    return tuple(
        words.STEP_TESTS.text(step=step_name(each.step), tests=fixed_phrase(each.fixed))
        for each in steps
        if each.fixed is not None
    )


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


class _Sum(Struct):
    total: float = 0.0
    failed: float = 0.0
    buckets: dict[float, float] = field(default_factory=dict)

    def add(self, counts: RequestCounts | None, buckets: LatencyBuckets, share: float) -> None:
        if counts is not None:
            self.merge(_Sum(counts.total, counts.failed, dict(buckets.cumulative)), share)

    def merge(self, other: _Sum, share: float = 1.0) -> None:
        """Add a part of it; with -1, take it away."""
        self.total = max(self.total + other.total * share, 0.0)
        self.failed = max(self.failed + other.failed * share, 0.0)
        for bound, count in other.buckets.items():
            self.buckets[bound] = max(self.buckets.get(bound, 0.0) + count * share, 0.0)

    def sample(self) -> SideSample:
        from canarytui.domain.statistics.comparison import SideSample

        rising: list[tuple[float, float]] = []
        for bound, count in sorted(self.buckets.items()):
            rising.append((bound, max(count, rising[-1][1]) if rising else count))
        return SideSample(Events(min(self.failed, self.total), self.total), tuple(rising))


def _overlap(point: GrowthPoint, since: float, until: float) -> float:
    """The part of `point` that lies between the two, 0 to 1."""
    return max(min(point.until, until) - max(point.since, since), 0.0) / max(point.until - point.since, 1e-9)


def _cost(step: RolloutStep, canary: _Sum, primary: _Sum, *, told: bool) -> StepCost:
    excess = canary.failed - canary.total * primary.failed / primary.total if told and primary.total > 0 else None
    compared = step.ended is not None and min(canary.total, primary.total) >= 1
    return StepCost(step, canary.total, canary.failed, excess, _tested(canary, primary) if compared else None)


def _tested(canary: _Sum, primary: _Sum) -> FixedSampleTests:
    from canarytui.domain.statistics.fixed_sample import fixed_sample_tests  # a list without a rollout needs none

    return fixed_sample_tests(canary.sample(), primary.sample())
