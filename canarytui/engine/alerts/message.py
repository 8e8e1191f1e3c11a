"""What an alert says, before it takes the shape of an alert system."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from canarytui.domain.spec.analysis import Analysis
from canarytui.domain.spec.canary import Canary
from canarytui.engine.alerts.link import link_to
from canarytui.engine.alerts.thread import thread_of
from canarytui.engine.decide.effects import SendAlert
from canarytui.engine.decide.judge import last_comparison
from canarytui.engine.decide.tick import Tick

Fields = tuple[tuple[str, str], ...]
"""(name, value) in the order in which they are shown."""
INFO, WARN, ERROR = "info", "warn", "error"
_CHARS_MOST = 2000
"""A text may quote a webhook's answer; Discord refuses messages longer than 4,096 characters, and Microsoft Teams those
of more than 28 KB."""


class AlertMessage(Struct, frozen=True):
    """`canary` is ``name.namespace``; `severity` is info, warn or error. Texts are plain, without any markup.

    `link` is a URL for people, "" for none. `thread` is the same for all messages about one rollout. `resolves`: what
    was wrong with the canary is over.
    """

    canary: str
    namespace: str
    name: str
    text: str
    severity: str
    fields: Fields = ()
    cluster: str = ""
    link: str = ""
    thread: str = ""
    resolves: bool = False


def message_of(tick: Tick, alert: SendAlert) -> AlertMessage:
    """The message of an alert about the tick's canary; the cluster's name comes first where it has one.

    Strictly, without what Flagger does not send, and without a limit.
    """
    settings, canary = tick.settings, tick.canary
    fields: Fields = (("Cluster", settings.cluster_name),) if settings.cluster_name else ()
    if alert.with_fields:
        fields += tuple(_facts(canary))
    if alert.with_verdict and not settings.strict:
        fields += tuple(_verdict(tick))
    text = alert.text
    if not settings.strict and len(text) > _CHARS_MOST:
        text = text[: _CHARS_MOST - 1] + "…"
    return AlertMessage(
        canary.full_name,
        canary.namespace,
        canary.name,
        text,
        alert.severity,
        fields,
        settings.cluster_name,
        "" if settings.strict else link_to(settings.alert_link, canary, settings.cluster_name),
        "" if settings.strict else thread_of(tick),
        alert.resolves,
    )


def _facts(canary: Canary) -> Iterator[tuple[str, str]]:
    spec = canary.spec
    yield "Target", f"{spec.target.kind}/{canary.target_name}.{canary.namespace}"
    yield "Failed checks threshold", str(spec.analysis.threshold)
    yield "Progress deadline", f"{spec.progress_deadline_s}s"
    routing = _routing(spec.analysis)
    if routing:
        yield "Traffic routing", routing


def _verdict(tick: Tick) -> Iterator[tuple[str, str]]:
    compared = last_comparison(tick)
    if compared is not None:
        yield "Canary against primary", compared.phrase.text
        if compared.cost_text:
            yield "Cost", compared.cost_text
        if compared.burn_text:
            yield "Burn rate", compared.burn_text


def _routing(analysis: Analysis) -> str:
    """As Flagger says it: `max` is ``maxWeight`` as written, 0 where it is not."""
    if analysis.step_weight > 0:
        return f"Weight step: {analysis.step_weight} max: {analysis.max_weight}"
    if analysis.step_weights:
        return f"Weight steps: {','.join(map(str, analysis.step_weights))} max: {analysis.max_weight}"
    if analysis.match:
        return "A/B Testing"
    return "Blue/Green" if analysis.iterations > 0 else ""
