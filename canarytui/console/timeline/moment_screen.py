"""One entry of the timeline on its canary's plots; ``n`` and ``N`` go on to what happened after and before it."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.detail.layout import line
from canarytui.console.detail.moment import moment
from canarytui.console.detail.view import gather
from canarytui.console.keymap import bound
from canarytui.console.messages import ShowCanary
from canarytui.console.model import ConsoleModel
from canarytui.console.page_search import PageSearch
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.sentences import events_screen as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName


class MomentScreen(ConsoleScreen):
    """Stays on its entry while others come in. Esc leads back to where it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("down", "scroll(1)"),
        bound("up", "scroll(-1)"),
        bound("next-match", "step(1)"),
        bound("match-before", "step(-1)"),
        bound("open", "open"),
        bound("copy", "copy"),
    ]

    def __init__(self, model: ConsoleModel, entry: TimelineEntry) -> None:
        super().__init__(model)
        self._entry = entry
        self._key: NamespacedName = (entry.namespace, entry.name)
        self._search = PageSearch(lambda: self.app, lambda: self.query_one(Page))

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(id="detail-top")
        yield Page(id="moment")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one(Page).focus()
        self.call_after_refresh(self.redraw, frozenset())

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.redraw, frozenset())

    def selected_key(self) -> NamespacedName | None:
        return self._key

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        if not changed or self._key in changed:
            self._draw()
        self.draw_bars()

    def _draw(self) -> None:
        page = self.query_one(Page)
        name = clean("/".join(self._key), 200)
        entries = self._entries()
        place = entries.index(self._entry) + 1 if self._entry in entries else 0
        head = line((f"{name}  ", "strong"), (words.PLACE.text(place=place, total=len(entries)), "quiet"))
        self.query_one("#detail-top", Lines).say(head, layout=True)
        page.put(self._lines(page.columns))

    def _lines(self, columns: int) -> list[Text]:
        model = self.model
        view = gather(
            model.state, self._key, None, model.local_now(), label="", zone=model.zone,
            coloured=not self.app.no_color,
        )  # fmt: skip
        if view is None:
            return [
                line((clean(self._entry.text, 600), "strong")),
                line((words.CANARY_GONE.text(), "quiet")),
            ]
        return moment(view, self._entry, columns, self.size.height)

    def _entries(self) -> list[TimelineEntry]:
        """The canary's entries, oldest first."""
        return list(self.model.state.timeline.entries(*self._key))[::-1]

    def action_step(self, step: int) -> None:
        """To the next (1) or previous (-1) match of the search; without one, to what happened to this canary after or
        before."""
        if self._search.text:
            self._search.step(step)
            return
        entries = self._entries()
        place = entries.index(self._entry) + step if self._entry in entries else len(entries) - 1
        if not 0 <= place < len(entries):
            self.notify((words.NO_NEXT if step > 0 else words.NO_PREVIOUS).text(), timeout=2)
            return
        self._entry = entries[place]
        self._draw()

    def action_scroll(self, lines: int) -> None:
        self.query_one(Page).scroll_relative(y=lines, animate=False)

    def action_open(self) -> None:
        self.model.send(ShowCanary(self._key))

    def action_copy(self) -> None:
        """Hand the words and the values to the terminal's clipboard."""
        text = "\n".join(part.plain.rstrip() for part in self._lines(120))
        self.app.copy_to_clipboard(text)
        self.notify(words.COPIED_MOMENT.text(), timeout=3)

    def action_back(self) -> None:
        if not self._search.clear():
            self.dismiss()

    def action_leave(self) -> None:
        self.dismiss()

    def action_filter(self) -> None:
        before = self._search.text
        self.ask(self._search.prompt(), lambda answer: self._search.answered(before, answer))

    def action_sort(self) -> None:
        self.notify(words.NO_ORDER.text(), timeout=3)
