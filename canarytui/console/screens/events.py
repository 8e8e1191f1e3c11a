"""The whole timeline, newest first, of everything or of the filter's canaries."""

from __future__ import annotations

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Resize

from canarytui.console.rows import Key
from canarytui.console.screens.base import ConsoleScreen
from canarytui.console.widgets.lines import Lines
from canarytui.console.wording import tail
from canarytui.domain.timeline import Entry

_MOST = 500


class EventsScreen(ConsoleScreen):
    """Follows while the top is in view; scrolled down it stays where it is."""

    def __init__(self) -> None:
        super().__init__()
        self._pattern = ""
        self._drawn_revision = -1

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        with VerticalScroll(id="events"):
            yield Lines(id="events-text")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one("#events").focus()
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._draw)

    def selected_key(self) -> Key | None:
        return None

    def redraw(self, changed: frozenset[Key]) -> None:
        timeline = self.console.world.timeline
        if timeline.revision != self._drawn_revision and self.query_one("#events").scroll_offset.y == 0:
            self._draw()
        self.draw_bars()

    def tick(self) -> None:
        self.draw_bars()

    def action_back(self) -> None:
        if self._pattern:
            self._narrow("")
        else:
            self.console.show_list()

    def action_leave(self) -> None:
        self.console.show_list()

    def action_sort(self) -> None:
        self.notify("The timeline is ordered by time.", timeout=3)

    @work(exit_on_error=False)
    async def action_filter(self) -> None:
        from canarytui.console.screens.prompt import PromptScreen

        before = self._pattern
        hint = "letters of canary or text; !word leaves out"
        answer = await self.console.push_screen_wait(PromptScreen("/", before, hint=hint, on_change=self._narrow))
        self._narrow(before if answer is None else answer)

    def _narrow(self, pattern: str) -> None:
        self._pattern = pattern
        self._draw()

    def _draw(self) -> None:
        timeline = self.console.world.timeline
        self._drawn_revision = timeline.revision
        entries = [entry for entry in timeline.entries() if _matches(entry, self._pattern)][:_MOST]
        widget = self.query_one("#events-text", Lines)
        empty = Text("nothing matches" if self._pattern else "nothing has happened yet", style="quiet")
        shown = tail(entries, self.line_width(widget), self.console.zone) if entries else empty
        widget.say(shown, layout=True)
        self.draw_bars()


def _matches(entry: Entry, pattern: str) -> bool:
    text = f"{entry.namespace}/{entry.name} {entry.text}".lower()
    return all((word.lstrip("!") in text) != word.startswith("!") for word in pattern.lower().split())
