"""ingress-nginx: a second Ingress beside the user's, whose annotations say what the canary gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canarytui.domain.sentences import objects as words
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import ingresses
from canarytui.domain.traffic.provider import RoutingObject, Split, TrafficProvider, Upstream
from canarytui.domain.traffic.queries import BuiltinQueries, RequestSeries, mean_ms, ratio
from canarytui.domain.values import KubernetesObject, as_mapping, as_text
from canarytui.whole_number import whole_number

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

ANNOTATIONS = "nginx.ingress.kubernetes.io"
"""The prefix of its annotations, unless the controller is started with another."""

CANARY_SERIES, PRIMARY_SERIES = 'canary!=""', 'canary=""'
_SERIES = f'namespace="<NS>", ingress="<INGRESS>", {CANARY_SERIES}'


def _annotations(router: KubernetesObject) -> KubernetesObject:
    return as_mapping(as_mapping(router.get("metadata")).get("annotations"))


def _canary_percent(router: KubernetesObject, canary: Canary) -> int | None:
    annotations = _annotations(router)
    # A canary Ingress that is switched off sends nothing, whatever weight was left in it.
    if any(as_text(name).endswith(f"{ANNOTATIONS}/canary") and value == "false"
           for name, value in annotations.items()):  # fmt: skip
        return 0
    for name, value in annotations.items():
        weight = whole_number(as_text(value))
        if as_text(name).endswith("/canary-weight") and weight is not None:
            return min(weight, 100)
    return None


def _shares(router: KubernetesObject) -> str:
    annotations = _annotations(router)
    if annotations.get(f"{ANNOTATIONS}/canary") != "true":
        return ""
    found = (
        (word, annotations.get(f"{ANNOTATIONS}/{field}"))
        for word, field in (("weight", "canary-weight"), ("header", "canary-by-header"), ("cookie", "canary-by-cookie"))
    )
    return ", ".join(f"{word} {clean(value, 60)}" for word, value in found if value) or words.NO_TRAFFIC.text()


def _reweighted(router: KubernetesObject, _: Canary, primary: int, other: int) -> dict[str, Any] | None:
    """The annotation has the canary's percent; the controller may have been started with another prefix."""
    key = next((name for name in _annotations(router) if as_text(name).endswith("/canary-weight")), None)
    if key is None or primary + other <= 0:
        return None
    return {"metadata": {"annotations": {key: str(round(100 * other / (primary + other)))}}}


PROVIDER = TrafficProvider(
    "nginx",
    "ingress-nginx",
    Upstream(False, "Its repository has been read-only since March 2026."),
    BuiltinQueries(
        ratio("nginx_ingress_controller_requests", _SERIES, 'status!~"5.*"'),
        mean_ms("nginx_ingress_controller_response_duration_seconds", _SERIES),
        mean=True,
        primary=(CANARY_SERIES, PRIMARY_SERIES),
        requests=RequestSeries(
            "nginx_ingress_controller_requests",
            _SERIES,
            "status",
            ("status", "5.*"),
            bucket="nginx_ingress_controller_response_duration_seconds_bucket",
            bucket_selector=_SERIES,
            bucket_ms=1000.0,
        ),
    ),
    Split(RoutingObject(ingresses.INGRESSES, ingresses.canary_ingress), _canary_percent, _shares, _reweighted),
    counted_at_gateway=True,
    entrances=(ingresses.ENTRANCE,),
    matches=True,
    needs=ingresses.NEEDS,
    successor="Move to gatewayapi:v1; canary-by-header becomes analysis.match with headers.",
    namespaces=("ingress-nginx",),
)
