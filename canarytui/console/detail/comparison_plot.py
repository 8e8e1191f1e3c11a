"""Canary and primary in one plot, drawn by plotext: the canary as a line, the primary as dots, the threshold across.

As :mod:`canarytui.console.detail.plots` it imports plotext when the first plot is drawn. What plotext colours gets the
tones of the theme; without colours the shapes tell the curves apart.
"""

from __future__ import annotations

import functools
from datetime import datetime, tzinfo

from msgspec import Struct
from rich.style import Style
from rich.text import Span, Text

from canarytui.console.detail.layout import lines_of
from canarytui.console.detail.plots import AXIS_LINES, blank_figure
from canarytui.console.detail.time_axis import TimeAxis, value_axis

Points = tuple[tuple[datetime, float], ...]

LEAST_COLUMNS, LEAST_LINES = 24, 4
_MARGIN = 6
"""Columns of the labels of values: equal in all plots, so that their time axes stand below each other."""
_COLOURS = {6: "canary", 8: "primary", 3: "threshold"}
"""plotext's cyan, gray and orange, as Rich reads them, and our tones."""


class ComparisonPlot(Struct, frozen=True):
    """`canary` and `primary` are (time, value), oldest first. The axis of values goes at least from `low` to `high`;
    `top` is the most that there can be."""

    canary: Points
    primary: Points
    low: float
    high: float
    threshold: float | None = None
    top: float | None = None


@functools.lru_cache(maxsize=32)
def draw_comparison(
    plot: ComparisonPlot, axis: TimeAxis, columns: int, lines: int, zone: tzinfo | None, *, times: bool = True
) -> tuple[Text, ...]:
    """`plot` in so many columns and lines; `times`: with the labels of the time axis. The texts are shared: copy them
    to change them."""
    import plotext

    curves = [
        (_on(axis, plot.primary), plotext.marker("dot", pixel="gray")),
        (_on(axis, plot.canary), plotext.marker("braille", pixel="cyan")),
    ]
    values = [value for curve, _ in curves for _, value in curve]
    low = min([plot.low, *values])
    high = max([plot.high, *values])
    ticks, end = value_axis(low, high if plot.top is None else min(high, plot.top), lines - AXIS_LINES)
    figure = blank_figure(columns, lines)
    figure.ruler("y").lim(ticks[0], end)
    figure.ruler("x").lim(0, axis.span_s)
    figure.ruler("y").ticks(ticks, [f"{tick:g}"[:_MARGIN].rjust(_MARGIN) for tick in ticks])
    offsets, labels = axis.ticks(columns - _MARGIN, zone)
    figure.ruler("x").ticks(offsets, labels if times else [" " for _ in labels])
    if plot.threshold is not None and ticks[0] <= plot.threshold <= end:
        figure.line(plot.threshold, orientation="horizontal", pixel="orange", style="dotted")
    for curve, marker in curves:
        if curve:
            signal = figure.signal([x for x, _ in curve], [y for _, y in curve], marker=marker)
            figure.draw(signal.lines())
    built = figure.build().string(colorless=False)
    figure.clear()
    return tuple(lines_of(_toned(Text.from_ansi(built.rstrip("\n")))))


def marks_line(marks: tuple[tuple[datetime, str], ...], axis: TimeAxis, columns: int) -> Text:
    """The line of marks below or above plots of this axis; where two fall on one place the later one stands."""
    cells = [" "] * columns
    room = max(columns - _MARGIN - 2, 1)
    for at, mark in marks:
        offset_s = axis.offset_s(at)
        if offset_s is not None:
            cells[min(_MARGIN + 1 + round(offset_s / axis.span_s * room), columns - 1)] = mark
    text = Text(end="", no_wrap=True)
    for cell in cells:
        text.append(cell, style=MARK_TONES.get(cell, ""))
    text.rstrip()
    return text


ADVANCED, HALTED, ROLLED_BACK, PROMOTED = "▲", "✗", "↩", "★"
MARK_TONES = {ADVANCED: "quiet", HALTED: "bad", ROLLED_BACK: "bad", PROMOTED: "active"}


def _on(axis: TimeAxis, points: Points) -> list[tuple[float, float]]:
    """Those that are on the axis; a curve begins and ends with what was measured."""
    placed = ((axis.offset_s(at), value) for at, value in points)
    return [(offset_s, value) for offset_s, value in placed if offset_s is not None]


def _toned(text: Text) -> Text:
    """With our tones for plotext's colours; it paints a background of its own behind lines, which is left out."""
    spans = []
    for span in text.spans:
        number = span.style.color.number if isinstance(span.style, Style) and span.style.color is not None else None
        tone = _COLOURS.get(number) if number is not None else None
        if tone is not None:
            spans.append(Span(span.start, span.end, tone))
    text.spans = spans
    return text
