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
from canarytui.console.terminal.sgr import SgrStyle, change, sgr_style_of

if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate

_BRIDGE = 4
"""So many unchanged characters of the same style are cheaper to rewrite than to jump over."""

Cell = tuple[str, Style | None]
"""A character, "" for the right half of a wide one, and how it is drawn."""


class TerminalDiff:
    """The terminal's content, cell by cell, as far as it is known."""

    def __init__(self) -> None:
        self._types = screen_update_types()
        self._lines: dict[int, dict[int, Cell]] = {}
        self._looks: dict[tuple[Style | None, ColorSystem], SgrStyle] = {}

    def forget(self) -> None:
        """The terminal may show anything now: it was resized, or something else wrote to it."""
        self._lines.clear()

    def difference(self, update: CompositorUpdate, console: Console) -> str:
        """The shortest sequences found that bring the terminal from what it shows to what `update` draws; "" when
        that is the same. An update of an unknown shape is written as it is."""
        strips = self._strips(update)
        if strips is None:
            self.forget()
            return update.render_segments(console)
        colours = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        written = _Writer(self._looks, colours)
        for x, y, strip in strips:
            self._write_strip(written, x, y, strip)
        return written.text()

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

    def _write_strip(self, written: _Writer, x: int, y: int, strip: Strip) -> None:
        line = self._lines.setdefault(y, {})
        unchanged: list[Cell] = []
        for at, cell in enumerate(_cells(strip), x):
            known = line.get(at)
            if known == cell or (known is not None and written.same_blank(known, cell)):
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


class _Writer:
    """Collects characters with the least cursor movement and the fewest colour changes."""

    def __init__(self, looks: dict[tuple[Style | None, ColorSystem], SgrStyle], colours: ColorSystem) -> None:
        self._looks = looks
        self._colours = colours
        self._parts: list[str] = []
        self._x = self._y = -1
        self._style: Style | None = None

    def put(self, x: int, y: int, cell: Cell, skipped: list[Cell]) -> None:
        """Write `cell` at a place; `skipped` are the unchanged cells before it on its line."""
        gap = x - self._x
        if y != self._y or gap < 0:
            self._parts.append(f"\x1b[{y + 1};{x + 1}H")
        elif gap:
            between = skipped[-gap:] if gap <= len(skipped) else []
            if between and gap <= _BRIDGE and all(style == self._style for _, style in between):
                self._parts.extend(letter for letter, _ in between)
            else:
                self._parts.append(f"\x1b[{gap}C" if gap > 1 else "\x1b[C")
        letter, style = cell
        if style is not self._style and style != self._style:
            self._turn_to(style, blank=letter == " ")
        self._parts.append(letter)
        self._x, self._y = x + (1 if letter.isascii() else get_character_cell_size(letter[0])), y

    def same_blank(self, one: Cell, other: Cell) -> bool:
        """Whether both are blanks that look the same, whatever words would look like there."""
        if one[0] != " " or other[0] != " ":
            return False
        looks = self._look(one[1]).on_blanks, self._look(other[1]).on_blanks
        return looks[0] is not None and looks[0] == looks[1] and not (_link(one[1]) or _link(other[1]))

    def _turn_to(self, style: Style | None, *, blank: bool = False) -> None:
        """From the last style to this one; for a blank only if it would not look the same."""
        before, after = self._look(self._style), self._look(style)
        if _link(self._style) != _link(style):
            self._parts.append(f"\x1b]8;;{_link(style)}\x1b\\")
        elif blank and before.on_blanks is not None and before.on_blanks == after.on_blanks:
            return
        self._parts.append(change(before, after))
        self._style = style

    def _look(self, style: Style | None) -> SgrStyle:
        known = self._looks.get((style, self._colours))
        if known is None:
            known = self._looks[style, self._colours] = sgr_style_of(style, self._colours)
        return known

    def text(self) -> str:
        """All of it, ending in the terminal's own style."""
        if self._style is not None:
            self._turn_to(None)
        return "".join(self._parts)


def _seen(style: Style | None) -> Style | None:
    """What of a style can be seen: Textual notes in it which text it belongs to, for the selection with the mouse, and
    that differs from place to place."""
    if style is None or not style.meta:
        return style
    seen = style.clear_meta_and_links()
    return seen + Style(link=style.link) if style.link else seen


def _link(style: Style | None) -> str:
    return style.link or "" if style is not None else ""


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
