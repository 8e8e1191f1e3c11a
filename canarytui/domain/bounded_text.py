"""JSON and YAML that others wrote, read within bounds: deep nesting and aliases that multiply are refused in a phrase
instead of ending in a RecursionError, there or later where the value is copied or walked. Pure.
"""

from __future__ import annotations

import json
from typing import Any

from canarytui.domain.sentences import bounds as words

DEPTH_MOST = 100
"""Levels. Kubernetes' own deepest objects, CustomResourceDefinitions, have some 40; Python's stack takes 1,000 frames,
of which a deep copy needs three a level."""
YAML_VALUES_MOST = 100_000
"""Values of a file that a person wrote, each alias counted as what it stands for."""


class OutOfBounds(ValueError):
    """Text that is nested too deeply or stands for too much; the message is a phrase: ``it is nested …``."""


def parse_json(data: bytes | str, *, values_most: int | None = None, constants: bool = True) -> Any:
    """The value that `data` is; with `values_most` also bounded in how many values it has.

    `constants` takes ``NaN`` and ``Infinity``, which are no JSON.

    Raises:
        OutOfBounds: nested deeper than :data:`DEPTH_MOST`, or more values than allowed.
        ValueError: no JSON.
    """
    if values_most is not None and _separators(data) > values_most:
        raise OutOfBounds(words.TOO_MANY.text(most=values_most))
    try:
        value = json.loads(data, parse_constant=None if constants else _refuse)
    except RecursionError:
        raise OutOfBounds(_too_deep()) from None
    require_bounds(value)
    return value


def parse_yaml(text: str) -> Any:
    """The value that `text` is, of the plain types only.

    Raises:
        OutOfBounds: nested deeper than :data:`DEPTH_MOST`, or more than :data:`YAML_VALUES_MOST` values.
        yaml.YAMLError: no YAML.
        ValueError: a value that Python cannot hold, such as the 31st of February.
    """
    import yaml

    try:
        value = yaml.safe_load(text)
    except RecursionError:
        raise OutOfBounds(_too_deep()) from None
    require_bounds(value, YAML_VALUES_MOST)
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(words.NO_JSON.text(constant=constant))


def _separators(data: bytes | str) -> int:
    """At least the number of values: commas and brackets inside texts count, too."""
    if isinstance(data, bytes):
        return data.count(b",") + data.count(b"[") + data.count(b"{")
    return data.count(",") + data.count("[") + data.count("{")


def require_bounds(value: Any, values_most: int | None = None) -> None:
    """Raises OutOfBounds. Goes level by level, which is fast, and ends also where an alias contains itself."""
    level = [value] if isinstance(value, (dict, list)) else []
    seen = 0
    for _ in range(DEPTH_MOST):
        if not level:
            return
        if values_most is not None:
            seen += sum(map(len, level))
            if seen > values_most:
                raise OutOfBounds(words.TOO_MANY_ALIASED.text(most=values_most))
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
    if level:
        raise OutOfBounds(_too_deep())


def _too_deep() -> str:
    return words.TOO_DEEP.text(most=DEPTH_MOST)
