"""Canaries of namespaces that are not watched are counted, where they may be listed."""

from __future__ import annotations

from closeup_api import CloseupApi

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES
from canarytui.console.demo_fixture import canary_object
from canarytui.session.other_namespaces import canaries_elsewhere


async def test_they_are_counted_by_namespace_without_ones_own(api: CloseupApi, cluster: Cluster) -> None:
    places = ("shop", "web", "test", "web")
    api.collections[CANARIES.path()] = [
        canary_object(namespace, f"c{number}", "Succeeded") for number, namespace in enumerate(places)
    ]
    assert await canaries_elsewhere(cluster, "shop") == {"test": 1, "web": 2}
    assert await canaries_elsewhere(cluster, "") == {}
    api.forbidden.add(CANARIES.path())
    assert await canaries_elsewhere(cluster, "shop") == {}
