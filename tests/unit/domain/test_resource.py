"""URLs and names of resource types."""

from __future__ import annotations

import pytest

from canarytui.domain.resource import Resource

ROUTES = Resource("example.com", "v1", "routes", "Route")
POOLS = Resource("example.com", "v1", "pools", "Pool", namespaced=False)
PODS = Resource("", "v1", "pods", "Pod")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (ROUTES.path(), "/apis/example.com/v1/routes"),
        (ROUTES.path("shop"), "/apis/example.com/v1/namespaces/shop/routes"),
        (ROUTES.path("shop", "a", "status"), "/apis/example.com/v1/namespaces/shop/routes/a/status"),
        (ROUTES.path("a/b", "c d"), "/apis/example.com/v1/namespaces/a%2Fb/routes/c%20d"),
        (PODS.path("shop", "cart-1"), "/api/v1/namespaces/shop/pods/cart-1"),
        (POOLS.path("shop", "shared"), "/apis/example.com/v1/pools/shared"),
    ],
)
def test_a_path_is_that_of_a_collection_or_an_object(path: str, wanted: str) -> None:
    assert path == wanted


def test_names_are_those_of_kubectl() -> None:
    assert (ROUTES.api_version, ROUTES.full_name) == ("example.com/v1", "routes.example.com")
    assert (PODS.api_version, PODS.full_name) == ("v1", "pods")
    assert ROUTES.kind_names == ("Route", "Route.v1", "Route.v1.example.com")
    assert Resource("example.com", "v2", "routes", "Route") != ROUTES
