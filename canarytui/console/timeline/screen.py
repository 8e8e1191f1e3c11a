"""The whole timeline, newest last: follows at the end, and pauses while the cursor is further up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.keymap import bound
from canarytui.console.messages import ShowCanary, ShowList, ShowMoment
from canarytui.console.model import ConsoleModel
from canarytui.console.timeline.entry_lines import EntryLines, plain_line, sources_text
from canarytui.console.timeline.filter import HINT, matcher
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.domain.counted import counted
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.sentences import events_screen as words
from canarytui.domain.values import NamespacedName

if TYPE_CHECKING:
    from canarytui.console.jump_screen import JumpTarget

_COPIED_MOST = 500
_SOURCE_LINES = 5


class EventsScreen(ConsoleScreen):
    """A cursor over entries. While it is on the newest, the screen follows; `Space` holds it still and lets it go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("down", "move(1)"),
        bound("up", "move(-1)"),
        bound("first", "edge(False)"),
        bound("last", "edge(True)"),
        bound("page-down", "page(1)"),
        bound("page-up", "page(-1)"),
        bound("open", "open"),
        bound("hold", "freeze"),
        bound("sources", "sources"),
        bound("moment", "moment"),
        bound("copy-entry", "copy(False)"),
        bound("copy-entries", "copy(True)"),
        bound("search", "search"),
        bound("next-match", "next(1)"),
        bound("match-before", "next(-1)"),
    ]

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__(model)
        self._pattern = ""
        self._search = ""
        self._entries: list[TimelineEntry] = []
        self._cursor = 0
        self._frozen = False
        self._sources = False
        self._revision = -1

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(id="events-state")
        yield Page(id="events")
        yield Lines(id="events-sources")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one(Page).focus()
        self.call_after_refresh(self._gather)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._draw)

    def selected_key(self) -> NamespacedName | None:
        entry = self._selected
        return (entry.namespace, entry.name) if entry is not None else None

    @property
    def _selected(self) -> TimelineEntry | None:
        return self._entries[self._cursor] if self._cursor < len(self._entries) else None

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        timeline = self.model.state.timeline
        if timeline.revision != self._revision:
            if self._frozen:
                self._revision = timeline.revision
                self._draw()  # texts may have got better words; how many are new is counted
            else:
                self._gather()
        self.draw_bars()

    def tick(self) -> None:
        self.redraw(frozenset())

    def action_move(self, step: int) -> None:
        self._go(self._cursor + step)

    def action_page(self, step: int) -> None:
        self._go(self._cursor + step * max(self.query_one(Page).size.height - 1, 1))

    def action_edge(self, end: bool) -> None:
        if end:
            self._frozen = False
            self._gather()
        else:
            self._go(0)

    def jump_targets(self) -> list[JumpTarget]:
        """The entries in view."""
        from canarytui.console.jump_screen import JumpTarget

        page = self.query_one(Page)
        top, region = page.scroll_offset.y, page.region
        places = range(top, min(top + page.size.height, len(self._entries)))
        return [JumpTarget(region.x, region.y + place - top, partial(self._go, place)) for place in places]

    def action_freeze(self) -> None:
        if self._frozen:
            self.action_edge(True)
        else:
            self._frozen = True
            self._draw()

    def action_sources(self) -> None:
        self._sources = not self._sources
        self._draw()

    def action_open(self) -> None:
        key = self.selected_key()
        if key is None or self.model.state.canary(key) is None:
            self.notify(words.GONE.text(), severity="warning", timeout=3)
            return
        entry = self._selected
        failed = entry is not None and any(aspect == "failed" for aspect, _ in entry.marks)
        self.model.send(ShowCanary(key, "checks" if failed else ""))

    def action_moment(self) -> None:
        """Show the entry on its canary's plots."""
        entry = self._selected
        if entry is not None:
            self._frozen = True  # to come back to the same lines
            self.model.send(ShowMoment(entry))

    def action_copy(self, everything: bool) -> None:
        chosen = self._entries[-_COPIED_MOST:] if everything else [entry for entry in (self._selected,) if entry]
        self.app.copy_to_clipboard("\n".join(plain_line(entry, self.model.zone) for entry in chosen))
        self.notify(f"Copied {counted(len(chosen), 'entry')}.", timeout=2)

    def action_next(self, step: int) -> None:
        """To the next entry (1) that has the searched words, or the previous one (-1); without a search to the next
        warning."""
        place = self._match(range(self._cursor + step, len(self._entries) if step > 0 else -1, step))
        if place is not None:
            self._go(place)
        else:
            self.notify(words.NO_OTHER.text(words=self._search or "warning"), timeout=2, markup=False)

    def _match(self, places: range) -> int | None:
        """The first of `places` whose entry has the searched words, or is a warning where there is no search."""
        sought = self._search.lower()
        for place in places:
            entry = self._entries[place]
            if sought in f"{entry.namespace}/{entry.name} {entry.text}".lower() if sought else entry.warning:
                return place
        return None

    def action_back(self) -> None:
        """Take back, one at a time: the search, the filter, the sources; then go back."""
        if self._search:
            self._search = ""
            self._draw()
        elif self._pattern:
            self._narrow("")
        elif self._sources:
            self.action_sources()
        else:
            self.model.send(ShowList())

    def action_leave(self) -> None:
        self.model.send(ShowList())

    def action_sort(self) -> None:
        self.notify(words.BY_TIME.text(), timeout=3)

    def action_filter(self) -> None:
        from canarytui.console.prompt_screen import PromptScreen

        before = self._pattern
        prompt = PromptScreen("/", before, hint=HINT, on_change=self._narrow)
        self.ask(prompt, lambda answer: self._narrow(before if answer is None else answer))

    def action_search(self) -> None:
        from canarytui.console.prompt_screen import PromptScreen

        def search(answer: str | None) -> None:
            if answer is not None:
                self._search = answer.strip()
                self._draw()
                if self._search:
                    self._to_latest()

        self.ask(PromptScreen("S", self._search, hint="n next  N previous"), search)

    def _to_latest(self) -> None:
        """To the match at the cursor or before it, else the first after it."""
        here = min(self._cursor, len(self._entries) - 1)
        before, after = self._match(range(here, -1, -1)), self._match(range(here + 1, len(self._entries)))
        place = before if before is not None else after
        if place is not None:
            self._go(place)
        else:
            self.notify(words.NO_OTHER.text(words=self._search), timeout=2, markup=False)

    def _narrow(self, pattern: str) -> None:
        self._pattern = pattern
        self._gather(keep=self._selected)

    def _go(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._entries) - 1))
        # Who reads further up wants the lines to stay where they are.
        self._frozen = self._frozen or self._cursor < len(self._entries) - 1
        self._draw()

    def _gather(self, keep: TimelineEntry | None = None) -> None:
        """Take the timeline as it is now. The cursor stays on `keep` if that is still there, else on the newest."""
        timeline = self.model.state.timeline
        self._revision = timeline.revision
        wanted = matcher(self._pattern)
        self._entries = [entry for entry in timeline.entries() if wanted(entry)][::-1]
        newest = max(len(self._entries) - 1, 0)
        self._cursor = newest
        if keep is not None and self._frozen:
            self._cursor = next((place for place, entry in enumerate(self._entries) if entry is keep), newest)
        self._draw()

    def _draw(self) -> None:
        page = self.query_one(Page)
        if self._entries:
            lines = EntryLines(self._entries, self._cursor, page.columns, self.model.zone, self._sought())
            page.put(lines)
            page.reveal(self._cursor, self._cursor)
        else:
            empty = (words.NO_MATCH if self._pattern else words.EMPTY).text()
            page.put([Text(empty, style="quiet")])
        self.query_one("#events-state", Lines).say(self._state())
        below = self.query_one("#events-sources", Lines)
        selected = self._selected
        below.display = self._sources and selected is not None
        if self._sources and selected is not None:
            text = sources_text(selected, self.size.width - 3, self.model.zone)
            below.styles.height = min(text.plain.count("\n") + 1, _SOURCE_LINES) + 1
            below.say(text)
        self.draw_bars()

    def _sought(self) -> list[str]:
        """What is highlighted: what is searched for, and the plain words of the filter."""
        plain = [word for word in self._pattern.split() if not word.startswith("!") and ":" not in word]
        return [self._search, *plain] if self._search else plain

    def _state(self) -> Text:
        """Whether it follows, what it is narrowed to, how many there are."""
        text = Text(no_wrap=True)
        if self._frozen:
            wanted = matcher(self._pattern)
            newest = self._entries[-1] if self._entries else None
            new = 0
            for entry in self.model.state.timeline.entries():
                if newest is not None and not newest < entry:
                    break
                new += wanted(entry)
            text.append(f" PAUSED, {new} new" if new else " PAUSED", style="waiting")
            text.append(" (G to follow)", style="quiet")
        else:
            text.append(" FOLLOWING", style="active")
        text.append(f"  {counted(len(self._entries), 'entry')}", style="quiet")
        if self._pattern:
            text.append(f"  /{self._pattern}", style="mark")
        if self._search:
            text.append(f"  search {self._search}", style="mark")
        lacks = self.model.connection.timeline_phrase() if self.model.flow is not None else ""
        if lacks:
            text.append(f"  {lacks}", style="waiting")
        text.append(f"  {words.KEYS.text()}", style="quiet")
        return text
