"""Traefik's own metrics, by Traefik v3's names, labels and buckets.

Service metrics exist for server-level services only: a TraefikService has none, each Service that it lists has its
own, under ``<namespace>-<service>-<port>@kubernetescrd``. Flagger's queries rely on that.
"""

from __future__ import annotations

import time

from canarytui.sandbox.gateway.configuration import PROVIDER
from canarytui.sandbox.metric_families import Counter, Family, Gauge, Histogram, render

BOUNDS_S = (0.1, 0.3, 1.2, 5.0)
_METHODS = frozenset(("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"))


class _Requests:
    """The four families that Traefik keeps for an entry point or a service."""

    def __init__(self, subject: str, words: str, on: str) -> None:
        labels = ("code", "method", "protocol", subject)
        prefix = f"traefik_{subject}"
        self.count = Counter(
            f"{prefix}_requests_total",
            f"How many HTTP requests processed on {on}, partitioned by status code, protocol, and method.",
            labels,
        )
        self.duration = Histogram(
            f"{prefix}_request_duration_seconds",
            f"How long it took to process the request on {on}, partitioned by status code, protocol, and method.",
            labels,
            BOUNDS_S,
        )
        self.received = Counter(
            f"{prefix}_requests_bytes_total", f"The total size of requests in bytes {words}.", labels
        )
        self.sent = Counter(f"{prefix}_responses_bytes_total", f"The total size of responses in bytes {words}.", labels)

    def observe(self, labels: tuple[str, ...], seconds: float, received: int, sent: int) -> None:
        self.count.add(labels)
        self.duration.observe(labels, seconds)
        self.received.add(labels, max(received, 0))
        self.sent.add(labels, sent)

    def families(self) -> tuple[Family, ...]:
        return self.duration, self.received, self.count, self.sent


class GatewayMetrics:
    """All metrics of one gateway pod."""

    def __init__(self) -> None:
        self._entry_points = _Requests("entrypoint", "handled by an entrypoint", "an entrypoint")
        self._services = _Requests("service", "received by a service", "a service")
        self._open = Gauge(
            "traefik_open_connections",
            "How many open connections exist, by entryPoint and protocol",
            ("entrypoint", "protocol"),
        )
        self._reloads = Counter("traefik_config_reloads_total", "Config reloads")
        self._reloaded = Gauge("traefik_config_last_reload_success", "Last config reload success")
        self._start = Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
        self._start.set(time.time())

    def entry_point(self, name: str, method: str, code: int, seconds: float, received: int, sent: int) -> None:
        """Count one request answered on an entry point."""
        self._entry_points.observe((str(code), _method(method), "http", name), seconds, received, sent)

    def service(
        self,
        name: str,
        method: str,
        code: int,
        seconds: float,
        received: int,
        sent: int,
        *,
        provider: str = PROVIDER,
    ) -> None:
        """Count one request answered by a server-level service (its name without ``@provider``)."""
        labels = (str(code), _method(method), "http", f"{name}@{provider}")
        self._services.observe(labels, seconds, received, sent)

    def opened(self, entry_point: str, change: int) -> None:
        """A request began (+1) or ended (-1)."""
        self._open.add((entry_point, "TCP"), change)

    def reloaded(self) -> None:
        """A configuration was applied."""
        self._reloads.add()
        self._reloaded.set(time.time())

    def render(self) -> bytes:
        """The exposition of everything."""
        return render(
            (
                self._start,
                self._reloaded,
                self._reloads,
                *self._entry_points.families(),
                self._open,
                *self._services.families(),
            )
        )


def _method(method: str) -> str:
    return method if method in _METHODS else "EXTENSION_METHOD"
