"""Rollouts for tests of the core: a canary like the recorded one, with changes, played on a fake clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from replacing import replace

from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load

PROMOTE = load(Path(__file__).parents[2] / "recordings" / "promote.jsonl")
UPDATE = ("Initialized", "set-image v2")
STRICT = ControllerSettings(strict=True)
DEFAULT = ControllerSettings()

APISIX_REFERENCE = {"apiVersion": "apisix.apache.org/v2", "kind": "ApisixRoute", "name": "front"}
APISIX_ROUTE: dict[str, Any] = {
    "apiVersion": APISIX_REFERENCE["apiVersion"],
    "kind": APISIX_REFERENCE["kind"],
    "metadata": {"name": "front"},
    "spec": {"http": [{"name": "main", "backends": [{"serviceName": "promote", "servicePort": 80}]}]},
}
"""What a canary with the provider apisix needs: a route of the user's to its Service."""


def rollout(
    *actions: tuple[str, str],
    spec: dict[str, Any] | None = None,
    analysis: dict[str, Any] | None = None,
    ticks: int = 30,
    **given: Any,
) -> Recording:
    """The recorded canary (stepWeight 10, maxWeight 50, threshold 3) with other fields in spec or analysis."""
    changes = {**(spec or {}), "analysis": analysis or {}}
    canary = merged(PROMOTE.canary, {"spec": changes})
    given = {"outcome": ReplayOutcome(), "acted_s": [], **given}
    return replace(PROMOTE, canary=canary, actions=list(actions or (UPDATE,)), ticks=ticks, **given)


def iterated(count: int, **more: Any) -> dict[str, Any]:
    """An analysis that counts iterations."""
    return {"stepWeight": None, "maxWeight": None, "iterations": count, **more}


def phases(outcome: ReplayOutcome) -> list[str]:
    """The phases that the canary went through."""
    return once(status[0] for status in outcome.statuses)


def once(values: Any) -> list[Any]:
    """`values` without immediate repetitions."""
    found: list[Any] = []
    for value in values:
        if not found or found[-1] != value:
            found.append(value)
    return found


def weights(outcome: ReplayOutcome) -> list[tuple[int | None, int]]:
    """(primary, canary) of each TraefikService written; None for a weight that is left out."""
    return [(entries[0][1], (entries[1][1] or 0) if len(entries) > 1 else 0) for entries in outcome.routes]


def images(outcome: ReplayOutcome, deployment: str) -> list[str]:
    """The image tags that a Deployment went through."""
    return once(str(spec["image"]).rpartition(":")[2] for spec in outcome.objects[f"Deployment {deployment}"])


class Changing(RecordingPlayer):
    """Pods of some image tags cannot start, as `broken_in` says given the last status' phase and the texts so far."""

    def __init__(
        self, recording: Recording, settings: ControllerSettings, broken_in: Callable[[str, list[str]], frozenset[str]]
    ) -> None:
        super().__init__(recording, settings)
        self._broken_in = broken_in

    def _tick(self, *given: Any) -> None:
        super()._tick(*given)
        phase = self._outcome.statuses[-1][0] if self._outcome.statuses else ""
        self._broken = self._broken_in(phase, self._outcome.texts)
