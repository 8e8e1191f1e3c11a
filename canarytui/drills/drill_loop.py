"""Carries out a drill: look, send a slice, look again. Whatever ends it ends the load.

The only place where a :class:`DrillRun` meets time and IO. Cancelled or failing, it stops the sender first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from canarytui.background import in_background, to_the_end
from canarytui.cluster.audit import AuditLog
from canarytui.domain.sentences import drill_guard
from canarytui.domain.sentences import drill_run as words
from canarytui.domain.text.plain import clean
from canarytui.drills.drill_plan import Sight
from canarytui.drills.drill_state import DrillRun, Slice
from canarytui.drills.hey_command import SLICE_S
from canarytui.drills.orphans import held
from canarytui.drills.run_view import DrillEnding, DrillStage, RunView
from canarytui.drills.senders import Sender, SendFailed
from canarytui.errors import CanarytuiError

LOOK_EVERY_S = 0.5
LOOK_WITHIN_S = 1.0
"""A cluster that does not answer within this counts as not seen, and gets no load."""


class DrillLoop:
    """`look` reads the cluster once; `changed` is called after each step; `audit` gets a line for the start, the end of
    every slice and the end of the drill."""

    def __init__(
        self,
        run: DrillRun,
        sender: Sender,
        look: Callable[[], Awaitable[Sight]],
        audit: AuditLog,
        now: Callable[[], datetime],
        changed: Callable[[RunView], None] = lambda view: None,
    ) -> None:
        self._run, self._sender, self._look, self._audit = run, sender, look, audit
        self._now, self._changed = now, changed
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping: asyncio.Task[None] | None = None

    def abort(self, by: str, why: str) -> None:
        """Stop the load at once: the abort key, a hang-up, a signal."""
        self._run.abort(self._now(), by, why)
        self._wake.set()
        if self._tasks and self._stopping is None:
            # Now, not when the look under way is over.
            self._stopping = in_background(self._sender.stop(), "load stop")

    async def drive(self) -> RunView:
        """Run the drill to its end.

        Raises:
            DrillRefused: a guard stands against it; nothing was sent.
            ConfigError: the audit log cannot be written; nothing was sent.
        """
        lock = held(self._audit, self._run.plan.id)
        await asyncio.to_thread(lock.__enter__)
        try:
            return await self._drive()
        finally:
            await asyncio.to_thread(lock.__exit__, None, None, None)

    async def _drive(self) -> RunView:
        run = self._run
        run.start(await self._sight())
        first = self._record("start", command=run.plan.command(), origin=run.plan.origin.value,
                             rate=run.plan.drill.rate, duration_s=run.plan.drill.duration_s,
                             predicted=run.plan.prediction.because)  # fmt: skip
        try:
            await to_the_end(first)
        except asyncio.CancelledError:
            run.abort(self._now(), words.BY_SESSION.text(), words.CANCELLED.text())
            await to_the_end(self._end())
            raise
        try:
            while run.stage is DrillStage.RUNNING:
                piece = run.next_slice(self._now())
                if piece is not None:
                    self._begin(piece)
                self._changed(run.view())
                await self._pause()
                if run.stage is DrillStage.RUNNING:
                    run.see(await self._sight())
        except asyncio.CancelledError:
            run.abort(self._now(), words.BY_SESSION.text(), words.CANCELLED.text())
            raise
        except CanarytuiError as error:
            run.abort(self._now(), words.BY_GUARDS.text(), clean(str(error), 300))
            raise
        finally:
            await to_the_end(self._end())
        self._changed(run.view())
        return run.view()

    async def _end(self) -> None:
        run = self._run
        await self._sender.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=SLICE_S + 0.5)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        view = run.view()
        with contextlib.suppress(CanarytuiError):
            await self._record(
                "abort" if view.ending == DrillEnding.ABORTED else "end",
                ending=view.ending.value,
                why=view.why,
                by=view.by,
                sent=view.answers.sent,
                **({"unreported": view.answers.unreported} if view.answers.unreported else {}),
                codes=dict(view.answers.codes),
                ticks=view.ticks,
            )

    def _begin(self, piece: Slice) -> None:
        task = in_background(self._send(piece), f"slice {piece.number}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, piece: Slice) -> None:
        run, trouble, answers = self._run, "", None
        try:
            answers = await self._sender.send(piece)
        except SendFailed as error:
            trouble = clean(str(error), 300)
        except asyncio.CancelledError:
            trouble = words.NOT_WAITED_FOR.text()
            raise
        finally:
            run.slice_ended(piece.number, self._now(), answers, trouble)
            told: dict[str, Any] = {"slice": piece.number}
            if answers is not None:
                told |= {"sent": answers.sent, "codes": dict(answers.codes), "errors": answers.failed}
            with contextlib.suppress(CanarytuiError):
                await self._record("slice", **told, **({"error": trouble} if trouble else {}))
            self._wake.set()

    async def _pause(self) -> None:
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)

    async def _sight(self) -> Sight:
        try:
            return await asyncio.wait_for(self._look(), LOOK_WITHIN_S)
        except TimeoutError:
            trouble = drill_guard.NO_ANSWER.text(seconds=LOOK_WITHIN_S)
        except CanarytuiError as error:
            trouble = clean(str(error), 200)
        return Sight(self._now(), self._run.plan.context, None, trouble=trouble)

    async def _record(self, stage: str, **more: Any) -> None:
        plan = self._run.plan
        await asyncio.to_thread(
            self._audit.append,
            {
                "context": plan.context,
                "user": plan.who,
                "intent": "drill",
                "canary": "/".join(plan.key),
                "drill": plan.drill.name,
                "id": plan.id,
                "host": plan.place.host,
                "stage": stage,
                **more,
            },
        )
