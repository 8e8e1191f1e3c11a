"""Renders metric queries as Flagger does: Go's text/template with the functions that Flagger offers to a query.

Called by :mod:`canarytui.metrics.check_queries` for inline queries and MetricTemplates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.metrics.gotemplate.errors import TemplateError

if TYPE_CHECKING:
    from canarytui.metrics.gotemplate.formatting import Value

__all__ = ["TemplateError", "model", "render"]


def model(canary: Canary, metric: Metric, *, interval: str | None = None, route: str = "") -> dict[str, Value]:
    """The return values of Flagger's template functions for one metric of one canary, by function name.

    `route` is for providers whose routes are not named in the canary.
    """
    spec = canary.spec
    return {
        "name": canary.name,
        "namespace": canary.namespace,
        "target": spec.target.name,
        "service": canary.apex_name,
        "ingress": spec.ingress_name or spec.target.name,
        "route": route or spec.route_name or spec.target.name,
        "interval": metric.interval if interval is None else interval,
        "variables": dict(metric.variables),
    }


def render(text: str, values: Mapping[str, Value], *, name: str = "tmpl") -> str:
    """Execute the template `text`.

    Raises:
        TemplateError: it cannot be parsed or executed; the message is Go's.
    """
    from canarytui.metrics.gotemplate.evaluator import execute
    from canarytui.metrics.gotemplate.functions import function_names
    from canarytui.metrics.gotemplate.parser import parse

    return execute(parse(text, function_names(values), name=name), values)
