"""Weight and check values over time, drawn by plotext into text.

plotext is imported when the first plot is drawn: it costs a sixth of a second that the list must not wait
for. It draws into one figure of its module, so a plot is built in one go and nothing is kept between calls.
Its output goes through Rich's ANSI decoder, so that no escape sequence reaches the terminal unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rich.style import Style
from rich.text import Span, Text

LEAST_COLUMNS = 24
LEAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Plot:
    """One curve: `points` are (time, value), oldest first; `bound` is drawn across, `events` are times that
    are marked, `stepped` holds a value until the next one instead of joining them."""

    title: str
    points: tuple[tuple[datetime, float], ...]
    low: float
    high: float
    bound: float | None = None
    events: tuple[datetime, ...] = ()
    stepped: bool = False


def draw(plot: Plot, columns: int, lines: int, now: datetime, zone: tzinfo | None, *, coloured: bool = True) -> Text:
    """`plot` as `lines` lines of `columns` columns, its title on the first.

    Too little room or no point at all gives a sentence instead of axes.
    """
    points = [(at, value) for at, value in plot.points if math.isfinite(value)]
    title = Text(plot.title[:columns], style="strong")
    if not points:
        return Text("\n").join([title, Text("no values yet", style="quiet")])
    if columns < LEAST_COLUMNS or lines < LEAST_LINES + 1:
        return Text("\n").join([title, Text(f"{points[-1][1]:g}"[:columns])])
    body = _figure(plot, points, columns, lines - 1, now, zone, coloured)
    return Text("\n").join([title, *body.split("\n")])


def _figure(
    plot: Plot,
    points: list[tuple[datetime, float]],
    columns: int,
    lines: int,
    now: datetime,
    zone: tzinfo | None,
    coloured: bool,
) -> Text:
    import plotext

    begin = points[0][0]
    span_s = max((now - begin).total_seconds(), 60.0)
    xs, ys = _curve(points, begin, span_s, plot.stepped)
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(columns, lines)
    figure.theme("colorless")
    figure.canvas("default")
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    low = min(plot.low, *ys)
    high = max(plot.high, *ys)
    figure.ruler("y").lim(low, high)
    figure.ruler("x").lim(0, span_s)
    figure.ruler("y").ticks(*_levels(low, high))
    figure.ruler("x").ticks(*_times(begin, span_s, zone))
    if plot.bound is not None:
        figure.line(plot.bound, orientation="horizontal", pixel="red" if coloured else None, style="dotted")
    for event in plot.events:
        offset_s = (event - begin).total_seconds()
        if 0.0 <= offset_s <= span_s:
            figure.line(offset_s, orientation="vertical", pixel="orange" if coloured else None, style="dotted")
    figure.draw(figure.signal(xs, ys, marker="braille").lines())
    built = figure.build().string(colorless=not coloured)
    figure.clear()
    return _foreground_only(Text.from_ansi(built.rstrip("\n")))


def _foreground_only(text: Text) -> Text:
    """plotext paints a background of its own behind lines, which would not be our theme's."""
    text.spans = [
        Span(span.start, span.end, Style(color=span.style.color))
        for span in text.spans
        if isinstance(span.style, Style) and span.style.color is not None
    ]
    return text


def _curve(
    points: list[tuple[datetime, float]], begin: datetime, span_s: float, stepped: bool
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
    if stepped or len(xs) == 1:
        xs.append(span_s)
        ys.append(ys[-1])
    return xs, ys


def _levels(low: float, high: float) -> tuple[list[float], list[str]]:
    levels = [low, (low + high) / 2, high]
    return levels, [f"{level:.4g}" for level in levels]


def _times(begin: datetime, span_s: float, zone: tzinfo | None) -> tuple[list[float], list[str]]:
    start = begin.timestamp()
    offsets = [0.0, span_s / 2, span_s]
    labels = [
        datetime.fromtimestamp(start + offset_s, begin.tzinfo).astimezone(zone).strftime("%H:%M:%S")
        for offset_s in offsets
    ]
    return offsets, labels
