"""Reading the deployments among which a controller is sought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import DEPLOYMENTS
from canarytui.errors import ApiStatusError
from canarytui.session.controller_discovery import usual_namespaces
from canarytui.session.state import ClusterState


async def controller_deployments(
    cluster: Cluster, cluster_state: ClusterState, scope: str
) -> Iterable[Mapping[str, Any]]:
    """The deployments among which the controller is: all, or those of the namespaces where one usually runs."""
    store = cluster_state.stores[DEPLOYMENTS]
    if not scope and store.synced:
        return store.objects()
    found: list[Mapping[str, Any]] = []
    for namespace in dict.fromkeys((scope or cluster.namespace, *usual_namespaces())):
        try:
            page = await cluster.request("GET", DEPLOYMENTS.path(namespace))
        except ApiStatusError:
            continue
        found += page.get("items") or []
    return found
