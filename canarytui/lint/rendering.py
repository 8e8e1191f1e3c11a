"""Fills in the variables of a query without a canary: names that stand for any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from canarytui.metrics.template import TemplateError, render

if TYPE_CHECKING:
    from canarytui.metrics.gotemplate.formatting import Value

INTERVAL = "1m"


def filled_in(query: str, variables: Mapping[str, str] | None = None, *, interval: str = INTERVAL) -> str:
    """The query as a controller would send it, for a canary and a target of any name.

    Raises:
        TemplateError: it cannot be rendered, or needs a variable that is not given.
    """
    values: dict[str, Value] = {
        "name": "name",
        "namespace": "namespace",
        "target": "target",
        "service": "service",
        "ingress": "ingress",
        "route": "route",
        "interval": interval,
        "variables": dict(variables or {}),
    }
    return render(query, values)


def uses_interval(query: str) -> bool:
    """Whether the query changes with the check's interval; True where that cannot be told."""
    try:
        return filled_in(query, interval="1m") != filled_in(query, interval="7m")
    except TemplateError:
        return True
