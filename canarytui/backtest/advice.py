"""Thresholds that past rollouts suggest: the one at which a good rollout in N would have been rolled back. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from canarytui.backtest.judged import ControllerTraits, JudgedRollout, simulation
from canarytui.backtest.past_rollout import PastRollout, only_checks
from canarytui.domain.rollout.judgement import limits_of
from canarytui.domain.rollout.simulation import SimulatedOutcome
from canarytui.domain.spec.analysis import Analysis, Metric
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import evaluation_order

_DIGITS = 4


class ThresholdAdvice(Struct, frozen=True):
    """A suggestion for one limit of a check: `minimum` or else maximum.

    `good` and `bad` count the rollouts of each kind that can be told; `good_then` and `bad_then` those that the
    `suggested` limit would have rolled back, `good_now` and `bad_now` those of the `present` one.
    """

    check: str
    minimum: bool
    present: float
    suggested: float
    good: int
    bad: int
    good_now: int
    good_then: int
    bad_now: int
    bad_then: int


class SurvivedLimit(Struct, frozen=True):
    """The strictest limit of a check by which a rollout would not have been rolled back."""

    judged: JudgedRollout
    limit: float


def advice(
    judged: Sequence[JudgedRollout], analysis: Analysis, traits: ControllerTraits, *, one_in: int
) -> tuple[ThresholdAdvice, ...]:
    """For each limit of each check, unless no good rollout tells anything about it."""
    found = []
    for metric in analysis.metrics:
        for minimum, present in _sides(metric):
            survived = survived_limits(judged, analysis, metric, traits, minimum=minimum)
            made = _advised(metric.name, minimum, present, survived, one_in)
            if made is not None:
                found.append(made)
    return tuple(found)


def survived_limits(
    judged: Sequence[JudgedRollout], analysis: Analysis, metric: Metric, traits: ControllerTraits, *, minimum: bool
) -> tuple[SurvivedLimit, ...]:
    """What each rollout would have survived, by this check alone; those that tell nothing are left out."""
    order = enumerate(evaluation_order(analysis.metrics))
    places = [number for number, (each, _) in order if each is metric]
    found = []
    for each in judged:
        if each.tried is None:
            continue
        limit = _survived(only_checks(each.rollout, places), analysis, metric, traits, minimum=minimum)
        if limit is not None:
            found.append(SurvivedLimit(each, limit))
    return tuple(found)


def _survived(
    rollout: PastRollout, analysis: Analysis, metric: Metric, traits: ControllerTraits, *, minimum: bool
) -> float | None:
    """A stricter limit fails all that a looser one fails, so the limit is found by halving."""
    replay = simulation(traits)

    def rolled_back(limit: float | None) -> bool:
        tried = replace(metric, has_range=True, minimum=limit if minimum else None, maximum=None if minimum else limit)
        ended = replay(replace(analysis, metrics=(tried,)), rollout)
        return ended.outcome is SimulatedOutcome.ROLLED_BACK

    values = {value for tick in rollout.ticks for value in tick.values if value is not None}
    looser_first = sorted(filter(math.isfinite, values), reverse=not minimum)
    if not looser_first or rolled_back(None):
        return None  # without values, or rolled back by something else
    low, high = 0, len(looser_first) - 1
    if rolled_back(looser_first[0]):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (low, middle - 1) if rolled_back(looser_first[middle]) else (middle, high)
    return looser_first[low]


def _sides(metric: Metric) -> list[tuple[bool, float]]:
    """(whether it is a minimum, the limit) of a check's limits."""
    limits = limits_of(metric, builtin=metric.name in (SUCCESS_RATE, DURATION))
    sides = ((True, limits.low), (False, limits.high))
    return [(minimum, limit) for minimum, limit in sides if limit is not None]


def _advised(
    check: str, minimum: bool, present: float, survived: Sequence[SurvivedLimit], one_in: int
) -> ThresholdAdvice | None:
    good = [each.limit for each in survived if each.judged.bad is False]
    bad = [each.limit for each in survived if each.judged.bad]
    if not good:
        return None
    weakest_first = sorted(good, reverse=not minimum)
    suggested = advised_limit(weakest_first[len(good) // one_in if one_in > 1 else len(good) - 1], minimum=minimum)

    def stopped(limits: Sequence[float], threshold: float) -> int:
        stricter: Callable[[float], bool] = threshold.__gt__ if minimum else threshold.__lt__
        return sum(1 for limit in limits if stricter(limit))

    return ThresholdAdvice(
        check=check,
        minimum=minimum,
        present=present,
        suggested=suggested,
        good=len(good),
        bad=len(bad),
        good_now=stopped(good, present),
        good_then=stopped(good, suggested),
        bad_now=stopped(bad, present),
        bad_then=stopped(bad, suggested),
    )


def advised_limit(limit: float, *, minimum: bool) -> float:
    """To four significant digits, towards the looser side."""
    if limit == 0:
        return 0.0
    digits = _DIGITS - 1 - math.floor(math.log10(abs(limit)))
    scale = 10.0**digits
    scaled = math.floor(limit * scale + 1e-9) if minimum else math.ceil(limit * scale - 1e-9)
    if scaled / scale > limit if minimum else scaled / scale < limit:  # 99.00000000000001 does not pass a maximum of 99
        scaled += -1 if minimum else 1
    return scaled / scale
