"""From a key to the drill's screens: the form for a canary, or the drill that is under way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from canarytui.console.drill.end_words import result_line
from canarytui.console.drill.form_screen import DrillScreen
from canarytui.console.drill.live_screen import DrillLiveScreen
from canarytui.console.drill.proposal import Proposer
from canarytui.console.drill.under_way import DrillDesk, UnderWay
from canarytui.domain.sentences import drill_run
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.timeline_facts import of_console
from canarytui.drills.guards import Limits, read_limits
from canarytui.drills.library import all_drills
from canarytui.drills.plan import DrillPlan
from canarytui.drills.probe import Eyes
from canarytui.errors import CanarytuiError

if TYPE_CHECKING:
    from canarytui.console.app import ConsoleApp

Key = tuple[str, str]


async def open_drill(app: ConsoleApp, key: Key | None) -> None:
    """Show the drill under way, or the form for canary `key`; every trouble is told to the person."""
    desk = app.drills = app.drills or DrillDesk()
    if desk.running and desk.current is not None:
        if not isinstance(app.screen, DrillLiveScreen):
            app.push_screen(DrillLiveScreen(desk, desk.current))
        return
    if key is None:
        app.notify(words.NO_CANARY.text(), severity="warning")
        return
    try:
        eyes = app.connection.drill_eyes(key, app.local_now().tzinfo)
        limits = await asyncio.to_thread(read_limits)
        drills, problems = await asyncio.to_thread(all_drills)
    except CanarytuiError as error:
        app.notify(str(error), severity="warning", markup=False, timeout=8)
        return
    for problem in problems[:3]:
        app.notify(problem, severity="warning", markup=False, timeout=8)
    proposer = Proposer(eyes, limits, app.connection.hands)
    opening = _Opening(app, desk, eyes, limits)
    app.push_screen(DrillScreen(key, drills, proposer, opening.begin))


class _Opening:
    """What a yes needs to know; bound to the cluster that the form was about."""

    def __init__(self, app: ConsoleApp, desk: DrillDesk, eyes: Eyes, limits: Limits) -> None:
        self._app, self._desk, self._eyes, self._limits = app, desk, eyes, limits
        self._world, self._connection = app.world, app.connection

    def begin(self, plan: DrillPlan) -> None:
        """Send, and show it in the form's place."""
        try:
            current = self._desk.start(
                plan, self._eyes, self._limits, self._connection.audit, began=self._began, ended=self._ended
            )
        except CanarytuiError as error:
            self._app.notify(str(error), severity="warning", markup=False, timeout=8)
            return
        self._connection.keep_looking([plan.key])
        self._app.switch_screen(DrillLiveScreen(self._desk, current))

    def _began(self, current: UnderWay) -> None:
        plan = current.plan
        said = drill_run.BEGINS_AT.text(drill=plan.drill.name, host=plan.place.host, provokes=plan.drill.phrase())
        self._tell(current, said)

    def _ended(self, current: UnderWay) -> None:
        self._connection.keep_looking([])
        said = result_line(current)
        self._tell(current, said)
        if current.saved is not None:
            said = words.RESULT_REPORT.text(result=said, path=current.saved.markdown)
        warning = current.view.within_prediction is not True
        shown = self._app.screen_stack
        if not shown or isinstance(shown[-1], DrillLiveScreen):
            return  # the console has ended, or the report is on the screen
        self._app.notify(said, severity="warning" if warning else "information", markup=False, timeout=12)

    def _tell(self, current: UnderWay, text: str) -> None:
        self._world.timeline.add(of_console(*current.plan.key, text, self._world.now(), warning=True))
