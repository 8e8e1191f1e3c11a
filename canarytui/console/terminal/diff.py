"""Writes to the terminal only the characters that differ from what it shows.

Textual repaints a widget's lines from their beginning when one cell of them changes, with a colour sequence for every
segment; over SSH with fifty changes a second that is a thousand times what changed. The app hands its screen updates
to a :class:`TerminalDiff`, which remembers what the terminal shows and writes the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from textual.strip import Strip

from canarytui.console.terminal.internals import screen_update_types
from canarytui.console.terminal.runs import Cell, RunWriter, SgrLooks
from canarytui.console.terminal.sgr import RESET

if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate


class TerminalDiff:
    """The terminal's content, cell by cell, as far as it is known.

    Between updates the terminal stays in the style of what was written last: most updates go on in it. Whoever else
    writes to the terminal writes :data:`RESET` first. `links`: whether the terminal takes hyperlinks."""

    def __init__(self, *, links: bool = True) -> None:
        self._types = screen_update_types()
        self._lines: dict[int, dict[int, Cell]] = {}
        self._looks = SgrLooks(links=links)
        self._style: Style | None = None
        self._known = False
        """Whether the terminal's style is `_style`."""

    def forget(self) -> None:
        """The terminal may show anything now, in any style: it was resized, or something else wrote to it."""
        self._lines.clear()
        self._known = False

    def difference(self, update: CompositorUpdate, console: Console) -> str:
        """The shortest sequences found that bring the terminal from what it shows to what `update` draws; "" when
        that is the same. An update of an unknown shape is written as it is."""
        strips = self._strips(update)
        if strips is None:
            self.forget()
            return RESET + update.render_segments(console)
        self._looks.colours = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        written = RunWriter(self._looks, self._style if self._known else None)
        for x, y, strip in strips:
            self._write_strip(written, x, y, strip)
        text = written.text()
        if text and not self._known:
            text, self._known = RESET + text, True
        self._style = written.style
        return text

    def to_plain(self) -> str:
        """What brings the terminal back to its own style; "" where it is there."""
        if not self._known or self._style is None:
            return ""
        self._style = None
        return RESET

    def draws(self, renderable: object) -> TypeGuard[CompositorUpdate]:
        """Whether `renderable` is an update of the screen."""
        return self._types is not None and isinstance(renderable, self._types[0])

    def _strips(self, update: CompositorUpdate) -> list[tuple[int, int, Strip]] | None:
        """(x, y, strip) of what `update` draws; None where its shape is not known."""
        if self._types is None:
            return None
        _, parts, whole = self._types
        try:
            if isinstance(update, parts):
                return list(_chopped(update))
            if isinstance(update, whole):
                return list(_laid_out(update))
        except AttributeError:  # of a later Textual: it has other parts
            return None
        return None

    def _write_strip(self, written: RunWriter, x: int, y: int, strip: Strip) -> None:
        line = self._lines.setdefault(y, {})
        unchanged: list[Cell] = []
        for at, cell in enumerate(_cells(strip), x):
            known = line.get(at)
            if known == cell or (known is not None and self._same_blank(known, cell)):
                unchanged.append(cell)
                continue
            line[at] = cell
            if not cell[0]:
                unchanged.clear()  # a wide character's right half is drawn with its left
                continue
            if known is not None and not known[0]:
                line.pop(at - 1, None)  # the left half, which lost its right one, is a blank now
            written.put(at, y, cell, unchanged)
            unchanged = []

    def _same_blank(self, one: Cell, other: Cell) -> bool:
        """Whether both are blanks that look the same."""
        return one[0] == other[0] == " " and self._looks.same_ground(one[1], other[1])


def _seen(style: Style | None) -> Style | None:
    """What of a style can be seen: Textual notes in it which text it belongs to, for the selection with the mouse, and
    that differs from place to place."""
    if style is None or not style.meta:
        return style
    seen = style.clear_meta_and_links()
    return seen + Style(link=style.link) if style.link else seen


def _chopped(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """(x, y, strip) of what an update of parts of the screen draws."""
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x >= last or end <= first:
                continue
            start = max(x, first)
            yield start, y, strip.crop(start - x, min(end, last) - x)


def _laid_out(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The same for an update of the whole screen."""
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield x, y, strip
            x += strip.cell_length


def _cells(strip: Strip) -> Iterator[Cell]:
    """Characters with what combines with them, each in its cell, with Rich's widths: it laid them out."""
    for text, style, control in strip:
        if control:
            continue
        style = _seen(style)
        if text.isascii():
            for letter in text:
                yield letter, style
            continue
        cluster = ""
        for letter in text:
            if cluster and not get_character_cell_size(letter):
                cluster += letter
                continue
            yield from _placed(cluster, style)
            cluster = letter
        yield from _placed(cluster, style)


def _placed(cluster: str, style: Style | None) -> Iterator[Cell]:
    columns = get_character_cell_size(cluster[0]) if cluster else 0
    if columns:
        yield cluster, style
    if columns == 2:
        yield "", style
