"""The timeline's lines, made as they come into view, and the sources of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import overload

from rich.text import Text

from canarytui.console.status_lines import clock, entry_line
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.text.plain import cut

_CURSOR, _NONE = "▶ ", "  "


class EntryLines(Sequence[Text]):
    """A line for each of `entries`, made on access; the one at `cursor` is marked, and the words `sought` are
    highlighted."""

    def __init__(
        self, entries: Sequence[TimelineEntry], cursor: int, columns: int, zone: tzinfo | None, sought: Sequence[str]
    ) -> None:
        self._entries = entries
        self._cursor = cursor
        self._columns = columns
        self._zone = zone
        self._sought = sought
        self._made: dict[int, Text] = {}

    @overload
    def __getitem__(self, index: int) -> Text: ...
    @overload
    def __getitem__(self, index: slice) -> list[Text]: ...
    def __getitem__(self, index: int | slice) -> Text | list[Text]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        made = self._made.get(index)
        if made is None:
            made = self._made[index] = self._line(index)
        return made

    def __len__(self) -> int:
        return len(self._entries)

    def _line(self, index: int) -> Text:
        entry = self._entries[index]
        here = index == self._cursor
        text = Text(_CURSOR if here else _NONE, style="", no_wrap=True)
        text.stylize("mark")
        line = entry_line(entry, self._columns - 2, self._zone)
        if self._sought:
            line.highlight_words(self._sought, style="reverse", case_sensitive=False)
        if here:
            line.stylize("strong")
        return text + line


def sources_text(entry: TimelineEntry, columns: int, zone: tzinfo | None) -> Text:
    """One line per source: its time and its own text."""
    text = Text(no_wrap=True)
    for source, said in sorted(entry.sources.items(), key=lambda told: entry.told.get(told[0], entry.at)):
        at = entry.told.get(source, entry.at).astimezone(zone)
        lead = f"{source.value:<8}{clock(at, zone)}.{at.microsecond // 1000:03d}  "
        if text:
            text.append("\n")
        text.append(lead, style="quiet")
        text.append(cut(said, max(columns - len(lead), 4)))
    return text


def plain_line(entry: TimelineEntry, zone: tzinfo | None) -> str:
    """An entry as it is copied: date, time, severity, canary, text."""
    at = entry.at.astimezone(zone)
    severity = "Warning" if entry.warning else "Normal"
    return f"{at:%Y-%m-%d %H:%M:%S} {severity} {entry.namespace}/{entry.name} {entry.text}"
