"""Runs a decision to its end; its effects are carried out immediately."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canarytui.engine.decide.effects import Conflict, Decision, Effect, WriteRefused


def drive(decision: Decision[None], carry_out: Callable[[Effect], Any]) -> None:
    """Send each effect's result, or its conflict or refusal, back into `decision`."""
    answer: Any = None
    error: Exception | None = None
    while True:
        try:
            effect = decision.throw(error) if error is not None else decision.send(answer)
        except StopIteration:
            return
        answer, error = None, None
        try:
            answer = carry_out(effect)
        except (Conflict, WriteRefused) as met:
            error = met
