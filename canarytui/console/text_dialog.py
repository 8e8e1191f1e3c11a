"""A text over the screen: it scrolls, and it can be searched and copied. Help and the audit log are such texts."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize

from canarytui.console.keymap import bound
from canarytui.console.page_search import PageSearch
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.console.widgets.paged_screen import PagedScreen
from canarytui.domain.sentences import detail_screen as words

_AROUND_BODY = 6
"""Lines of the dialog that are not its body: border, padding, title."""

_SHARE = 0.9


class TextDialog(PagedScreen):
    """Shows `text` under `title`, from its end with `from_end`; what is folded of a line goes on at the column
    `hanging`. `copied` is what the key for it copies, the text itself without it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("back", "back"),
        bound("quit", "dismiss"),
        bound("down", "scroll(1)"),
        bound("up", "scroll(-1)"),
        bound("page-down", "page(1)"),
        bound("page-up", "page(-1)"),
        bound("first", "edge(False)"),
        bound("last", "edge(True)"),
        bound("filter", "search"),
        bound("next-match", "match(1)"),
        bound("match-before", "match(-1)"),
        bound("copy", "copy"),
        Binding("enter", "dismiss", "Close", show=False),
    ]

    def __init__(
        self, title: str, text: Text, *, name: str, hanging: int = 4, from_end: bool = False, copied: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._kind = name
        self._hanging = hanging
        self._from_end = from_end
        self._copied = copied
        self._search = PageSearch(lambda: self.app, lambda: self.query_one(Page))

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes=self._kind):
            yield Lines(Text(self._title, style="strong"), id="dialog-title")
            yield Page(id="dialog-body")

    def on_mount(self) -> None:
        self.query_one(Page).focus()

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        page = self.query_one(Page)
        first, self._from_end = self._from_end, False
        lines = [line for part in self._text.split("\n") for line in self._folded(part, page.columns)]
        page.styles.height = min(len(lines), max(int(self.size.height * _SHARE) - _AROUND_BODY, 4))
        page.put(lines)
        if first:
            page.to_end()

    def say(self, text: Text, *, from_end: bool = False) -> None:
        """Show `text` instead."""
        self._text, self._from_end = text, from_end
        self.call_after_refresh(self._place)

    def _folded(self, line: Text, columns: int) -> list[Text]:
        console = self.app.console
        first, *rest = line.wrap(console, columns) or [line]
        if not rest:
            return [first]
        hanging = min(self._hanging, columns // 2)
        left = line.plain[len(first) :]
        further = line[len(first) + len(left) - len(left.lstrip()) :]
        return [first, *(Text(" " * hanging).append_text(part) for part in further.wrap(console, columns - hanging))]

    def pager_text(self) -> str:
        return self._text.plain

    def action_back(self) -> None:
        """End the search, else close."""
        if not self._search.clear():
            self.dismiss()

    def action_search(self) -> None:
        self._search.open()

    def action_match(self, step: int) -> None:
        self._search.step(step)

    def action_scroll(self, lines: int) -> None:
        self.query_one(Page).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        page = self.query_one(Page)
        page.scroll_relative(y=pages * max(page.size.height - 1, 1), animate=False)

    def action_edge(self, end: bool) -> None:
        page = self.query_one(Page)
        page.scroll_to(y=page.max_scroll_y if end else 0, animate=False)

    def action_copy(self) -> None:
        """Hand the text to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._copied or self._text.plain)
        self.notify(words.COPIED.text(what=self._kind), timeout=3, markup=False)
