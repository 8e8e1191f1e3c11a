"""The controller's answer to an action, followed tick by tick until it comes or is overdue. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from canarytui.domain.actions.registry import action_of
from canarytui.domain.plan import Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import following as words

MOST_REPEATS = 3
"""How often a write is repeated that a running tick of the controller overwrote."""

_SETTLING_S = 1.0

_ANSWERS = {
    "Succeeded": words.PROMOTED,
    "Progressing": words.STARTED,
    "Waiting": words.AT_GATE,
    "WaitingPromotion": words.AT_PROMOTION_GATE,
    "Promoting": words.PROMOTING,
    "Finalising": words.PROMOTING,
}


class ControllerReaction(Struct, frozen=True):
    """`final` ends the following; `wanted` says that the controller did what was asked for; `again` asks for the write
    to be made once more."""

    text: str
    warning: bool = False
    final: bool = True
    wanted: bool = True
    again: bool = False


class AnswerFollower:
    """One action that is followed: carried out at `began`, on the situation `before`."""

    def __init__(self, plan: Plan, before: Situation, began: datetime) -> None:
        self.plan = plan
        self.key = (before.canary.namespace, before.canary.name)
        self._began = began
        self._phase = before.phase
        self._revision = before.canary.status.last_applied_spec
        self._answer = action_of(plan.intent).answer
        self._told_silence = False
        self._repeats = 0
        self._asked_at = began

    def look(self, situation: Situation | None, now: datetime) -> ControllerReaction | None:
        """The controller's answer as of `now`, if there is one; None to go on looking."""
        called = f"{self.key[0]}/{self.key[1]}"
        if situation is None:
            return ControllerReaction(words.GONE.text(canary=called), warning=True, wanted=False)
        elapsed_s = (now - self._began).total_seconds()
        if not self.plan.expects:
            return ControllerReaction(words.DONE.text(title=self.plan.title))
        if self._answered(situation):
            wanted = self._answer.wanted in ("", situation.phase)
            return ControllerReaction(
                words.ANSWERED.text(canary=called, did=self._did(situation), seconds=elapsed_s),
                not wanted,
                wanted=wanted,
            )
        if self._overwritten(situation, now):
            self._repeats += 1
            self._asked_at = now
            why = words.PODS_BECAME_READY if self.plan.temporary is not None else words.TICK_OVERWROTE
            return ControllerReaction(
                words.OVERWRITTEN.text(canary=called, why=why.text(), count=self._repeats, most=MOST_REPEATS),
                warning=True,
                final=False,
                again=True,
            )
        return self._silence(situation, called, elapsed_s)

    def _silence(self, situation: Situation, called: str, elapsed_s: float) -> ControllerReaction | None:
        ticks = int(elapsed_s // max(situation.interval_s, 1.0))
        if ticks < self.plan.patience or self._told_silence:
            return None
        self._told_silence = True
        why = words.NOBODY.text()
        if not situation.engine_running:
            why = words.SCALED_TO_ZERO.text()
        elif situation.last_tick is not None and situation.last_tick > self._began:
            why = words.STILL.text(phase=situation.phase)
            if situation.warning_now:
                why = words.WARNS.text(why=why, warning=situation.warning_now)
        return ControllerReaction(
            words.SILENT.text(canary=called, action=self.plan.intent, ticks=ticks, why=why),
            warning=True,
            final=False,
            wanted=False,
        )

    def _did(self, situation: Situation) -> str:
        if situation.phase == "Failed":
            # A promotion that fails leaves all traffic on the canary: only without any was it rolled back.
            return (words.ENDED_FAILED if situation.canary.status.canary_weight else words.ROLLED_BACK).text()
        said = self._answer.said.get(situation.phase) or _ANSWERS.get(situation.phase)
        return said.text() if said else words.WENT_TO.text(phase=situation.phase)

    def _answered(self, situation: Situation) -> bool:
        if situation.phase not in self.plan.expects:
            return False
        if situation.phase != self._phase:
            return True
        # The same phase counts when a new revision is in it: a restart of the analysis.
        return self._answer.new_revision and situation.canary.status.last_applied_spec not in (self._revision, "")

    def _overwritten(self, situation: Situation, now: datetime) -> bool:
        """Whether the status does not say what leads to the answer, though nothing came of the write: a tick that was
        under way wrote its own count over it, or the pods whose deadline was cut became ready before a tick."""
        if not self.plan.repeats or self._repeats >= MOST_REPEATS or situation.phase != self._phase:
            return False
        if (now - self._asked_at).total_seconds() < _SETTLING_S:
            return False
        overwritten = self._answer.overwritten
        return overwritten is not None and overwritten(self.plan, situation, self._revision)
