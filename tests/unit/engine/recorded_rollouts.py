"""Recordings of genuine Flagger that our engine plays, and which rollouts of which traffic provider they prove."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from canarytui.domain.traffic import registry
from canarytui.engine.replay.conformance import recordings
from canarytui.engine.replay.recording import Recording

RECORDINGS = Path(__file__).parents[2] / "recordings"
PLAYED = [path.relative_to(RECORDINGS).with_suffix("") for path in recordings([RECORDINGS, RECORDINGS / "providers"])]


def proved(recording: Recording) -> Iterator[tuple[str, str]]:
    """(traffic provider, what its router did) of a recording, for the table at the end of the run."""
    spec = recording.canary["spec"]
    analysis = spec["analysis"]
    record = registry.named(spec.get("provider") or recording.mesh_provider or "traefik")
    assert record is not None
    ended = {status[0] for status in recording.outcome.statuses}
    if "Succeeded" in ended and not analysis.get("iterations"):
        yield record.name, "promotion"
    if "Succeeded" in ended and analysis.get("iterations"):
        if not analysis.get("match"):
            yield record.name, "blue/green"
        elif record.matches:  # else Flagger sends everything to the canary, which is neither
            yield record.name, "A/B"
    if "Failed" in ended:
        yield record.name, "rollback"
    if analysis.get("mirror") and record.mirrors:
        yield record.name, "mirror"
    if any(what == "delete" for _, what in recording.actions):
        yield record.name, "deletion"
