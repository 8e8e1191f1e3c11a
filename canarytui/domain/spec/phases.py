"""The phases of a canary and what each says in the ``Promoted`` condition (Flagger's status contract)."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """``status.phase``; empty until a controller has picked the canary up."""

    NONE = ""
    INITIALIZING = "Initializing"
    INITIALIZED = "Initialized"
    WAITING = "Waiting"
    PROGRESSING = "Progressing"
    WAITING_PROMOTION = "WaitingPromotion"
    PROMOTING = "Promoting"
    FINALISING = "Finalising"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    TERMINATED = "Terminated"


ACTIVE = frozenset({Phase.WAITING, Phase.PROGRESSING, Phase.WAITING_PROMOTION, Phase.PROMOTING, Phase.FINALISING})
"""A rollout is under way."""

ENDED = frozenset({Phase.INITIALIZED, Phase.SUCCEEDED, Phase.FAILED})
"""Nothing is under way; a new revision starts a rollout."""
