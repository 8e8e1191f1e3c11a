"""The attempts of a recording: what the engine decided, what its checks were answered at each tick, what it said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from replacing import replace

from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.domain.rollout.attempts import RolloutAttempt, attempts_of, tick_events, tick_index
from canarytui.domain.rollout.simulation import TickInput
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.engine.replay.conformance import STRICT, recordings
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import AFTER_DELETION, TICK_S, Recording, load
from canarytui.metrics.answers import Answer, Value
from canarytui.metrics.check_queries import evaluation_order

RECORDINGS = Path(__file__).parents[2] / "recordings"
PLAYED = [path.relative_to(RECORDINGS).with_suffix("") for path in recordings([RECORDINGS, RECORDINGS / "providers"])]
BEGIN = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


class _NotingPlayer(RecordingPlayer):
    """Also keeps the answers of each tick, in the order in which they were asked for."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: dict[int, list[Answer]] = {}

    def _metric_answer(self, query: str) -> Answer:
        answer = super()._metric_answer(query)
        self.answers.setdefault(self._number, []).append(answer)
        return answer


class PlayedRecording:
    """A recording, played by the engine's core in strict mode."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        player = _NotingPlayer(
            recording, replace(STRICT, mesh_provider=recording.mesh_provider or STRICT.mesh_provider)
        )
        self.outcome = player.play()
        self.answers = player.answers
        self.canary = Canary.parse({**recording.canary, "kind": "Canary", "status": {}})
        provider = registry.named(self.canary.spec.provider or recording.mesh_provider or "traefik")
        assert provider is not None
        self.provider: TrafficProvider = provider

    @classmethod
    def of(cls, name: Path) -> PlayedRecording:
        return cls(load(RECORDINGS / f"{name}.jsonl"))

    @property
    def facts(self) -> list[Fact]:
        found = []
        for message in self.outcome.messages:
            if message.tick != AFTER_DELETION:
                text, marks = saying(message.text)
                found.append(Fact(_moment(message.tick), "test", "canary", FactSource.LOG, text, False, marks))
        return found

    @property
    def attempts(self) -> list[RolloutAttempt]:
        return [attempt for attempt in attempts_of(self.facts) if attempt.first_tick is not None]

    def number(self, at: datetime) -> int:
        """Which tick of the recording that is."""
        return tick_index(BEGIN, at, TICK_S)

    def ticks(self, attempt: RolloutAttempt) -> list[TickInput]:
        """What the engine was answered; a check that it did not ask, because one before it failed, has no value."""
        assert attempt.first_tick is not None
        first = self.number(attempt.first_tick)
        count = self.number(attempt.until) - first + 1
        events = tick_events(attempt, TICK_S, count)
        checks = len(list(evaluation_order(self.canary.spec.analysis.metrics)))
        ticks = []
        for number in range(count):
            answers = self.answers.get(first + number, [])
            known = [answer.value if isinstance(answer, Value) else None for answer in answers]
            ticks.append(TickInput((*known, *[None] * (checks - len(known))), events[number]))
        return ticks

    def status(self, at: int) -> tuple[Any, ...]:
        """(phase, weight, failed checks, iterations) after a tick."""
        known = [
            status
            for status, tick in zip(self.outcome.statuses, self.outcome.ticks["statuses"], strict=True)
            if tick <= at
        ]
        return known[-1][:4]


def _moment(tick: int) -> datetime:
    return BEGIN + timedelta(seconds=TICK_S * tick)
