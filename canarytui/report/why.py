"""The one sentence about a canary as the command line says it."""

from __future__ import annotations

from canarytui.domain.attempt import Stage
from canarytui.domain.containers import application_images, release
from canarytui.domain.explain import explain
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import Situation
from canarytui.domain.ticks import SILENT_TICKS, short_duration


def why(situation: Situation) -> str:
    """What the rollout is doing and why; begins with the canary's name, ends without a full stop."""
    return explain(situation).sentence


def why_at(situation: Situation, stage: Stage, waited_s: float = 0.0) -> str:
    """The same for the target's present revision, of which the status may not speak yet.

    `waited_s` is for how long nothing has begun.
    """
    name = clean(situation.canary.name, 253)
    if stage is Stage.TAKEN_BACK:
        return f"{name} is back at what was promoted before: nothing is rolled out"
    if stage is not Stage.NOT_BEGUN or situation.target is None:
        return why(situation)
    change = image_change(situation)
    revision = f"{name} has a new revision{f' ({change})' if change else ''}"
    if situation.canary.spec.suspend:
        return f"{revision} that is not rolled out: it is suspended until it is resumed"
    if not situation.engine_running:
        return f"{revision} that nobody rolls out: its controller is scaled to zero"
    if waited_s >= SILENT_TICKS * situation.interval_s > 0:
        return (
            f"{revision} that no controller has taken up for {short_duration(waited_s)}: is Flagger running and "
            "watching this namespace?"
        )
    return f"{revision} that its controller is about to take up"


def image_change(situation: Situation) -> str:
    """``4.0.5 -> 4.0.6`` while they differ, "" otherwise."""
    images = application_images(situation.canary, situation.primary, situation.target)
    old, new = map(release, images)
    return f"{old} -> {new}" if old and new and old != new else ""
