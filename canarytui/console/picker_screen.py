"""A list of choices over the screen: typing narrows it, Enter chooses, Esc takes back what was typed, then closes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Click, Key, Resize
from textual.widgets import Input

from canarytui.console.dismissed_once import Modal
from canarytui.console.pickers import PickerItem
from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean, cut, width

_AROUND_BODY = 8
"""Lines of the dialog that are not its choices: border, padding, title, what is typed."""

_SHARE = 0.9
_AROUND_LINE = 5
"""Columns of a line that are neither name nor note: cursor, mark, gap."""

_MOST_CHARACTERS = 300
_NAMES_SHARE = 0.6
"""Of a line's columns, where there are notes."""


class PickerScreen(Modal[str | None]):
    """Answers with the value of the chosen one of `items`, or None after Esc. The cursor begins on the current one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Close", show=False),
        Binding("up,shift+tab", "move(-1)", "Up", show=False, priority=True),
        Binding("down,tab", "move(1)", "Down", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
    ]

    def __init__(self, title: str, items: Sequence[PickerItem]) -> None:
        super().__init__()
        self._title = title
        self._items = items
        self._shown = list(items)
        self._cursor = next((place for place, item in enumerate(items) if item.current), 0)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="picker"):
            yield Lines(Text(clean(self._title, _MOST_CHARACTERS), style="strong"), id="dialog-title")
            yield QuietInput(placeholder=words.PICK_HINT.text(), id="picker-input")
            yield Page(id="dialog-body")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._draw)

    def take_key(self, event: Key) -> bool:
        """Take a key of a burst that was typed for the screen below; whether it was used."""
        if not self.query(Input):
            self.call_after_refresh(self.take_key, event)
        elif event.is_printable and event.character:
            self.query_one(Input).insert_text_at_cursor(event.character)
        elif event.key == "enter":
            self._choose()
        elif event.key == "escape":
            self.action_back()
        else:
            return False
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        sought = event.value.strip().lower()
        kept = self._shown[self._cursor] if self._cursor < len(self._shown) else None
        self._shown = [item for item in self._items if sought in item.value.lower()]
        self._cursor = self._shown.index(kept) if kept in self._shown and not sought else 0
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._choose()

    def on_click(self, event: Click) -> None:
        page = self.query_one(Page)
        if event.widget is page:
            place = event.y + page.scroll_offset.y
            if place < len(self._shown):
                self._cursor = place
                self._choose()

    def action_move(self, step: int) -> None:
        self._cursor = max(0, min(self._cursor + step, len(self._shown) - 1))
        self._draw()

    def action_page(self, step: int) -> None:
        self.action_move(step * max(self.query_one(Page).size.height - 1, 1))

    def action_back(self) -> None:
        entry = self.query_one(Input)
        if entry.value:
            entry.value = ""
        else:
            self.dismiss(None)

    def _choose(self) -> None:
        if self._shown:
            self.dismiss(self._shown[self._cursor].value)

    def _draw(self) -> None:
        page = self.query_one(Page)
        most = max(int(self.size.height * _SHARE) - _AROUND_BODY, 3)
        page.styles.height = min(len(self._items), most) or 1
        columns = page.columns
        share = _NAMES_SHARE if any(item.note for item in self._items) else 1.0
        names = (width(clean(item.value, _MOST_CHARACTERS)) for item in self._items)
        longest = min(max(names, default=0), max(int((columns - _AROUND_LINE) * share), 4))
        if self._shown:
            page.put([_line(item, longest, columns, here=n == self._cursor) for n, item in enumerate(self._shown)])
            page.call_after_refresh(page.reveal, self._cursor, self._cursor)
        else:
            page.put([Text(words.NOTHING_LIKE_IT.text(), style="quiet")])


def _line(item: PickerItem, longest: int, columns: int, *, here: bool) -> Text:
    """``▶● shop   12 canaries, 2 failing``."""
    text = Text(no_wrap=True)
    text.append("▶" if here else " ", style="mark")
    text.append("● " if item.current else "  ", style="mark")
    name = cut(clean(item.value, _MOST_CHARACTERS), longest)
    text.append(name + " " * (longest - width(name)), style="strong" if here else "")
    text.append(
        "  " + cut(clean(item.note, _MOST_CHARACTERS), max(columns - longest - _AROUND_LINE, 4)), style=item.tone
    )
    return text
