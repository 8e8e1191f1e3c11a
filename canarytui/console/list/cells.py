"""The words and shapes in the list's cells, each exactly as wide as its column.

Pure: a row's values in, text out; the table widget gives it colour.
"""

from __future__ import annotations

import math
from datetime import datetime

from canarytui.console.list.columns import Column
from canarytui.console.list.marks import bar, phase_mark, sparkline
from canarytui.domain.checks import number_text
from canarytui.domain.plaintext import cut_middle, fit
from canarytui.domain.ticks import short_duration
from canarytui.session.rows import CanaryRow, Measured, image_change

COARSE_S = 10
"""What a countdown is rounded up to while it is not counted by the second."""


def cell(row: CanaryRow, column: Column, width: int, now: datetime, *, coarse: bool = False) -> str:
    """The text of one cell, exactly `width` columns wide. `now` is in the zone that people read; a `coarse`
    countdown changes every ten seconds."""
    return fit(_content(row, column.name, width, now, coarse), width, right=column.right)


def _content(row: CanaryRow, name: str, width: int, now: datetime, coarse: bool) -> str:
    match name:
        case "context":
            return cut_middle(row.context, width)
        case "namespace":
            return row.namespace
        case "name":
            return row.name
        case "status":
            return f"{phase_mark(row.label)} {row.label}"
        case "weight":
            if row.weight is None:
                return ""
            return bar(row.weight, max(width - 4, 0)) + f"{row.weight:4d}"
        case "weight_trend":
            return sparkline(row.weights, width, 0.0, max((*row.weights, 50.0)))
        case "success":
            return success(row.success)
        case "success_trend":
            return sparkline(row.success.trend, width, _trend_floor(row.success), 100.0)
        case "duration":
            return duration(row.duration)
        case "duration_trend":
            values = [value for value in row.duration.trend if not math.isnan(value)]
            return sparkline(row.duration.trend, width, 0.0, max((*values, row.duration.bound or 1.0)))
        case "failed":
            return f"{row.failed}/{row.threshold}" if row.threshold else ""
        case "step":
            return f"{row.step[0]}/{row.step[1]}" if row.step else "–"
        case "next":
            return countdown(row, now, coarse=coarse)
        case "ends":
            return ending(row, now)
        case "image":
            return image_change(row.images)
        case "owner":
            return row.owner or "–"
        case "interval":
            return f"{row.interval_s:g}s" if row.interval_s else ""
        case "mirror":
            return "true" if row.mirror else ""
        case "step_weight" | "step_weights" | "max_weight":
            return row.plan[("step_weight", "step_weights", "max_weight").index(name)]
        case "transition":
            return row.transition
    return ""


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


def success(measured: Measured) -> str:
    """``99.9 %``, or ``53.4%<99`` below its bound."""
    if measured.value is None:
        return "–"
    shown = "100" if measured.value == 100 else f"{measured.value:.1f}"
    return f"{shown}%<{number_text(measured.bound or 0.0)}" if measured.fails else f"{shown} %"


def duration(measured: Measured) -> str:
    """``212ms``, or ``1.3s>`` above its bound."""
    if measured.value is None:
        return "–"
    value = measured.value
    shown = f"{value:.0f}ms" if abs(value) < 1000 else f"{value / 1000:.1f}s"
    return f"{shown}>" if measured.fails else shown


def _trend_floor(measured: Measured) -> float:
    """Where a success sparkline begins: at zero once something went wrong, else near the bound, so that
    small dents are seen."""
    values = [value for value in measured.trend if not math.isnan(value)]
    lowest = min(values, default=100.0)
    return 0.0 if lowest < 90.0 else 90.0
