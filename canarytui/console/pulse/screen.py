"""The pulse as a screen: a cursor over the numbers; Enter shows the canaries of one in the list."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.contexts import Contexts, plain
from canarytui.console.keymap import bound
from canarytui.console.list.filter import KeptRows
from canarytui.console.messages import NarrowList, Notify, ShowList
from canarytui.console.model import ConsoleModel
from canarytui.console.pulse.line import pulse_line, pulse_table
from canarytui.console.pulse.table import KINDS, count_of, place_words, rows_of, table_lines
from canarytui.console.widgets.key_hints import Hint
from canarytui.console.widgets.lines import Lines
from canarytui.console.widgets.page import Page
from canarytui.domain.sentences import pulse as words
from canarytui.domain.values import NamespacedName
from canarytui.session.pulse import ENDINGS, Place, PulseKind, PulseTable, is_kind
from canarytui.session.rows import CanaryRow


class PulseScreen(ConsoleScreen):
    """All contexts. The cursor stays on its place when others come or go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("down", "move(1)"),
        bound("up", "move(-1)"),
        bound("first", "edge(False)"),
        bound("last", "edge(True)"),
        bound("open", "open"),
        Binding("right,l,tab", "column(1)", "Next number", show=False),
        Binding("left,h,shift+tab", "column(-1)", "Number before", show=False),
    ]

    everywhere = True

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__(model)
        self._table = PulseTable()
        self._place: Place | None = None
        self._column = 0

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(id="pulse-state")
        yield Page(id="pulse-table")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one(Page).focus()
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._draw)

    def redraw(self, changed: frozenset[NamespacedName]) -> None:
        """Numbers change once a second at most: see `tick`."""
        if not changed:
            self._draw()

    def tick(self) -> None:
        self._draw()
        self.draw_bars()

    @property
    def _row(self) -> int:
        rows = rows_of(self._table)
        return rows.index(self._place) if self._place in rows else 0

    def _draw(self) -> None:
        model, page, state = self.model, self.query_one(Page), self.query_one("#pulse-state", Lines)
        self._table = table = pulse_table(model)
        text = pulse_line(table, self.line_width(state), model.local_now(), model.zone)
        if table.since is not None:
            at = table.since.astimezone(model.zone)
            text = Text("\n").join([text, Text(words.EXPLAINED.text(at=at), style="quiet")])
        state.say(text, layout=True)
        lines = table_lines(table, (self._row, self._column), page.columns)
        if not table.places:
            lines = list(Text(words.NO_PLACES.text(), style="quiet").wrap(self.app.console, page.columns))
        page.put(lines)

    def action_move(self, step: int) -> None:
        rows = rows_of(self._table)
        self._place = rows[min(max(self._row + step, 0), len(rows) - 1)]
        self._draw()
        self.query_one(Page).reveal(self._row, self._row + 1)

    def action_edge(self, end: bool) -> None:
        self.action_move(len(rows_of(self._table)) if end else -len(rows_of(self._table)))

    def action_column(self, step: int) -> None:
        self._column = (self._column + step) % len(KINDS)
        self._draw()

    def action_open(self) -> None:
        """Show the canaries of the chosen number in the list."""
        rows = rows_of(self._table)
        place, kind = rows[self._row], KINDS[self._column]
        if not count_of(self._table, place, kind):
            self.app.bell()
            return
        said = words.KEPT_EVERYWHERE if place is None else words.KEPT
        name = said.text(kind=kind, place=place_words(place))
        test = partial(_counted, self.model.contexts, place, kind)
        self.model.send(ShowList())
        self.model.send(NarrowList(pattern="", namespace="", kept=KeptRows(name, test)))
        self.model.send(Notify(words.SHOWN.text(name=name), timeout_s=5))

    def hints(self) -> list[Hint]:
        return [hint for hint in super().hints() if hint.action != "filter"]

    def action_filter(self) -> None:
        self.notify(words.NOT_FILTERED.text(), timeout=4)

    def action_sort(self) -> None:
        self.action_filter()

    def action_back(self) -> None:
        self.model.send(ShowList())

    def action_leave(self) -> None:
        self.model.send(ShowList())


def _counted(contexts: Contexts, place: Place | None, kind: PulseKind, row: CanaryRow) -> bool:
    """Whether a row is one of those that a number counts."""
    if place is not None and (row.context, row.namespace) != place:
        return False
    now: datetime = contexts.now()
    if kind not in ENDINGS:
        return is_kind(row, kind, now)
    context = contexts.of(row.key)
    return context is not None and context.state.endings.has(plain(row.key), ENDINGS[kind], now)
