"""A game day: steps that rehearse a rollout's failure with nobody at the keys, read strictly from YAML. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from msgspec import Struct
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from canarytui.domain.sentences import drill_file
from canarytui.domain.sentences import gameday as words
from canarytui.domain.spec.phases import Phase
from canarytui.domain.text.plain import clean
from canarytui.domain.workloads import image_reference
from canarytui.drills.file_form import (
    FileForm,
    broken,
    duration,
    listed,
    one_of,
    rule,
    text,
    true_word,
    whole,
    whole_number,
)

MOST_SLEEP_S = 300.0
MOST_STEPS = 100
OUTCOMES = ("rollback", "promotion", "halt")
_DURATION_MOST_S = 7200.0
_PARAMETER_MOST = 100_000
_KEY = re.compile(r"[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_PHASES = [phase.value for phase in Phase if phase.value]

_Text = Annotated[str, text(200, cut=True)]
_Seconds = Annotated[float, duration(_DURATION_MOST_S)]
_Number = Annotated[float, rule(drill_file.NUMBER.text())]
_Ticks = Annotated[int, whole(1000)]


def _images(given: object) -> tuple[str, ...]:
    entries = given if isinstance(given, list) else [given]
    images = [image for image in entries if isinstance(image, str)]
    if not images or len(images) < len(entries):
        raise broken(words.IMAGES.text())
    for image in images:
        if why := image_reference.problem(image):
            raise broken(words.IMAGE.text(why=why))
    return tuple(images)


def _phases(given: object) -> tuple[str, ...]:
    phases = given if isinstance(given, list) else [given]
    if not all(phase in _PHASES for phase in phases):
        raise broken(words.PHASES.text(known=", ".join(_PHASES)))
    return tuple(phases)


def _parameters(given: object) -> dict[str, int]:
    if not isinstance(given, Mapping):
        raise broken(words.PARAMETERS.text())
    return {str(key): whole_number(value, _PARAMETER_MOST, f".{clean(key, 40)}") for key, value in given.items()}


def _above_zero(given: float) -> float:
    if given <= 0:
        raise broken(words.ABOVE_ZERO.text())
    return given


def _canary(given: str) -> str:
    if not _KEY.fullmatch(given):
        raise broken(words.CANARY.text())
    return given


def _alone(given: object) -> bool:
    if given is not True:
        raise broken(words.ALONE.text())
    return True


class TriggerStep(FileForm):
    """Start a rollout: with the first of `images` that neither target nor primary runs, or by a restart if there are
    none. `container` None is the application's."""

    images: Annotated[tuple[str, ...], BeforeValidator(_images)] = Field(default=(), alias="image")
    container: _Text | None = None
    restart: Annotated[bool, BeforeValidator(_alone)] = False

    @model_validator(mode="after")
    def _image_or_restart(self) -> Self:
        if self.restart and self.images:
            raise broken(words.ALONE.text(), ".restart")
        if not self.restart and not self.images:
            raise broken(words.IMAGES.text(), ".image")
        return self


class WaitStep(FileForm):
    """Wait until the phase is one of `phases` (empty: any) and the weight at least `weight`."""

    phases: Annotated[tuple[str, ...], BeforeValidator(_phases)] = Field(default=(), alias="phase")
    weight: Annotated[int, whole(100)] = 0
    within_s: _Seconds = Field(default=300.0, alias="within")

    @model_validator(mode="after")
    def _phase_or_weight(self) -> Self:
        if not self.phases and "weight" not in self.model_fields_set:
            raise broken(words.PHASE_OR_WEIGHT.text())
        return self


class DrillStep(FileForm):
    """Begin a drill, which goes on during the next steps. `duration_s` and `rate` None are the drill's own."""

    drill: _Text = Field(alias="name")
    parameters: Annotated[dict[str, int], BeforeValidator(_parameters)] | None = None
    duration_s: _Seconds | None = Field(default=None, alias="duration")
    rate: Annotated[_Number, AfterValidator(_above_zero)] | None = None


class ExpectStep(FileForm):
    """Expect the rollout's `outcome` within so many ticks, and, if `prediction_within` is set, that it was predicted to
    within so many ticks."""

    outcome: Annotated[str, one_of(*OUTCOMES)]
    within_ticks: _Ticks = Field(alias="within-ticks")
    prediction_within: _Ticks | None = Field(default=None, alias="prediction-within-ticks")


class ExpectCheckStep(FileForm):
    """Expect a check's value below or above a bound."""

    name: _Text
    below: _Number | None = None
    above: _Number | None = None
    within_s: _Seconds = Field(default=60.0, alias="within")

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.below is None) == (self.above is None):
            raise broken(words.BELOW_OR_ABOVE.text())
        return self


class GateStep(Struct, frozen=True):
    """Open or close the gate of the canary's load tester."""

    opens: bool


class PauseStep(Struct, frozen=True):
    """Pause or resume the canary."""

    pauses: bool


class SleepStep(Struct, frozen=True):
    """Let time pass."""

    seconds: float


class EndDrillStep(Struct, frozen=True):
    """End the drill under way."""


Step = (
    TriggerStep | WaitStep | DrillStep | ExpectStep | ExpectCheckStep | GateStep | PauseStep | SleepStep | EndDrillStep
)


class GameDay(Struct, frozen=True):
    """`canary` is (namespace, name); after `timeout_s` the game day ends wherever it is. `texts` are the steps as
    written."""

    name: str
    title: str
    canary: tuple[str, str]
    timeout_s: float
    steps: tuple[Step, ...]
    texts: tuple[str, ...]


def _gate(given: object) -> GateStep:
    if given not in ("open", "close"):
        raise broken(words.OPEN_OR_CLOSE.text())
    return GateStep(opens=given == "open")


_ABSENT: Any = None


class _StepForm(FileForm):
    trigger: TriggerStep = _ABSENT
    wait: WaitStep = _ABSENT
    drill: DrillStep = _ABSENT
    expect: ExpectStep = _ABSENT
    expect_check: ExpectCheckStep = Field(default=_ABSENT, alias="expect-check")
    gate: Annotated[GateStep, PlainValidator(_gate)] = _ABSENT
    pause: Annotated[PauseStep, PlainValidator(lambda given: PauseStep(pauses=true_word(given)))] = _ABSENT
    resume: Annotated[PauseStep, PlainValidator(lambda given: PauseStep(pauses=not true_word(given)))] = _ABSENT
    end_drill: Annotated[EndDrillStep, PlainValidator(lambda given: true_word(given) and EndDrillStep())] = Field(
        default=_ABSENT, alias="end-drill"
    )
    sleep: Annotated[float, duration(MOST_SLEEP_S), AfterValidator(SleepStep)] = _ABSENT

    @property
    def step(self) -> Step:
        (word,) = self.model_fields_set
        step: Step = getattr(self, word)
        return step


_StepForm.alone = words.ONE_WORD.text(known=", ".join(_StepForm.known()))


class _GameDayForm(FileForm):
    name: _Text
    title: _Text | None = None
    description: Any = None
    canary: Annotated[_Text, AfterValidator(_canary)]
    timeout: _Seconds = 1800.0
    steps: Annotated[list[_StepForm], listed(MOST_STEPS, words.STEPS.text(most=MOST_STEPS))]


def parse_game_day(obj: object, source: str) -> GameDay:
    """Read a game day's file.

    Raises:
        ConfigError: one sentence with `source`, the field and what to write instead.
    """
    form = _GameDayForm.read(obj, source)
    namespace, _, name = form.canary.partition("/")
    written: list[Mapping[str, Any]] = obj["steps"]  # type: ignore[index]  # the form has proved it
    return GameDay(
        name=form.name,
        title=form.title or form.name,
        canary=(namespace, name),
        timeout_s=form.timeout,
        steps=tuple(each.step for each in form.steps),
        texts=tuple(_written(step) for step in written),
    )


def _written(step: Mapping[str, Any]) -> str:
    def value(given: object) -> str:
        if isinstance(given, Mapping):
            return ", ".join(f"{key} {value(each)}" for key, each in given.items())
        if isinstance(given, list):
            return " or ".join(value(each) for each in given)
        return "" if given is True else clean(given, 120)

    return "; ".join(f"{word} {value(given)}".strip() for word, given in step.items())
