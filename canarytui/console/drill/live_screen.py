"""The running drill, and its report after the end: requests, answers, and how close the check is to its threshold.

Leaving the screen leaves the drill running, with a banner in every title bar; ``:drill`` comes back.
"""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.detail.layout import faded
from canarytui.console.detail.plots import draw
from canarytui.console.dismissed_once import Modal
from canarytui.console.drill.curves import check_name, check_plot
from canarytui.console.drill.end_words import report_text
from canarytui.console.drill.live_words import answers_text, head_text, timeline_text
from canarytui.console.drill.running_drill import DrillDesk, RunningDrill
from canarytui.console.drill.saved import Saved
from canarytui.console.model import ConsoleModel
from canarytui.console.widgets.key_hints import Hint
from canarytui.console.widgets.lines import Lines
from canarytui.domain.sentences import drill_run
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.text.plain import clean, cut
from canarytui.domain.values import NamespacedName
from canarytui.drills.hey_command import SLICE_S

_EVERY_S = 0.5
_WHILE = (("a", words.ABORT.text()), ("Esc", words.LEAVE_OR_ABORT.text()), ("?", "help"))
_AFTER = (("↑ ↓", "scroll"), ("Esc q", "back"))
LEAVE, ABORT = "leave", "abort"


class LeaveScreen(Modal[str]):
    """Answers ``leave``, ``abort`` or "" (stay)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer('')", "Stay", show=False),
        Binding("l,y", "answer('leave')", "Leave running", show=False),
        Binding("a", "answer('abort')", "Abort", show=False),
        Binding("left,up", "app.focus_previous", "Button before", show=False),
        Binding("right,down", "app.focus_next", "Next button", show=False),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="confirm"):
            yield Lines(Text(words.UNDER_WAY.text(), style="strong"), id="dialog-title")
            yield Lines(Text(words.IF_LEFT.text()))
            with Horizontal(id="dialog-buttons"):
                yield Button(words.STAY.text(), id="stay")
                yield Button(words.LEAVE.text(), id=LEAVE)
                yield Button(words.ABORT_IT.text(), id=ABORT)

    def on_mount(self) -> None:
        self.query_one("#stay").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id if event.button.id in (LEAVE, ABORT) else "")

    def action_answer(self, answer: str | None) -> None:
        self.dismiss(answer or "")


def _as_known(text: Text, stale: bool) -> Text:
    """`text` about the canary, faded while its data is stale."""
    return faded([text])[0] if stale else text


class DrillLiveScreen(ConsoleScreen, inherit_bindings=False):
    """Shows the drill `current` of `desk`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "abort", "Abort", show=False),
        Binding("escape,q", "leave", "Leave", show=False),
        Binding("question_mark", "help", "Help", show=False),
        Binding("j,down", "scroll_report(1)", "Down", show=False),
        Binding("k,up", "scroll_report(-1)", "Up", show=False),
        Binding("pagedown,space", "scroll_report(10)", "Page down", show=False),
        Binding("pageup", "scroll_report(-10)", "Page up", show=False),
    ]

    def __init__(self, model: ConsoleModel, desk: DrillDesk, current: RunningDrill) -> None:
        super().__init__(model)
        self._desk, self._current = desk, current
        self._reported: tuple[Saved | None, str] | None = None

    def selected_key(self) -> NamespacedName | None:
        return self._current.plan.key

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(id="drill-head")
        with Horizontal(id="drill-middle"):
            yield Lines(id="drill-answers")
            yield Lines(id="drill-plot")
        yield Lines(id="drill-timeline")
        with VerticalScroll(id="drill-report"):
            yield Lines(id="drill-report-text")
        yield from self.hint_line()

    def on_mount(self) -> None:
        self.query_one("#drill-report").display = False
        self.set_interval(_EVERY_S, self.draw_drill)
        self.call_after_refresh(self.draw_drill)

    def on_resize(self) -> None:
        self._reported = None
        self.call_after_refresh(self.draw_drill)

    def tick(self) -> None:
        self.draw_bars()

    def hints(self) -> list[Hint]:
        return [Hint(keys.strip(), said) for keys, said in (_WHILE if self._current.running else _AFTER)]

    def pinned_hints(self) -> list[Hint]:
        return []

    def draw_drill(self) -> None:
        """Draw the current state; only what changed reaches the terminal."""
        if not self.is_mounted or not self.size.width:
            return
        if not self._current.running:
            self._draw_end()
            return
        view, now, columns = self._current.view, self.model.local_now(), self.size.width
        stale = self.model.state.stale(view.plan.key) is not None
        row = self.model.row(view.plan.key)
        label = row.label if row is not None and row.phase == view.phase else ""
        self.query_one("#drill-head", Lines).say(_as_known(head_text(view, columns - 2, now, label), stale))
        answers = self.query_one("#drill-answers", Lines)
        answers.say(answers_text(view, max(answers.content_size.width, 20), max(answers.content_size.height, 4)))
        self._draw_plot(stale=stale)
        timeline = self.query_one("#drill-timeline", Lines)
        told = timeline_text(view, columns - 2, max(timeline.content_size.height, 1), now.tzinfo)
        timeline.say(_as_known(told, stale))
        self.draw_bars()

    def _draw_plot(self, *, stale: bool) -> None:
        view, area = self._current.view, self.query_one("#drill-plot", Lines)
        columns, lines = area.content_size.width, area.content_size.height
        plot = check_plot(view, self.model.state.readings.points(view.plan.key, check_name(view)))
        if plot is None or view.now is None:
            area.say(Text(words.NO_VALUE_YET.text(), style="quiet"))
            return
        zone, coloured = self.model.local_now().tzinfo, not self.app.no_color
        drawn = draw(plot, columns, lines - 1, view.now, zone, coloured=coloured)
        area.say(_as_known(Text("\n").join([drawn, Text(cut(words.LEGEND.text(), columns), style="quiet")]), stale))

    def _draw_end(self) -> None:
        known = (self._current.saved, self._current.trouble)  # the report is written a moment after the end
        if self._reported == known:
            return
        self._reported = known
        for name in ("#drill-head", "#drill-middle", "#drill-timeline"):
            self.query_one(name).display = False
        report = self.query_one("#drill-report", VerticalScroll)
        report.display = True
        text = report_text(self._current, self.size.width - 6, self.model.local_now().tzinfo)
        self.query_one("#drill-report-text", Lines).say(text, layout=True)
        self.draw_bars()

    def action_scroll_report(self, lines: int) -> None:
        self.query_one("#drill-report", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_abort(self) -> None:
        if self._current.running:
            who = clean(self._current.plan.who, 80) or drill_run.A_PERSON.text()
            self._desk.abort(drill_run.BY_ABORT_KEY.text(), drill_run.PRESSED.text(who=who))
            self.notify(words.ABORTING.text(seconds=SLICE_S), timeout=3)

    @work(exclusive=True)
    async def action_leave(self) -> None:
        if self._current.running:
            answer = await self.app.push_screen_wait(LeaveScreen())
            if answer == ABORT:
                self.action_abort()
            if answer != LEAVE:
                return
        self.dismiss()
