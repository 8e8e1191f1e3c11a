"""The metrics server: reads the kubelet now and then, as the genuine one does, for ``metrics.k8s.io``."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

import aiohttp

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.prometheus.exposition import ExpositionError, parse
from canarytui.sandbox.resource_metrics import ContainerReading, NodeReading, ResourceMetrics

log = logging.getLogger(__name__)

RESOLUTION_S = 15.0
"""As the genuine one's ``--metric-resolution``."""
FIRST_S = 5.0
"""Until the second reading: nothing is known before it."""
_TIMEOUT_S = 10.0
_CPU, _MEMORY = "cpu_usage_seconds_total", "memory_working_set_bytes"


class MetricsServer:
    """Fills `metrics` from the kubelet at `address`."""

    def __init__(self, address: str, secret: str, metrics: ResourceMetrics) -> None:
        self._url = f"http://{address}/metrics/resource"
        self._secret = secret
        self._metrics = metrics

    async def run(self) -> None:
        """Read until cancelled."""
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout, headers={SECRET_HEADER: self._secret}) as client:
            while True:
                try:
                    async with client.get(self._url) as answer:
                        answer.raise_for_status()
                        text = await answer.text()
                    containers, node = readings(text)
                    self._metrics.take(datetime.now(UTC), containers, node)
                except (aiohttp.ClientError, TimeoutError, ExpositionError) as error:
                    log.info("the kubelet's usage was not read: %s", error)
                await asyncio.sleep(RESOLUTION_S if self._metrics.at is not None else FIRST_S)


def readings(text: str) -> tuple[list[ContainerReading], NodeReading]:
    """What the kubelet's exposition says.

    Raises:
        ExpositionError: it is none.
    """
    used: dict[tuple[str, str, str], dict[str, float]] = {}
    node: dict[str, float] = {}
    for labels, value, _ in parse(text):
        named = dict(labels)
        subject, _, what = named["__name__"].partition("_")
        if subject == "node":
            node[what] = value
        elif subject == "container":
            used.setdefault((named["namespace"], named["pod"], named["container"]), {})[what] = value
    containers = [
        ContainerReading(*key, found[_CPU], found[_MEMORY])
        for key, found in used.items()
        if _CPU in found and _MEMORY in found
    ]
    return containers, NodeReading(node.get(_CPU, 0.0), node.get(_MEMORY, 0.0))
