"""The running drill: at most one per console, whatever screen is open.

It is a task that no screen owns. Leaving the console, or this cluster, stops the load first and waits for that. hey
ends with a console that is killed, and the load tester's slice ends by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from msgspec import Struct

from canarytui.background import in_background
from canarytui.cluster.audit import AuditLog
from canarytui.console.drill.live_words import banner
from canarytui.console.drill.saved import Saved, save
from canarytui.domain.sentences import drill_run
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.text.plain import clean
from canarytui.drills.drill_loop import DrillLoop
from canarytui.drills.drill_plan import DrillPlan
from canarytui.drills.drill_state import DrillRun
from canarytui.drills.guards import Limits
from canarytui.drills.probe import DrillProbe
from canarytui.drills.run_view import DrillStage, RunView
from canarytui.errors import CanarytuiError

log = logging.getLogger(__name__)

_END_WITHIN_S = 4.0
"""Longer than a slice and its answer; a slow network does not delay leaving further."""


class RunningDrill(Struct):
    """A drill since its confirmation. `trouble` says why it did not start or could not go on; `saved` are its report's
    files once they are written."""

    plan: DrillPlan
    view: RunView
    trouble: str = ""
    saved: Saved | None = None
    over: bool = False

    @property
    def running(self) -> bool:
        return not self.over


class DrillDesk:
    """Starts and stops drills."""

    def __init__(self) -> None:
        self._driver: DrillLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self.current: RunningDrill | None = None

    @property
    def running(self) -> bool:
        return self.current is not None and self.current.running

    def banner(self) -> str:
        """For the title bar; "" when no load is sent."""
        return banner(self.current.view) if self.running and self.current is not None else ""

    def start(
        self,
        plan: DrillPlan,
        probe: DrillProbe,
        limits: Limits,
        audit: AuditLog,
        *,
        began: Callable[[RunningDrill], None],
        ended: Callable[[RunningDrill], None],
    ) -> RunningDrill:
        """Start the load; `began` is called when it has started, `ended` when it has stopped.

        Raises:
            CanarytuiError: another drill is running, or there is no sender.
        """
        if self.running:
            raise CanarytuiError(words.ANOTHER.text())
        run = DrillRun(plan, limits)
        current = self.current = RunningDrill(plan, run.view())
        first = True

        def changed(view: RunView) -> None:
            nonlocal first
            current.view = view
            if first and view.began is not None:
                first = False
                began(current)

        driver = self._driver = DrillLoop(run, probe.sender(plan), probe.look, audit, probe.now, changed)
        self._task = in_background(self._carry_out(driver, run, probe, current, ended))
        return current

    def abort(self, by: str, why: str) -> None:
        """Stop the load at once, if there is any."""
        if self.running and self._driver is not None:
            self._driver.abort(by, why)

    async def close(self, why: str) -> None:
        """Abort the running drill and wait until its load has stopped."""
        task = self._task
        if task is not None and not task.done():
            self.abort(drill_run.BY_SESSION.text(), why)
            await asyncio.wait({task}, timeout=_END_WITHIN_S)
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _carry_out(
        self,
        driver: DrillLoop,
        run: DrillRun,
        probe: DrillProbe,
        current: RunningDrill,
        ended: Callable[[RunningDrill], None],
    ) -> None:
        traffic = in_background(probe.watch_traffic(), "drill traffic")
        try:
            await driver.drive()
        except CanarytuiError as error:
            current.trouble = clean(str(error), 400)
        except Exception as error:  # the driver has ended the load before it let this through
            log.error(words.UNEXPECTED_LOG.text(), exc_info=error)
            current.trouble = words.UNEXPECTED.text()
        finally:
            traffic.cancel()
            await asyncio.gather(traffic, return_exceptions=True)
            current.view = run.view()
            current.over = True
        await self._report(current)
        ended(current)

    async def _report(self, current: RunningDrill) -> None:
        if current.view.began is None or current.view.stage is not DrillStage.ENDED:
            return
        try:
            current.saved = await save(current.view)
        except CanarytuiError as error:
            current.trouble = current.trouble or clean(str(error), 400)
