"""What the controller did about an action: followed tick by tick until it answers, or until it should have.

Pure; ``driving`` looks once a second with the canary's situation and reports what comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from canarytui.domain.plan import Intent, Plan
from canarytui.domain.situation import Situation

PATIENCE_TICKS = 4
"""Ticks without an answer after which the person is told so."""

_ANSWERS = {
    "Failed": "rolled back",
    "Succeeded": "promoted",
    "Progressing": "started the rollout",
    "Waiting": "waits for the gate's approval",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`final` ends the following; `end_skip` asks for spec.skipAnalysis to be set back."""

    text: str
    warning: bool = False
    final: bool = True
    end_skip: bool = False


class Follow:
    """One action being followed, begun at `began` when the canary was in `phase`."""

    def __init__(self, plan: Plan, before: Situation, began: datetime) -> None:
        self.plan = plan
        self.key = (before.canary.namespace, before.canary.name)
        self._began = began
        self._phase = before.phase
        self._revision = before.canary.status.last_applied_spec
        self._told_silence = False

    def look(self, situation: Situation | None, now: datetime) -> Answer | None:
        """The controller's answer as of `now`, if there is one; None to go on looking."""
        if situation is None:
            return Answer(f"{self.key[0]}/{self.key[1]} is gone", warning=True)
        elapsed_s = (now - self._began).total_seconds()
        if not self.plan.expects:
            return Answer(f"{self.plan.title}: done")
        if self._answered(situation):
            engine_did = _ANSWERS.get(situation.phase, f"went to {situation.phase}")
            wanted = self.plan.intent is not Intent.PROMOTE or situation.phase == "Succeeded"
            return Answer(
                f"{self.key[0]}/{self.key[1]}: the controller {engine_did} {elapsed_s:.1f} s later",
                warning=not wanted,
                end_skip=self.plan.intent is Intent.PROMOTE,
            )
        ticks = int(elapsed_s // max(situation.interval_s, 1.0))
        if ticks >= PATIENCE_TICKS and not self._told_silence and self._is_silent(situation):
            self._told_silence = True
            return Answer(
                f"{self.key[0]}/{self.key[1]}: no answer to “{self.plan.intent}” in {ticks} ticks; is anything "
                "reconciling it?",
                warning=True,
                final=False,
            )
        return None

    def _answered(self, situation: Situation) -> bool:
        if situation.phase not in self.plan.expects:
            return False
        if situation.phase != self._phase:
            return True
        # The same phase counts when a new revision is in it: a restart of the analysis.
        return self.plan.intent in (Intent.TRIGGER, Intent.RETRY) and (
            situation.canary.status.last_applied_spec != self._revision
        )

    def _is_silent(self, situation: Situation) -> bool:
        return situation.last_tick is None or situation.last_tick <= self._began
