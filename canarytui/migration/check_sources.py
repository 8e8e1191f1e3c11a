"""What the checks of a canary measure once another provider splits its traffic."""

from __future__ import annotations

import re
from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.gatewayapi import V1
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.traffic.queries import BuiltinQueries
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.metrics.builtin_queries import DURATION, PODS_OF_DAEMONSET, PODS_OF_DEPLOYMENT, SUCCESS_RATE
from canarytui.migration.counterparts import FieldNote, note
from canarytui.migration.objects import ObjectSet, name_of
from canarytui.migration.resources import METRIC_TEMPLATES

OWN_NAMES = {SUCCESS_RATE: "success-rate", DURATION: "latency"}
"""Flagger's own checks, and what they are called once they have a query of their own."""

_COUNTER = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{")
_FIELD = re.compile(r"<([A-Z_]+)>")
_VARIABLES = {
    "INGRESS": "{{ ingress }}",
    "ROUTE": "{{ route }}",
    "NS": "{{ namespace }}",
    "TARGET": "{{ target }}",
    "SERVICE": "{{ service }}",
    "ROUTED": "{{ service }}",
    "INTERVAL": "{{ interval }}",
}
_NEW_WAY = "must go through the Gateway when users do, or the canary gets no requests and its checks no values"
_OF_OLD_OBJECTS = re.compile(r"\{\{\s*(ingress|route)\s*\}\}")


def kept_checks(owner: Canary, record: TrafficProvider) -> tuple[list[dict[str, Any]], list[FieldNote]] | None:
    """(``analysis.metrics`` whose built-in checks have the query they had, notes); None if there is none to keep."""
    canary = owner.raw
    metrics = as_mappings(as_mapping(as_mapping(canary.get("spec")).get("analysis")).get("metrics"))
    made, changed = [], []
    for position, metric in enumerate(metrics):
        name = as_text(metric.get("name"))
        if name in OWN_NAMES and not metric.get("query") and not metric.get("templateRef"):
            query = own_query(record.queries, name, owner)
            made.append({**metric, "name": OWN_NAMES[name], "query": query})
            text = f"{OWN_NAMES[name]} with a query: it measures what {record.title} measured, not the application"
            changed.append(note(canary, f"spec.analysis.metrics[{position}].name", name, text))
        else:
            made.append(dict(metric))
    return (made, changed) if changed else None


def check_notes(
    canary: KubernetesObject, record: TrafficProvider, objects: ObjectSet, *, kept: bool
) -> list[FieldNote]:
    """What the checks measure from now on, where that differs; `kept`: the former proxies go on measuring."""
    notes = []
    old, new = counters_of(record.queries), counters_of(V1.queries)
    namespace = objects.namespace_of(canary)
    metrics = as_mappings(as_mapping(as_mapping(canary.get("spec")).get("analysis")).get("metrics"))
    for position, metric in enumerate(metrics):
        at, name = f"spec.analysis.metrics[{position}]", as_text(metric.get("name"))
        reference = as_mapping(metric.get("templateRef"))
        space = as_text(reference.get("namespace")) or namespace
        template = objects.find(METRIC_TEMPLATES, space, as_text(reference.get("name"))) if reference else None
        query, owner, field = as_text(metric.get("query")), canary, f"{at}.query"
        if template is not None:
            query, owner, field = as_text(as_mapping(template.get("spec")).get("query")), template, "spec.query"
        if not query and name in OWN_NAMES and not reference and not kept:
            before, after = (_COUNTER.findall(_query(each, name))[0] for each in (record.queries, V1.queries))
            text = f"measures {after} of the canary's own pods, no longer {before}: does your application export that?"
            notes.append(note(canary, at, name, f"{text} Otherwise give it a templateRef"))
        elif not query and reference:
            text = (
                f"MetricTemplate {name_of({'metadata': reference})} was not read: see that its query still has values"
            )
            notes.append(note(canary, f"{at}.templateRef", None, text))
        elif variable := _OF_OLD_OBJECTS.search(query):
            notes.append(note(owner, field, variable[0], "names an object that is given up: change the query"))
        elif not kept and (found := _exported_by(query, old, new)):
            notes.append(note(owner, field, found, f"only {record.title} exports that: change the query"))
    return notes


def _exported_by(query: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """The first metric of a query that has the prefix of the former provider's; "" for none."""
    prefixes = {each.partition("_")[0] for each in old} - {each.partition("_")[0] for each in new}
    return next((each for each in _COUNTER.findall(query) if each.partition("_")[0] in prefixes), "")


def counters_of(queries: BuiltinQueries) -> tuple[str, ...]:
    """The metrics that two built-in queries read."""
    return tuple(dict.fromkeys(_COUNTER.findall(queries.success) + _COUNTER.findall(queries.latency)))


def load_notes(canary: Canary) -> list[FieldNote]:
    """Hooks that send load by a way that requests no longer take; those to the canary's own Service are fine."""
    hooks = canary.spec.analysis.webhooks
    return [
        note(canary.raw, f"spec.analysis.webhooks[{position}].metadata.cmd", hook.metadata["cmd"], _NEW_WAY)
        for position, hook in enumerate(hooks)
        if "http" in hook.metadata.get("cmd", "") and canary.canary_service_name not in hook.metadata["cmd"]
    ]


def _query(queries: BuiltinQueries, name: str) -> str:
    return queries.success if name == SUCCESS_RATE else queries.latency


def own_query(queries: BuiltinQueries, name: str, canary: Canary) -> str:
    """A built-in check's query with Flagger's variables; what none of them says is filled in."""
    text, factor = _query(queries, name), 1.0 if name == SUCCESS_RATE else queries.duration_factor
    is_daemon = canary.spec.target.kind == "DaemonSet"
    filled = {
        **_VARIABLES,
        "PODS": PODS_OF_DAEMONSET if is_daemon else PODS_OF_DEPLOYMENT,
        "W_NS": _word(canary.namespace),
        "W_SERVICE": _word(canary.apex_name),
        "W_INGRESS": _word(canary.spec.ingress_name or canary.target_name),
    }
    query = _FIELD.sub(lambda found: filled[found[1]], text)
    return f"{query} * {factor:g}" if factor != 1.0 else query


def _word(text: str) -> str:
    return re.sub(r"\W", "_", text)
