"""podinfo's own metrics."""

from __future__ import annotations

import pytest

from canarytui.sandbox.node.podinfo.metrics import PodinfoMetrics, path_label


@pytest.mark.parametrize(
    ("route", "label"),
    [
        ("/", "root"),
        ("/version", "version"),
        ("/status/{code:[0-9]+}", "status_code_0_9"),
        ("/readyz/enable", "readyz_enable"),
    ],
)
def test_routes_as_labels(route: str, label: str) -> None:
    assert path_label(route) == label


def test_a_request_is_counted_and_timed() -> None:
    metrics = PodinfoMetrics("6.0.0")
    metrics.observe("GET", "/delay/{wait:[0-9]+}", 200, 0.3)
    text = metrics.render().decode()
    labels = 'method="GET",path="delay_wait_0_9",status="200"'
    for line in (
        f'http_request_duration_seconds_bucket{{le="0.25",{labels}}} 0.0',
        f'http_request_duration_seconds_bucket{{le="0.5",{labels}}} 1.0',
        f"http_request_duration_seconds_sum{{{labels}}} 0.3",
        'http_requests_total{status="200"} 1.0',
        'podinfo_build_info{version="6.0.0"} 1.0',
    ):
        assert line in text
