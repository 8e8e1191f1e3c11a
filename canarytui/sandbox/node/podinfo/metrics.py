"""The metrics that a podinfo pod exposes: its HTTP requests, its start time and its version."""

from __future__ import annotations

import re
import time

from canarytui.sandbox.metric_families import Counter, Gauge, Histogram, render

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NOT_LABEL = re.compile(r"[^a-zA-Z0-9]+")


class PodinfoMetrics:
    """One pod's metrics; names and labels are podinfo's."""

    def __init__(self, version: str) -> None:
        self._requests = Counter("http_requests_total", "The total number of HTTP requests.", ("status",))
        self._durations = Histogram(
            "http_request_duration_seconds",
            "Seconds spent serving HTTP requests.",
            ("method", "path", "status"),
            _BOUNDS,
        )
        self._start = Gauge("process_start_time_seconds", "Start time of the process since unix epoch.")
        self._start.set(time.time())
        self._info = Gauge("podinfo_build_info", "The version that this pod runs.", ("version",))
        self._info.set(1, (version,))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; `route` is the route's template, such as ``/delay/{wait}``."""
        code = str(status)
        self._requests.add((code,))
        self._durations.observe((method, path_label(route), code), seconds)

    def render(self) -> bytes:
        """The exposition of everything."""
        return render((self._durations, self._requests, self._start, self._info))


def path_label(route: str) -> str:
    """A route's label: ``/`` is ``root``, ``/status/{code:[0-9]+}`` is ``status_code_0_9``."""
    return _NOT_LABEL.sub("_", route).strip("_").lower() or "root"
