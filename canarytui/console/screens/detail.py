"""One canary, full screen: plan, reason, checks, plots, versions, conditions, webhooks, timeline."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Resize

from canarytui.console.rows import Key
from canarytui.console.screens.base import ConsoleScreen
from canarytui.console.widgets.detail_pane import DetailPane

_SCROLLING = [
    Binding("j,down", "scroll(1)", "Down", show=False),
    Binding("k,up", "scroll(-1)", "Up", show=False),
    Binding("g,home", "scroll_edge(False)", "Top", show=False),
    Binding("G,shift+g,end", "scroll_edge(True)", "Bottom", show=False),
    Binding("tab,l", "next_part", "Next part", show=False),
]


class DetailScreen(ConsoleScreen):
    """Follows `key` until Esc; a canary that is deleted leaves a sentence."""

    BINDINGS = [*_SCROLLING]  # noqa: RUF012 - Textual reads the class attribute

    def __init__(self, key: Key) -> None:
        super().__init__()
        self._key = key

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield DetailPane(id="detail")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one(DetailPane).focus()
        self.call_after_refresh(self.redraw, frozenset({self._key}))

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.redraw, frozenset({self._key}))

    def selected_key(self) -> Key | None:
        return self._key

    def redraw(self, changed: frozenset[Key]) -> None:
        if not changed or self._key in changed:
            self.query_one(DetailPane).show(self._key, self.console.world.situation(self._key))
        self.draw_bars()
        if self.console.driver is not None:
            self.console.connection.look_at({self._key})

    def tick(self) -> None:
        self.redraw(frozenset({self._key}))

    def action_back(self) -> None:
        self.console.show_list()

    def action_leave(self) -> None:
        self.console.show_list()

    def action_scroll(self, lines: int) -> None:
        pane = self.query_one(DetailPane)
        pane.scroll_relative(y=lines, animate=False)

    def action_scroll_edge(self, end: bool) -> None:
        pane = self.query_one(DetailPane)
        if end:
            pane.scroll_end(animate=False)
        else:
            pane.scroll_home(animate=False)

    def action_next_part(self) -> None:
        """The next part that begins below the top."""
        pane = self.query_one(DetailPane)
        top = pane.scroll_offset.y
        for part in pane.children:
            if part.virtual_region.y > top:
                pane.scroll_to(y=part.virtual_region.y, animate=False)
                return
        pane.scroll_home(animate=False)

    def action_filter(self) -> None:
        self.notify("The filter works on the list (Esc).", timeout=3)

    def action_sort(self) -> None:
        self.action_filter()
