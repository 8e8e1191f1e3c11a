"""Rollouts whose requests fail, and are slow, at known rates: for false alarms and power."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from canarytui.domain.statistics.comparison import JudgeSettings, SideSample, comparisons
from canarytui.domain.statistics.proportions import Events

BOUNDS_MS = (100.0, 500.0, 2000.0)


@dataclass(frozen=True)
class SimulatedSide:
    """`failing` is a rate; `slower` are the rates of requests above each of :data:`BOUNDS_MS`, falling."""

    requests_per_tick: int
    failing: float
    slower: tuple[float, ...] = (0.3, 0.05, 0.01)


def counted(random_: random.Random, n: int, p: float) -> int:
    """How many of n happen: by the gaps between them, which takes as long as they are many."""
    if p > 0.5:
        return n - counted(random_, n, 1 - p)
    if p <= 0:
        return 0
    scale, at, found = math.log1p(-p), 0.0, 0
    while True:
        at += math.floor(math.log(1.0 - random_.random()) / scale) + 1
        if at > n:
            return found
        found += 1


def looks(random_: random.Random, side: SimulatedSide, ticks: int) -> Iterator[SideSample]:
    """What has been counted since the rollout began, at each tick."""
    total = failed = 0
    slow = [0] * len(BOUNDS_MS)
    for _ in range(ticks):
        total += side.requests_per_tick
        failed += counted(random_, side.requests_per_tick, side.failing)
        above, rate = side.requests_per_tick, 1.0
        for at, slower in enumerate(side.slower):
            above = counted(random_, above, slower / rate)
            rate = slower
            slow[at] += above
        buckets = [(bound, float(total - count)) for bound, count in zip(BOUNDS_MS, slow, strict=True)]
        yield SideSample(Events(failed, total), (*buckets, (math.inf, float(total))))


def alarm_at(
    random_: random.Random, canary: SimulatedSide, primary: SimulatedSide, ticks: int, settings: JudgeSettings
) -> int | None:
    """The first tick at which the canary counts as worse; None when there is none."""
    pairs = zip(looks(random_, canary, ticks), looks(random_, primary, ticks), strict=True)
    for tick, (one, other) in enumerate(pairs, 1):
        errors, slow = comparisons(one, other, settings)
        if errors.worse or any(each.worse for each in slow):
            return tick
    return None


def alarms(
    seed: int, rollouts: int, canary: SimulatedSide, primary: SimulatedSide, ticks: int, settings: JudgeSettings
) -> list[int]:
    """The ticks of the alarms of so many rollouts; those without an alarm are left out."""
    random_ = random.Random(seed)
    found = (alarm_at(random_, canary, primary, ticks, settings) for _ in range(rollouts))
    return [tick for tick in found if tick is not None]
