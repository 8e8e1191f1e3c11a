"""What each step of an analysis can notice, and steps that notice as much in less time. Pure.

The counts of a rollout are compared as a whole, so what a step can notice rests on all requests up to its end.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.statistics.noticeable import smallest_noticeable
from canarytui.domain.text.durations import parse_duration

_GROWTH_MOST = 3.0
"""From one proposed step to the next, unless the present plan dares more."""
_STEPS_LEAST_MOST, _STEPS_MOST = 8, 20
"""Steps of a proposal: as many as now, within these."""
_WORTH = 0.9
"""A proposal takes at most this part of the present time."""
_INTERVALS_S = (
    *range(10, 120, 5),
    *range(120, 300, 15),
    *range(300, 900, 60),
    *range(900, 3600, 300),
    *range(3600, 14_401, 1800),
)
"""Intervals that a person would write."""
_SAME = 1.0001
"""Relative: what rounding may cost."""


class PlannerInput(Struct, frozen=True):
    """`requests_per_second`: of both sides together. `failing`: the primary's rate of failures, 0 to 1. `share`: the
    canary's part of the requests (0 to 1) where the analysis has iterations, and no weights that say it."""

    requests_per_second: float
    failing: float
    share: float | None = None


class PlannedStep(Struct, frozen=True):
    """One step: `stop` is its weight in percent, or its iteration.

    Attributes:
        requests: the canary's in this step.
        in_window: the canary's in the shortest interval of the checks, which is all that a check sees.
        total: the canary's up to the end of the step.
        noticeable: the smallest rise of the rate of failures that is noticed by then in 80 of 100 rollouts (0 to 1);
            None for nothing at all.
    """

    stop: int
    requests: float
    in_window: float
    total: float
    noticeable: float | None

    @property
    def sees_nothing(self) -> bool:
        return self.noticeable is None or self.in_window < 1


class PlannedSteps(Struct, frozen=True):
    """`stops` are weights in percent, or iterations."""

    interval_s: float
    steps: tuple[PlannedStep, ...]

    @property
    def duration_s(self) -> float:
        return self.interval_s * len(self.steps)

    @property
    def stops(self) -> tuple[int, ...]:
        return tuple(step.stop for step in self.steps)

    @property
    def noticeable(self) -> float | None:
        """By the end of the analysis."""
        return self.steps[-1].noticeable if self.steps else None


class NoProposal(StrEnum):
    """Why there is none."""

    NO_WEIGHTS = "no-weights"
    ONE_STEP = "one-step"
    NOTICES_NOTHING = "notices-nothing"
    NONE_AS_FAST = "none-as-fast"
    HARDLY_FASTER = "hardly-faster"


class StepProposal(Struct, frozen=True):
    """`why_none` is None where there are `steps`. `quickest_s`: how long the quickest steps take that notice as much,
    where that is hardly less than the present time."""

    steps: PlannedSteps | None
    why_none: NoProposal | None = None
    quickest_s: float | None = None


def needs_share(canary: Canary) -> bool:
    """Whether the canary's part of the requests is not in its steps."""
    return step_plan(canary).strategy is not AnalysisStrategy.CANARY


def planned_steps(canary: Canary, given: PlannerInput) -> PlannedSteps:
    """The present plan; without steps, weights or a share where one is needed, none."""
    stops, interval_s = step_plan(canary).stops, canary.spec.analysis.interval_s
    if needs_share(canary):
        share = given.share
        shares = [share] * len(stops) if share is not None else []
        return _steps(stops, shares, interval_s, shortest_window_s(canary), given)
    return _steps(stops, [stop / 100 for stop in stops], interval_s, shortest_window_s(canary), given)


def proposed_steps(canary: Canary, given: PlannerInput, notice: float | None = None) -> StepProposal:
    """Weights and an interval that notice as much as the present plan does by its end, or `notice` (0 to 1), in less
    time: from the same first weight to the same last one, and as much after the first step."""
    present = planned_steps(canary, given)
    if needs_share(canary):
        return StepProposal(None, NoProposal.NO_WEIGHTS)
    if len(present.steps) < 2:
        return StepProposal(None, NoProposal.ONE_STEP)
    if notice is None and present.noticeable is None:
        return StepProposal(None, NoProposal.NOTICES_NOTHING)
    goal = notice if notice is not None else (present.noticeable or 0.0) * _SAME
    window_s = shortest_window_s(canary)
    # What the present steps notice after the first one they notice again: only their rounding may cost them that.
    first = (present.steps[0].noticeable or math.inf) * _SAME
    found = [
        steps
        for stops in _candidates(present.stops)
        if (steps := _fastest(stops, goal, first, present, window_s, given)) is not None
    ]
    best = min(found, key=lambda steps: (steps.duration_s, len(steps.steps)), default=None)
    if best is None:
        return StepProposal(None, NoProposal.NONE_AS_FAST)
    if best.duration_s > _WORTH * present.duration_s:
        return StepProposal(None, NoProposal.HARDLY_FASTER, best.duration_s)
    return StepProposal(best)


def growth_most(stops: Sequence[int]) -> float:
    """How many times the one before a proposed weight may be."""
    return max(_GROWTH_MOST, *(after / before for before, after in itertools.pairwise(stops)))


def shortest_window_s(canary: Canary) -> float:
    """The shortest interval of the checks, in seconds."""
    windows = [_seconds(metric.interval or DEFAULT_METRIC_INTERVAL) for metric in canary.spec.analysis.metrics]
    return min((each for each in windows if each > 0), default=_seconds(DEFAULT_METRIC_INTERVAL))


def _steps(
    stops: Sequence[int], shares: Sequence[float], interval_s: float, window_s: float, given: PlannerInput
) -> PlannedSteps:
    canary = primary = 0.0
    found = []
    for stop, share in zip(stops, shares, strict=False):
        requests = given.requests_per_second * interval_s
        canary += requests * share
        primary += requests * (1 - share)
        found.append(
            PlannedStep(
                stop,
                requests * share,
                given.requests_per_second * window_s * share,
                canary,
                smallest_noticeable(canary, primary, given.failing),
            )
        )
    return PlannedSteps(interval_s, tuple(found))


def _candidates(stops: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Rising weights from the same first one to the same last one.

    The canary's requests decide what is noticed. So besides steps that grow evenly there are those that rise as fast
    as is allowed, and then stay near the last weight for some steps, which is where they are gathered fastest.
    """
    first, last = stops[0], stops[-1]
    if last <= first:
        return
    growth = growth_most(stops)
    most = min(max(len(stops), _STEPS_LEAST_MOST), _STEPS_MOST)
    seen = set()
    for weights in itertools.chain(_even(first, last, most), _early(first, last, most, growth)):
        bold = any(after > before * growth + 0.5 for before, after in itertools.pairwise(weights))
        if not bold and weights not in seen and 1 < len(weights) <= most and weights[0] == first:
            seen.add(weights)
            yield weights


def _even(first: int, last: int, most: int) -> Iterator[tuple[int, ...]]:
    """Each as many times the one before."""
    for count in range(2, most + 1):
        factor = (last / first) ** (1 / (count - 1))
        yield tuple(sorted({round(first * factor**at) for at in range(count)}))


def _early(first: int, last: int, most: int, growth: float) -> Iterator[tuple[int, ...]]:
    """As fast as is allowed, then one percent at a time."""
    for near in range(1, most):
        top = last - near + 1
        rising = [first]
        while rising[-1] * growth < top:
            rising.append(max(math.floor(rising[-1] * growth), rising[-1] + 1))
        if rising[-1] < top:
            yield (*rising, *range(top, last + 1))


def _fastest(
    stops: tuple[int, ...],
    goal: float,
    first: float,
    present: PlannedSteps,
    window_s: float,
    given: PlannerInput,
) -> PlannedSteps | None:
    """With the shortest interval at which they notice `goal`, and `first` after their first step."""
    least_s, most_s = min(window_s, present.interval_s), present.duration_s / len(stops)
    fitting = sorted(each for each in {*_INTERVALS_S, round(present.interval_s)} if least_s <= each <= most_s)

    def noticing(interval_s: int) -> bool:
        requests = given.requests_per_second * interval_s
        return all(
            _notices(smallest_noticeable(requests * share, requests * (steps - share), given.failing), wanted)
            for share, steps, wanted in ((stops[0] / 100, 1, first), (sum(stops) / 100, len(stops), goal))
        )

    at = bisect.bisect_left(fitting, True, key=noticing)
    if at == len(fitting):
        return None
    return _steps(stops, [stop / 100 for stop in stops], float(fitting[at]), window_s, given)


def _notices(noticeable: float | None, goal: float) -> bool:
    return goal == math.inf or (noticeable is not None and noticeable <= goal)


def _seconds(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError:
        return 0.0
