"""Characters that changed, as runs of one style, and the shortest way found to write them.

Most of what goes over a thin line is colour and cursor: the digits of a row change in two colours that alternate from
column to column. Runs are therefore written in the order that costs least, not from left to right: those of a small
update as if they were one line, so that a badge in three rows is turned to once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct
from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.style import Style

from canarytui.console.terminal.sgr import SgrStyle, change, sgr_style_of
from canarytui.domain.links import problem_of

Cell = tuple[str, Style | None]
"""A character, "" for the right half of a wide one, and how it is drawn."""

_BRIDGE = 4
"""So many unchanged characters of the same style are cheaper to rewrite than to jump over."""

_MOST_ORDERED = 64
"""Runs of an update up to which orders are compared: more are a page, whose reader waits for it."""

_MOST_MIXED = 24
"""Runs of an update up to which lines are mixed."""


class SgrLooks:
    """What styles are to the terminal, and what leads from one to another. With `links`, links are hyperlinks (OSC 8);
    whatever a style says, only plain http and https URLs are written as one."""

    def __init__(self, *, links: bool = True) -> None:
        self._links = links
        self._urls: dict[str, str] = {}
        self._known: dict[tuple[Style | None, ColorSystem], SgrStyle] = {}
        self.colours = ColorSystem.TRUECOLOR

    def same_ground(self, one: Style | None, other: Style | None) -> bool:
        """Whether a blank looks the same in both, whatever words would look like."""
        grounds = self._look(one).on_blanks, self._look(other).on_blanks
        return grounds[0] is not None and grounds[0] == grounds[1] and self.link(one) == self.link(other)

    def turn(self, before: Style | None, after: Style | None) -> str:
        """The sequences from one style to another."""
        if before is after:
            return ""
        url = self.link(after)
        link = f"\x1b]8;;{url}\x1b\\" if self.link(before) != url else ""
        return link + change(self._look(before), self._look(after))

    def link(self, style: Style | None) -> str:
        """The URL that text of this style leads to; "" for none."""
        url = style.link if style is not None and self._links else None
        if not url:
            return ""
        if url not in self._urls:
            self._urls[url] = "" if problem_of(url) else url
        return self._urls[url]

    def _look(self, style: Style | None) -> SgrStyle:
        known = self._known.get((style, self.colours))
        if known is None:
            known = self._known[style, self.colours] = sgr_style_of(style, self.colours)
        return known


class Run(Struct):
    """Characters beside each other in one style, from column `x` to before `end`; `blank`: nothing but blanks."""

    x: int
    y: int
    end: int
    style: Style | None
    letters: list[str]
    blank: bool


class Pen(Struct, frozen=True):
    """Where the terminal's cursor is, below zero where that is not known, and the style it writes in."""

    x: int = -1
    y: int = -1
    style: Style | None = None


class RunWriter:
    """Collects what changed, line by line from left to right, and writes it."""

    def __init__(self, looks: SgrLooks, style: Style | None) -> None:
        self._looks = looks
        self._runs: list[Run] = []
        self._pen = Pen(style=style)

    @property
    def style(self) -> Style | None:
        """The style the terminal is left in by :meth:`text`."""
        return self._pen.style

    def put(self, x: int, y: int, cell: Cell, skipped: list[Cell]) -> None:
        """Write `cell` at a place; `skipped` are the unchanged cells before it on its line."""
        letter, style = cell
        end = x + (1 if letter.isascii() else get_character_cell_size(letter[0]))
        last = self._runs[-1] if self._runs and self._runs[-1].y == y else None
        if last is not None and self._joins(last, x, cell, skipped):
            last.letters.append(letter)
            last.end = end
            if last.blank and letter != " ":
                last.style, last.blank = style, False
        else:
            self._runs.append(Run(x, y, end, style, [letter], letter == " "))

    def _joins(self, last: Run, x: int, cell: Cell, skipped: list[Cell]) -> bool:
        """Whether a cell continues a run, after what was skipped if that costs less than to jump over it."""
        letter, style = cell
        if style != last.style and not ((letter == " " or last.blank) and self._looks.same_ground(last.style, style)):
            return False
        gap = x - last.end
        if not gap:
            return True
        between = skipped[-gap:]
        if not 0 < gap <= _BRIDGE or len(between) < gap or any(each != style for _, each in between):
            return False
        if style != last.style or sum(len(each.encode()) for each, _ in between) > len(_right(gap)):
            return False
        last.letters += [each for each, _ in between]
        last.blank = last.blank and all(each == " " for each, _ in between)
        return True

    def text(self) -> str:
        """All of it. The terminal is left in the style of the last run, but never in a link."""
        written, pen = self._by_lines()
        if len(self._runs) <= _MOST_MIXED:
            mixed, mixed_pen = self._written(self._pen, self._nearest_first(self._pen, self._runs))
            if len(mixed) < len(written):
                written, pen = mixed, mixed_pen
        self._runs = []
        self._pen = pen
        if self._looks.link(pen.style):
            written += self._looks.turn(pen.style, None)
            self._pen = Pen(style=None)
        return written

    def _by_lines(self) -> tuple[str, Pen]:
        """Line after line, each in the better of two orders."""
        pen, parts = self._pen, []
        ordered = len(self._runs) <= _MOST_ORDERED
        for _, line in groupby(self._runs, key=lambda run: run.y):
            runs = list(line)
            written, after = self._written(pen, runs)
            if ordered and len(runs) > 2:
                other, other_after = self._written(pen, self._nearest_first(pen, runs))
                if len(other) < len(written):
                    written, after = other, other_after
            parts.append(written)
            pen = after
        return "".join(parts), pen

    def _written(self, pen: Pen, runs: Iterable[Run]) -> tuple[str, Pen]:
        parts: list[str] = []
        for run in runs:
            steps, pen = self._steps(pen, run)
            parts += [steps, *run.letters]
        return "".join(parts), pen

    def _nearest_first(self, pen: Pen, runs: list[Run]) -> Iterator[Run]:
        """`runs` so that each is the cheapest to reach from the one before."""
        left = runs[:]
        while left:
            ways = [self._steps(pen, run) for run in left]
            cheapest = min(range(len(left)), key=lambda at: len(ways[at][0]))
            pen = ways[cheapest][1]
            yield left.pop(cheapest)

    def _steps(self, pen: Pen, run: Run) -> tuple[str, Pen]:
        """What is written before the letters of a run, and the pen after them."""
        if run.blank and self._looks.same_ground(pen.style, run.style):
            return _move(pen, run.x, run.y), Pen(run.end, run.y, pen.style)
        return _move(pen, run.x, run.y) + self._looks.turn(pen.style, run.style), Pen(run.end, run.y, run.style)


def _move(pen: Pen, x: int, y: int) -> str:
    """The cursor to a place. Columns to the left are named: how far it is, is not known behind the last column."""
    if y != pen.y:
        return f"\x1b[{y + 1};{x + 1}H"
    if x < pen.x:
        return f"\x1b[{x + 1}G"
    return _right(x - pen.x)


def _right(columns: int) -> str:
    return f"\x1b[{columns if columns > 1 else ''}C" if columns else ""
