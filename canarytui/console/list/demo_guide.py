"""What to press next in the demo: follows the canary until one rollout was promoted and one rolled back.

Made by ``canarytui demo`` alone: a real cluster has no tips.
"""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.domain.rollout.explain import promotion_failed
from canarytui.domain.rollout.situation import ACTIVE_PHASES, Situation
from canarytui.domain.sentences import demo_guide as words
from canarytui.domain.sentences.sentence import Sentence


class DemoGuide:
    """Remembers what has been seen: a rollout, a promotion, a rollback."""

    def __init__(self) -> None:
        self._rolled_out = self._promoted = self._rolled_back = False

    def tip(self, situation: Situation | None, keys: Mapping[str, str]) -> str:
        """What to press now; "" when there is no canary, when it is suspended, and when all has been seen. `keys` are
        those of this person, by name."""
        if situation is None:
            return ""
        self._see(situation)
        found = self._sentence(situation)
        if found is None:
            return ""
        shown = {name: keys.get(name, "") for name in ("trigger", "open", "fault")}
        return found.text(canary=situation.canary.name, **shown)

    def _see(self, situation: Situation) -> None:
        phase = situation.phase
        self._rolled_out |= phase in ACTIVE_PHASES and phase != "Initializing"
        if self._rolled_out:
            self._promoted |= phase == "Succeeded"
            self._rolled_back |= phase == "Failed" and not promotion_failed(situation)

    def _sentence(self, situation: Situation) -> Sentence | None:
        phase = situation.phase
        if (self._promoted and self._rolled_back) or situation.canary.spec.suspend:
            return None
        if phase in ("", "Initializing"):
            return words.SETTING_UP
        if phase == "Progressing" and situation.weight > 0:
            return words.WATCH
        if phase in ACTIVE_PHASES:
            return words.UNDER_WAY
        if self._promoted:
            return words.THEN_BREAK
        return words.THEN_PROMOTE if self._rolled_back else words.FIRST
