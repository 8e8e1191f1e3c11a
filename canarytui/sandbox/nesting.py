"""JSON and YAML of requests within bounds: nested too deeply, or multiplied by aliases, they are malformed."""

from __future__ import annotations

import json
from typing import Any

DEPTH_MOST = 100
"""Levels. The deepest objects in use, CustomResourceDefinitions, have some 40; code that walks an object takes up to
three of Python's 1,000 frames a level."""
_VALUES_MOST = 1_000_000


class TooDeep(ValueError):
    """Nested too deeply, or more values than a request of three megabytes can contain."""


def load_json(data: bytes | str) -> Any:
    """The value; raises ValueError for invalid JSON, and for JSON nested too deeply."""
    try:
        return checked(json.loads(data))
    except RecursionError:
        raise TooDeep(_text()) from None


def checked(value: Any) -> Any:
    """`value` itself; aliases count as what they expand to. Raises :class:`TooDeep`."""
    level = [value] if isinstance(value, (dict, list)) else []
    seen = 0
    for _ in range(DEPTH_MOST):
        if not level:
            return value
        seen += sum(map(len, level))
        if seen > _VALUES_MOST:
            raise TooDeep("document contains excessive aliasing")
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    if level:
        raise TooDeep(_text())
    return value


def _text() -> str:
    return f"exceeded max depth of {DEPTH_MOST}"
