"""What a person may change in a drill before it starts: text fields, and the drill that they make. Pure.

Untouched fields stay as in the drill's file; every mistake is one sentence with the remedy. Limits are checked by the
guards, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from canarytui.domain.sentences import Sentence, drill_guard
from canarytui.domain.sentences import drill_file as words
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.text.plain import clean
from canarytui.drills.drill import Drill
from canarytui.drills.library import load_drill
from canarytui.drills.request_whitelist import bad_path
from canarytui.errors import ConfigError

FIRST = "errors-500"
"""The drill that is preselected."""

_MOST = 1_000_000


class DrillFormFields(Struct, frozen=True):
    """The form as text. `values` are parameters, ``status=503``; `path` is only for a drill of one stream, "" else."""

    name: str
    path: str
    rate: str
    workers: str
    duration: str
    values: str


def in_order(drills: list[Drill]) -> list[Drill]:
    """The default first, the others as they are."""
    return sorted(drills, key=lambda drill: drill.name != FIRST)


def fields_of(drill: Drill) -> DrillFormFields:
    """The form as the drill fills it."""
    return DrillFormFields(
        drill.name,
        drill.streams[0].path if len(drill.streams) == 1 else "",
        f"{drill.rate:g}",
        f"{drill.concurrency}",
        seconds_text(drill.duration_s),
        " ".join(f"{name}={value}" for name, value in drill.parameters.items()),
    )


def drill_of(fields: DrillFormFields, filled: DrillFormFields, folder: Path | None = None) -> Drill:
    """The drill that `fields` describe; `filled` is what the form began with. `folder` is the person's own drills'.

    Raises:
        ConfigError, UsageError: one sentence with the field and what to write instead.
    """
    drill = load_drill(fields.name, _values(fields.values), folder)
    if fields.path != filled.path and len(drill.streams) == 1:
        why = bad_path(fields.path)
        if why:
            raise ConfigError(words.FORM_PATH.text(rule=why))
        drill = replace(drill, streams=(replace(drill.streams[0], path=fields.path),))
    if fields.rate != filled.rate:
        drill = replace(drill, rate=_number(words.FORM_RATE, drill_guard.REQUESTS, fields.rate))
    if fields.workers != filled.workers:
        workers = _number(words.FORM_WORKERS_NAME, drill_guard.WORKERS, fields.workers)
        if workers % 1 or workers < len(drill.streams):
            raise ConfigError(words.FORM_WORKERS.text(least=len(drill.streams)))
        drill = replace(drill, concurrency=int(workers))
    if fields.duration != filled.duration:
        drill = replace(drill, duration_s=_seconds(fields.duration))
    return drill


def seconds_text(seconds: float) -> str:
    """A duration as a person types it: ``5m``, ``90s``."""
    return f"{seconds / 60:g}m" if seconds >= 60 and seconds % 60 == 0 else f"{seconds:g}s"


def _values(text: str) -> Mapping[str, int]:
    found = {}
    for word in text.replace(",", " ").split():
        name, equals, number = word.partition("=")
        if not name or not equals or not number.isascii() or not number.isdigit() or len(number) > 6:
            raise ConfigError(words.FORM_PARAMETER.text(word=clean(word, 40)))
        found[name] = int(number)
    return found


def _number(field: Sentence, unit: Sentence, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _MOST:  # neither is "nan"
        raise ConfigError(words.FORM_NUMBER.text(field=field.text(), unit=unit.text()))
    return number


def _seconds(text: str) -> float:
    written = f"{text}s" if text.isascii() and text.isdigit() else text
    try:
        seconds = parse_duration(written)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= _MOST:
        raise ConfigError(words.FORM_DURATION.text())
    return seconds
