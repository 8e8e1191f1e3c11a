"""What containers use, as a metrics server knows it: CPU and memory of each, from two readings of the kubelet. Pure.

The supervisor's metrics server fills it; the API server answers ``metrics.k8s.io`` from it, and autoscalers read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from canarytui.sandbox.values import NamespacedName

GROUP = "metrics.k8s.io"


class ContainerReading(Struct, frozen=True):
    """What a kubelet says of one container: CPU seconds since it started, and the memory that it has."""

    namespace: str
    pod: str
    container: str
    cpu_s: float
    memory_bytes: float


class ContainerUsage(Struct, frozen=True):
    """CPU in cores, as a mean of the window; memory in bytes."""

    cpu_cores: float
    memory_bytes: float


class NodeReading(Struct, frozen=True):
    """What a kubelet says of its node as a whole."""

    cpu_s: float
    memory_bytes: float


class ResourceMetrics:
    """The last window. Empty until there are two readings.

    Attributes:
        at: the end of the window; None before the first.
        window_s: its length.
        node: what the node used as a whole.
    """

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.window_s = 0.0
        self.node = ContainerUsage(0.0, 0.0)
        self._pods: dict[NamespacedName, dict[str, ContainerUsage]] = {}
        self._before: dict[tuple[str, str, str], float] = {}
        self._node_before = 0.0
        self._read_at: datetime | None = None

    def pod(self, namespace: str, name: str) -> dict[str, ContainerUsage]:
        """Its containers' usage by name; empty where it has not been measured over a window."""
        return self._pods.get((namespace, name), {})

    def take(self, at: datetime, readings: Iterable[ContainerReading], node: NodeReading) -> None:
        """Take in a reading: with the one before, it makes a window. A counter that fell began again at 0."""
        now = {(each.namespace, each.pod, each.container): each for each in readings}
        if self._read_at is not None and (window_s := (at - self._read_at).total_seconds()) > 0:
            pods: dict[NamespacedName, dict[str, ContainerUsage]] = {}
            for key, each in now.items():
                if key in self._before:
                    used = _grown(self._before[key], each.cpu_s) / window_s
                    pods.setdefault(key[:2], {})[each.container] = ContainerUsage(used, each.memory_bytes)
            self._pods, self.at, self.window_s = pods, at, window_s
            self.node = ContainerUsage(_grown(self._node_before, node.cpu_s) / window_s, node.memory_bytes)
        self._before = {key: each.cpu_s for key, each in now.items()}
        self._node_before, self._read_at = node.cpu_s, at


def _grown(before: float, now: float) -> float:
    return now - before if now >= before else now
