"""The list of canaries with the reason for the selected one and the tail of the timeline.

The first screen. Narrow terminals show fewer columns, wide ones a detail pane. Changes in view are drawn at once; what
can wait (lines that move, a timeline that is too fast to read) waits until the connection can carry it.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.events import Resize

from canarytui.console.contexts import plain
from canarytui.console.keymap import K9S, bound
from canarytui.console.list.column_titles import ColumnTitles
from canarytui.console.list.empty_list import EmptyList
from canarytui.console.list.filter import HINT, KeptRows, plain_words
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.list.split_screen import SplitScreen
from canarytui.console.list.status_text import reason_text, tail_text
from canarytui.console.messages import Leave, NarrowList, ShowCanary
from canarytui.console.model import ConsoleModel
from canarytui.console.terminal.rate_limit import Allowance, Rhythm
from canarytui.console.widgets.key_hints import Hint
from canarytui.console.widgets.lines import Lines
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import list_screen as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.session.columns.canary_columns import sort_letters

if TYPE_CHECKING:
    from canarytui.console.jump_screen import JumpTarget

_LINE_BYTES = 280.0
"""Approximate cost of a line that shows another canary."""

_MOVING_RATE, _MOVING_MOST = 18.0, 6000.0
_ORDER_S = 2.0
"""The order changes at most this often."""

_BUSY_TICKS = 5
_BUSY_COUNT_TICKS = 10
_BUSY_PANE_TICKS = 20
"""Seconds between what is drawn while changes come faster than they can be read: the sentence; the counts of title and
pulse, and the wall's cards; the panes. The plan of the selected canary, and a pane that fills the screen, are drawn at
each of its changes, the panes of one just selected at once, and all of the title but its counts when it
changes."""

_READABLE = 30
"""So many entries in ten seconds can still be read as they come."""

_JUST_NOW = timedelta(seconds=30)


def sort_bindings() -> list[Binding]:
    """Shift and a column's letter order the list by it."""
    return [Binding(f"{key},shift+{key.lower()}", f"order('{by}')", show=False) for key, by in sort_letters().items()]


class ListScreen(SplitScreen):
    """Problems first, active next, quiet last; one line a canary."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("wide", "wide"),
        bound("open", "open"),
        bound("copy", "copy"),
        *(bound(part, f"part('{part}')") for part in ("describe", "yaml", "logs", "timeline")),
        *sort_bindings(),
        *(Binding(str(number), f"namespace({number})", show=False) for number in range(10)),
    ]

    everywhere = True

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__(model)
        self._moving = Allowance(_MOVING_RATE, _MOVING_MOST)
        self._pace = Rhythm(_READABLE)
        self._revision = 0
        self._settled = 0.0
        self._ticks = 0
        self._empty = EmptyList()
        self._news: object = None

    def on_mount(self) -> None:
        rows = self.query_one(CanaryRows)
        rows.placing.several_contexts = self.model.contexts.named
        rows.focus()

    def on_resize(self, event: Resize) -> None:
        self.redraw_all()

    def selected_key(self) -> NamespacedName | None:
        """The caller is about to show it or to act on it, so its context becomes the current one."""
        key = self.query_one(CanaryRows).selected
        return None if key is None else self.model.contexts.enter(key)

    def chosen_keys(self) -> frozenset[NamespacedName]:
        """The marked canaries of the selected one's context: one confirmation is about one cluster."""
        return self.model.contexts.in_current(self.model.listing.marked)

    def on_canary_rows_laid_out(self, message: CanaryRows.LaidOut) -> None:
        self.query_one(ColumnTitles).place(message.placed)

    def on_canary_rows_highlighted(self, message: CanaryRows.Highlighted) -> None:
        self._draw_why()
        self.point_panes()
        if self._pace.busy:
            self._draw_tail()
        self.draw_bars()

    def on_canary_rows_opened(self, message: CanaryRows.Opened) -> None:
        self.model.send(ShowCanary(self.model.contexts.enter(message.key)))

    def on_canary_rows_marked(self, message: CanaryRows.Marked) -> None:
        self.model.listing.mark(message.key)
        self.redraw_all()

    def in_view(self, changed: frozenset[NamespacedName]) -> bool:
        rows = self.query_one(CanaryRows)
        return rows.is_all_in_view or not rows.visible_keys.isdisjoint(changed)

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Draw what changed in view; everything when `changed` is empty, or when there are other rows."""
        rows = self.query_one(CanaryRows)
        if not changed or not rows.shows(self.model.listing.shown):
            self.redraw_all()
            return
        rows.update(self.model.local_now())
        self._settle()
        key = rows.selected
        if key in changed:
            self._draw_why()
            self.draw_panes(at_once=self._pace.busy)  # the others wait for the next of the ticks that draw them
        self._pace.beat(self._happened())
        self._revision = self.model.state.timeline.revision
        if not self._pace.busy or key in changed:
            self._draw_tail()

    def redraw_all(self) -> None:
        """Draw every part of the screen as it is now."""
        self.arrange_parts()
        rows = self.query_one(CanaryRows)
        listing = self.model.listing
        rows.placing.one_namespace = bool(listing.namespace or self.model.place(everywhere=True).namespace)
        rows.placing.filtered = bool(listing.filter)
        rows.seek(plain_words(listing.filter))
        rows.show(listing.shown, listing.marked, self.model.local_now())
        self.query_one(ColumnTitles).order(listing.sort_by, listing.reverse)
        if not listing.shown:
            self._explain_emptiness()
            if self._empty.looks_now(self.model):
                self.run_worker(self._look_elsewhere())
        self._draw_selected()
        self._draw_tail()
        self.draw_bars()
        self.draw_pulse()
        self._look_at_visible()

    def tick(self) -> None:
        rows = self.query_one(CanaryRows)
        self._ticks += 1
        revision = self.model.state.timeline.revision
        was_busy = self._pace.busy
        self._pace.beat(self._happened())
        rows.thrifty = self._pace.busy
        self.spare_panes(self._pace.busy)
        self._settle()
        rows.tick(self.model.local_now())
        if self.model.guide is not None:
            self.arrange_parts()
        place = self.model.place(everywhere=True)
        stale = place.stale_since is not None
        if not self._pace.busy or self._ticks % _BUSY_TICKS == 0 or stale:
            self._draw_why()
        if not self._pace.busy or self._ticks % _BUSY_COUNT_TICKS == 0 or stale or place.news() != self._news:
            self._news = place.news()
            self.draw_bars()
            self.draw_pulse()
        pane_ticks = _BUSY_COUNT_TICKS if self.query_one("#cards").display else _BUSY_PANE_TICKS
        if not self._pace.busy or self._ticks % pane_ticks == 0:
            self.draw_panes()
        if revision != self._revision or was_busy != self._pace.busy:
            self._draw_tail()
        self._revision = revision
        self._look_at_visible()

    def _happened(self) -> int:
        """How many entries of the timeline are new and of now: a console that opens reads what happened long ago."""
        state = self.model.state
        told = state.timeline.revision - self._revision
        if told <= 0:
            return 0
        since = state.now() - _JUST_NOW
        return sum(entry.at > since for entry in state.timeline.latest(min(told, _READABLE + 1)))

    def _settle(self) -> None:
        """Reorder, when neither the reader nor the connection suffers from the lines that move."""
        rows, listing = self.query_one(CanaryRows), self.model.listing
        if not listing.out_of_order or time.monotonic() - self._settled < _ORDER_S:
            return
        self._settled = time.monotonic()
        saved = self._moving.left + (_MOVING_MOST if listing.urgent else 0.0)
        before = listing.shown
        if saved < _LINE_BYTES or not listing.settle_in(rows.top, rows.size.height, int(saved // _LINE_BYTES)):
            return
        moved = listing.lines_moved(before, rows.top, rows.size.height)
        self._moving.take(moved * _LINE_BYTES, urgent=True)
        self.arrange_parts()
        rows.show(listing.shown, listing.marked, self.model.local_now())

    def action_back(self) -> None:
        """Take back, one at a time: the zoom, the focus, the filter, the marks, the namespace."""
        listing = self.model.listing
        if self.zoomed:
            self.zoom("")
        elif not isinstance(self.focused, CanaryRows):
            self.query_one(CanaryRows).focus()
        elif listing.filter:
            self.model.send(NarrowList(pattern=""))
        elif listing.kept.test is not None:
            self.model.send(NarrowList(kept=KeptRows()))
        elif listing.marked:
            listing.marked.clear()
            self.redraw_all()
        elif listing.namespace:
            self.model.send(NarrowList(namespace=""))

    def action_leave(self) -> None:
        self.model.send(Leave())

    def action_sort(self) -> None:
        self.action_order(self.model.listing.next_sort(), chosen=True)
        self.tell_difference("sort")

    def action_order(self, by: str, *, chosen: bool = False) -> None:
        listing = self.model.listing
        if not chosen:
            listing.sort(by)
        self.redraw_all()
        turned = words.REVERSED.say() if listing.reverse else NOTHING
        self.notify(words.SORTED.text(by=by or "problems first", reversed=turned), timeout=2, markup=False)

    def action_wide(self) -> None:
        rows = self.query_one(CanaryRows)
        rows.placing.wide = not rows.placing.wide
        rows.place_columns()

    def action_open(self) -> None:
        key = self.selected_key()
        if key is not None:
            self.model.send(ShowCanary(key))

    def action_part(self, part: str) -> None:
        """Open the selected canary at one of its parts; Esc comes back to it."""
        key = self.selected_key()
        if key is None:
            self.notify(words.SELECT_FIRST.text(), severity="warning")
            return
        self.model.send(ShowCanary(key, part))
        if part in K9S:
            self.tell_difference(part)

    def action_namespace(self, number: int) -> None:
        """0 shows all namespaces, 1 to 9 one of the recent ones."""
        known = self.model.listing.recent_namespaces()
        if number > len(known):
            self.notify(words.NO_NUMBER.text(number=number), severity="warning", timeout=2)
            return
        name = known[number - 1] if number else ""
        self.model.send(NarrowList(namespace=name))
        others = "  ".join(f"{at} {other}" for at, other in enumerate(known, 1))
        self.notify(f"0 all  {others}", title=f"Namespace {name or 'all'}", timeout=3, markup=False)

    def action_filter(self) -> None:
        from canarytui.console.prompt_screen import PromptScreen

        before = self.model.listing.filter

        def narrow(pattern: str) -> None:
            self.model.send(NarrowList(pattern=pattern))

        prompt = PromptScreen("/", before, hint=HINT, on_change=narrow)
        self.ask(prompt, lambda answer: narrow(before if answer is None else answer))

    def _explain_emptiness(self) -> None:
        shown = self._empty.explain(self.model)
        self.query_one(CanaryRows).explain_emptiness(shown.lines, shown.tone)

    async def _look_elsewhere(self) -> None:
        await self._empty.look_elsewhere(self.model)
        if not self.model.listing.shown:
            self._explain_emptiness()

    def hints(self) -> list[Hint]:
        empty = not self.model.listing.shown
        return [hint for hint in super().hints() if not (empty and hint.action == "open")]

    def action_copy(self) -> None:
        """The selected canary's name, or the command that an empty list proposes, to the terminal's clipboard."""
        key = self.selected_key()
        command = "" if self.model.listing.shown else self._empty.explain(self.model).command
        text = "/".join(key) if key is not None else command
        if text:
            said = words.NAME_COPIED.text(name=clean(text, 200)) if key else words.COMMAND_COPIED.text(command=text)
            self.app.copy_to_clipboard(text)
            self.notify(said, timeout=3, markup=False)

    def jump_targets(self) -> list[JumpTarget]:
        """The rows in view, and the panes."""
        from canarytui.console.jump_screen import JumpTarget
        from canarytui.console.panes.pane_box import PaneBox

        rows = self.query_one(CanaryRows)
        targets = [
            JumpTarget(rows.region.x, rows.region.y + line, partial(rows.select, row.key))
            for line, row in enumerate(rows.visible_rows if rows.display else ())
        ]
        shown = self._area.query(PaneBox) if self._area is not None and self._area.display else ()
        return targets + [JumpTarget(box.region.x, box.region.y, box.focus) for box in shown if box.display]

    def _draw_selected(self) -> None:
        self._draw_why()
        self.draw_panes()

    def _draw_why(self) -> None:
        key = self.selected_key()
        situation = self.model.state.situation(key) if key else None
        row = self.model.row(key) if key else None
        local = situation.at(self.model.local_now()) if situation is not None else None
        why = self.query_one("#why", Lines)
        why.say(reason_text(local, row, self.line_width(why), max(why.size.height, 1)))

    def _draw_tail(self) -> None:
        widget = self.query_one("#tail", Lines)
        if not widget.display:
            return
        # By the layout, not by the widget, which gets its new height only after the next refresh.
        lines, columns = max(self._layout.tail - 1, 1), self.line_width(widget)
        alone = self.selected_key() if self._pace.busy else None
        namespace = self.model.listing.namespace or None
        widget.say(tail_text(self.model.state, alone, namespace, lines, columns, self.model.zone))

    def _look_at_visible(self) -> None:
        """Have what is in view asked for, once it is painted."""
        self.call_after_refresh(self._show_checks)

    def _show_checks(self) -> None:
        if not self.is_current:
            return  # covered meanwhile: what was in view is still asked for
        rows = self.query_one(CanaryRows)
        visible = {row.key for row in rows.visible_rows if row.ticking}
        wanted = visible | ({rows.selected} if rows.selected else set())
        for context in self.model.contexts:
            if context.connection is not None:
                context.connection.show_checks_of(
                    {plain(key) for key in wanted if self.model.contexts.of(key) is context}
                )
