"""Reads JSON and YAML from untrusted sources within limits: deep nesting and exploding aliases are refused with a
phrase instead of ending in a RecursionError, here or later where the value is copied or walked. Pure.
"""

from __future__ import annotations

import json
from typing import Any

from canarytui.domain.sentences import bounds as words

DEPTH_MOST = 100
"""Levels. The deepest objects of Kubernetes, CustomResourceDefinitions, have about 40; Python's stack holds 1,000
frames, of which a deep copy needs three per level."""
YAML_VALUES_MOST = 100_000
"""Values in a file; each alias counts as what it expands to."""


class OutOfBounds(ValueError):
    """Text that is nested too deeply or expands to too many values; the message is a phrase: ``it is nested …``."""


def parse_json(data: bytes | str, *, values_most: int | None = None, constants: bool = True) -> Any:
    """Parse JSON; `values_most` limits how many values it may have.

    `constants` takes ``NaN`` and ``Infinity``, which are no JSON.

    Raises:
        OutOfBounds: nested deeper than :data:`DEPTH_MOST`, or more values than allowed.
        ValueError: it is not JSON.
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
    """Parse YAML into plain types only.

    Raises:
        OutOfBounds: nested deeper than :data:`DEPTH_MOST`, or more than :data:`YAML_VALUES_MOST` values.
        yaml.YAMLError: it is not YAML.
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
    """An upper bound of the number of values: commas and brackets inside strings count too."""
    if isinstance(data, bytes):
        return data.count(b",") + data.count(b"[") + data.count(b"{")
    return data.count(",") + data.count("[") + data.count("{")


def require_bounds(value: Any, values_most: int | None = None) -> None:
    """Raises OutOfBounds. Goes level by level: fast, and it also ends where an alias contains itself."""
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
