"""URL paths of resources."""

from __future__ import annotations

import pytest

from canarytui.sandbox.client import resources
from canarytui.sandbox.client.resources import ApiPath


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (resources.PODS.path(), "/api/v1/pods"),
        (resources.PODS.path("test", "x", "status"), "/api/v1/namespaces/test/pods/x/status"),
        (resources.NODES.path(None, "sandbox"), "/api/v1/nodes/sandbox"),
        (resources.LEASES.path("kube-node-lease"), "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"),
        (ApiPath("/apis/a/v1", "bs").path("n/s", "x/y:z"), "/apis/a/v1/namespaces/n%2Fs/bs/x%2Fy:z"),
    ],
)
def test_collections_objects_and_subresources(path: str, wanted: str) -> None:
    assert path == wanted
