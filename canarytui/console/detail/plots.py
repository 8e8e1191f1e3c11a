"""Weight and check values over time, drawn by plotext into text, with letters below for what happened when.

plotext is imported when the first plot is drawn: it costs a sixth of a second that the list must not wait
for. It draws into one figure of its module, so a plot is built in one go and nothing is kept between calls.
Its output goes through Rich's ANSI decoder, so that no escape sequence reaches the terminal unseen.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from msgspec import Struct
from rich.style import Style
from rich.text import Span, Text

from canarytui.console.detail.time_axis import TimeAxis, value_axis
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import cut

LEAST_COLUMNS = 24
LEAST_LINES = 5
AXIS_LINES = 2
"""Lines of a figure below its curves: the axis of times and its labels."""

MOMENT = "▼"
"""The letter of the entry that is being looked at."""
RULED = frozenset(("H", "R", MOMENT))
_AMBER, _CYAN = "red", "cyan"
"""What plotext calls the colours that become the tones of thresholds and of the moment that is looked at."""
_TONES = {1: "waiting", 6: "mark"}
"""Tones by the numbers of plotext's colours."""
_SHORTEST = timedelta(minutes=1)


class Plot(Struct, frozen=True):
    """One curve: `points` are (time, value), oldest first; `bound` is drawn across, `stepped` holds a value until
    the next one instead of joining them. `events` are (time, letter): letters stand in a line below the times, those in
    :data:`RULED` also rule a line through the plot where they begin."""

    title: str
    points: tuple[tuple[datetime, float], ...]
    low: float
    high: float
    bound: float | None = None
    events: tuple[tuple[datetime, str], ...] = ()
    stepped: bool = False
    expected: tuple[tuple[datetime, float], ...] = ()
    """What is predicted, drawn with dots; it may lie after now, and widens the times to its last point."""


@functools.lru_cache(maxsize=32)
def draw(plot: Plot, columns: int, lines: int, now: datetime, zone: tzinfo | None, *, coloured: bool = True) -> Text:
    """`plot` as `lines` lines of `columns` columns, its title on the first; the text is shared: copy it to change it.

    Too little room or no point at all gives a sentence instead of axes.
    """
    points = [(at, value) for at, value in plot.points if math.isfinite(value)]
    title = Text(cut(plot.title, columns), style="strong", end="")
    if not points and not plot.expected:
        return Text("\n").join([title, Text(words.NO_VALUES.text(), style="quiet")])
    if columns < LEAST_COLUMNS or lines < LEAST_LINES + 2:
        return Text("\n").join([title, Text(f"{points[-1][1]:g}"[:columns])] if points else [title])
    if plot.expected:
        now = max(now, plot.expected[-1][0], *(at for at, _ in plot.events))
    body = _figure(plot, points, columns, lines - 2, now, zone, coloured)
    drawn = list(body.split("\n"))
    return Text("\n").join([title, *drawn, _letters(plot, _extent(plot, points, now), _left(drawn), columns)])


def _extent(plot: Plot, points: list[tuple[datetime, float]], now: datetime) -> TimeAxis:
    """The time axis, of a minute at least; it ends now, or with what is predicted: nothing is known of later."""
    return TimeAxis(min((points or plot.expected)[0][0], now - _SHORTEST), now)


def _left(drawn: Sequence[Text]) -> int:
    """Columns left of the plotting area: labels and axis."""
    for text in drawn:
        for mark in ("┤", "│", "┼"):
            if mark in text.plain:
                return text.plain.index(mark) + 1
    return 0


def _letters(plot: Plot, axis: TimeAxis, left: int, columns: int) -> Text:
    """The line of letters; where two fall on one place the later one stands."""
    cells = [" "] * columns
    room = max(columns - left, 1)
    for at, letter in plot.events:
        offset_s = axis.offset_s(at)
        if offset_s is not None:
            cells[min(left + int(offset_s / axis.span_s * room), columns - 1)] = letter[:1]
    text = Text(end="", no_wrap=True)
    for cell in cells:
        text.append(cell, style="mark" if cell == MOMENT else "bad" if cell in RULED else "quiet")
    text.rstrip()
    return text


def _figure(
    plot: Plot,
    points: list[tuple[datetime, float]],
    columns: int,
    lines: int,
    now: datetime,
    zone: tzinfo | None,
    coloured: bool,
) -> Text:
    axis = _extent(plot, points, now)
    begin, span_s = axis.begin, axis.span_s
    xs, ys = _curve(points, begin, span_s, plot.stepped, bool(plot.expected))
    figure = blank_figure(columns, lines)
    expected = [((at - begin).total_seconds(), value) for at, value in plot.expected if at >= begin]
    low = min(plot.low, *ys, *(value for _, value in expected))
    high = max(plot.high, *ys, *(value for _, value in expected))
    levels, end = value_axis(low, high, lines - AXIS_LINES)
    figure.ruler("y").lim(levels[0], end)
    figure.ruler("x").lim(0, span_s)
    figure.ruler("y").ticks(levels, [f"{level:g}" for level in levels])
    figure.ruler("x").ticks(*axis.ticks(columns, zone))
    if plot.bound is not None:
        figure.line(plot.bound, orientation="horizontal", pixel=_AMBER if coloured else None, style="dotted")
    before = ""
    for at, letter in plot.events:
        offset_s = axis.offset_s(at)
        first, before = letter != before, letter  # of ten halts in a row one line is enough
        if letter in RULED and first and offset_s is not None:
            colour = _CYAN if letter == MOMENT and coloured else None
            figure.line(offset_s, orientation="vertical", pixel=colour, style="dotted")
    if expected:
        figure.draw(figure.signal([x for x, _ in expected], [y for _, y in expected], marker="dot"))
    if xs:
        figure.draw(figure.signal(xs, ys, marker="braille").lines())
    built = figure.build().string(colorless=not coloured)
    figure.clear()
    return _in_tones(Text.from_ansi(built.rstrip("\n")))


def blank_figure(columns: int, lines: int) -> Any:
    """plotext's one figure, emptied, with axes on the left and below; its colours are given to what is drawn."""
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(columns, lines)
    figure.theme("colorless")
    figure.canvas("default")
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    return figure


def _in_tones(text: Text) -> Text:
    """plotext's colours as tones, which are the theme's; the background that it paints behind lines is not ours."""
    text.spans = [
        Span(span.start, span.end, tone)
        for span in text.spans
        if isinstance(span.style, Style) and span.style.color and (tone := _TONES.get(span.style.color.number or 0))
    ]
    return text


def _curve(
    points: list[tuple[datetime, float]], begin: datetime, span_s: float, stepped: bool, open_ended: bool
) -> tuple[list[float], list[float]]:
    xs: list[float] = []
    ys: list[float] = []
    for at, value in points:
        offset_s = min(max((at - begin).total_seconds(), 0.0), span_s)
        if stepped and ys:
            xs.append(offset_s)
            ys.append(ys[-1])
        xs.append(offset_s)
        ys.append(value)
    if xs and (stepped or (len(xs) == 1 and not open_ended)):
        xs.append(span_s)
        ys.append(ys[-1])
    return xs, ys
