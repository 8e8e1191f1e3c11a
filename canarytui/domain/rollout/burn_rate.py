"""How fast a service burns its error budget, over pairs of windows as Google's SRE workbook alerts on them. Pure.

A long window alone fires long after the trouble is over, a short one alone at every blip: a pair fires while both burn
faster than its factor (https://sre.google/workbook/alerting-on-slos/).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from canarytui.domain.rollout.request_numbers import RequestCounts
from canarytui.domain.rollout.step_cost import GrowthPoint
from canarytui.domain.sentences import cost as words
from canarytui.domain.sentences.sentence import Phrase, joined

POINT_S = 300.0
LONGEST_S = 6 * 3600.0
PAIRS = ((14.4, 3600.0, 300.0), (6.0, LONGEST_S, 1800.0))
"""Factor, long and short window in seconds: 2 % of a month's budget in an hour, 5 % in six."""


class WindowBurn(Struct, frozen=True):
    """How many times as fast as the SLO allows requests failed over `covered_s` seconds, which is less than `window_s`
    where the metrics server's data do not reach back so far."""

    window_s: float
    covered_s: float
    rate: float


class BurnPair(Struct, frozen=True):
    """`fires` while both windows burn faster than `factor`."""

    factor: float
    long: WindowBurn
    short: WindowBurn

    @property
    def fires(self) -> bool:
        return self.long.rate > self.factor and self.short.rate > self.factor


def burn_pairs(points: Sequence[GrowthPoint], held_since: float, now: float, slo: float) -> tuple[BurnPair, ...]:
    """Of canary and primary together, which is what the service's users get; `held_since` is when the metrics server's
    data begin. A pair without a request in one of its windows, or whose long window would not be longer than the
    short one, is left out."""
    return burn_pairs_of(now - held_since, lambda window_s: _burn(points, held_since, now, window_s, slo))


def burn_pairs_of(held_s: float, burn: Callable[[float], WindowBurn | None]) -> tuple[BurnPair, ...]:
    """The pairs of what `burn` says of each window, where the metrics server has data of the last `held_s` s."""
    found = []
    for factor, long_s, short_s in PAIRS:
        if held_s <= short_s + POINT_S / 2:
            continue
        long, short = burn(long_s), burn(short_s)
        if long is not None and short is not None:
            found.append(BurnPair(factor, long, short))
    return tuple(found)


def held_windows(held_s: float) -> dict[float, float]:
    """The windows of all pairs that can be said, and how much of each is held, in seconds."""
    pairs = [windows for _, *windows in PAIRS if held_s > windows[1] + POINT_S / 2]
    return {window_s: _covered(window_s, held_s) for pair in pairs for window_s in pair}


def window_burn(counts: Iterable[RequestCounts], window_s: float, covered_s: float, slo: float) -> WindowBurn | None:
    """Of the requests of all sides in the last `covered_s` seconds; None without one."""
    sides = list(counts)
    total = math.fsum(each.total for each in sides)
    failed = math.fsum(each.failed for each in sides)
    return WindowBurn(window_s, covered_s, failed / total / (1 - slo)) if total > 0 else None


def burn_phrase(pairs: Sequence[BurnPair], slo: float) -> Phrase:
    """``burn rate (SLO 99.9 %): 16 over 1 h and 20 over 5 min, both above 14.4; …``."""
    return words.BURN.say(slo=f"{slo * 100:.6g}", pairs=joined(*map(_pair_phrase, pairs)))


def _burn(
    points: Sequence[GrowthPoint], held_since: float, now: float, window_s: float, slo: float
) -> WindowBurn | None:
    recent = [point for point in points if point.until > now - window_s + POINT_S / 2]
    counts = (each for point in recent for each in (point.canary, point.primary) if each is not None)
    return window_burn(counts, window_s, _covered(window_s, now - held_since), slo)


def _covered(window_s: float, held_s: float) -> float:
    """How much of a window is held. The first point of data lies within half a point of where they begin: a window
    that lacks no more than that is whole."""
    return held_s if held_s < window_s - POINT_S / 2 else window_s


def _pair_phrase(pair: BurnPair) -> Phrase:
    said = words.BURN_BOTH if pair.fires else words.BURN_PAIR
    return said.say(
        long=_number(pair.long.rate),
        long_time=_window(pair.long),
        short=_number(pair.short.rate),
        short_time=_window(pair.short),
        factor=f"{pair.factor:g}",
    )


def _window(burn: WindowBurn) -> Phrase:
    if burn.covered_s < burn.window_s:
        return words.HELD_WINDOW.say(held=_time(burn.covered_s), window=_time(burn.window_s))
    return words.WINDOW.say(window=_time(burn.window_s))


def _time(seconds: float) -> str:
    return f"{seconds / 3600:.0f} h" if seconds % 3600 == 0 else f"{max(round(seconds / 60), 1)} min"


def _number(rate: float) -> str:
    return f"{rate:.2g}" if rate < 10 else f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"
