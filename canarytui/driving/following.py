"""What the controller did about an action: followed tick by tick until it answers, or until it should have. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from canarytui.domain.actions.phases import is_ready
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.situation import Situation

MOST_REPEATS = 3
"""Times a write is made again that a running tick of the controller overwrote."""

_SETTLING_S = 1.0

_ANSWERS = {
    "Failed": "rolled back",
    "Succeeded": "promoted",
    "Progressing": "started the rollout",
    "Waiting": "waits for the gate's approval",
    "WaitingPromotion": "waits for the promotion gate's approval",
    "Promoting": "began the promotion",
    "Finalising": "began the promotion",
}
_WANTED = {Intent.PROMOTE: "Succeeded", Intent.ROLL_BACK: "Failed"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`final` ends the following; `wanted` says that the controller did what was asked for; `again` asks for the write
    to be made once more."""

    text: str
    warning: bool = False
    final: bool = True
    wanted: bool = True
    again: bool = False


class Follow:
    """One action being followed, begun at `began` on what was true `before`."""

    def __init__(self, plan: Plan, before: Situation, began: datetime) -> None:
        self.plan = plan
        self.key = (before.canary.namespace, before.canary.name)
        self._began = began
        self._phase = before.phase
        self._revision = before.canary.status.last_applied_spec
        self._by_deadline = plan.intent is Intent.ROLL_BACK and plan.temporary is not None
        self._told_silence = False
        self._repeats = 0
        self._asked_at = began

    def look(self, situation: Situation | None, now: datetime) -> Answer | None:
        """The controller's answer as of `now`, if there is one; None to go on looking."""
        called = f"{self.key[0]}/{self.key[1]}"
        if situation is None:
            return Answer(f"{called} is gone", warning=True, wanted=False)
        elapsed_s = (now - self._began).total_seconds()
        if not self.plan.expects:
            return Answer(f"{self.plan.title}: done")
        if self._answered(situation):
            engine_did = _ANSWERS.get(situation.phase, f"went to {situation.phase}")
            if self.plan.intent is Intent.OPEN_GATE and situation.phase == "Progressing":
                engine_did = "passed the gate"
            wanted = _WANTED.get(self.plan.intent, situation.phase) == situation.phase
            return Answer(f"{called}: the controller {engine_did} {elapsed_s:.1f} s later", not wanted, wanted=wanted)
        if self._overwritten(situation, now):
            self._repeats += 1
            self._asked_at = now
            why = (
                "its pods became ready meanwhile"
                if self._by_deadline
                else "a running tick of the controller overwrote it"
            )
            return Answer(
                f"{called}: {why}; asking again ({self._repeats}/{MOST_REPEATS})",
                warning=True,
                final=False,
                again=True,
            )
        return self._silence(situation, called, elapsed_s)

    def _silence(self, situation: Situation, called: str, elapsed_s: float) -> Answer | None:
        ticks = int(elapsed_s // max(situation.interval_s, 1.0))
        if ticks < self.plan.patience or self._told_silence:
            return None
        self._told_silence = True
        why = "is anything reconciling it?"
        if not situation.engine_running:
            why = "its controller is scaled to zero"
        elif situation.last_tick is not None and situation.last_tick > self._began:
            why = f"the controller is at work but it is still {situation.phase}"
            if situation.warning_now:
                why += f": {situation.warning_now}"
        return Answer(
            f"{called}: no answer to “{self.plan.intent}” in {ticks} ticks; {why}",
            warning=True,
            final=False,
            wanted=False,
        )

    def _answered(self, situation: Situation) -> bool:
        if situation.phase not in self.plan.expects:
            return False
        if situation.phase != self._phase:
            return True
        # The same phase counts when a new revision is in it: a restart of the analysis.
        return self.plan.intent in (Intent.TRIGGER, Intent.RETRY) and (
            situation.canary.status.last_applied_spec not in (self._revision, "")
        )

    def _overwritten(self, situation: Situation, now: datetime) -> bool:
        """Whether the status does not say what leads to the answer, though nothing came of the write: a tick that was
        under way wrote its own count over it, or the pods whose deadline was cut became ready before a tick."""
        if not self.plan.repeats or self._repeats >= MOST_REPEATS or situation.phase != self._phase:
            return False
        if (now - self._asked_at).total_seconds() < _SETTLING_S:
            return False
        status = situation.canary.status
        if self._by_deadline and not is_ready(situation):
            return False  # the next tick finds them too late
        if self.plan.intent is Intent.ROLL_BACK:
            return status.failed_checks < max(situation.canary.spec.analysis.threshold, 1)
        return self.plan.intent is Intent.RETRY and status.last_applied_spec == self._revision
