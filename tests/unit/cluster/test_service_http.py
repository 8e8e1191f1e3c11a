"""Which way a URL is asked: through the API server's service proxy, or directly."""

from __future__ import annotations

import pytest

from canarytui.cluster.service_http import ProviderUnreachable, route


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (
            "http://flagger-prometheus.traefik:9090/api/v1/query?query=up",
            "/api/v1/namespaces/traefik/services/flagger-prometheus:9090/proxy/api/v1/query",
        ),
        ("http://flagger-loadtester.test/", "/api/v1/namespaces/test/services/flagger-loadtester:80/proxy/"),
        ("http://a.b.svc", "/api/v1/namespaces/b/services/a:80/proxy/"),
        ("https://a.b.svc.cluster.local/x", "/api/v1/namespaces/b/services/https:a:443/proxy/x"),
    ],
)
def test_cluster_names_go_through_the_service_proxy_outside_a_pod(url: str, path: str) -> None:
    way = route(url, in_cluster=False)
    assert way.via_api_server
    assert way.path == path
    assert not route(url, in_cluster=True).via_api_server


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9090", "http://prometheus.example.com", "https://example.com", "http://localhost:1"],
)
def test_other_addresses_are_asked_directly(url: str) -> None:
    assert not route(url, in_cluster=False).via_api_server


def test_the_query_string_is_kept() -> None:
    assert route("http://p.m:9090/q?query=a%2Bb", in_cluster=False).query == "query=a%2Bb"


@pytest.mark.parametrize("url", ["ftp://a.b/", "nonsense", "http://", "http://a.b:99999x/"])
def test_an_address_that_is_no_url_is_refused_with_its_text(url: str) -> None:
    with pytest.raises(ProviderUnreachable, match="is not an http"):
        route(url, in_cluster=False)
