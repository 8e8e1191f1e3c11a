"""A drill's file: the library's and a person's own have one form, which ``docs/drills.md`` explains. Pure.

A number, a duration or a path may hold ``{name}``, a parameter of the file whose value can be set for a run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from canarytui.domain.sentences import drill_file as words
from canarytui.domain.text.plain import clean
from canarytui.drills.drill import Drill, Effect, Stream
from canarytui.drills.file_form import FileForm, TrueWord, broken, duration_s, listed, one_of, text, whole_number
from canarytui.drills.request_whitelist import METHODS, bad_header, bad_path

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_PARAMETER_NAME = re.compile(r"[a-z]{1,20}")
_PARAMETER = re.compile(r"\{([a-z]+)\}")
_STREAMS_MOST, _WHOLE_MOST, _NUMBER_MOST, _PATH_MOST = 8, 100_000, 1_000_000, 500


_Info = ValidationInfo[dict[str, dict[str, int]]]
"""Its context has the `values` that are set, and the `parameters` once they are read."""


def parse_drill(obj: object, source: str, values: Mapping[str, int] | None = None) -> Drill:
    """Read a drill; `values` replace defaults of its parameters.

    Raises:
        ConfigError: one sentence with `source`, the field and what to write instead.
    """
    form = _DrillForm.read(obj, source, {"values": dict(values or {}), "parameters": {}})
    return Drill(
        name=form.name,
        title=form.title,
        description=form.description,
        streams=tuple(stream.stream() for stream in form.streams),
        rate=form.rate,
        concurrency=int(form.concurrency),
        duration_s=form.duration,
        parameters=form.parameters,
        source=source,
    )


def _name(given: str) -> str:
    if not _NAME.fullmatch(given):
        raise broken(words.NAME.text())
    return given


def _parameters(given: object, info: _Info) -> dict[str, int]:
    """The parameters with the values that are set; the fields after this one are filled with them."""
    defaults = {} if given is None else given
    if not isinstance(defaults, Mapping):
        raise broken(words.MAP_OF_NAMES.text())
    found: dict[str, int] = {}
    for name, value in defaults.items():
        at = f".{clean(name, 40)}"
        if not _PARAMETER_NAME.fullmatch(str(name)):
            raise broken(words.PARAMETER_NAME.text(), at)
        found[str(name)] = whole_number(value, _WHOLE_MOST, at)
    for name, value in info.context["values"].items():
        if name not in found:
            raise broken(words.NO_PARAMETER.text(name=clean(name, 40), known=", ".join(found) or "none"))
        found[name] = whole_number(value, _WHOLE_MOST, f".{name}")
    info.context["parameters"].update(found)
    return found


def _filled(given: str, info: _Info) -> str:
    """`given` with the values of its parameters."""
    parameters: Mapping[str, int] = info.context["parameters"]

    def value(match: re.Match[str]) -> str:
        if match[1] not in parameters:
            raise broken(words.UNDEFINED_PARAMETER.text(name=match[1]))
        return str(parameters[match[1]])

    return _PARAMETER.sub(value, given)


def _number(given: object, info: _Info) -> float:
    if isinstance(given, str) and _PARAMETER.fullmatch(given):
        given = int(_filled(given, info))
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= _NUMBER_MOST:
        raise broken(words.ABOVE_ZERO.text())
    return float(given)


def _seconds(given: object, info: _Info) -> float:
    seconds = duration_s(_filled(given, info) if isinstance(given, str) else None)
    if seconds <= 0:
        raise broken(words.DURATION.text())
    return seconds


def _path(given: object, info: _Info) -> str:
    if not isinstance(given, str) or not given.strip():
        raise broken(words.TEXT.text())
    if len(given) > _PATH_MOST:
        raise broken(words.TEXT_AT_MOST.text(most=_PATH_MOST))
    path = _filled(given, info)
    if why := bad_path(path):
        raise broken(why)
    return path


def _headers(given: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, Mapping):
        raise broken(words.MAP_OF_NAMES.text())
    for name, value in given.items():
        if why := bad_header(name, value):
            raise broken(why, f".{clean(name, 40)}")
    return tuple(given.items())


def _streams(given: object) -> object:
    """A stream that is alone gets all requests."""
    if isinstance(given, list) and len(given) == 1 and isinstance(given[0], Mapping):
        return [{"share": 100, **given[0]}]
    return given


def _status(given: float) -> float:
    if given % 1 or not 200 <= given <= 599:
        raise broken(words.STATUS.text())
    return given


_Number = Annotated[float, BeforeValidator(_number)]
_Seconds = Annotated[float, BeforeValidator(_seconds)]


class _EffectForm(FileForm):
    alone = words.EFFECT.text()
    status: Annotated[_Number, AfterValidator(_status)] = 0
    delay: _Seconds = 0.0
    load: TrueWord = True


class _StreamForm(FileForm):
    path: Annotated[str, BeforeValidator(_path)]
    method: Annotated[str, one_of(*METHODS)] = "GET"
    headers: Annotated[tuple[tuple[str, str], ...], BeforeValidator(_headers)] | None = None
    share: _Number
    provokes: _EffectForm

    def stream(self) -> Stream:
        effect = Effect(status=int(self.provokes.status), delay_s=self.provokes.delay)
        return Stream(self.path, effect, self.method, self.headers or (), self.share)


class _DrillForm(FileForm):
    name: Annotated[str, text(40), AfterValidator(_name)]
    title: Annotated[str, text(80)]
    description: Annotated[str, text(600)]
    parameters: Annotated[dict[str, int], BeforeValidator(_parameters)] = Field(default=None, validate_default=True)
    streams: Annotated[
        list[_StreamForm], BeforeValidator(_streams), listed(_STREAMS_MOST, words.STREAMS.text(most=_STREAMS_MOST))
    ]
    rate: _Number
    concurrency: _Number
    duration: _Seconds

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        total = sum(stream.share for stream in self.streams)
        if abs(total - 100) > 0.01:
            raise broken(words.SHARES.text(total=total), ".streams")
        if self.concurrency % 1 or self.concurrency < len(self.streams):
            raise broken(words.WORKERS.text(least=len(self.streams)), ".concurrency")
        return self
