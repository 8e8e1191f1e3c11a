"""Writes the gateway's statuses of GatewayClasses, Gateways, HTTPRoutes and Ingresses.

Flagger waits until an HTTPRoute is accepted.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.dataplane.cluster_state import DataplaneState
from canarytui.sandbox.errors import RequestRefused, SandboxError
from canarytui.sandbox.gateway.configuration import Configuration, ObjectStatus
from canarytui.sandbox.gateway.httproutes.statuses import applied

_RETRY_S = 0.5


class StatusWriter:
    """Keeps the statuses equal to what the configuration says."""

    def __init__(self, client: KubeClient, state: DataplaneState) -> None:
        self._client = client
        self._state = state

    async def run(self) -> None:
        """Write what differs after each change, until cancelled. Conflicts and outages are tried again."""
        async for configuration in self._state.configurations():
            while not await self._written(configuration):
                await asyncio.sleep(_RETRY_S)
                configuration = self._state.configuration()

    async def _written(self, configuration: Configuration) -> bool:
        done = [await self._write(status) for status in configuration.statuses]
        return all(done)

    async def _write(self, status: ObjectStatus) -> bool:
        store = self._state.with_status[status.kind]
        obj = store.get(status.namespace, status.name)
        if obj is None:
            return True
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        before = obj.get("status") or {}
        after = applied(status, before, now)
        if after == before or (not before and after == {"parents": []}):
            return True
        patch = {"metadata": {"resourceVersion": obj["metadata"]["resourceVersion"]}, "status": after}
        try:
            await self._client.merge_patch(
                store.resource, status.namespace or None, status.name, patch, subresource="status"
            )
        except RequestRefused as refused:
            return refused.code != 409 and refused.code < 500  # any other refusal would only be repeated
        except SandboxError:
            return False
        return True
