"""``spec.analysis`` of a canary: how far each step goes, which checks run, and which webhooks are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.sentences import invalid
from canarytui.domain.spec.fields import ObjectFields

DEFAULT_INTERVAL_S = 60.0
DEFAULT_METRIC_INTERVAL = "1m"
DEFAULT_WEBHOOK_TIMEOUT_S = 10.0


class Metric(Struct, frozen=True):
    """One check. `interval` stays text (``1m``), because it goes into queries as written; empty if not given.

    `minimum` and `maximum` come from ``thresholdRange``; `threshold` is the older form, used without a range.
    """

    name: str
    interval: str
    threshold: float | None
    has_range: bool
    minimum: float | None
    maximum: float | None
    query: str
    template_name: str
    template_namespace: str
    variables: Mapping[str, str]


class Webhook(Struct, frozen=True):
    """One hook; `type` "" in the object reads as ``rollout`` here."""

    name: str
    type: str
    url: str
    timeout_s: float
    retries: int
    mute_alert: bool
    disable_tls: bool
    metadata: Mapping[str, str]


class AlertTarget(Struct, frozen=True):
    """Where an alert goes: an AlertProvider and the least severity that is sent."""

    name: str
    severity: str
    provider_name: str
    provider_namespace: str


class Analysis(Struct, frozen=True):
    """`interval_s` as in the spec (the controller has a lower limit); weights in percent, thresholds as counts."""

    interval_s: float
    threshold: int
    max_weight: int
    step_weight: int
    step_weights: tuple[int, ...]
    step_weight_promotion: int
    iterations: int
    mirror: bool
    mirror_weight: int
    primary_ready_threshold: int
    canary_ready_threshold: int
    match: tuple[Mapping[str, Any], ...]
    metrics: tuple[Metric, ...]
    webhooks: tuple[Webhook, ...]
    alerts: tuple[AlertTarget, ...]
    session_affinity: Mapping[str, Any]

    @property
    def strategy(self) -> str:
        """As Flagger's metrics name it: ``canary``, ``blue-green`` or ``ab-testing``."""
        if self.iterations > 0:
            return "ab-testing" if self.match else "blue-green"
        return "canary"

    def hooks(self, type_: str) -> tuple[Webhook, ...]:
        """The webhooks of one type, in the order of the object."""
        return tuple(hook for hook in self.webhooks if hook.type == type_)


def event_webhook(url: str) -> Webhook:
    """The controller's own webhook for events (``-event-webhook``)."""
    return Webhook(
        "event", "event", url, DEFAULT_WEBHOOK_TIMEOUT_S, 0, mute_alert=False, disable_tls=False, metadata={}
    )


def parse_analysis(fields: ObjectFields) -> Analysis:
    """Read ``spec.analysis``.

    Raises:
        InvalidObject: a field of the wrong type.
    """
    weights = fields.values.get("stepWeights") or []
    if not isinstance(weights, list):
        raise fields.wrong("stepWeights", invalid.WHOLE_NUMBERS.text(), weights)
    return Analysis(
        interval_s=fields.duration_s("interval", DEFAULT_INTERVAL_S),
        threshold=max(1, fields.whole("threshold")),
        max_weight=fields.whole("maxWeight"),
        step_weight=fields.whole("stepWeight"),
        step_weights=tuple(fields.as_whole("stepWeights", weight) for weight in weights),
        step_weight_promotion=fields.whole("stepWeightPromotion"),
        iterations=fields.whole("iterations"),
        mirror=fields.flag("mirror"),
        mirror_weight=fields.whole("mirrorWeight"),
        primary_ready_threshold=fields.whole("primaryReadyThreshold", 100),
        canary_ready_threshold=fields.whole("canaryReadyThreshold", 100),
        match=tuple(part.values for part in fields.parts("match")),
        metrics=parse_metrics(fields),
        webhooks=tuple(_webhook(part) for part in fields.parts("webhooks")),
        alerts=tuple(_alert(part) for part in fields.parts("alerts")),
        session_affinity=fields.part("sessionAffinity").values,
    )


def parse_metrics(fields: ObjectFields) -> tuple[Metric, ...]:
    """Read the list ``metrics``.

    Raises:
        InvalidObject: a field of the wrong type.
    """
    return tuple(_metric(part) for part in fields.parts("metrics"))


def _metric(fields: ObjectFields) -> Metric:
    limits = fields.part("thresholdRange")
    template = fields.part("templateRef")
    return Metric(
        name=fields.required("name"),
        interval=fields.text("interval"),
        threshold=fields.number("threshold"),
        has_range=fields.values.get("thresholdRange") is not None,
        minimum=limits.number("min"),
        maximum=limits.number("max"),
        query=fields.text("query"),
        template_name=template.text("name"),
        template_namespace=template.text("namespace"),
        variables=fields.texts("templateVariables"),
    )


def _webhook(fields: ObjectFields) -> Webhook:
    return Webhook(
        name=fields.required("name"),
        type=fields.text("type") or "rollout",
        url=fields.required("url"),
        timeout_s=_positive(fields.duration_s("timeout", DEFAULT_WEBHOOK_TIMEOUT_S), DEFAULT_WEBHOOK_TIMEOUT_S),
        retries=fields.whole("retries"),
        mute_alert=fields.flag("muteAlert"),
        disable_tls=fields.flag("disableTLS"),
        metadata=fields.texts("metadata"),
    )


def _positive(seconds: float, default_s: float) -> float:
    """A zero duration is read as the default: Flagger would take it for no limit at all."""
    return seconds if seconds > 0 else default_s


def _alert(fields: ObjectFields) -> AlertTarget:
    provider = fields.part("providerRef")
    return AlertTarget(
        name=fields.required("name"),
        severity=fields.text("severity"),
        provider_name=provider.text("name"),
        provider_namespace=provider.text("namespace"),
    )
