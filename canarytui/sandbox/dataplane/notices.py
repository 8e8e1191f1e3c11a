"""Events about what the gateway does not support, on the Middleware or IngressRoute, once each."""

from __future__ import annotations

from canarytui.sandbox.dataplane.cluster_state import ClusterState
from canarytui.sandbox.gateway.middleware_config import Notice
from canarytui.sandbox.node.events import EventRecorder


async def tell_notices(state: ClusterState, events: EventRecorder) -> None:
    """Record the notices that are new in each configuration, until cancelled."""
    told: frozenset[Notice] = frozenset()
    async for configuration in state.configurations():
        for notice in configuration.notices:
            if notice not in told:
                involved = {
                    "kind": notice.kind,
                    "apiVersion": notice.api_version,
                    "namespace": notice.namespace,
                    "name": notice.name,
                    "uid": notice.uid,
                }
                events.record(involved, "Warning", notice.reason, notice.text, "traefik")
        told = frozenset(configuration.notices)
