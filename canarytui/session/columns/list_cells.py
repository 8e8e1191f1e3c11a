"""The words and shapes in the list's cells, before they are fitted to a column's width.

Pure: a row's values in, text out; the list gives it colour.
"""

from __future__ import annotations

import math
from datetime import datetime

from canarytui.domain.marks import budget_dots, sparkline, weight_bar
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.explain import Tone
from canarytui.domain.rollout.state import HALTED, UNATTENDED, mark_of
from canarytui.domain.sentences import judge as words
from canarytui.domain.ticks import short_duration, short_milliseconds
from canarytui.session.columns.column import Room
from canarytui.session.rows import CanaryRow, Measured

COARSE_S = 10
"""What a countdown is rounded up to while it is not counted by the second."""


_BADGED = frozenset({HALTED, UNATTENDED, "Failed"})


def badged(row: CanaryRow) -> bool:
    """Whether the state is shown as a badge: it fails, or nobody attends to it."""
    return row.tone is Tone.BAD and row.label in _BADGED


def status(row: CanaryRow, room: Room) -> str:
    """A mark for those who see no colour, and the state; `` HALTED 4/10 `` where it fails."""
    if not badged(row):
        return f"{mark_of(row.label, row.tone)} {row.label}"
    failed = row.failed or row.last_failed
    word = row.label.upper()
    counted = f" {word} {failed}/{row.threshold} " if failed and row.threshold and row.label != UNATTENDED else ""
    return counted if counted and len(counted) <= room.width else f" {word} "


_NUMBER = 4
"""Columns of the percents beside the bar."""


def weight(row: CanaryRow, room: Room) -> str:
    """A bar on its track, and percent. After a rollback it is the last attempt's weight, and says so."""
    if row.weight is None:
        return ""
    if row.last_weight is not None:
        said = f"last attempt {row.last_weight}"
        return (said if len(said) <= room.width else f"last {row.last_weight}").rjust(room.width)
    return weight_bar(row.weight, max(room.width - _NUMBER, 0), row.promotes_at) + f"{row.weight:{_NUMBER}d}"


def weight_trend(row: CanaryRow, room: Room) -> str:
    return sparkline(row.weights, room.width, 0.0, max((*row.weights, 50.0)))


def success_trend(row: CanaryRow, room: Room) -> str:
    return sparkline(row.success.trend, room.width, _trend_floor(row.success), 100.0)


def duration_trend(row: CanaryRow, room: Room) -> str:
    values = [value for value in row.duration.trend if not math.isnan(value)]
    return sparkline(row.duration.trend, room.width, 0.0, max((*values, row.duration.bound or 1.0)))


def failed(row: CanaryRow, room: Room) -> str:
    """Failed checks of how many roll back: ``●●●○○○○○○○ 3/10``; without dots where there is no room. After a rollback
    they are the last attempt's. Behind them the shadow checks that would fail: ``3/10 ◇1``."""
    if not row.threshold:
        return row.shadow_mark
    count = row.failed or row.last_failed
    said = f"{count}/{row.threshold}"
    dots = budget_dots(count, row.threshold)
    if row.shadow_mark:
        said = _with_shadow(said, row.shadow_mark, room.width)
    return f"{dots} {said}" if len(dots) + 1 + len(said) <= room.width else said


def _with_shadow(said: str, mark: str, width: int) -> str:
    """The mark goes before a digit of the failed checks would."""
    longest_first = (f"{said} {mark}", f"{said}{mark}", f"{said}{mark[0]}", said)
    return next((each for each in longest_first if len(each) <= width), said)


def step(row: CanaryRow, room: Room) -> str:
    return f"{row.step[0]}/{row.step[1]}" if row.step else "–"


def countdown(row: CanaryRow, now: datetime, *, coarse: bool = False) -> str:
    """Time to the row's next tick, in whole seconds, ``–`` when none is due; ``≤10 s`` when `coarse`. A stale row's
    stands where it was when that was known last."""
    if row.next_tick is None:
        return "–"
    left_s = (row.next_tick - (row.as_of or now)).total_seconds()
    if left_s < 0 and row.interval_s > 0:
        left_s %= row.interval_s
    if coarse:
        return "≤" + short_duration(max(math.ceil(left_s / COARSE_S), 1) * COARSE_S)
    return short_duration(math.ceil(left_s))


def ending(row: CanaryRow, now: datetime) -> str:
    """``✓ 14:35:10`` is promoted then if all stays well, ``✗ 14:31:20`` is rolled back then if it stays bad."""
    if row.ends is None:
        return "–"
    return f"{'✓' if row.ends_well else '✗'} {row.ends.astimezone(now.tzinfo):%H:%M:%S}"


def verdict(said: str, width: int) -> str:
    """As :func:`.printed_cells.verdict`, or ``diff ≤ 0.2`` where there is no room; ``–`` where it is not measured."""
    stale = words.LIST_STALE.read(said)
    if stale is not None:
        shorter = words.LIST_STALE.text(verdict=verdict(stale["verdict"], 0))
        return next((each for each in (said, shorter) if len(each) <= width), words.LIST_ONLY_STALE.text())
    if len(said) > width:
        for sentence, short in (
            (words.LIST_NO_DIFFERENCE, words.LIST_NO_DIFFERENCE_SHORT),
            (words.LIST_NOT_WORSE, words.LIST_NOT_WORSE_SHORT),
        ):
            fields = sentence.read(said)
            if fields is not None:
                return short.text(**fields)
    return said or "–"


def success(measured: Measured) -> str:
    """``99.9 %``, or ``53.4%<99`` below its bound."""
    if measured.value is None:
        return "–"
    shown = "100" if measured.value == 100 else f"{measured.value:.1f}"
    return f"{shown}%<{number_text(measured.bound or 0.0)}" if measured.fails else f"{shown} %"


def duration(measured: Measured) -> str:
    """``212 ms``, or ``1.3 s>`` above its bound."""
    if measured.value is None:
        return "–"
    shown = short_milliseconds(measured.value)
    return f"{shown}>" if measured.fails else shown


def _trend_floor(measured: Measured) -> float:
    """Where a success sparkline begins: at zero once something went wrong, else near the bound, so that
    small dents are seen."""
    values = [value for value in measured.trend if not math.isnan(value)]
    lowest = min(values, default=100.0)
    return 0.0 if lowest < 90.0 else 90.0
