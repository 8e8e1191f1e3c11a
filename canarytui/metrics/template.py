"""Renders metric queries: the part of Go's text/template that Flagger's functions can be used with.

Called by the engine's checks for MetricTemplates and inline queries, and by the console to show the
rendered query. Functions take no arguments, ``variables.key`` looks a key up; comments and trim markers work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from canarytui.domain.analysis import Metric
from canarytui.domain.canary import Canary

_ACTION = re.compile(r"\{\{(-(?=\s))?(.*?)((?<=\s)-)?\}\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PATH = re.compile(r"\(?\s*([A-Za-z_][A-Za-z0-9_]*)\s*\)?((?:\.[A-Za-z_][A-Za-z0-9_]*)*)\Z")
_INDEX = re.compile(r"index\s+([A-Za-z_][A-Za-z0-9_]*)\s+(\"[^\"]*\"|`[^`]*`)\Z")
_LITERAL = re.compile(r"(\"[^\"\\]*\"|`[^`]*`)\Z")


class TemplateError(ValueError):
    """The text is not a template that can be rendered; worded as Go words it."""


def model(canary: Canary, metric: Metric, *, interval: str | None = None) -> dict[str, Any]:
    """The values of Flagger's template functions for one metric of one canary."""
    spec = canary.spec
    return {
        "name": canary.name,
        "namespace": canary.namespace,
        "target": spec.target.name,
        "service": canary.apex_name,
        "ingress": spec.ingress_name or spec.target.name,
        "route": spec.route_name or spec.target.name,
        "interval": metric.interval if interval is None else interval,
        "variables": dict(metric.variables),
    }


def render(text: str, values: Mapping[str, Any], *, name: str = "tmpl") -> str:
    """`text` with each action replaced.

    Raises:
        TemplateError: an action that is not closed, names no function, or a variable that is not given.
    """
    pieces: list[str] = []
    position = 0
    trim = False
    for action in _ACTION.finditer(text):
        before = text[position : action.start()]
        before = before.lstrip() if trim else before
        pieces.append(before.rstrip() if action[1] else before)
        trim = action[3] is not None
        line = text.count("\n", 0, action.start()) + 1
        pieces.append(_value(action[2].strip(), values, f"template: {name}:{line}"))
        position = action.end()
    rest = text[position:]
    if "{{" in rest:
        line = text.count("\n", 0, text.rindex("{{")) + 1
        raise TemplateError(f"template: {name}:{line}: unclosed action")
    pieces.append(rest.lstrip() if trim else rest)
    return "".join(pieces)


def _value(action: str, values: Mapping[str, Any], where: str) -> str:
    if action.startswith("/*") and action.endswith("*/"):
        return ""
    if not action:
        raise TemplateError(f"{where}: missing value for command")
    if _LITERAL.match(action):
        return action[1:-1]
    indexed = _INDEX.match(action)
    path = _PATH.match(action)
    if indexed:
        function, keys = indexed[1], [indexed[2][1:-1]]
    elif path:
        function, keys = path[1], [key for key in path[2].split(".") if key]
    else:
        word = action.split()[0]
        if _NAME.match(word) and word not in values:
            raise TemplateError(f'{where}: function "{word}" not defined')
        raise TemplateError(f"{where}: {action!r} is more than Flagger's functions can be used for")
    if function not in values:
        raise TemplateError(f'{where}: function "{function}" not defined')
    value: Any = values[function]
    for key in keys:
        if not isinstance(value, Mapping):
            raise TemplateError(f"{where}: can't evaluate field {key} in type string")
        if key not in value:
            raise TemplateError(f'{where}: map has no entry for key "{key}"')
        value = value[key]
    return str(value)
