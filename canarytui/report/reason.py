"""The one sentence about a canary as the command line says it."""

from __future__ import annotations

from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.revision_outcome import RevisionStage
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import report_lines as words
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import SILENT_TICKS, short_duration
from canarytui.domain.workloads.containers import application_images, release


def why(situation: Situation) -> str:
    """What the rollout is doing and why; begins with the canary's name, ends without a full stop."""
    return explain(situation).sentence


def why_at(situation: Situation, stage: RevisionStage, waited_s: float = 0.0) -> str:
    """The same for the target's present revision, of which the status may not speak yet.

    `waited_s` is how long no rollout has started.
    """
    name = clean(situation.canary.name, 253)
    if stage is RevisionStage.TAKEN_BACK:
        return words.TAKEN_BACK.text(name=name)
    if stage is not RevisionStage.NOT_BEGUN or situation.target is None:
        return why(situation)
    change = image_change(situation)
    revision = words.NEW_REVISION.say(name=name, change=words.CHANGE.say(images=change) if change else NOTHING)
    if situation.canary.spec.suspend:
        return words.PAUSED.text(revision=revision)
    if not situation.engine_running:
        return words.SCALED_TO_ZERO.text(revision=revision)
    if waited_s >= SILENT_TICKS * situation.interval_s > 0:
        return words.NOT_PICKED_UP.text(revision=revision, duration=short_duration(waited_s))
    return words.NOT_YET.text(revision=revision)


def image_change(situation: Situation) -> str:
    """``4.0.5 -> 4.0.6`` while they differ, "" otherwise."""
    images = application_images(situation.canary, situation.primary, situation.target)
    old, new = map(release, images)
    return f"{old} -> {new}" if old and new and old != new else ""
