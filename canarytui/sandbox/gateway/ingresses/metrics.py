"""ingress-nginx's metrics of requests, by its names, labels and buckets: how many, how long, how long the pods took.

``ingress`` and ``service`` name the main Ingress and its Service for all requests; those of a canary are known by
``canary``, the name of its upstream. Hosts that no Ingress names, those of a wildcard included, are not counted.
"""

from __future__ import annotations

import time

from msgspec import Struct
from msgspec.structs import astuple

from canarytui.sandbox.gateway.ingresses.provider import CONTROLLER
from canarytui.sandbox.metric_families import Counter, Family, Gauge, Histogram, render

_PREFIX = "nginx_ingress_controller_"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_CONTROLLER = ("controller_class", "controller_namespace", "controller_pod")


class RequestLabels(Struct, frozen=True):
    """What a request is counted under, in the order of the labels."""

    canary: str
    host: str
    ingress: str
    method: str
    namespace: str
    path: str
    service: str
    status: str


_LABELS = (*_CONTROLLER, *RequestLabels.__struct_fields__)


class IngressMetrics:
    """All metrics of one pod of the controller."""

    def __init__(self, namespace: str, pod: str) -> None:
        self._controller = (CONTROLLER, namespace, pod)
        self._requests = Counter(f"{_PREFIX}requests", "The total number of client requests", _LABELS)
        self._duration = _histogram("request_duration_seconds", "The request processing time in milliseconds", _SECONDS)
        self._response = _histogram(
            "response_duration_seconds", "The time spent on receiving the response from the upstream server", _SECONDS
        )
        self._success = Gauge(
            f"{_PREFIX}config_last_reload_successful",
            "Whether the last configuration reload attempt was successful",
            _CONTROLLER,
        )
        self._reloaded = Gauge(
            f"{_PREFIX}config_last_reload_successful_timestamp_seconds",
            "Timestamp of the last successful configuration reload.",
            _CONTROLLER,
        )

    def request(self, labels: RequestLabels, seconds: float, upstream_seconds: float | None) -> None:
        """Count one request; `upstream_seconds` is None when no pod was asked."""
        values = (*self._controller, *astuple(labels))
        self._requests.add(values)
        self._duration.observe(values, seconds)
        if upstream_seconds is not None:
            self._response.observe(values, upstream_seconds)

    def reloaded(self) -> None:
        """A configuration was applied."""
        self._success.set(1, self._controller)
        self._reloaded.set(time.time(), self._controller)

    def render(self) -> bytes:
        """The exposition of everything."""
        families: tuple[Family, ...] = (self._success, self._reloaded, self._requests, self._duration, self._response)
        text = render(families)
        # The library's comments give every counter the ending that this one lacks.
        return text.replace(f"{_PREFIX}requests_total ".encode(), f"{_PREFIX}requests ".encode())


def _histogram(name: str, text: str, bounds: tuple[float, ...]) -> Histogram:
    return Histogram(f"{_PREFIX}{name}", text, _LABELS, bounds)
