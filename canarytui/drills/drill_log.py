"""What happened under a drill: values of the checks over time, and lines about what changed. Bounded, pure."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from canarytui.domain.rollout.check_verdicts import verdict_now
from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import Phrase
from canarytui.domain.sentences import drill_run as words
from canarytui.domain.text.plain import clean
from canarytui.drills.run_view import CheckPoint, DrillEntry, ShadowTick

_SAMPLE_EVERY = timedelta(seconds=5)
_POINTS_MOST = 2000
_ENTRIES_MOST = 500


class DrillLog:
    """Fed with situations by :meth:`take_in`, and with lines by :meth:`note`."""

    def __init__(self) -> None:
        self._points: deque[CheckPoint] = deque(maxlen=_POINTS_MOST)
        self._latest: dict[str, CheckPoint] = {}
        self._entries: deque[DrillEntry] = deque(maxlen=_ENTRIES_MOST)
        self._shadow_ticks: deque[ShadowTick] = deque(maxlen=_POINTS_MOST)

    @property
    def points(self) -> tuple[CheckPoint, ...]:
        """Values of all checks, oldest first."""
        return tuple(self._points)

    @property
    def entries(self) -> tuple[DrillEntry, ...]:
        """Lines, oldest first."""
        return tuple(self._entries)

    @property
    def shadow_ticks(self) -> tuple[ShadowTick, ...]:
        """The shadow checks' verdicts at each tick, oldest first."""
        return tuple(self._shadow_ticks)

    def note(self, now: datetime, said: Phrase, *, warning: bool = False) -> None:
        """Add a line."""
        self._entries.append(DrillEntry(now, clean(said.text, 400), warning, said.ids[0]))

    def take_in(self, at: datetime, before: Situation | None, situation: Situation) -> None:
        """Keep the checks' values in `situation`, and note what has changed since `before`."""
        for check in situation.checks:
            if check.asked:
                self._sample(at, check)
        if before is None:
            return
        self._note_shadows(before, situation)
        old, new = before.canary.status, situation.canary.status
        if old.phase != new.phase:
            phases = {"before": old.phase or words.NO_PHASE.text(), "now": new.phase or words.NO_PHASE.text()}
            self.note(at, words.PHASE.say(**phases), warning=new.phase == "Failed")
        if before.weight != situation.weight:
            self.note(at, words.WEIGHT.say(before=before.weight, now=situation.weight))
        if new.failed_checks > old.failed_checks:
            count, threshold = new.failed_checks, situation.canary.spec.analysis.threshold
            why = clean(situation.warning_now, 200)
            said = words.FAILED_CHECKS_WHY.say(count=count, threshold=threshold, why=why) if why else (
                words.FAILED_CHECKS.say(count=count, threshold=threshold)
            )  # fmt: skip
            self.note(at, said, warning=True)

    def _note_shadows(self, before: Situation, situation: Situation) -> None:
        """What the shadow checks say at a tick that has passed since `before`."""
        tick = situation.last_tick
        if tick is None or tick == before.last_tick:
            return
        for check in situation.shadow_checks:
            verdict = verdict_now(situation, check)
            if verdict is not CheckVerdict.UNKNOWN:
                value = check.value if verdict is not CheckVerdict.NO_VALUE else None
                self._shadow_ticks.append(ShadowTick(tick, check.name, value, verdict))

    def _sample(self, at: datetime, check: Check) -> None:
        """Keep a value if it is new, or from time to time: looks are more frequent than answers."""
        last = self._latest.get(check.name)
        if last is not None and last.value == check.value and at - last.at < _SAMPLE_EVERY:
            return
        bound = check.maximum if check.minimum is None else check.minimum
        self._latest[check.name] = CheckPoint(at, check.name, check.value, bound)
        self._points.append(self._latest[check.name])
