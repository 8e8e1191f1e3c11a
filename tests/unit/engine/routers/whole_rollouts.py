"""Whole rollouts with a provider whose routing object is compared whole: what the object was at each change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rollouts import UPDATE, iterated, phases, rollout

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer

DELETE = (UPDATE, ("Succeeded", "delete"))
BAD = {"success": [50]}
"""Answers with which every check of a success rate fails."""


def played(
    provider: str,
    settings: ControllerSettings,
    *actions: tuple[str, str],
    analysis: dict[str, Any] | None = None,
    **given: Any,
) -> ReplayOutcome:
    """A rollout of the canary ``promote`` in steps of 25, or as `analysis` says; `given` as of :func:`rollout`."""
    spec = {"provider": provider, **given.pop("spec", {})}
    return RecordingPlayer(
        rollout(*actions, spec=spec, analysis=analysis or {"stepWeight": 25}, **given), settings
    ).play()


def written(outcome: ReplayOutcome, what: str, read: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """What `read` finds in each spec that the object `what` went through."""
    return [read(each["spec"]) for each in outcome.objects[what]]


def promoted(provider: str, settings: ControllerSettings, **given: Any) -> ReplayOutcome:
    outcome = played(provider, settings, **given)
    assert phases(outcome)[-1] == "Succeeded", outcome.texts
    return outcome


def rolled_back(provider: str, settings: ControllerSettings, **given: Any) -> ReplayOutcome:
    outcome = played(provider, settings, metric_answers=BAD, **given)
    assert phases(outcome)[-1] == "Failed", outcome.texts
    return outcome


def blue_green(provider: str, settings: ControllerSettings, **given: Any) -> ReplayOutcome:
    return promoted(provider, settings, analysis=iterated(2), **given)


def deleted(provider: str, settings: ControllerSettings, **given: Any) -> ReplayOutcome:
    """A canary with ``revertOnDeletion``, deleted after its promotion."""
    spec = {"revertOnDeletion": True, **given.pop("spec", {})}
    outcome = played(provider, settings, *DELETE, spec=spec, **given)
    assert outcome.texts[-1].startswith("Terminated canary "), outcome.texts
    return outcome
