"""The list of canaries with the reason for the selected one and the tail of the timeline.

The first screen; adapts to the terminal: columns go when it is narrow, a live detail pane comes when it is
wide. What changed in view is drawn at once; what can wait (lines that move, a timeline that nobody can follow)
waits until the line can bear it.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from canarytui.console.detail.layout import fold
from canarytui.console.keymap import bound
from canarytui.console.list.column_titles import ColumnTitles
from canarytui.console.list.filter import HINT
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.screens.base import ConsoleScreen
from canarytui.console.status_lines import tail
from canarytui.console.terminal.rate_limit import Allowance, Rhythm
from canarytui.console.widgets.lines import Lines
from canarytui.domain.explain import Tone, explain
from canarytui.domain.plaintext import clean, cut
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import list_screen as words
from canarytui.session.columns.canary_columns import sort_letters
from canarytui.session.rows import Key

WIDE = 180
"""Columns from which the selected canary's detail stands beside the list."""

_LINE_BYTES = 120.0
"""What a line that shows another canary costs, about."""

_MOVING_RATE, _MOVING_MOST = 30.0, 6000.0
_ORDER_S = 2.0
"""The order changes at most so often."""

_BUSY_TICKS = 5
_READABLE = 30
"""So many entries of the timeline in ten seconds can still be read as they come."""

_JUST_NOW = timedelta(seconds=30)

_TONES = {Tone.BAD: "bad", Tone.WAITING: "waiting", Tone.ACTIVE: "", Tone.QUIET: "quiet"}


def sort_bindings() -> list[Binding]:
    """Shift and a column's letter order the list by it."""
    return [Binding(f"{key},shift+{key.lower()}", f"order('{by}')", show=False) for key, by in sort_letters().items()]


class ListScreen(ConsoleScreen):
    """Problems first, active next, quiet last; one line a canary."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("wide", "wide"),
        *sort_bindings(),
        *(Binding(str(number), f"namespace({number})", show=False) for number in range(10)),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._moving = Allowance(_MOVING_RATE, _MOVING_MOST)
        self._told = Rhythm(_READABLE)
        self._revision = 0
        self._settled = 0.0
        self._beats = 0

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        with Horizontal(id="main"), Vertical(id="table"):
            yield ColumnTitles(id="titles")
            yield CanaryRows(id="rows")
        yield Lines(id="why")
        yield Lines(id="tail")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one(CanaryRows).focus()

    def on_resize(self, event: Resize) -> None:
        self._arrange()
        self.redraw_all()

    def selected_key(self) -> Key | None:
        return self.query_one(CanaryRows).selected

    def chosen_keys(self) -> frozenset[Key]:
        return frozenset(self.console.listing.marked)

    def on_canary_rows_laid_out(self, message: CanaryRows.LaidOut) -> None:
        self.query_one(ColumnTitles).place(message.placed)

    def on_canary_rows_highlighted(self, message: CanaryRows.Highlighted) -> None:
        self._draw_selected()
        if self._told.busy:
            self._draw_tail()
        self.draw_bars()

    def on_canary_rows_opened(self, message: CanaryRows.Opened) -> None:
        self.console.show_detail(message.key)

    def on_canary_rows_marked(self, message: CanaryRows.Marked) -> None:
        self.console.listing.mark(message.key)
        self.redraw_all()

    def redraw(self, changed: frozenset[Key]) -> None:
        """Draw what changed in view; everything when `changed` is empty, or when there are other rows."""
        rows = self.query_one(CanaryRows)
        if not changed or not rows.shows(self.console.listing.shown):
            self.redraw_all()
            return
        rows.update(self.console.local_now())
        self._settle()
        key = rows.selected
        if key in changed:
            self._draw_selected()
        self._told.beat(self._happened())
        self._revision = self.console.world.timeline.revision
        if not self._told.busy or key in changed:
            self._draw_tail()

    def redraw_all(self) -> None:
        """Draw every part of the screen as it is now."""
        rows = self.query_one(CanaryRows)
        listing = self.console.listing
        rows.one_namespace = bool(listing.namespace or (self.console.place().namespace))
        rows.show(listing.shown, listing.marked, self.console.local_now())
        self.query_one(ColumnTitles).order(listing.sort_by, listing.reverse)
        if not listing.shown:
            rows.explain_emptiness(*self._emptiness())
        self._draw_selected()
        self._draw_tail()
        self.draw_bars()
        self._look_at_visible()

    def tick(self) -> None:
        rows = self.query_one(CanaryRows)
        self._beats += 1
        revision = self.console.world.timeline.revision
        was_busy = self._told.busy
        self._told.beat(self._happened())
        rows.thrifty = self._told.busy
        self._settle()
        rows.tick(self.console.local_now())
        if not self._told.busy or self._beats % _BUSY_TICKS == 0 or self.console.place().stale_since is not None:
            self._draw_selected()
            self.draw_bars()
        if revision != self._revision or was_busy != self._told.busy:
            self._draw_tail()
        self._revision = revision
        self._look_at_visible()

    def _happened(self) -> int:
        """How many entries of the timeline are new and of now: a console that opens reads what happened long ago."""
        world = self.console.world
        told = world.timeline.revision - self._revision
        if told <= 0:
            return 0
        since = world.now() - _JUST_NOW
        return sum(entry.at > since for entry in world.timeline.latest(min(told, _READABLE + 1)))

    def _settle(self) -> None:
        """Put rows where they belong, when the reader and the line can bear the lines that move."""
        rows, listing = self.query_one(CanaryRows), self.console.listing
        if not listing.out_of_order or time.monotonic() - self._settled < _ORDER_S:
            return
        self._settled = time.monotonic()
        saved = self._moving.left + (_MOVING_MOST if listing.urgent else 0.0)
        before = listing.shown
        if saved < _LINE_BYTES or not listing.settle_in(rows.top, rows.size.height, int(saved // _LINE_BYTES)):
            return
        moved = listing.lines_moved(before, rows.top, rows.size.height)
        self._moving.take(moved * _LINE_BYTES, urgent=True)
        rows.show(listing.shown, listing.marked, self.console.local_now())

    def action_back(self) -> None:
        """Take back, one at a time: the filter, the marks, the namespace."""
        listing = self.console.listing
        if listing.filter:
            self.console.narrow(pattern="")
        elif listing.marked:
            listing.marked.clear()
            self.redraw_all()
        elif listing.namespace:
            self.console.narrow(namespace="")

    def action_leave(self) -> None:
        self.console.exit()

    def action_sort(self) -> None:
        self.action_order(self.console.listing.next_sort(), chosen=True)

    def action_order(self, by: str, *, chosen: bool = False) -> None:
        listing = self.console.listing
        if not chosen:
            listing.sort(by)
        self.redraw_all()
        turned = words.REVERSED.say() if listing.reverse else NOTHING
        self.notify(words.SORTED.text(by=by or "problems first", reversed=turned), timeout=2)

    def action_wide(self) -> None:
        rows = self.query_one(CanaryRows)
        rows.wide = not rows.wide
        rows.place_columns()

    def action_namespace(self, number: int) -> None:
        """0 shows all namespaces, 1 to 9 one of the recent ones."""
        known = self.console.listing.recent_namespaces()
        if number > len(known):
            self.notify(words.NO_NUMBER.text(number=number), severity="warning", timeout=2)
            return
        name = known[number - 1] if number else ""
        self.console.narrow(namespace=name)
        others = "  ".join(f"{at} {other}" for at, other in enumerate(known, 1))
        self.notify(f"0 all  {others}", title=f"Namespace {name or 'all'}", timeout=3, markup=False)

    def action_filter(self) -> None:
        from canarytui.console.screens.prompt import PromptScreen

        before = self.console.listing.filter

        def narrow(pattern: str) -> None:
            self.console.narrow(pattern=pattern)

        prompt = PromptScreen("/", before, hint=HINT, on_change=narrow)
        self.ask(prompt, lambda answer: narrow(before if answer is None else answer))

    def _arrange(self) -> None:
        """Lines of the timeline by height, the detail pane by width."""
        from canarytui.console.detail.pane import DetailPane

        height = self.size.height
        self.query_one("#tail").styles.height = max(3, min(height // 4, 14)) if height > 15 else 2
        self.query_one("#why").styles.height = 2 if self.size.width < 140 else 1
        panes = self.query(DetailPane)
        if self.size.width >= WIDE and not panes:
            self.query_one("#main").mount(DetailPane(id="side"))
        elif self.size.width < WIDE and panes:
            panes.remove()

    def _draw_selected(self) -> None:
        from canarytui.console.detail.pane import DetailPane

        key = self.selected_key()
        situation = self.console.world.situation(key) if key else None
        why = self.query_one("#why", Lines)
        if situation is None:
            row = self.console.listing.row(key) if key else None
            why.say(self._fitted(why, row.problem if row else "", "bad"))
        else:
            local = situation.at(self.console.local_now())
            explanation = explain(local)
            if local.stale is None:
                why.say(self._fitted(why, explanation.sentence, _TONES[explanation.tone]))
            else:
                why.say(self._fitted(why, local.stale.sentence(explanation.sentence), "quiet"))
        for pane in self.query(DetailPane):
            pane.show(key, situation)

    def _fitted(self, widget: Lines, words: str, tone: str) -> Text:
        """`words` in the lines that there are; what has no room ends in an ellipsis, and the detail has all of it."""
        columns, room = self.line_width(widget), max(widget.size.height, 1)
        lines = fold(words, columns)
        if len(lines) > room:
            words = "\n".join([*lines[: room - 1], cut(" ".join(lines[room - 1 :]), columns)])
        return Text(words, style=tone)

    def _draw_tail(self) -> None:
        widget = self.query_one("#tail", Lines)
        lines = max(widget.size.height - 1, 1)
        timeline, columns = self.console.world.timeline, self.line_width(widget)
        key = self.selected_key()
        if self._told.busy and key is not None:
            entries = timeline.latest(lines - 1, *key)
            said = words.HIGH_RATE.text(canary="/".join(key))
            widget.say(
                Text("\n").join(
                    [
                        Text(cut(clean(said), columns), style="quiet"),
                        tail(entries, columns, self.console.zone, with_canary=False),
                    ]
                )
            )
            return
        entries = timeline.latest(lines, self.console.listing.namespace or None)
        if entries:
            widget.say(tail(entries, columns, self.console.zone))
        else:
            widget.say(Text(words.QUIET.text(), style="quiet"))

    def _emptiness(self) -> tuple[str, Tone]:
        """Why there are no rows."""
        place = self.console.place()
        listing = self.console.listing
        if not place.context:
            return place.connecting, Tone.QUIET
        if place.stale_since is not None and not place.synced:
            return clean(place.stale_error), Tone.BAD
        if not place.synced:
            return "loading canaries …", Tone.QUIET
        if listing.filter:
            return words.NO_MATCH.text(filter=clean(listing.filter)), Tone.QUIET
        where = f"namespace {clean(place.namespace)}" if place.namespace else "any namespace"
        return words.EMPTY.text(where=where), Tone.QUIET

    def _look_at_visible(self) -> None:
        if self.console.driver is None:
            return
        visible = {row.key for row in self.query_one(CanaryRows).visible_rows if row.ticking}
        key = self.selected_key()
        self.console.connection.look_at(visible | ({key} if key else set()))
