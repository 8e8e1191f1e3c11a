"""What past rollouts would have been with another threshold of one check: a backtest that runs beside the console."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from rich.text import Text

from canarytui.console.model import ConsoleModel
from canarytui.console.text_dialog import TextDialog
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import ACTIVE
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError

_PAST = timedelta(days=30)
_BAR = 30


class WhatIfScreen(TextDialog):
    """Reads the past values of `canary` and says, rollout by rollout, how it would have ended. Esc closes it, and ends
    the reading."""

    def __init__(self, model: ConsoleModel, canary: Canary, check: str, limits: str) -> None:
        self._since = model.local_now() - _PAST
        title = words.WHAT_IF_TITLE.text(
            check=clean(check, 60),
            limit=clean(limits, 40),
            canary=clean(f"{canary.namespace}/{canary.name}", 200),
            since=self._since,
        )
        super().__init__(title, Text(words.CANCELS.text()), name="what-if")
        self._model = model
        self._canary = canary
        self._check = check
        self._limits = limits

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._run())  # cancelled with the screen

    async def _run(self) -> None:
        from canarytui.backtest.run import BacktestRequest, BacktestSubject, run_backtest
        from canarytui.backtest.what_if import tried_on
        from canarytui.backtest.what_if_text import what_if_lines

        tried = tried_on(self._canary, self._check)
        alone = tried is not self._canary
        head = [(words.ALONE.text(), "quiet"), ("", "")] if alone else []
        head += [(line, "") for line in self._under_way(tried)]
        given = f"{self._check}={self._limits}"
        try:
            access = self._model.connection.metric_access()
            subject = BacktestSubject(access.cluster, self._model.state, tried, knows_history=True)
            request = BacktestRequest(
                self._since, thresholds=(given,), prometheus=access.prometheus, needed=self._check, on_screen=True
            )
            outcome = await run_backtest(subject, request, lambda done, every: self._read(head, done, every))
        except CanarytuiError as error:
            self._show([*head, (clean(str(error), 600), "waiting")])
            return
        lines = what_if_lines(outcome, self._check, self._model.zone, alone=alone)
        self._show([*head, *((line, "strong" if differs else "") for line, differs in lines)])

    def _under_way(self, tried: Canary) -> list[str]:
        """Where the rollout in progress would stand, by what this console has read: nothing for a check with several
        queries, of which a session asks only one."""
        from canarytui.backtest.run import controller_traits
        from canarytui.backtest.what_if import is_read_whole, what_if

        asked = (metric for metric in tried.spec.analysis.metrics if metric.name == self._check)
        if tried.status.phase not in ACTIVE or not all(map(is_read_whole, asked)):
            return []
        state, key = self._model.state, (tried.namespace, tried.name)
        said = what_if(
            tried,
            state.timeline.oldest_first(*key),
            lambda check: state.readings.points(key, check),
            [f"{self._check}={self._limits}"],
            interval_s=state.interval_s(tried),
            traits=controller_traits(state, tried),
            now=self._model.local_now(),
        )
        return [said, ""]

    def _read(self, head: Iterable[tuple[str, str]], done: int, every: int) -> None:
        filled = _BAR * done // every if every else _BAR
        bar = f"[{'#' * filled}{'.' * (_BAR - filled)}]"
        reading = words.READING.text(done=done, all=every, bar=bar)
        self._show([*head, (f"{reading} {words.CANCELS.text()}", "quiet")])

    def _show(self, lines: Iterable[tuple[str, str]]) -> None:
        self.say(Text("\n").join(Text(line, style=tone) for line, tone in lines))
