"""Success rate and P99 of canary and primary over time, on one time axis, with marks for what happened.

A function of a :class:`DetailView`, for any pane or page.
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
    draw_comparison,
    marks_line,
)
from canarytui.console.detail.layout import beside, line
from canarytui.console.detail.numbers_curves import TitledPlot, titled_plots
from canarytui.console.detail.time_axis import TimeAxis
from canarytui.console.detail.trends import marks, plots
from canarytui.console.detail.view import DetailView
from canarytui.domain.sentences import legend
from canarytui.domain.sentences import numbers as words
from canarytui.domain.ticks import short_duration

_GAP = 2
_EACH = 47
"""Columns that a plot takes at least where several stand beside each other."""
_ROW = 9
"""Lines that each of several rows of plots takes at least."""
_TALL = 2 * (LEAST_LINES + 2) + 2
"""Lines from which two can stand below each other."""
_ROOM_FOR_LEGEND = 10
_LOOK_BACK = timedelta(minutes=10)
_KEPT = timedelta(minutes=15)
"""How long an ended rollout stays on the axis as a whole."""
_MARKS = {"A": ADVANCED, "H": HALTED, "R": ROLLED_BACK, "P": PROMOTED}
Events = tuple[tuple[datetime, str], ...]


def numbers_plots(view: DetailView, columns: int, lines: int) -> list[Text]:
    """As many plots as fit into so many lines: in rows, below each other, or the one that matters. Where no built-in
    check decides, the plots of weight and checks."""
    axis = TimeAxis.of(_begin(view), view.now)
    made = titled_plots(view, axis.begin)
    if not made or columns < LEAST_COLUMNS or lines < LEAST_LINES + 2:
        return plots(view, columns, 0, lines=max(lines - 1, LEAST_LINES + 3))
    if not any(axis.offset_s(at) is not None for each in made[:2] for at, _ in (*each.plot.canary, *each.plot.primary)):
        said = words.NONE_MEASURED.text(age=short_duration((view.now - axis.begin).total_seconds()))
        return [made[0].title(columns), line((said, "quiet"))]
    events = tuple((at, _MARKS[letter]) for at, letter in marks(view.entries) if letter in _MARKS)
    below = [line((legend.PLOT_MARKS.text(), "quiet"))] if events and lines >= _ROOM_FOR_LEGEND else []
    room = lines - len(below)
    across = min(len(made), (columns + _GAP) // (_EACH + _GAP))
    if across >= 2:
        return [*_grid(made, axis, events, (columns, across), room, view), *below]
    if room >= _TALL:
        return [*_stacked(made[0], made[1], axis, events, columns, room, view), *below]
    chosen = made[1] if made[1].is_beyond and not made[0].is_beyond else made[0]
    return [*_alone(chosen, axis, events, columns, room, view), *below]


def _begin(view: DetailView) -> datetime:
    span = view.numbers.span if view.numbers is not None else None
    if span is None or (span.ended is not None and view.now - span.ended > _KEPT):
        return view.now - _LOOK_BACK
    return span.began


def _alone(shown: TitledPlot, axis: TimeAxis, events: Events, columns: int, lines: int, view: DetailView) -> list[Text]:
    drawn = draw_comparison(shown.plot, axis, columns, lines - 2, view.zone)
    return [shown.title(columns), *drawn, marks_line(events, axis, columns)]


def _grid(
    made: Sequence[TitledPlot],
    axis: TimeAxis,
    events: Events,
    width: tuple[int, int],
    lines: int,
    view: DetailView,
) -> list[Text]:
    """Rows of plots, as many as there are lines for; `width` is the columns, and how many plots stand in a row."""
    columns, across = width
    rows = min(max(lines // _ROW, 1), -(-len(made) // across))
    drawn: list[Text] = []
    for row in range(rows):
        shown = made[row * across : (row + 1) * across]
        height = lines // rows + (1 if row < lines % rows else 0)
        drawn += _side_by_side(shown, axis, events, (columns, across), height, view)
    return drawn


def _side_by_side(
    made: Sequence[TitledPlot], axis: TimeAxis, events: Events, width: tuple[int, int], lines: int, view: DetailView
) -> list[Text]:
    columns, across = width
    each = (columns - _GAP * (across - 1)) // across
    row = _alone(made[0], axis, events, each, lines, view)
    for number, shown in enumerate(made[1:], 1):
        row = beside(row, _alone(shown, axis, events, each, lines, view), (each + _GAP) * number - _GAP, _GAP)
    return row


def _stacked(
    upper: TitledPlot, lower: TitledPlot, axis: TimeAxis, events: Events, columns: int, lines: int, view: DetailView
) -> list[Text]:
    room = lines - 2
    first = draw_comparison(upper.plot, axis, columns, room // 2, view.zone, times=False)
    second = draw_comparison(lower.plot, axis, columns, room - room // 2, view.zone)
    # The labels' line of the upper plot, which has none, is where the marks stand: between the two.
    marked = [*first[:-1], marks_line(events, axis, columns)]
    return [upper.title(columns), *marked, lower.title(columns), *second]
