"""All fields of the canary, as ``kubectl describe`` shows them and more."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from rich.text import Text

from canarytui.console.detail.history import history
from canarytui.console.detail.hooks import conditions, webhooks
from canarytui.console.detail.layout import folded, line, titled
from canarytui.console.detail.view import DetailView
from canarytui.domain.links import Link
from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import detail_screen as words
from canarytui.domain.sentences import links as link_words
from canarytui.domain.spec.analysis import AlertTarget
from canarytui.domain.spec.steps import step_plan
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic.retirement import retired_words
from canarytui.domain.traffic.selection import provider_words
from canarytui.domain.values import as_mapping
from canarytui.domain.workloads.template_diff import value_text

_LABEL = 22
_EVENTS = 30


def describe(view: DetailView, columns: int) -> list[Text]:
    """Identity, spec, status, conditions, checks, webhooks, alerts, what happened."""
    canary = view.situation.canary
    metadata = as_mapping(canary.raw.get("metadata"))
    spec, analysis, status = canary.spec, canary.spec.analysis, canary.status
    scaler = spec.autoscaler
    identity = [
        ("Namespace", canary.namespace),
        ("Name", canary.name),
        ("Created", metadata.get("creationTimestamp")),
        ("Labels", _pairs(metadata.get("labels"))),
        ("Annotations", _pairs(metadata.get("annotations"))),
        ("Owner", view.situation.canary_owner or words.NO_OWNER.text()),
        ("Generation", canary.generation),
        ("Controller", view.engine or words.NO_CONTROLLER_FOUND.text()),
    ]
    retired = retired_words(canary, view.situation.mesh_provider)
    asked = [
        ("Target", f"{spec.target.kind}/{spec.target.name}"),
        ("Autoscaler", f"{scaler.kind}/{scaler.name}" if scaler else "none"),
        ("Provider", provider_words(canary, view.situation.mesh_provider)),
        *([("Project", retired)] if retired else []),
        ("Services", f"{canary.apex_name}, {canary.primary_service_name}, {canary.canary_service_name}"),
        ("Port", f"{spec.service.port} → {spec.service.target_port}"),
        ("Strategy", str(step_plan(canary).strategy)),
        ("Interval", _interval(analysis.interval_s, view.situation.interval_s)),
        ("Threshold", words.THRESHOLD.text(threshold=number_text(analysis.threshold))),
        ("Steps", ", ".join(str(stop) for stop in step_plan(canary).stops) or "none"),
        ("Progress deadline", f"{spec.progress_deadline_s} s"),
        ("Skip analysis", words.SKIPPED.text() if spec.skip_analysis else "no"),
        ("Suspended", "yes" if spec.suspend else "no"),
        ("revertOnDeletion", "yes" if spec.revert_on_deletion else "no"),
    ]
    state = [
        ("Phase", status.phase or "none yet"),
        ("Weight", _weights(view.situation)),
        ("Failed checks", status.failed_checks),
        ("Iterations", status.iterations),
        ("Last change", status.last_transition_time.astimezone(view.zone).isoformat(" ", "seconds")
         if status.last_transition_time else "never"),
        ("Revision applied", status.last_applied_spec or "–"),
        ("Revision promoted", status.last_promoted_spec or "–"),
        ("Tracked configs", ", ".join((status.tracked_configs or {}).keys()) or "none"),
    ]  # fmt: skip
    alerts = [(alert.name, _alerts_to(alert)) for alert in analysis.alerts]
    return [
        *titled("CANARY", _fields(identity, columns)),
        *titled("SPEC", _fields(asked, columns)),
        *titled("STATUS", _fields(state, columns)),
        *titled("CONDITIONS", conditions(view, columns)),
        *titled("WEBHOOKS", webhooks(view, columns)),
        *titled("ALERTS", _fields(alerts, columns)),
        *titled("LINKS", (part for each in view.links for part in _link(each, columns))),
        *titled("LAST EVENTS", history(view, columns, _EVENTS)),
    ]


def _link(link: Link, columns: int) -> list[Text]:
    """Its lines, each of them a hyperlink to the whole URL."""
    said = link_words.REFUSED.text(why=link.problem) if link.problem else link.url
    lines = _fields([(link.title, said)], columns)
    if link.url:
        for each in lines:
            each.stylize(Style(link=link.url), _label_columns(columns))
    return lines


def _alerts_to(alert: AlertTarget) -> str:
    where = f"{alert.provider_name}.{alert.provider_namespace}" if alert.provider_namespace else alert.provider_name
    if not alert.severity:
        return words.ALERTS_WITHOUT_SEVERITY.text(provider=where)
    return words.ALERTS.text(severity=alert.severity, provider=where)


def _interval(asked_s: float, kept_s: float) -> str:
    if asked_s == kept_s:
        return words.INTERVAL_KEPT.text(kept=kept_s)
    return words.INTERVAL.text(asked=asked_s, kept=kept_s)


def _weights(situation: Situation) -> str:
    status, router = situation.canary.status.canary_weight, situation.users_weight
    if router is None:
        return words.WEIGHT.text(status=status)
    return words.WEIGHTS.text(status=status, router=router)


def _fields(pairs: list[tuple[str, Any]], columns: int) -> list[Text]:
    label = _label_columns(columns) - 1
    lines: list[Text] = []
    for name, value in pairs:
        first, *rest = folded(clean(value, 1500) or "–", columns - label - 1)
        lines.append(line((f"{clean(name, label):<{label}} ", "quiet")).append_text(first))
        lines += [line(" " * (label + 1)).append_text(more) for more in rest]
    return lines


def _label_columns(columns: int) -> int:
    return min(_LABEL, columns // 3) + 1


def _pairs(value: object) -> str:
    pairs = as_mapping(value)
    shown = (f"{name}={value_text(each)}" for name, each in pairs.items() if not str(name).startswith("kubectl."))
    return ", ".join(shown) or "none"
