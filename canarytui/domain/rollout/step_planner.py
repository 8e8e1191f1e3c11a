"""What each step of an analysis can notice, and steps that notice as much in less time. Pure.

The counts of a rollout are compared as a whole, so what a step can notice rests on all requests up to its end.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.statistics.noticeable import smallest_noticeable
from canarytui.domain.text.durations import parse_duration

_GROWTH_MOST = 3.0
"""From one proposed step to the next, unless the present plan dares more."""
_STEPS_MOST = 8
_WORTH = 0.9
"""A proposal takes at most this part of the present time."""
_INTERVALS_S = (10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 7200)
_SAME = 1.02
"""Relative: a plan that notices so nearly as much counts as equal."""


@dataclass(frozen=True, slots=True)
class PlannerInput:
    """`requests_per_second`: of both sides together. `failing`: the primary's rate of failures, 0 to 1. `share`: the
    canary's part of the requests (0 to 1) where the analysis has iterations, and no weights that say it."""

    requests_per_second: float
    failing: float
    share: float | None = None


@dataclass(frozen=True, slots=True)
class PlannedStep:
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


@dataclass(frozen=True, slots=True)
class PlannedSteps:
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


def proposed_steps(canary: Canary, given: PlannerInput, notice: float | None = None) -> PlannedSteps | None:
    """Weights and an interval that notice as much as the present plan does by its end, or `notice` (0 to 1), in less
    time: from the same first weight to the same last one, and as much after the first step. None where there are none,
    or the analysis has no weights."""
    present = planned_steps(canary, given)
    if needs_share(canary) or len(present.steps) < 2:
        return None
    if notice is None and present.noticeable is None:
        return None
    goal = notice if notice is not None else (present.noticeable or 0.0) * _SAME
    window_s = shortest_window_s(canary)
    found = [
        steps
        for stops in _candidates(present.stops)
        if (steps := _fastest(stops, goal, present, window_s, given)) is not None
    ]
    best = min(found, key=lambda steps: (steps.duration_s, len(steps.steps)), default=None)
    return best if best is not None and best.duration_s <= _WORTH * present.duration_s else None


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
    first, last = stops[0], stops[-1]
    growth_most = max(_GROWTH_MOST, *(after / before for before, after in itertools.pairwise(stops)))
    seen = set()
    for count in range(2, min(len(stops), _STEPS_MOST) + 1):
        factor = (last / first) ** (1 / (count - 1))
        even = [round(first * factor**at) for at in range(count)]
        fast = [min(math.floor(first * growth_most**at), last) for at in range(count - 1)] + [last]
        for weights in (even, fast):
            rising = tuple(sorted(set(weights)))
            bold = any(after > before * growth_most + 0.5 for before, after in itertools.pairwise(rising))
            if not bold and rising[0] == first and rising[-1] == last and rising not in seen and len(rising) > 1:
                seen.add(rising)
                yield rising


def _fastest(
    stops: tuple[int, ...], goal: float, present: PlannedSteps, window_s: float, given: PlannerInput
) -> PlannedSteps | None:
    least_s = min(window_s, present.interval_s)
    for interval_s in _INTERVALS_S:
        if interval_s < least_s or interval_s * len(stops) > _WORTH * present.duration_s:
            continue
        steps = _steps(stops, [stop / 100 for stop in stops], float(interval_s), window_s, given)
        if _notices(steps.noticeable, goal) and _notices(steps.steps[0].noticeable, present.steps[0].noticeable):
            return steps
    return None


def _notices(noticeable: float | None, goal: float | None) -> bool:
    return goal is None or (noticeable is not None and noticeable <= goal)


def _seconds(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError:
        return 0.0
