"""Istio: a VirtualService whose routes are weighted, and a DestinationRule for each side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading, refusals
from canarytui.domain.traffic.provider import Entrance, Reached, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import CANARY_WORKLOAD, BuiltinQueries, RequestSeries, p99, ratio
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

VIRTUAL_SERVICES = Resource("networking.istio.io", "v1beta1", "virtualservices", "VirtualService")
DESTINATION_RULES = Resource("networking.istio.io", "v1beta1", "destinationrules", "DestinationRule")

_SERIES = 'reporter="destination", destination_workload_namespace="<NS>", destination_workload=~"<TARGET>"'


def _host(route: KubernetesObject) -> object:
    return as_mapping(route.get("destination")).get("host")


def _service_of(route: KubernetesObject) -> str:
    return as_text(_host(route)).partition(".")[0]


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    spec = as_mapping(router.get("spec"))
    rules: list[list[tuple[str, Any]]] = []
    for rule in [*as_mappings(spec.get("http")), *as_mappings(spec.get("tcp"))]:
        routes = as_mappings(rule.get("route"))
        # Istio takes a missing weight for 0 where there are several, and one alone splits nothing.
        rules.append([(_service_of(each), each.get("weight", 0)) for each in routes])
    return reading.canary_percent_of_rules(rules, canary)


def _shares(router: KubernetesObject) -> str:
    routes = reading.first(as_mapping(router.get("spec")).get("http"), "route")
    alone = 100 if len(routes) == 1 else 0  # what Istio takes a missing weight for
    return reading.phrase((_host(each), each.get("weight", alone)) for each in routes)


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    leads = any(
        str(_host(route) or "").split(".")[0] in names
        for rule in as_mappings(spec.get("http"))
        for route in as_mappings(rule.get("route"))
    )
    return [Reached(host) for host in as_texts(spec.get("hosts"))] if leads else []


def _rule_names(canary: Canary) -> tuple[str, ...]:
    return canary.primary_service_name, canary.canary_service_name


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    weights = reading.sides(canary, primary, other)
    for protocol in ("http", "tcp"):
        rules = as_mapping(router.get("spec")).get(protocol)
        changed = reading.reweighted_rules(rules, "route", _service_of, weights)
        if changed is not None:
            return {"spec": {protocol: changed}}
    return None


PROVIDER = TrafficProvider(
    "istio",
    "Istio",
    Upstream(True, "It has a release every quarter (November 2026)."),
    BuiltinQueries(
        ratio("istio_requests_total", _SERIES, 'response_code!~"5.*"'),
        p99("istio_request_duration_milliseconds_bucket", _SERIES),
        primary=CANARY_WORKLOAD,
        requests=RequestSeries(
            "istio_requests_total",
            _SERIES,
            "response_code",
            ("response_code", "5.*"),
            bucket="istio_request_duration_milliseconds_bucket",
            bucket_selector=_SERIES,
        ),
    ),
    Split(
        RoutingObject(VIRTUAL_SERVICES, reading.apex_name, refusals=refusals.by_validation),
        _canary_percent,
        _shares,
        _reweighted,
    ),
    companions=(RoutingObject(DESTINATION_RULES, _rule_names, refusals=refusals.by_validation),),
    entrances=(Entrance((VIRTUAL_SERVICES,), _reached, refusals=refusals.by_validation),),
    matches=True,
    mirrors=True,
    keeps_sessions=True,
    namespaces=("istio-system",),
)
