"""The subset of JSONPath that printer columns use: fields, indices, ``[*]`` and equality filters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_STEP = re.compile(
    r"""\.(?P<field>(?:\\.|[^.\[\]\\])+)
      | \['(?P<quoted>[^']*)'\]
      | \[\?\(\s*@(?P<path>[^=!<>\s)]+)\s*(?P<op>==|!=)\s*(?P<value>"[^"]*"|'[^']*'|[^)\s]+)\s*\)\]
      | \[(?P<index>-?\d+|\*)\]""",
    re.VERBOSE,
)


class _Step:
    def __init__(self, match: re.Match[str]) -> None:
        field = match["field"]
        self.field = match["quoted"] if field is None else re.sub(r"\\(.)", r"\1", field)
        self.index = match["index"]
        self.filter = None
        if match["path"] is not None:
            self.filter = (parse(match["path"]), match["op"], match["value"].strip("\"'"))


@lru_cache(maxsize=512)
def parse(path: str) -> tuple[_Step, ...]:
    """The steps of a path; raises ValueError for anything else."""
    text = path.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    text = text.removeprefix("$")
    if text and text[0] not in ".[":
        text = f".{text}"
    steps, position = [], 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"{path!r} is no simple JSONPath (at character {position})")
        steps.append(_Step(match))
        position = match.end()
    return tuple(steps)


def find(value: Any, path: str) -> list[Any]:
    """All matches of the path."""
    return _find([value], parse(path))


def _find(values: list[Any], steps: tuple[_Step, ...]) -> list[Any]:
    for step in steps:
        values = [inner for value in values for inner in _step(value, step)]
    return values


def _step(value: Any, step: _Step) -> list[Any]:
    if step.filter is not None:
        inner, operator, wanted = step.filter
        items = value if isinstance(value, list) else []
        return [item for item in items if (wanted in map(_text, _find([item], inner))) == (operator == "==")]
    if step.index is not None:
        if not isinstance(value, list):
            return []
        if step.index == "*":
            return value
        at = int(step.index)
        return [value[at]] if -len(value) <= at < len(value) else []
    if isinstance(value, dict) and step.field in value:
        return [value[step.field]]
    return []


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
