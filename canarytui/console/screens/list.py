"""The list of canaries with the reason for the selected one and the tail of the timeline.

The first screen; adapts to the terminal: columns go when it is narrow, a live detail pane comes when it is
wide.
"""

from __future__ import annotations

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from canarytui.console.rows import Key
from canarytui.console.screens.base import ConsoleScreen
from canarytui.console.widgets.canary_rows import CanaryRows, ColumnTitles
from canarytui.console.widgets.lines import Lines
from canarytui.console.wording import tail
from canarytui.domain.explain import Tone, explain

WIDE = 180
"""Columns from which the selected canary's detail stands beside the list."""

_TONES = {Tone.BAD: "bad", Tone.WAITING: "waiting", Tone.ACTIVE: "", Tone.QUIET: "quiet"}


class ListScreen(ConsoleScreen):
    """Problems first, active next, quiet last; one line a canary."""

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        with Horizontal(id="main"), Vertical(id="table"):
            yield ColumnTitles(id="titles")
            yield CanaryRows(id="rows")
            yield Lines(id="empty")
        yield Lines(id="why")
        yield Lines(id="tail")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one(CanaryRows).focus()

    def on_resize(self, event: Resize) -> None:
        self._arrange()
        self.redraw(frozenset())

    def selected_key(self) -> Key | None:
        return self.query_one(CanaryRows).selected

    def on_canary_rows_laid_out(self, message: CanaryRows.LaidOut) -> None:
        self.query_one(ColumnTitles).show(placed=message.placed)

    def on_canary_rows_highlighted(self, message: CanaryRows.Highlighted) -> None:
        self._draw_selected()
        self.draw_bars()

    def on_canary_rows_opened(self, message: CanaryRows.Opened) -> None:
        self.console.show_detail(message.key)

    def redraw(self, changed: frozenset[Key]) -> None:
        rows = self.query_one(CanaryRows)
        listing = self.console.listing
        rows.one_namespace = bool(listing.namespace or (self.console.place().namespace))
        shown = listing.ordered()
        rows.show(shown, self.console.world.now())
        self.query_one(ColumnTitles).show(sorted_by=listing.sort_by)
        empty = self.query_one("#empty", Lines)
        empty.display = not shown
        rows.display = bool(shown)
        if not shown:
            empty.say(self._empty_text())
        self._draw_selected()
        self._draw_tail()
        self.draw_bars()
        self._look_at_visible()

    def tick(self) -> None:
        self.query_one(CanaryRows).tick(self.console.world.now())
        self._draw_selected()
        self._draw_tail()
        self.draw_bars()
        self._look_at_visible()

    def action_back(self) -> None:
        if self.console.listing.filter:
            self.console.narrow(pattern="")

    def action_leave(self) -> None:
        self.console.exit()

    def action_sort(self) -> None:
        by = self.console.listing.next_sort()
        self.redraw(frozenset())
        self.notify(f"Ordered by {by or 'problems first'}.", timeout=2)

    @work(exit_on_error=False)
    async def action_filter(self) -> None:
        from canarytui.console.screens.prompt import PromptScreen

        before = self.console.listing.filter
        answer = await self.console.push_screen_wait(
            PromptScreen(
                "/",
                before,
                hint="letters of name, namespace, status or image; !word leaves out",
                on_change=lambda pattern: self.console.narrow(pattern=pattern),
            )
        )
        self.console.narrow(pattern=before if answer is None else answer)

    def _arrange(self) -> None:
        """Lines of the timeline by height, the detail pane by width."""
        from canarytui.console.widgets.detail_pane import DetailPane

        height = self.size.height
        self.query_one("#tail").styles.height = max(3, min(height // 4, 14)) if height > 15 else 2
        self.query_one("#why").styles.height = 2 if self.size.width < 140 else 1
        panes = self.query(DetailPane)
        if self.size.width >= WIDE and not panes:
            self.query_one("#main").mount(DetailPane(id="side"))
        elif self.size.width < WIDE and panes:
            panes.remove()

    def _draw_selected(self) -> None:
        from canarytui.console.widgets.detail_pane import DetailPane

        key = self.selected_key()
        situation = self.console.world.situation(key) if key else None
        why = self.query_one("#why", Lines)
        if situation is None:
            row = self.console.listing.row(key) if key else None
            why.say(Text(row.problem if row else "", style="bad"))
        else:
            explanation = explain(situation.at(self.console.local_now()))
            why.say(Text(explanation.sentence, style=_TONES[explanation.tone]))
        for pane in self.query(DetailPane):
            pane.show(key, situation)

    def _draw_tail(self) -> None:
        widget = self.query_one("#tail", Lines)
        lines = max(widget.size.height - 1, 1)
        namespace = self.console.listing.namespace or None
        entries = self.console.world.timeline.latest(lines, namespace)
        if entries:
            widget.say(tail(entries, self.line_width(widget), self.console.zone))
        else:
            widget.say(Text("nothing has happened yet", style="quiet"))

    def _empty_text(self) -> Text:
        place = self.console.place()
        listing = self.console.listing
        if not place.context:
            return Text("connecting …", style="quiet")
        if place.stale_since is not None and not place.synced:
            return Text(place.stale_error, style="bad")
        if not place.synced:
            return Text("loading canaries …", style="quiet")
        if listing.filter:
            return Text(f"nothing matches /{listing.filter} (Esc clears the filter)", style="quiet")
        where = f"namespace {place.namespace}" if place.namespace else "any namespace"
        return Text(f"there are no canaries in {where}", style="quiet")

    def _look_at_visible(self) -> None:
        if self.console.driver is None:
            return
        visible = {row.key for row in self.query_one(CanaryRows).visible_rows if row.ticking}
        key = self.selected_key()
        self.console.connection.look_at(visible | ({key} if key else set()))
