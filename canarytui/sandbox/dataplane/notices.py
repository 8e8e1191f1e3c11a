"""Events about what the gateway does not support, on the Middleware, route or Ingress, once each."""

from __future__ import annotations

from canarytui.sandbox.dataplane.cluster_state import DataplaneState
from canarytui.sandbox.gateway.middleware_config import GatewayWarning
from canarytui.sandbox.node.events import KubeletEventRecorder


async def tell_notices(state: DataplaneState, events: KubeletEventRecorder) -> None:
    """Record the notices that are new in each configuration, until cancelled."""
    told: frozenset[GatewayWarning] = frozenset()
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
                component = "nginx-ingress-controller" if notice.kind == "Ingress" else "traefik"
                events.record(involved, "Warning", notice.reason, notice.text, component)
        told = frozenset(configuration.notices)
