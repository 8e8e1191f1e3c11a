"""Where an object departs from the fields of its kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Any

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.lint.schema.fields import ALERT_PROVIDER, CANARY, METRIC_TEMPLATE

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "Canary": CANARY,
    "MetricTemplate": METRIC_TEMPLATE,
    "AlertProvider": ALERT_PROVIDER,
}
DURATION = re.compile(r"^[0-9]+(m|s)")
"""What the API server asks of a duration; it does not look behind it."""

_WORDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "int-or-string": "a number or a name",
    "duration": "minutes or seconds, such as 30s or 1m",
}
_NUMERIC_TEXT = re.compile(r"\s*-?\d+(\.\d+)?\s*(%?)\s*")


class DepartureKind(Enum):
    UNKNOWN = auto()
    WRONG = auto()
    MISSING = auto()


class Departure(Struct, frozen=True):
    """What is wrong at `path`, in the words of a finding."""

    kind: DepartureKind
    path: str
    message: str
    remedy: str


def departures(kind: str, spec: Mapping[str, Any]) -> Iterator[Departure]:
    """Where ``spec`` of an object of `kind` is not what its definition says, in the order of the fields."""
    yield from _of_object(SCHEMAS[kind], spec, "spec", SCHEMAS[kind])


def _of_object(fields: Mapping[str, Any], value: Mapping[str, Any], path: str, root: Any) -> Iterator[Departure]:
    known = {name.rstrip("!"): each for name, each in fields.items()}
    for name, inner in value.items():
        at = child(path, name)
        if "*" in known:
            yield from _of_value(known["*"], inner, at, root)
        elif name in known:
            yield from _of_value(known[name], inner, at, root)
        else:
            yield _unknown(str(name), list(known), at, path, root)
    for name in fields:
        if name.endswith("!") and value.get(name[:-1]) is None:
            at = child(path, name[:-1])
            yield Departure(
                DepartureKind.MISSING, at, f"{at} is missing: the API server rejects the object.", f"Set {at}."
            )


def _of_value(wanted: Any, value: Any, path: str, root: Any) -> Iterator[Departure]:
    if value is None:  # as good as absent
        return
    if isinstance(wanted, dict):
        if isinstance(value, Mapping):
            yield from _of_object(wanted, value, path, root)
        else:
            yield wrong_value(path, "an object", value)
    elif isinstance(wanted, list):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _of_value(wanted[0], item, f"{path}[{index}]", root)
        else:
            yield wrong_value(path, "a list", value)
    elif isinstance(wanted, tuple):
        if value not in wanted:
            yield _not_among(path, wanted, value)
    elif not _fits(wanted, value):
        yield wrong_value(path, _WORDS[wanted], value)


def _fits(wanted: str, value: Any) -> bool:
    if wanted == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if wanted == "string":
        return isinstance(value, str)
    if wanted == "duration":
        return isinstance(value, str) and DURATION.match(value) is not None
    if wanted == "int-or-string":
        return isinstance(value, int | str)
    if wanted == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, int | float)


def wrong_value(path: str, wanted: str, value: Any) -> Departure:
    """A value that is not what the field at `path` takes."""
    shown = _shown(value)
    remedy = f"Make it {wanted}."
    if wanted == _WORDS["string"] and isinstance(value, bool | int | float):
        remedy = f'Put it in quotes: "{str(value).lower() if isinstance(value, bool) else value}".'
    elif isinstance(value, str) and (number := _NUMERIC_TEXT.fullmatch(value)) and "number" in wanted:
        remedy = f"Write it without {'the percent sign and quotes' if number[2] else 'quotes'}."
    return Departure(
        DepartureKind.WRONG, path, f"{path} must be {wanted}, not {shown}: the API server rejects the object.", remedy
    )


def _not_among(path: str, allowed: tuple[str, ...], value: Any) -> Departure:
    close = difflib.get_close_matches(str(value), allowed, 1)
    listed = ", ".join(each or '""' for each in allowed)
    guess = f"Did you mean {close[0]}?" if close else f"Use one of: {listed}."
    return Departure(
        DepartureKind.WRONG, path, f"{path} does not take {_shown(value)}: the API server rejects the object.", guess
    )


def _unknown(name: str, known: list[str], at: str, path: str, root: Any) -> Departure:
    close = _close(name, known)
    elsewhere = "" if close else _place_of(name, root)
    if close:
        remedy = f"Did you mean {close}?"
    elif elsewhere:
        remedy = f"Move it to {elsewhere}."
    else:
        remedy = f"Remove it; {path} takes: {', '.join(known)}."
    return Departure(
        DepartureKind.UNKNOWN,
        at,
        f"{path} has no field {clean(name, 60)}: the API server drops it, so it has no effect.",
        remedy,
    )


def _close(name: str, known: list[str]) -> str:
    folded = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), folded, 1, 0.7)
    return folded[close[0]] if close else ""


def _place_of(name: str, fields: Any, path: str = "spec") -> str:
    """Where a field of this name belongs; the place nearest to the root."""
    level = [(path, fields)]
    while level:
        inner = []
        for at, each in level:
            for key, below in each.items():
                bare = key.rstrip("!")
                if bare == name:
                    return f"{at}.{bare}"
                if isinstance(below, list):
                    bare, below = f"{bare}[]", below[0]
                if isinstance(below, dict) and "*" not in below:
                    inner.append((f"{at}.{bare}", below))
        level = inner
    return ""


def child(path: str, name: object) -> str:
    """The path of a field below `path`; a name that is no plain word is quoted, as in jq."""
    text = str(name)
    return f"{path}.{text}" if re.fullmatch(r"[A-Za-z0-9_-]+", text) else f'{path}["{text}"]'


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return repr(clean(value, 60)) if isinstance(value, str) else clean(value, 60)
