"""Skipper: a second Ingress beside the user's with two weighted backends; a predicate switches its routes on or off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from canarytui.domain.sentences import objects as words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.traffic import ingresses, reading
from canarytui.domain.traffic.provider import WRITTEN, RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import BuiltinQueries, RequestSeries
from canarytui.domain.values import KubernetesObject, as_mapping, as_text

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

WEIGHTS = "zalando.org/backend-weights"
PREDICATE = "zalando.org/skipper-predicate"
"""Annotations of an Ingress."""

ROUTE_ON, ROUTE_OFF = "Weight(100)", "False()"
"""The first predicate of the canary Ingress: its routes win over those of the user's Ingress, or match nothing."""

_BACKENDS_MOST = 100
_SERIES = 'route=~"kube(ew)?_<W_NS>__<W_INGRESS>_canary__.*__<W_SERVICE>_canary(_[0-9]+)?"'
_BUCKET = "skipper_response_duration_seconds_bucket"
_ROUTE = "skipper_serve_route_duration_seconds"


def _annotations(router: KubernetesObject) -> KubernetesObject:
    return as_mapping(as_mapping(router.get("metadata")).get("annotations"))


def _weights(router: KubernetesObject) -> Mapping[str, Any]:
    try:
        return as_mapping(parse_json(as_text(_annotations(router).get(WEIGHTS)), values_most=_BACKENDS_MOST))
    except ValueError:
        return {}


def _is_off(router: KubernetesObject) -> bool:
    return as_text(_annotations(router).get(PREDICATE)).startswith(ROUTE_OFF)


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    percent = reading.canary_percent(_weights(router).items(), canary)
    return 0 if percent is not None and _is_off(router) else percent


def _shares(router: KubernetesObject) -> str:
    weights = _weights(router)
    if not weights:
        return ""
    return words.NO_TRAFFIC.text() if _is_off(router) else reading.phrase(sorted(weights.items(), reverse=True))


def _reweighted(router: KubernetesObject, canary: Canary, primary: int, other: int) -> dict[str, Any] | None:
    weights, changed = _weights(router), reading.sides(canary, primary, other)
    if not changed.keys() <= weights.keys() or _is_off(router):
        return None
    text = json.dumps({**weights, **changed}, sort_keys=True, separators=(",", ":"))
    return {"metadata": {"annotations": {WEIGHTS: text}}}


PROVIDER = TrafficProvider(
    "skipper",
    "Skipper",
    Upstream(True, "0.27 was released in July 2026."),
    BuiltinQueries(
        f'sum(rate({_BUCKET}{{{_SERIES},code!~"5..",le="+Inf"}}[<INTERVAL>])) / '
        f'sum(rate({_BUCKET}{{{_SERIES},le="+Inf"}}[<INTERVAL>])) * 100',
        f"sum(rate({_ROUTE}_sum{{{_SERIES}}}[<INTERVAL>])) / sum(rate({_ROUTE}_count{{{_SERIES}}}[<INTERVAL>])) * 1000",
        mean=True,
        primary=("<W_SERVICE>_canary", "<W_SERVICE>_primary"),
        requests=RequestSeries(
            "skipper_response_duration_seconds_count",
            _SERIES,
            "code",
            ("code", "5.."),
            bucket=f"{_ROUTE}_bucket",
            bucket_selector=_SERIES,
            bucket_ms=1000.0,
        ),
    ),
    Split(
        RoutingObject(ingresses.INGRESSES, ingresses.canary_ingress, (*WRITTEN, "delete")),
        _canary_percent,
        _shares,
        _reweighted,
    ),
    counted_at_gateway=True,
    entrances=(ingresses.ENTRANCE,),
    needs=ingresses.NEEDS,
    copies_annotations=True,
)
