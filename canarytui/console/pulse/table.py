"""The pulse's table: a line for each place with anything to count, a column for each number. Pure."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.pulse.line import TONES
from canarytui.domain.sentences import pulse as words
from canarytui.domain.text.plain import clean, cut, width
from canarytui.session.pulse import Place, PulseKind, PulseTable

KINDS = tuple(PulseKind)
_LEAST_PLACE, _MOST_PLACE = 12, 60


def place_words(place: Place | None) -> str:
    """``shop``, ``kind-a shop`` where there are several contexts, ``all`` for None."""
    if place is None:
        return words.EVERYWHERE.text()
    return " ".join(clean(part, 63) for part in place if part)


def rows_of(table: PulseTable) -> tuple[Place | None, ...]:
    """The lines: all places together, then each."""
    return (None, *table.places)


def count_of(table: PulseTable, place: Place | None, kind: PulseKind) -> int:
    """The number in one cell."""
    return table.total(kind) if place is None else table.counts.get((kind, place), 0)


def table_lines(table: PulseTable, cursor: tuple[int, int], columns: int) -> list[Text]:
    """The titles, then the rows; `cursor` is the (row, column) of the chosen number."""
    rows = rows_of(table)
    room = max(columns - sum(len(kind) + 4 for kind in KINDS), _LEAST_PLACE)
    wide = min(max((width(place_words(place)) for place in rows), default=0) + 2, room, _MOST_PLACE)
    titles = Text(" " * wide, no_wrap=True, style="quiet")
    for kind in KINDS:
        titles.append(f"  {kind.upper():>{len(kind) + 2}}")
    lines = [titles]
    for row, place in enumerate(rows):
        name = cut(place_words(place), wide - 1)
        line = Text(no_wrap=True)
        line.append(f"{name}{' ' * (wide - width(name))}", style="strong" if row == cursor[0] else "")
        for column, kind in enumerate(KINDS):
            count = count_of(table, place, kind)
            chosen = (row, column) == cursor
            said = f"▶ {count}" if chosen else str(count) if count else "·"
            tone = TONES[kind] if count else "quiet"
            line.append(f"  {said:>{len(kind) + 2}}", style="mark" if chosen else tone)
        lines.append(line)
    return lines
