"""The rates that a prediction needs, from the two halves of the success rate's query."""

from __future__ import annotations

import pytest
from drilled import situation

from canarytui.drills.traffic import traffic_queries


def test_traefiks_rates() -> None:
    asked = traffic_queries(situation().canary, "traefik")
    bucket = "traefik_service_request_duration_seconds_bucket"
    selector = 'service=~"test-podinfo-canary-[0-9a-zA-Z-]+@kubernetescrd"'
    assert asked.canary == f'sum( rate( {bucket}{{ {selector}, le="+Inf" }}[1m] ) )'
    assert asked.canary_good == f'sum( rate( {bucket}{{ {selector}, code!~"5..", le="+Inf" }}[1m] ) )'
    assert asked.primary == asked.canary.replace("-canary-", "-primary-")
    assert asked.window_s == 60.0
    assert "[15s]" in traffic_queries(situation().canary, "traefik", "15s").canary


@pytest.mark.parametrize(
    ("provider", "of_primary"),
    [
        ("istio", 'destination_workload=~"podinfo-primary"'),
        ("kubernetes", 'kubernetes_pod_name=~"podinfo-primary-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"'),
        ("nginx", 'canary=""'),
        ("contour", 'envoy_cluster_name=~"test_podinfo-primary_[0-9a-zA-Z-]+"'),
        ("gloo", "test-podinfo-primaryupstream-"),
        ("kuma", 'service=~"podinfo-primary_test_svc_'),
        ("skipper", "__podinfo_primary(_[0-9]+)?"),
        ("linkerd", 'deployment=~"podinfo-primary"'),
    ],
)
def test_every_providers_primary(provider: str, of_primary: str) -> None:
    asked = traffic_queries(situation().canary, provider)
    assert of_primary in asked.primary
    assert of_primary not in asked.canary


@pytest.mark.parametrize("provider", ["apisix"])
def test_where_the_metrics_do_not_tell_the_primary_apart_it_is_not_asked(provider: str) -> None:
    asked = traffic_queries(situation().canary, provider)
    assert asked.canary
    assert (asked.primary, asked.primary_good) == ("", "")
