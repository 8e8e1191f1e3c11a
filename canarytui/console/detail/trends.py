"""The plots: weight, success rate, latency, with their thresholds and what happened when."""

from __future__ import annotations

from datetime import datetime, timedelta

from rich.text import Text

from canarytui.console.detail.layout import beside, folded, line, lines_of
from canarytui.console.detail.plots import MOMENT, Plot, draw
from canarytui.console.detail.view import DetailView, Points
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.rollout.checks import Check
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.sentences import legend
from canarytui.domain.spec.steps import target_weight
from canarytui.domain.text.plain import clean
from canarytui.session.metric_history import DURATION, SUCCESS_RATE

_GAP = 2
_THREE = 112
_COARSE_S = 5.0
_MARKS_MOST = 60
_TITLES = {SUCCESS_RATE: "success rate %", DURATION: "request duration ms"}


def plots(view: DetailView, columns: int, height: int, *, moment: datetime | None = None, lines: int = 0) -> list[Text]:
    """Weight and the first two checks, side by side as far as they fit; a legend where anything is marked.

    `height` is that of the screen, by which each plot has its lines unless they are given; `moment` is marked before
    all else.
    """
    lines = lines or (9 if height < 30 else 12 if height < 50 else 17)
    letters = marks(view.entries)
    if moment is not None:
        letters = (*letters, (moment, MOMENT))
    made = [_weight(view, letters), *_of_checks(view, letters)]
    # The time axis moves in coarse steps: redrawing plots each second costs too much over a slow connection.
    now = _coarse(view.now)
    across = len(made) if columns >= _THREE else min(len(made), 2)
    each = (columns - _GAP * (across - 1)) // across
    rows: list[Text] = []
    for first in range(0, len(made), across):
        row: list[Text] = []
        for number, plot in enumerate(made[first : first + across]):
            wide = columns if len(made) - first == 1 and across > 1 else each
            drawn = lines_of(draw(plot, wide, lines, now, view.zone, coloured=view.coloured))
            row = beside(row, drawn, (each + _GAP) * number - _GAP, _GAP) if number else drawn
        rows += row
    if letters:
        rows.append(line((legend.PLOT_LETTERS.text(), "quiet")))
    for check in _plotted(view):
        if check.without_past:
            said = words.NO_HISTORY.text(check=clean(check.name, 60), provider=clean(check.without_past, 30))
            rows += folded(said, columns, "quiet")
    return rows


def marks(entries: tuple[TimelineEntry, ...]) -> tuple[tuple[datetime, str], ...]:
    """(time, letter) of the turning points in the timeline, oldest first."""
    found = []
    for entry in entries:
        letter = _letter(entry)
        if letter:
            found.append((entry.at, letter))
    return tuple(found[-_MARKS_MOST:])


def _letter(entry: TimelineEntry) -> str:
    text = entry.text
    if text.startswith(("Rolling back", "Canary failed!")):
        return "R"
    if text.startswith("New revision detected!"):
        return "N"
    if text.startswith(("Promotion completed!", "Routing all traffic to primary", "Copying ")):
        return "P"
    aspects = {aspect for aspect, _ in entry.marks}
    if "failed" in aspects or text.startswith("Halt "):
        return "H"
    return "A" if aspects & {"weight", "iteration"} else ""


def _weight(view: DetailView, letters: tuple[tuple[datetime, str], ...]) -> Plot:
    goal = float(target_weight(view.situation.canary.spec.analysis))
    return Plot("weight %", view.weights, 0.0, 100.0, goal, letters, stepped=True)


def _of_checks(view: DetailView, letters: tuple[tuple[datetime, str], ...]) -> list[Plot]:
    halts = tuple(mark for mark in letters if mark[1] != "A")
    return [_of_check(check, view.readings.get(check.name, ()), halts) for check in _plotted(view)]


def _plotted(view: DetailView) -> list[Check]:
    """Success rate and duration if they are checked, else the first other checks."""
    checks = {check.name: check for check in view.situation.checks}
    names = [name for name in (SUCCESS_RATE, DURATION) if name in checks]
    names += [name for name in checks if name not in names]
    return [checks[name] for name in names[:2]]


def _of_check(check: Check, points: Points, letters: tuple[tuple[datetime, str], ...]) -> Plot:
    bound = check.minimum if check.minimum is not None else check.maximum
    finite = [value for _, value in points if value == value]
    percent = check.unit == "%"
    low = min([90.0, *finite]) if percent else min([0.0, *finite])
    high = 100.0 if percent else max([bound or 0.0, *finite, 1.0]) * 1.05
    title = clean(_TITLES.get(check.name, check.name), 60)
    return Plot(f"{title}  (threshold {check.bound_text()})", points, low, high, bound, letters)


def _coarse(now: datetime) -> datetime:
    return now - timedelta(seconds=now.timestamp() % _COARSE_S)
