"""Success rate and P99 of canary and primary over time, on one time axis.

Functions of a :class:`DetailView`, for any pane or page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.text import Text

from canarytui.console.detail.comparison_plot import (
    ADVANCED,
    HALTED,
    LEAST_COLUMNS,
    LEAST_LINES,
    PROMOTED,
    ROLLED_BACK,
    ComparisonPlot,
    draw_comparison,
    marks_line,
)
from canarytui.console.detail.layout import beside, line
from canarytui.console.detail.time_axis import TimeAxis
from canarytui.console.detail.trends import marks, plots
from canarytui.console.detail.view import DetailView
from canarytui.domain.rollout.checks import Check, number_text
from canarytui.domain.rollout.request_numbers import Side
from canarytui.domain.sentences import legend
from canarytui.domain.sentences import numbers as words
from canarytui.domain.traffic import registry
from canarytui.session.metric_history import DURATION, SUCCESS_RATE
from canarytui.session.rollout_numbers import NumbersPoint, RolloutNumbers

_GAP = 2
_SIDE_BY_SIDE = 96
"""Columns from which the two plots stand beside each other."""
_TALL = 2 * (LEAST_LINES + 2) + 2
"""Lines from which they can stand below each other."""
_ROOM_FOR_LEGEND = 10
_LOOK_BACK = timedelta(minutes=10)
_KEPT = timedelta(minutes=15)
"""How long an ended rollout stays on the axis as a whole."""
_MARKS = {"A": ADVANCED, "H": HALTED, "R": ROLLED_BACK, "P": PROMOTED}


def numbers_plots(view: DetailView, columns: int, lines: int) -> list[Text]:
    """Success rate and P99 of both sides on one time axis, with marks for what happened, in so many lines. Where no
    requests were counted, the plots of weight and checks."""
    numbers = view.numbers
    if numbers is None or not numbers.points or columns < LEAST_COLUMNS or lines < LEAST_LINES + 2:
        return plots(view, columns, 0, lines=max(lines - 1, LEAST_LINES + 3))
    axis = TimeAxis.of(_begin(view, numbers), view.now)
    shown = [point for point in numbers.points if axis.offset_s(point.at) is not None] or [numbers.points[-1]]
    made = [_success(view, shown), _p99(view, shown)]
    if not any(plot.canary or plot.primary for _, plot in made):
        return [made[0][0](columns), line((words.NO_REQUESTS.text(window=numbers.window), "quiet"))]
    events = tuple((at, _MARKS[letter]) for at, letter in marks(view.entries) if letter in _MARKS)
    if events and lines >= _ROOM_FOR_LEGEND:
        legend_line = line((legend.PLOT_MARKS.text(), "quiet"))
        return [*_placed(made, axis, events, columns, lines - 1, view), legend_line]
    return _placed(made, axis, events, columns, lines, view)


def _placed(
    made: Sequence[tuple[_Title, ComparisonPlot]],
    axis: TimeAxis,
    events: tuple[tuple[datetime, str], ...],
    columns: int,
    lines: int,
    view: DetailView,
) -> list[Text]:
    if columns >= _SIDE_BY_SIDE:
        return _side_by_side(made, axis, events, columns, lines, view)
    if lines >= _TALL:
        return _stacked(made, axis, events, columns, lines, view)
    title, plot = made[0] if _is_worse(made[0][1], view) or not _is_worse(made[1][1], view) else made[1]
    drawn = draw_comparison(plot, axis, columns, lines - 2, view.zone)
    return [title(columns), *drawn, marks_line(events, axis, columns)]


def _begin(view: DetailView, numbers: RolloutNumbers) -> datetime:
    span = numbers.span
    first = numbers.points[0].at
    if span is None or (span.ended is not None and view.now - span.ended > _KEPT):
        return max(first, view.now - _LOOK_BACK)
    return span.began


def _success(view: DetailView, points: Sequence[NumbersPoint]) -> tuple[_Title, ComparisonPlot]:
    check = _check(view, SUCCESS_RATE)
    bound = check.minimum if check is not None else None
    canary, primary = (
        tuple(
            (point.at, found.success_percent)
            for point in points
            if (found := point.sides.get(side)) is not None and found.success_percent is not None
        )
        for side in (Side.CANARY, Side.PRIMARY)
    )
    low = min([98.0, *([bound - 1] if bound is not None else [])])
    plot = ComparisonPlot(canary, primary, low, 100.0, bound, top=100.0)
    return _Title("success %", canary, primary, bound), plot


def _p99(view: DetailView, points: Sequence[NumbersPoint]) -> tuple[_Title, ComparisonPlot]:
    check = _check(view, DURATION)
    record = registry.like(view.situation.metrics_provider)
    is_mean = record is not None and record.queries.mean  # then the check's threshold is no bound of a percentile
    bound = check.maximum if check is not None and not is_mean else None
    canary, primary = (
        tuple(
            (point.at, found.p99_ms)
            for point in points
            if (found := point.sides.get(side)) is not None and found.p99_ms is not None
        )
        for side in (Side.CANARY, Side.PRIMARY)
    )
    values = [value for _, value in (*canary, *primary)]
    high = max([*values, 1.0])
    if bound is not None and high > bound / 4:
        high = max(high, bound)
    return _Title("P99 ms", canary, primary, bound), ComparisonPlot(canary, primary, 0.0, high, bound)


def _check(view: DetailView, name: str) -> Check | None:
    return next((check for check in view.situation.checks if check.name == name), None)


def _is_worse(plot: ComparisonPlot, view: DetailView) -> bool:
    """Whether the canary's last value is beyond the threshold."""
    if plot.threshold is None or not plot.canary:
        return False
    last = plot.canary[-1][1]
    return last < plot.threshold if plot.top is not None else last > plot.threshold


class _Title:
    """``success %  ━ canary 100  • primary 99.8  ┈ 99``: what a plot shows, and the last values."""

    def __init__(
        self,
        name: str,
        canary: tuple[tuple[datetime, float], ...],
        primary: tuple[tuple[datetime, float], ...],
        bound: float | None,
    ) -> None:
        self._parts: list[tuple[str, str]] = [(name, "strong")]
        for mark, side, points in (("━", Side.CANARY, canary), ("•", Side.PRIMARY, primary)):
            value = number_text(round(points[-1][1], 1)) if points else "–"
            self._parts.append((f"  {mark} {side} {value}", str(side)))
        if bound is not None:
            self._parts.append((f"  ┈ {number_text(bound)}", "threshold"))

    def __call__(self, columns: int) -> Text:
        text = line(*self._parts)
        text.truncate(columns, overflow="ellipsis")
        return text


def _side_by_side(
    made: Sequence[tuple[_Title, ComparisonPlot]],
    axis: TimeAxis,
    events: tuple[tuple[datetime, str], ...],
    columns: int,
    lines: int,
    view: DetailView,
) -> list[Text]:
    each = (columns - _GAP) // 2
    halves = [
        [title(each), *draw_comparison(plot, axis, each, lines - 2, view.zone), marks_line(events, axis, each)]
        for title, plot in made
    ]
    return beside(halves[0], halves[1], each, _GAP)


def _stacked(
    made: Sequence[tuple[_Title, ComparisonPlot]],
    axis: TimeAxis,
    events: tuple[tuple[datetime, str], ...],
    columns: int,
    lines: int,
    view: DetailView,
) -> list[Text]:
    (upper_title, upper), (lower_title, lower) = made
    room = lines - 2
    first = draw_comparison(upper, axis, columns, room // 2, view.zone, times=False)
    second = draw_comparison(lower, axis, columns, room - room // 2, view.zone)
    # The labels' line of the upper plot, which has none, is where the marks stand: between the two.
    return [upper_title(columns), *first[:-1], marks_line(events, axis, columns), lower_title(columns), *second]
