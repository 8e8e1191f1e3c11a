"""One entry of the timeline: weight and checks around it, in words and as plots."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace
from rich.text import Text

from canarytui.console.detail.layout import folded, line
from canarytui.console.detail.plots import MOMENT
from canarytui.console.detail.trends import plots
from canarytui.console.detail.view import DetailView, Points
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.checks import Check
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.text.plain import clean, cut
from canarytui.whole_number import whole_number

AROUND = timedelta(minutes=10)
"""How much is shown before and after the entry."""

_NEAR = timedelta(seconds=45)
"""Values further away than this do not count for the entry."""


def moment(view: DetailView, entry: TimelineEntry, columns: int, height: int) -> list[Text]:
    """The entry's text, the values at its time, and plots around it with a mark at its place; `height` is the
    screen's."""
    at = entry.at.astimezone(view.now.tzinfo)
    shown = around(view, at)
    tone = "bad" if entry.warning else "strong"
    return [
        *folded(f"{MOMENT} {at:%Y-%m-%d %H:%M:%S}  {clean(entry.text, 600)}", columns, tone),
        *values(view, at, columns),
        line(),
        *plots(shown, columns, height, moment=at),
    ]


def around(view: DetailView, at: datetime) -> DetailView:
    """`view` limited to the time around `at`."""
    begin, end = at - AROUND, min(at + AROUND, max(view.now, at))
    weights = (*_told_weights(view), *view.weights)
    return replace(
        view,
        situation=view.situation.at(end),
        weights=_held(tuple(sorted(weights)), begin, end),
        readings={name: _within(points, begin, end) for name, points in view.readings.items()},
        entries=tuple(entry for entry in view.entries if begin <= entry.at <= end),
    )


def values(view: DetailView, at: datetime, columns: int) -> list[Text]:
    """Weight and checks at `at`, one line each."""
    weights = [point for point in sorted((*_told_weights(view), *view.weights)) if point[0] <= at]
    said = [line(("weight  ", "quiet"), f"{weights[-1][1]:g} %" if weights else words.NO_WEIGHT_THEN.text())]
    for check in view.situation.checks:
        said.append(_value(check, view.readings.get(check.name, ()), at, columns))
    return said


def _value(check: Check, points: Points, at: datetime, columns: int) -> Text:
    name = cut(clean(check.name, 60), max(columns // 2, 8))
    near = [point for point in points if abs(point[0] - at) <= _NEAR and point[1] == point[1]]
    if not near:
        return line((f"{name}  ", "quiet"), (words.NO_VALUE_THEN.text(seconds=_NEAR.total_seconds()), "quiet"))
    value = min(near, key=lambda point: abs(point[0] - at))[1]
    low = check.minimum is not None and value < check.minimum
    high = check.maximum is not None and value > check.maximum
    failed = low or high
    what = words.OUTSIDE if failed else words.INSIDE
    said = what.text(value=replace(check, value=value).value_text(), bound=check.bound_text())
    return line((f"{name}  ", "quiet"), (said, "bad" if failed else ""))


def _told_weights(view: DetailView) -> Points:
    """Weights that the timeline has from before this console was opened."""
    found = []
    for entry in view.entries:
        for aspect, value in entry.marks:
            if aspect == "weight" and (weight := whole_number(value)) is not None:
                found.append((entry.at, float(weight)))
    return tuple(found)


def _within(points: Points, begin: datetime, end: datetime) -> Points:
    return tuple(point for point in points if begin <= point[0] <= end)


def _held(points: Points, begin: datetime, end: datetime) -> Points:
    """Points of a value that holds until the next one; `begin` gets the value from before."""
    before = [value for at, value in points if at < begin]
    within = _within(points, begin, end)
    return ((begin, before[-1]), *within) if before else within
