"""The list's screen as it is divided: rows and sentence, the selected canary's panes or the wall's cards, timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.keymap import bound
from canarytui.console.list.column_titles import ColumnTitles
from canarytui.console.list.row_widget import CanaryRows
from canarytui.console.messages import ChooseLayout
from canarytui.console.model import ConsoleModel
from canarytui.console.navigation import visible_screens
from canarytui.console.panes.screen_layout import BARS, LayoutPreset, ScreenLayout, screen_layout
from canarytui.console.pulse.line import has_pulse, pulse_line, pulse_table
from canarytui.console.wall.widget import WallText
from canarytui.console.widgets.lines import Lines
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import list_screen as words

if TYPE_CHECKING:
    from canarytui.console.panes.area import PaneArea
    from canarytui.console.panes.pane_box import PaneBox


class SplitScreen(ConsoleScreen):
    """Divided by its size, the number of rows and the chosen preset; a pane can be zoomed."""

    BINDINGS: ClassVar[list[BindingType]] = [bound("layout", "layout"), bound("zoom", "zoom")]

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__(model)
        self._layout = ScreenLayout()
        self._placed: tuple[object, ...] = ()
        self._area: PaneArea | None = None
        """Made behind the first rows: they do not wait for what it imports."""

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(id="pulse")
        with Container(id="main"):
            with Vertical(id="table"):
                yield ColumnTitles(id="titles")
                yield CanaryRows(id="rows")
                yield Lines(id="why")
            yield WallText(id="cards")
        yield Lines(id="tail")
        if self.model.guide is not None:
            from canarytui.console.list.guide_line import GuideLine

            yield GuideLine(self.model, self.model.guide)
        yield from self.hint_line()

    def on_screen_suspend(self) -> None:
        if self._area is not None and self not in visible_screens(self.app):
            self._area.leave()

    def redraw_all(self) -> None:
        """Draw every part of the screen as it is now."""

    def action_layout(self) -> None:
        """The next preset, for the next start as well."""
        preset = self.model.preset.following()
        self.model.send(ChooseLayout(preset))
        if self._area is not None:
            self._area.zoom("")
        self.redraw_all()
        self.call_after_refresh(self.redraw_all)  # in the lines that each part has from now on
        self.query_one(CanaryRows).focus()
        lacking = preset is not LayoutPreset.LIST and self.model.listing.shown and not self._layout.panes
        room = words.NO_ROOM.say() if lacking else NOTHING
        self.notify(words.LAYOUT.text(preset=preset, room=room), timeout=2)

    def action_zoom(self) -> None:
        """One pane over the whole screen; again the next one."""
        if self._area is not None and self._area.display:
            self.zoom(self._area.next_zoomed())
        else:
            self.notify(words.NO_PANES.text(), timeout=3)

    def on_pane_box_zoom_asked(self, message: PaneBox.ZoomAsked) -> None:
        self.zoom("" if self.zoomed else message.pane.name)

    @property
    def zoomed(self) -> bool:
        """Whether one pane fills the screen."""
        return self._area is not None and self._area.is_zoomed

    def zoom(self, name: str) -> None:
        """Let one pane fill the screen; "" for all of them and the list."""
        if self._area is None:
            return
        self._area.zoom(name)
        self.redraw_all()
        box = self._area.zoomed
        (box if box is not None else self.query_one(CanaryRows)).focus()

    def arrange_parts(self) -> None:
        """Divide the screen by its size, the number of rows and the chosen preset."""
        columns, count = self.size.width, len(self.model.listing.shown)
        lines = self.size.height - self._guide_lines()
        pulse = self.query_one("#pulse")
        pulse.display = has_pulse(self.model.listing.total, lines)
        lines -= pulse.display
        area, preset = self._area, self.model.preset
        layout = screen_layout(columns, lines, count, preset)
        zoomed = self.zoomed and layout.panes
        wall = layout.panes and preset is LayoutPreset.WALL and not zoomed
        if area is None and layout.panes and not wall:
            self.call_after_refresh(self._make_area)
        placed = (columns, lines, layout, preset, area is None or area.zoom_name)
        if placed == self._placed:
            return
        self._layout, self._placed = layout, placed
        main, table, tail = self.query_one("#main"), self.query_one("#table"), self.query_one("#tail")
        rows = 0 if zoomed else layout.rows
        tail_lines = 0 if zoomed else layout.tail
        beside = 0 if zoomed else layout.beside
        for part in (self.query_one(ColumnTitles), self.query_one(CanaryRows)):
            part.display = not zoomed
        self.query_one("#why").styles.height = layout.why
        tail.display = bool(tail_lines)
        tail.styles.height = tail_lines or 1
        main.set_class(bool(beside), "beside")
        table.styles.width = beside or "1fr"
        table.styles.height = rows + layout.why if (rows or zoomed) and not beside else "1fr"
        self.query_one("#cards").display = wall
        if area is None:
            return
        area.display = layout.panes and not wall
        if area.display:
            above = 0 if beside else rows + layout.why
            area.place_panes(columns - beside, lines - BARS - above - tail_lines)
        else:
            area.leave()

    def draw_pulse(self) -> None:
        """Draw the line about the fleet, where there is room for one."""
        line = self.query_one("#pulse", Lines)
        if line.display:
            model = self.model
            line.say(pulse_line(pulse_table(model), self.line_width(line), model.local_now(), model.zone))

    def _guide_lines(self) -> int:
        """Lines of the demo's tip."""
        if self.model.guide is None:
            return 0
        from canarytui.console.list.guide_line import GuideLine

        return self.query_one(GuideLine).say_next(self.size.width)

    async def _make_area(self) -> None:
        from canarytui.console.panes.area import PaneArea

        if self._area is None:
            self._area = PaneArea(self.model, id="panes")
            await self.query_one("#main").mount(self._area, before="#cards")
            self.redraw_all()

    def spare_panes(self, thrifty: bool) -> None:
        """Whether what arrives for the panes waits until they are drawn."""
        if self._area is not None:
            self._area.thrifty = thrifty

    def point_panes(self) -> None:
        """The cursor is on another canary: the panes follow when it rests."""
        if self._area is not None:
            self._area.select(self.selected_key())

    def draw_panes(self, *, at_once: bool = False) -> None:
        """Draw the selected canary's panes, or the wall's cards, as they are now; with `at_once` only the panes that
        never wait."""
        if self._area is not None:
            self._area.select(self.selected_key())
            self._area.draw(at_once=at_once)
        cards = self.query_one("#cards", WallText)
        if cards.display and cards.size.height and not at_once:
            from canarytui.console.panes.wall_cards import wall_cards

            model = self.model
            columns, lines = cards.size.width, cards.size.height
            cards.say(wall_cards(model.contexts, model.listing, columns, lines, model.local_now(), model.zone))
