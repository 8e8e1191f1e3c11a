"""From a key to the drill's screens: the form for a canary, or the running drill."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App

from canarytui.console.drill.end_words import result_line
from canarytui.console.drill.form_screen import DrillScreen
from canarytui.console.drill.live_screen import DrillLiveScreen
from canarytui.console.drill.proposal import Proposer
from canarytui.console.drill.running_drill import DrillDesk, RunningDrill
from canarytui.console.model import ConsoleModel
from canarytui.domain.history.facts import of_console
from canarytui.domain.sentences import drill_run
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.values import NamespacedName
from canarytui.drills.drill_plan import DrillPlan
from canarytui.drills.guards import Limits, read_limits
from canarytui.drills.library import all_drills
from canarytui.drills.probe import DrillProbe
from canarytui.errors import CanarytuiError


async def open_drill(app: App[Any], model: ConsoleModel, key: NamespacedName | None) -> None:
    """Show the running drill, or the form for canary `key`; every failure is reported to the person."""
    desk = model.drills = model.drills or DrillDesk()
    if desk.running and desk.current is not None:
        if not isinstance(app.screen, DrillLiveScreen):
            app.push_screen(DrillLiveScreen(model, desk, desk.current))
        return
    if key is None:
        app.notify(words.NO_CANARY.text(), severity="warning")
        return
    try:
        probe = model.connection.drill_probe(key, model.local_now().tzinfo)
        limits = await asyncio.to_thread(read_limits)
        drills, problems = await asyncio.to_thread(all_drills)
    except CanarytuiError as error:
        app.notify(str(error), severity="warning", markup=False, timeout=8)
        return
    for problem in problems[:3]:
        app.notify(problem, severity="warning", markup=False, timeout=8)
    proposer = Proposer(probe, limits, model.connection.executor)
    app.push_screen(DrillScreen(model, key, drills, proposer, _Beginning(app, model, desk, probe, limits).begin))


class _Beginning:
    """What is needed once the person has agreed; bound to the cluster that the form was about."""

    def __init__(self, app: App[Any], model: ConsoleModel, desk: DrillDesk, probe: DrillProbe, limits: Limits) -> None:
        self._app, self._model, self._desk, self._probe, self._limits = app, model, desk, probe, limits
        self._state, self._connection = model.state, model.connection

    def begin(self, plan: DrillPlan) -> None:
        """Start the load, and show the drill in the form's place."""
        try:
            current = self._desk.start(
                plan, self._probe, self._limits, self._connection.audit, began=self._began, ended=self._ended
            )
        except CanarytuiError as error:
            self._app.notify(str(error), severity="warning", markup=False, timeout=8)
            return
        self._connection.keep_checks_of([plan.key])
        self._app.switch_screen(DrillLiveScreen(self._model, self._desk, current))

    def _began(self, current: RunningDrill) -> None:
        plan = current.plan
        said = drill_run.BEGINS_AT.text(drill=plan.drill.name, host=plan.place.host, provokes=plan.drill.phrase())
        self._tell(current, said)

    def _ended(self, current: RunningDrill) -> None:
        self._connection.keep_checks_of([])
        said = result_line(current)
        self._tell(current, said)
        if current.saved is not None:
            said = words.RESULT_REPORT.text(result=said, path=current.saved.markdown)
        warning = current.view.within_prediction is not True
        shown = self._app.screen_stack
        if not shown or isinstance(shown[-1], DrillLiveScreen):
            return  # the console has ended, or the report is on the screen
        self._app.notify(said, severity="warning" if warning else "information", markup=False, timeout=12)

    def _tell(self, current: RunningDrill, text: str) -> None:
        self._state.timeline.add(of_console(*current.plan.key, text, self._state.now(), warning=True))
