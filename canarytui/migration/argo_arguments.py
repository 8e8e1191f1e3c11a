"""Arguments of Argo Rollouts' queries (``{{args.NAME}}``) and variables of Flagger's (``{{ target }}``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from canarytui.domain.values import KubernetesObject, as_mappings, as_text

_ARGUMENT = re.compile(r"\{\{\s*args\.([A-Za-z0-9_.-]+)\s*\}\}")
_VARIABLE = re.compile(r"\{\{-?\s*(variables\.)?([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}")
_DASH = re.compile(r"[^A-Za-z0-9_]+(.)?")


def argument_values(*lists: object) -> dict[str, str | None]:
    """Values of ``args`` lists, later ones first; None for one that only a running analysis has (``valueFrom``)."""
    found: dict[str, str | None] = {}
    for each in lists:
        for argument in as_mappings(each):
            name, value = as_text(argument.get("name")), argument.get("value")
            if name and (value is not None or argument.get("valueFrom") or name not in found):
                found[name] = str(value) if value is not None else None
    return found


def to_variables(
    query: str, values: Mapping[str, str | None], own: Mapping[str, str]
) -> tuple[str, dict[str, str], list[str], str]:
    """(the query for Flagger, ``templateVariables``, arguments without a value, the interval that it names or "").

    An argument that has the name and the value (`own`) of one of Flagger's variables becomes that.
    """
    variables: dict[str, str] = {}
    unknown: dict[str, None] = {}
    interval = ""

    def variable(found: re.Match[str]) -> str:
        nonlocal interval
        name = found[1]
        value = values.get(name)
        if name == "interval" and value:
            interval = value
            return "{{ interval }}"
        if name in own and value == own[name]:
            return f"{{{{ {name} }}}}"
        if value is None:
            unknown[name] = None
        key = camel_case(name)
        variables[key] = value if value is not None else "SET-ME"
        return f"{{{{ variables.{key} }}}}"

    return _ARGUMENT.sub(variable, query), variables, list(unknown), interval


def to_arguments(
    query: str, own: Mapping[str, str], variables: KubernetesObject
) -> tuple[str, list[dict[str, Any]], list[str]]:
    """(the query for Argo Rollouts, ``args`` with the values that Flagger would fill in, what it cannot say)."""
    values: dict[str, str] = {}

    def argument(found: re.Match[str]) -> str:
        name = found[2]
        value = as_text(variables.get(name)) if found[1] else own.get(name)
        if value is None:
            return found[0]
        values[name] = value
        return f"{{{{args.{name}}}}}"

    text = _VARIABLE.sub(argument, query)
    left = [found for found in re.findall(r"\{\{.*?\}\}", text) if not _ARGUMENT.fullmatch(found)]
    return text, [{"name": name, "value": value} for name, value in values.items()], left


def camel_case(name: str) -> str:
    """``service-name`` as a name that Go's templates can read: ``serviceName``."""
    return _DASH.sub(lambda found: (found[1] or "").upper(), name)
