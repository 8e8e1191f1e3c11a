"""Apache APISIX: a second ApisixRoute with weighted backends, which goes before the user's own (``spec.routeRef``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import reading, refusals
from canarytui.domain.traffic.provider import Entrance, Reached, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import BuiltinQueries, RequestSeries, p99, ratio
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

APISIX_ROUTES = Resource("apisix.apache.org", "v2", "apisixroutes", "ApisixRoute")
_REFUSALS = refusals.by_conditions("Accepted", "ResourcesAvailable")
"""As release 2 and release 1 of the ingress controller call it."""

_SERIES = 'route=~"<NS>_<ROUTE>-<ROUTED>-canary_.+"'
"""One route holds both backends, so that primary and canary cannot be told apart. APISIX calls a route by its name
only where its ``prometheus`` plugin has ``prefer_name``."""

_WEIGHT = 100
"""What APISIX takes a missing one for."""


def _names(canary: Canary) -> tuple[str, ...]:
    return (f"{canary.spec.route_name or canary.target_name}-{canary.apex_name}-canary",)


def _rules(router: KubernetesObject) -> list[list[tuple[str, Any]]]:
    """(Service, weight) of each HTTP rule's backends."""
    rules = as_mappings(as_mapping(router.get("spec")).get("http"))
    return [
        [(as_text(each.get("serviceName")), each.get("weight", _WEIGHT)) for each in backends]
        for backends in (as_mappings(rule.get("backends")) for rule in rules)
    ]


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    return reading.canary_percent_of_rules(_rules(router), canary)


def _shares(router: KubernetesObject) -> str:
    return reading.phrase(next((rule for rule in _rules(router) if len(rule) > 1), []))


def _reached(spec: KubernetesObject, names: frozenset[str]) -> list[Reached]:
    found = []
    for rule in as_mappings(spec.get("http")):
        if any(as_text(each.get("serviceName")) in names for each in as_mappings(rule.get("backends"))):
            match = as_mapping(rule.get("match"))
            prefix = _prefix(as_texts(match.get("paths")))
            found += [Reached(host, prefix) for host in as_texts(match.get("hosts"))]
    return found


def _prefix(paths: list[str]) -> str:
    """The shortest of the paths that end in ``*``, else the first path."""
    below = sorted((path.removesuffix("*").rstrip("/") for path in paths if path.endswith("*")), key=len)
    return next(iter([*below, *paths]), "").rstrip("/")


def _name(backend: KubernetesObject) -> str:
    return as_text(backend.get("serviceName"))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    rules = as_mapping(router.get("spec")).get("http")
    changed = reading.reweighted_rules(rules, "backends", _name, reading.sides(canary, primary, other))
    return None if changed is None else {"spec": {"http": changed}}


PROVIDER = TrafficProvider(
    "apisix",
    "Apache APISIX",
    Upstream(True, "Its ingress controller was last changed in August 2026."),
    BuiltinQueries(
        ratio("apisix_http_status", _SERIES, 'code!~"5.."'),
        p99("apisix_http_latency_bucket", f'type=~"request", {_SERIES}'),
        requests=RequestSeries(
            "apisix_http_status",
            _SERIES,
            "code",
            ("code", "5.."),
            bucket="apisix_http_latency_bucket",
            bucket_selector=f'type=~"request", {_SERIES}',
        ),
    ),
    Split(RoutingObject(APISIX_ROUTES, _names, refusals=_REFUSALS), _canary_percent, _shares, _reweighted),
    counted_at_gateway=True,
    entrances=(Entrance((APISIX_ROUTES,), _reached, refusals=_REFUSALS),),
    needs=("spec.routeRef.name",),
    namespaces=("ingress-apisix", "apisix"),
)
