"""A game day: steps that rehearse a rollout's trouble without anybody at the keys, read strictly from YAML. Pure.

Each step is a map of one word to its fields; a mistake is one sentence with the file, the step and the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from canarytui.domain import image_reference
from canarytui.domain.durations import parse_duration
from canarytui.domain.phases import Phase
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import drill_file
from canarytui.domain.sentences import gameday as words
from canarytui.errors import ConfigError

MOST_SLEEP_S = 300.0
MOST_STEPS = 100
_NEAR = "prediction-within-ticks"
OUTCOMES = ("rollback", "promotion", "halt")
_KEY = re.compile(r"[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Start a rollout with the first of `images` that runs neither as the target nor as the primary, without any by a
    restart; `container` "" for the application."""

    images: tuple[str, ...]
    container: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Until the phase is one of `phases` (empty: any) and the weight at least `weight`."""

    phases: tuple[str, ...]
    weight: int
    within_s: float


@dataclass(frozen=True, slots=True)
class Inject:
    """Begin a drill; it goes on beside the next steps. `duration_s` and `rate` 0 are the drill's own."""

    drill: str
    parameters: Mapping[str, int] = field(default_factory=dict)
    duration_s: float = 0.0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Expect:
    """The rollout's `outcome` within so many ticks; for `prediction_within` not None also that it was predicted within
    so many ticks."""

    outcome: str
    within_ticks: int
    prediction_within: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectCheck:
    """A check's value gets below or above a bound."""

    name: str
    below: float | None
    above: float | None
    within_s: float


@dataclass(frozen=True, slots=True)
class Gate:
    """Open or close the gate of the canary's load tester."""

    opens: bool


@dataclass(frozen=True, slots=True)
class Suspend:
    """Pause the canary, or let it go on."""

    suspends: bool


@dataclass(frozen=True, slots=True)
class Sleep:
    seconds: float


@dataclass(frozen=True, slots=True)
class EndDrill:
    """End the drill under way."""


Step = Trigger | Wait | Inject | Expect | ExpectCheck | Gate | Suspend | Sleep | EndDrill


@dataclass(frozen=True, slots=True)
class GameDay:
    """`canary` is (namespace, name); `timeout_s` ends it however far it is. `texts` are the steps as written."""

    name: str
    title: str
    canary: tuple[str, str]
    timeout_s: float
    steps: tuple[Step, ...]
    texts: tuple[str, ...]


def parse_game_day(obj: object, source: str) -> GameDay:
    """Read a game day's file.

    Raises:
        ConfigError: one sentence with `source`, the field and what to write instead.
    """
    read = _Reader(clean(source, 200))
    fields = read.map("the file", obj, ("name", "title", "description", "canary", "timeout", "steps"))
    canary = read.text("canary", fields.get("canary"))
    if not _KEY.fullmatch(canary):
        raise read.wrong("canary", words.CANARY.text())
    steps = fields.get("steps")
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        raise read.wrong("steps", words.STEPS.text(most=MOST_STEPS))
    namespace, _, name = canary.partition("/")
    return GameDay(
        name=read.text("name", fields.get("name")),
        title=read.text("title", fields.get("title", fields.get("name"))),
        canary=(namespace, name),
        timeout_s=read.seconds("timeout", fields.get("timeout", "30m")),
        steps=tuple(read.step(f"steps[{index}]", step) for index, step in enumerate(steps)),
        texts=tuple(_written(step) for step in steps),
    )


def _written(step: Mapping[str, Any]) -> str:
    def value(given: object) -> str:
        if isinstance(given, Mapping):
            return ", ".join(f"{key} {value(each)}" for key, each in given.items())
        if isinstance(given, list):
            return " or ".join(value(each) for each in given)
        return "" if given is True else clean(given, 120)

    return "; ".join(f"{word} {value(given)}".strip() for word, given in step.items())


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._steps: dict[str, Callable[[str, Any], Step]] = {
            "trigger": self._trigger,
            "wait": self._wait,
            "drill": self._drill,
            "expect": self._expect,
            "expect-check": self._expect_check,
            "gate": self._gate,
            "pause": lambda at, given: self._word(at, given, Suspend(suspends=True)),
            "resume": lambda at, given: self._word(at, given, Suspend(suspends=False)),
            "end-drill": lambda at, given: self._word(at, given, EndDrill()),
            "sleep": self._sleep,
        }

    def wrong(self, at: str, why: str) -> ConfigError:
        return ConfigError(drill_file.WRONG.text(source=self._source, at=at, rule=why))

    def step(self, at: str, given: object) -> Step:
        named = self.map(at, given, tuple(self._steps))
        if len(named) != 1:
            raise self.wrong(at, words.ONE_WORD.text(known=", ".join(self._steps)))
        word, fields = next(iter(named.items()))
        return self._steps[word](f"{at}.{word}", fields)

    def map(self, at: str, given: object, known: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            raise self.wrong(at, drill_file.MAP_WITH.text(known=", ".join(known)))
        for key in given:
            if key not in known:
                raise self.wrong(f"{at}: {clean(key, 40)}", drill_file.UNKNOWN_FIELD.text(known=", ".join(known)))
        return given

    def text(self, at: str, given: object) -> str:
        if not isinstance(given, str) or not clean(given, 200):
            raise self.wrong(at, drill_file.TEXT.text())
        return clean(given, 200)

    def seconds(self, at: str, given: object, most_s: float = 7200.0) -> float:
        try:
            seconds = parse_duration(given) if isinstance(given, str) else 0.0
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= most_s:
            raise self.wrong(at, drill_file.DURATION_AT_MOST.text(most=most_s))
        return seconds

    def _whole(self, at: str, given: object, most: int) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
            raise self.wrong(at, drill_file.WHOLE_NUMBER.text(most=most))
        return given

    def _number(self, at: str, given: object) -> float | None:
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise self.wrong(at, drill_file.NUMBER.text())
        return float(given)

    def _word(self, at: str, given: object, step: Step) -> Step:
        if given is not True:
            raise self.wrong(at, drill_file.TRUE.text())
        return step

    def _trigger(self, at: str, given: object) -> Step:
        fields = self.map(at, given, ("image", "container", "restart"))
        if "restart" in fields:
            if fields["restart"] is not True or "image" in fields:
                raise self.wrong(f"{at}.restart", words.ALONE.text())
            return Trigger((), self.text(f"{at}.container", fields["container"]) if "container" in fields else "")
        listed = fields.get("image")
        images = listed if isinstance(listed, list) else [listed]
        if not images or not all(isinstance(image, str) for image in images):
            raise self.wrong(f"{at}.image", words.IMAGES.text())
        for image in images:
            if wrong := image_reference.problem(str(image)):
                raise self.wrong(f"{at}.image", words.IMAGE.text(why=wrong))
        container = fields.get("container")
        return Trigger(tuple(map(str, images)), "" if container is None else self.text(f"{at}.container", container))

    def _wait(self, at: str, given: object) -> Step:
        fields = self.map(at, given, ("phase", "weight", "within"))
        listed = fields.get("phase", [])
        phases = listed if isinstance(listed, list) else [listed]
        known = [phase.value for phase in Phase if phase.value]
        if not all(phase in known for phase in phases):
            raise self.wrong(f"{at}.phase", words.PHASES.text(known=", ".join(known)))
        if not phases and "weight" not in fields:
            raise self.wrong(at, words.PHASE_OR_WEIGHT.text())
        weight = self._whole(f"{at}.weight", fields.get("weight", 0), 100)
        return Wait(tuple(phases), weight, self.seconds(f"{at}.within", fields.get("within", "5m")))

    def _drill(self, at: str, given: object) -> Step:
        fields = self.map(at, given, ("name", "parameters", "duration", "rate"))
        parameters = fields.get("parameters") or {}
        if not isinstance(parameters, Mapping):
            raise self.wrong(f"{at}.parameters", words.PARAMETERS.text())
        values = {
            str(key): self._whole(f"{at}.parameters.{clean(key, 40)}", value, 100_000)
            for key, value in parameters.items()
        }
        duration = fields.get("duration")
        rate = self._number(f"{at}.rate", fields.get("rate"))
        if rate is not None and rate <= 0:
            raise self.wrong(f"{at}.rate", words.ABOVE_ZERO.text())
        return Inject(
            self.text(f"{at}.name", fields.get("name")),
            values,
            self.seconds(f"{at}.duration", duration) if duration is not None else 0.0,
            rate or 0.0,
        )

    def _expect(self, at: str, given: object) -> Step:
        fields = self.map(at, given, ("outcome", "within-ticks", _NEAR))
        outcome = fields.get("outcome")
        if outcome not in OUTCOMES:
            raise self.wrong(f"{at}.outcome", drill_file.ONE_OF.text(known=", ".join(OUTCOMES)))
        ticks = self._whole(f"{at}.within-ticks", fields.get("within-ticks"), 1000)
        near = fields.get(_NEAR)
        if near is not None:
            near = self._whole(f"{at}.{_NEAR}", near, 1000)
        return Expect(outcome, ticks, near)

    def _expect_check(self, at: str, given: object) -> Step:
        fields = self.map(at, given, ("name", "below", "above", "within"))
        below, above = (self._number(f"{at}.{word}", fields.get(word)) for word in ("below", "above"))
        if (below is None) == (above is None):
            raise self.wrong(at, words.BELOW_OR_ABOVE.text())
        within_s = self.seconds(f"{at}.within", fields.get("within", "1m"))
        return ExpectCheck(self.text(f"{at}.name", fields.get("name")), below, above, within_s)

    def _gate(self, at: str, given: object) -> Step:
        if given not in ("open", "close"):
            raise self.wrong(at, words.OPEN_OR_CLOSE.text())
        return Gate(opens=given == "open")

    def _sleep(self, at: str, given: object) -> Step:
        return Sleep(self.seconds(at, given, MOST_SLEEP_S))
