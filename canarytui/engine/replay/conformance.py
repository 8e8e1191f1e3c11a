"""Whether the engine does what Flagger did, recording by recording.

Used by ``canarytui conformance`` and by the tests: a file of JSON lines or a folder of them goes in, a
:class:`ConformanceResult` for each comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from canarytui.cluster.regular_files import require_regular
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.replay.difference import Difference, differences
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load
from canarytui.errors import CanarytuiError, ConfigError

STRICT = ControllerSettings(strict=True, metrics_server="http://prometheus:9090", interval_floor_s=10.0)


class ConformanceResult(Struct, frozen=True):
    """`differences` is empty when all is equal; `problem` says why a recording could not be played at all."""

    name: str
    facts: str
    differences: tuple[Difference, ...] = ()
    problem: str = ""

    @property
    def equal(self) -> bool:
        return not self.differences and not self.problem

    def __str__(self) -> str:
        if self.problem:
            return f"{self.name}: {self.problem}"
        if not self.differences:
            return f"{self.name}: equal ({self.facts})"
        more = f" (and {len(self.differences) - 1} more)" if len(self.differences) > 1 else ""
        return f"{self.name}: differs: {self.differences[0]}{more}"


def recordings(paths: Iterable[Path]) -> list[Path]:
    """The recordings that `paths` name: files, and the ``*.jsonl`` in folders, sorted.

    Raises:
        ConfigError: a path that is not there, or a folder without recordings.
    """
    found: list[Path] = []
    for path in paths:
        try:
            if not path.is_dir():
                require_regular(path)
                found.append(path)
                continue
            within = sorted(path.glob("*.jsonl"))
        except FileNotFoundError as error:
            raise ConfigError(
                f"There is no recording {path}: give a file of JSON lines, or a folder of them."
            ) from error
        except OSError as error:
            raise ConfigError(
                f"The recording {path} cannot be read ({error.strerror}): give a file of JSON lines, or a folder of "
                "them."
            ) from error
        if not within:
            raise ConfigError(f"The folder {path} holds no recordings: its files should be named *.jsonl.")
        found += within
    return found


def judge(path: Path) -> ConformanceResult:
    """Play one recording in strict mode."""
    try:
        recording = load(path)
        settings = replace(STRICT, mesh_provider=recording.mesh_provider or STRICT.mesh_provider)
        played = RecordingPlayer(recording, settings).play()
    except OSError as error:
        return ConformanceResult(path.name, "", problem=f"cannot be read: {error.strerror}")
    except (CanarytuiError, ValueError, KeyError, TypeError) as error:
        reason = str(error) if isinstance(error, CanarytuiError | ValueError) else repr(error)
        return ConformanceResult(path.name, "", problem=f"cannot be played: {reason}")
    return ConformanceResult(path.name, _facts(recording), tuple(differences(recording.outcome, played)))


def judge_all(paths: Iterable[Path]) -> Iterator[ConformanceResult]:
    """:func:`judge` each in turn."""
    return (judge(path) for path in recordings(paths))


def _facts(recording: Recording) -> str:
    outcome = recording.outcome
    routers = len(outcome.routes) + sum(len(seen) for name, seen in outcome.objects.items() if _is_router(name))
    counted = (
        (recording.ticks, "ticks"),
        (len(outcome.messages), "messages"),
        (len(outcome.statuses), "statuses"),
        (routers, "router writes"),
        (len(outcome.queries), "queries"),
        (len(outcome.hooks), "webhook calls"),
    )
    return ", ".join(f"{number} {what}" for number, what in counted if number)


def _is_router(name: str) -> bool:
    return name.split(" ")[0] not in ("Deployment", "DaemonSet", "Service", "HorizontalPodAutoscaler", "ScaledObject")
