"""The form of a drill: which fault, how much of it, and what it will do. Sends nothing.

The form is filled in from the canary's own objects. Enter asks for confirmation; yes starts the drill and shows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from canarytui.console.actions.dialog import Dialog, body_columns
from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.detail.layout import faded
from canarytui.console.drill.fields import FIRST, DrillFormFields, fields_of, in_order
from canarytui.console.drill.plan_words import drill_line, plan_text, proposal_text
from canarytui.console.drill.preview import predicted_check, preview
from canarytui.console.drill.proposal import Proposal, Proposer
from canarytui.console.model import ConsoleModel
from canarytui.console.widgets.choice import Choice
from canarytui.console.widgets.entry import QuietInput
from canarytui.console.widgets.key_hints import Hint
from canarytui.console.widgets.lines import Lines
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.text.plain import clean, cut
from canarytui.domain.values import NamespacedName
from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import DrillPlan, Origin
from canarytui.errors import CanarytuiError

_HINTS = (
    (" Enter", words.REVIEW.text()), (" Tab", words.NEXT_FIELD.text()), (" ↑ ↓", words.OTHER_FAULT.text()),
    (" Esc", "back"),
)  # fmt: skip
_SETTLED_S = 0.3
"""Typing must pause for this long before a plan is made: each plan queries the cluster."""

_AGAIN_S = 5.0
_WIDE = 110
_ORIGINS = {origin.value: origin for origin in (Origin.CLUSTER, Origin.HERE)}


class FaultList(OptionList):
    """The available drills; vi's keys work too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]


class DrillScreen(ConsoleScreen, inherit_bindings=False):
    """`begin` starts a confirmed plan; `drills` are the available ones, `proposer` plans for canary `key`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("enter", "confirm", "Go on", show=False),
        Binding("question_mark", "help", "Help", show=False),
        Binding("tab", "app.focus_next", "Next field", show=False),
        Binding("shift+tab", "app.focus_previous", "Field before", show=False),
    ]

    def __init__(
        self,
        model: ConsoleModel,
        key: NamespacedName,
        drills: Sequence[Drill],
        proposer: Proposer,
        begin: Callable[[DrillPlan], None],
    ) -> None:
        super().__init__(model)
        self._key, self._proposer, self._begin = key, proposer, begin
        self._drills = in_order(list(drills))
        self._chosen = next((drill for drill in self._drills if drill.name == FIRST), self._drills[0])
        self._filled = fields_of(self._chosen)
        self._shown: Proposal | None = None
        self._changes = 0
        self._planned_at = 0
        """How often the form had changed when what is shown was asked for."""
        """Whether the form has changed since the proposal that is shown was made."""
        self._drawn: tuple[Proposal, bool, str] | None = None

    def selected_key(self) -> NamespacedName | None:
        return self._key

    def compose(self) -> ComposeResult:
        yield from self.title_line()
        yield Lines(Text(words.CHOOSE.text(canary=clean("/".join(self._key), 120)), style="strong"), id="drill-on")
        with Vertical(id="drill-choice"):
            yield FaultList(id="drill-faults")
            with Vertical(id="drill-form"):
                for row in (("host", "from"), ("path", "values"), ("rate", "workers"), ("for",)):
                    with Horizontal(classes="drill-row"):
                        for name in row:
                            yield Lines(Text(f"{name:<8}", style="quiet"), classes="drill-label")
                            yield self._field(name)
        with VerticalScroll(id="drill-plan"):
            yield Lines(Text(words.LOADING.text(), style="quiet"), id="drill-plan-text")
        yield from self.hint_line()

    def _field(self, name: str) -> Choice | QuietInput:
        if name in ("host", "from"):
            return Choice(list(_ORIGINS) if name == "from" else (), id=f"drill-{name}")
        return QuietInput(id=f"drill-{name}", compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        self._list_faults()
        self._fill(self._chosen)
        self.query_one(FaultList).focus()
        self.draw_bars()
        self.model.connection.show_checks_of({self._key})
        self._look()
        self.set_interval(_AGAIN_S, self._plan_again)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= _WIDE, "wide")
        self._list_faults()
        self.draw_bars()
        self.call_after_refresh(self._draw)

    def tick(self) -> None:
        self.draw_bars()
        stale = self.model.state.stale(self._key)
        if self._shown is not None and (stale is not None or (self._drawn is not None and self._drawn[2])):
            self._draw()

    def hints(self) -> list[Hint]:
        return [Hint(keys.strip(), said) for keys, said in _HINTS]

    def pinned_hints(self) -> list[Hint]:
        return []

    def _list_faults(self) -> None:
        """Redraw the list with a mark at the chosen fault: colour alone is not enough."""
        faults = self.query_one(FaultList)
        room = (self.size.width // 2 if self.size.width >= _WIDE else self.size.width) - 6
        at = self._drills.index(self._chosen)
        with self.prevent(OptionList.OptionHighlighted):
            faults.set_options(
                Option(Text(f"{'▶' if drill is self._chosen else ' '} {drill_line(drill, room)}", no_wrap=True))
                for drill in self._drills
            )
            faults.highlighted = at

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        chosen = self._drills[event.option_index]
        if chosen is not self._chosen:
            before, self._chosen = self._drills.index(self._chosen), chosen
            room = (self.size.width // 2 if self.size.width >= _WIDE else self.size.width) - 6
            faults = self.query_one(FaultList)
            for index in (before, event.option_index):
                mark = "▶" if index == event.option_index else " "
                line = Text(f"{mark} {drill_line(self._drills[index], room)}", no_wrap=True)
                faults.replace_option_prompt_at_index(index, line)
            self._fill(chosen)
            self._changed()

    def on_option_list_option_selected(self) -> None:
        self.action_confirm()

    def on_input_submitted(self) -> None:
        self.action_confirm()

    def on_input_changed(self) -> None:
        self._changed()

    def on_choice_changed(self) -> None:
        self._changed()

    def _changed(self) -> None:
        """The form has another content: what is shown is about the one before, until there is a plan for this one."""
        self._changes += 1
        self._draw()
        self._replan()

    def _plan_again(self) -> None:
        """Time has passed. A plan under way is left alone: while the cluster is slow to answer, none would ever end."""
        if not any(each.node is self and each.group == "plan" and not each.is_finished for each in self.workers):
            self._replan()

    def _fill(self, drill: Drill) -> None:
        """Fill the form from `drill`."""
        self._filled = fields_of(drill)
        values = {"path": self._filled.path, "values": self._filled.values, "rate": self._filled.rate,
                  "workers": self._filled.workers, "for": self._filled.duration}  # fmt: skip
        with self.prevent(Input.Changed):
            for name, value in values.items():
                entry = self.query_one(f"#drill-{name}", QuietInput)
                entry.value = value
                entry.disabled = not value
        if not self._filled.path:
            paths = ", ".join(stream.path for stream in drill.streams)
            self.query_one("#drill-path", QuietInput).placeholder = clean(paths, 200)
        self.query_one("#drill-values", QuietInput).placeholder = "none"

    def _fields(self) -> DrillFormFields:
        def text(name: str) -> str:
            return self.query_one(f"#drill-{name}", QuietInput).value.strip()

        return DrillFormFields(
            self._filled.name, text("path"), text("rate"), text("workers"), text("for"), text("values")
        )

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        """Look up where requests go, then plan."""
        try:
            target = await self._proposer.target()
        except CanarytuiError as error:
            self._show(Proposal(refused=clean(str(error), 400)), self._changes)
            return
        self.query_one("#drill-host", Choice).offer(target.hosts)
        origins = list(_ORIGINS) if target.tester_url else [Origin.HERE.value]
        self.query_one("#drill-from", Choice).offer(origins)
        await self._plan()

    @work(exclusive=True, group="plan")
    async def _replan(self) -> None:
        await asyncio.sleep(_SETTLED_S)
        await self._plan()

    async def _plan(self) -> Proposal:
        """Plan what the form says now, and show it."""
        changes = self._changes
        proposal = await self._propose()
        self._show(proposal, changes)
        return proposal

    async def _propose(self) -> Proposal:
        await self._proposer_ready()
        origin = _ORIGINS.get(self.query_one("#drill-from", Choice).value)
        host = self.query_one("#drill-host", Choice).value
        return await self._proposer.propose(self._fields(), self._filled, host, origin)

    async def _proposer_ready(self) -> None:
        """Wait until the form is filled in: Enter may come earlier."""
        choice = self.query_one("#drill-host", Choice)
        if not choice.value:
            try:
                choice.offer((await self._proposer.target()).hosts)
            except CanarytuiError:
                return  # the plan reports it

    def _show(self, proposal: Proposal, changes: int) -> None:
        if changes < self._planned_at:
            return  # what is shown is of a later form
        self._shown, self._planned_at = proposal, changes
        self._draw()

    def _draw(self) -> None:
        """The plan; faded while it is of another form, or made of what may be out of date: countdowns stand still."""
        proposal, stale = self._shown, self.model.state.stale(self._key)
        if proposal is None:
            return
        now, plan = self.model.local_now(), proposal.plan
        known = stale.sentence(words.KNOWN.text(), now.tzinfo) if stale is not None and plan is not None else ""
        if stale is not None:
            now = stale.since.astimezone(now.tzinfo)
        of_another = self._planned_at != self._changes
        self._drawn = (proposal, of_another, known)
        text = proposal_text(proposal, self.size.width - 4, now)
        if plan is not None:
            area = self.query_one("#drill-plan").content_size
            measured = self.model.state.readings.points(plan.key, predicted_check(plan.prediction))
            left = area.height - len(text.plain.splitlines()) - 1
            below = preview(plan, proposal.situation, measured, area.width, left, now)
            text = Text("\n").join([text, Text(""), *below]) if below else text
        note = known or (words.PLANNING.text() if of_another else "")
        if note:
            text = Text("\n").join([Text(cut(note, self.size.width - 4), style="waiting"), *faded([text])])
        self.query_one("#drill-plan-text", Lines).say(text, layout=True)

    def action_back(self) -> None:
        self.dismiss()

    @work(exclusive=True, group="confirm")
    async def action_confirm(self) -> None:
        """Ask for confirmation of the plan as it is now; yes starts it."""
        proposal = await self._plan()
        if proposal.plan is None or proposal.refused:
            self.app.bell()
            self.notify(proposal.refused, severity="warning", markup=False, timeout=8)
            return
        plan = proposal.plan
        reason = await self.model.connection.executor.guard(plan.key[0])
        guard = plan.key[1] if reason else ""
        title = words.QUESTION.text(title=plan.drill.title, canary="/".join(plan.key))
        body = plan_text(plan, proposal.situation, body_columns(self.size.width), self.model.local_now())
        ask = Dialog(title, body, yes=words.YES.text(), guard=guard, guard_reason=reason)
        if not await self.app.push_screen_wait(ask):
            return
        try:
            plan = await self._proposer.renewed(plan)
        except CanarytuiError as error:
            self.notify(clean(str(error), 400), severity="warning", markup=False)
            return
        self._begin(plan)
