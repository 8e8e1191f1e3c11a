"""The state of a canary in one word, the same on every screen and in every report.

It is the phase as kubectl shows it, except for states that no phase expresses.
"""

from __future__ import annotations

from canarytui.domain.marks import phase_mark
from canarytui.domain.rollout.explain import Tone, explain, is_orphaned, is_targetless
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.text.plain import clean

SUSPENDED = "Suspended"
HALTED = "Halted"
UNATTENDED = "Unattended"
"""The phase needs a controller at every tick, and none is active."""
NEW = "New"
INVALID = "Invalid"
"""An object that cannot be understood as a canary."""


def state_of(situation: Situation, tone: Tone | None = None) -> str:
    """``Suspended``, ``Unattended``, ``Halted``, ``New`` (no phase yet), else the phase.

    `tone` is the explanation's, if already known.
    """
    if situation.canary.spec.suspend:
        return SUSPENDED
    if is_unattended(situation, tone):
        return UNATTENDED
    if is_halted(situation, tone):
        return HALTED
    return clean(situation.phase, 20) or NEW


def mark_of(state: str, tone: Tone) -> str:
    """The shape beside a state, the same on every screen: the state's own, unless it fails or waits without its word
    telling so (a rollout in progress whose pods are not ready, a promoted canary whose target is gone)."""
    mark = phase_mark(state)
    if tone is Tone.BAD and mark not in _TELLING:
        return _ATTENTION
    if tone is Tone.WAITING and mark == phase_mark("Progressing"):
        return phase_mark("Waiting")
    return mark


_ATTENTION = phase_mark(UNATTENDED)
_TELLING = (phase_mark(HALTED), phase_mark(SUSPENDED), _ATTENTION)


def phase_and_state(situation: Situation) -> str:
    """``Progressing (halted)``: kubectl's phase first, where there is room for both."""
    phase, state = clean(situation.phase, 20) or "(none yet)", state_of(situation)
    return f"{phase} ({state.lower()})" if state in (SUSPENDED, HALTED, UNATTENDED) else phase


def is_unattended(situation: Situation, tone: Tone | None = None) -> bool:
    """Whether a controller should be active and is not, which is then what the sentence says."""
    if situation.canary.spec.suspend or is_targetless(situation) or not is_orphaned(situation):
        return False
    return (explain(situation).tone if tone is None else tone) is Tone.BAD


def is_halted(situation: Situation, tone: Tone | None = None) -> bool:
    """Whether failing checks keep a rollout in analysis from advancing; its phase is still Progressing."""
    if situation.phase != "Progressing" or situation.canary.spec.suspend:
        return False
    if is_targetless(situation) or is_orphaned(situation):
        return False
    return (explain(situation).tone if tone is None else tone) is Tone.BAD
