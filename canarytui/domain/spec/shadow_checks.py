"""Shadow checks: measured and judged beside the real ones, without any effect on a rollout.

They stand in an annotation, as YAML in the form of ``spec.analysis.metrics``, so that a threshold can be tried on live
traffic before it may roll anything back. No controller reads them.
"""

from __future__ import annotations

from functools import lru_cache

from canarytui.domain.sentences import invalid
from canarytui.domain.spec.analysis import Metric, parse_metrics
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.fields import ObjectFields
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.errors import InvalidObject

SHADOW_ANNOTATION = "canarytui.io/shadow-checks"
_CHARS_MOST = 20_000
_CHECKS_MOST = 20


def shadow_metrics(canary: Canary) -> tuple[Metric, ...]:
    """The shadow checks of a canary.

    Raises:
        InvalidObject: the annotation is no list of metrics, or one has the name of a real check.
    """
    annotations = as_mapping(as_mapping(canary.raw.get("metadata")).get("annotations"))
    text = annotations.get(SHADOW_ANNOTATION)
    if not text:
        return ()
    owner = f"Canary {canary.namespace}/{canary.name}"
    found = _parsed(owner, str(text))
    if isinstance(found, InvalidObject):
        raise found
    taken = {metric.name for metric in canary.spec.analysis.metrics}
    names = [metric.name for metric in found]
    twice = next((name for number, name in enumerate(names) if name in taken or name in names[:number]), None)
    if twice is not None:
        raise InvalidObject(
            invalid.SHADOW_NAME_TAKEN.text(owner=owner, annotation=SHADOW_ANNOTATION, name=clean(twice, 80))
        )
    return found


def measured_metrics(canary: Canary) -> tuple[Metric, ...]:
    """The checks of a canary, and its shadow checks as far as they can be read."""
    try:
        return canary.spec.analysis.metrics + shadow_metrics(canary)
    except InvalidObject:
        return canary.spec.analysis.metrics


def shadow_problem(canary: Canary) -> str:
    """Why the shadow checks of a canary cannot be read; "" when they can, or when there are none."""
    try:
        shadow_metrics(canary)
    except InvalidObject as error:
        return str(error)
    return ""


@lru_cache(maxsize=256)
def _parsed(owner: str, text: str) -> tuple[Metric, ...] | InvalidObject:
    """The error is kept as well: every look at the canary asks."""
    import yaml

    try:
        listed = yaml.safe_load(text) if len(text) <= _CHARS_MOST else None
    except (yaml.YAMLError, ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or len(listed) > _CHECKS_MOST:
        return InvalidObject(
            invalid.NO_SHADOW_CHECKS.text(owner=owner, annotation=SHADOW_ANNOTATION, most=_CHECKS_MOST)
        )
    try:
        return parse_metrics(ObjectFields(owner, f"metadata.annotations[{SHADOW_ANNOTATION}]", {"metrics": listed}))
    except InvalidObject as error:
        return error
