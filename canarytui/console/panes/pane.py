"""What a pane is: its title, the room that it needs, how important it is, and its lines, as a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.view import DetailView

Draw = Callable[[DetailView, int, int], Sequence[Text]]
"""The lines of a pane for a canary, in so many columns and lines; more lines scroll."""


class Pane(Struct, frozen=True):
    """One pane. Sizes are those of its content, in columns and lines of the terminal; the border comes on top.

    Attributes:
        name: its id, and its title unless it has a heading.
        priority: the smallest is shown first; the rest is left out where there is no room.
        least_columns: columns without which it is not shown.
        least_lines: lines without which it is not shown.
        draw: its lines. Pure and quick: it is called once a second, and whenever the canary changes.
        lines: lines that it uses well, given to it before any pane gets more.
        spreads: it needs the width: it stands above others, not beside them, where columns are scarce.
        grows: its share of lines that are left over; 0 takes none.
        at_once: it is drawn with each change of the canary, also while changes of all come faster than can be read.
        heading: what the border says, part by part; None: the name.
    """

    name: str
    priority: int
    least_columns: int
    least_lines: int
    draw: Draw
    lines: int
    spreads: bool = False
    grows: int = 0
    at_once: bool = False
    heading: Callable[[DetailView], Sequence[str]] | None = None

    def title(self, view: DetailView) -> str:
        """What the border says."""
        return self.name if self.heading is None else " ── ".join(part for part in self.heading(view) if part)
