"""The gateway's metrics under Traefik's names."""

from __future__ import annotations

from canarytui.sandbox.gateway.metrics import GatewayMetrics


def sample(text: str, start: str) -> float:
    (line,) = (line for line in text.splitlines() if line.startswith(start))
    return float(line.rpartition(" ")[2])


def test_requests_are_counted_per_entry_point_and_per_service() -> None:
    metrics = GatewayMetrics()
    metrics.opened("web", 1)
    metrics.service("test-podinfo-80", "GET", 200, 0.2, 3, 40)
    metrics.entry_point("web", "BREW", 200, 0.2, -1, 40)
    metrics.reloaded()
    text = metrics.render().decode()
    service = '{code="200",method="GET",protocol="http",service="test-podinfo-80@kubernetescrd"}'
    assert sample(text, f"traefik_service_requests_total{service}") == 1
    assert sample(text, f"traefik_service_requests_bytes_total{service}") == 3
    assert sample(text, f"traefik_service_responses_bytes_total{service}") == 40
    entry = '{code="200",entrypoint="web",method="EXTENSION_METHOD",protocol="http"}'
    assert sample(text, f"traefik_entrypoint_requests_total{entry}") == 1
    assert sample(text, f"traefik_entrypoint_requests_bytes_total{entry}") == 0
    bucket = "traefik_service_request_duration_seconds_bucket"
    buckets = {
        bound: sample(text, f'{bucket}{{code="200",le="{bound}",{service[12:]}')
        for bound in ("0.1", "0.3", "1.2", "+Inf")
    }
    assert buckets == {"0.1": 0, "0.3": 1, "1.2": 1, "+Inf": 1}
    assert sample(text, 'traefik_open_connections{entrypoint="web"') == 1
    assert sample(text, "traefik_config_reloads_total") == 1
