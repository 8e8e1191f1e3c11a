"""Whether a fault in a canary can be noticed now. Apart from the guards: the key of a drill asks it for each selected
canary, from the first list on. Pure."""

from __future__ import annotations

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import drill_guard as words

IN_ANALYSIS = frozenset({"Progressing"})
"""A fault has an effect only while checks run and failures are counted."""


def not_analysed(situation: Situation) -> str:
    """Why a fault in this canary would go unnoticed now; "" if it is under analysis."""
    if situation.canary.deleting:
        return words.DELETING.text()
    if situation.canary.spec.suspend:
        return words.SUSPENDED.text()
    if situation.canary.spec.skip_analysis:
        return words.ANALYSIS_SKIPPED.text()
    if situation.phase not in IN_ANALYSIS:
        return words.NOT_IN_ANALYSIS.text(phase=situation.phase or words.NO_STATUS.text())
    return ""
