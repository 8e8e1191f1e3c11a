"""What containers use of this machine: CPU time and memory, from the operating system.

A container that is a process has its own. Those that are servers inside the data plane share its process: its CPU time
since the last look is divided by the requests that each has received, and its memory equally. Linux only: elsewhere
nothing says what a process has used, except for this one's CPU time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from canarytui.sandbox.node.instances import Instance
from canarytui.sandbox.resource_metrics import ContainerReading, NodeReading
from canarytui.sandbox.values import NamespacedName

Running = tuple[NamespacedName, str, Instance]
_TICKS_S = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class _Share(Struct):
    """Of one server inside the data plane: its CPU time so far, and its requests at the last look."""

    instance: Instance
    cpu_s: float = 0.0
    requests: int = 0


class UsageMeter:
    """Reads all containers; `own_cpu_s` is the CPU time of this process so far."""

    def __init__(self, own_cpu_s: Callable[[], float] = time.process_time) -> None:
        self._own_cpu_s = own_cpu_s
        self._before_s = own_cpu_s()
        self._shares: dict[tuple[NamespacedName, str], _Share] = {}

    def read(self, running: Iterable[Running]) -> tuple[list[ContainerReading], NodeReading]:
        """The containers that run, each as it is now, and the sum of all with the data plane itself."""
        now_s = self._own_cpu_s()
        spent_s, self._before_s = now_s - self._before_s, now_s
        own_memory = process_usage(os.getpid())[1]
        found: list[ContainerReading] = []
        shares: dict[tuple[NamespacedName, str], _Share] = {}
        work: dict[tuple[NamespacedName, str], int] = {}
        total_s, total_bytes = now_s, own_memory
        for pod, name, instance in running:
            if instance.pid is not None:
                cpu_s, memory = process_usage(instance.pid)
                found.append(ContainerReading(*pod, name, cpu_s, memory))
                total_s, total_bytes = total_s + cpu_s, total_bytes + memory
                continue
            share = self._shares.get((pod, name))
            if share is None or share.instance is not instance:
                share = _Share(instance)
            shares[pod, name] = share
            received = instance.requests
            work[pod, name] = max(received - share.requests, 0)
            share.requests = received
        everything = sum(work.values())
        for key, share in shares.items():
            share.cpu_s += spent_s * work[key] / everything if everything else 0.0
            found.append(ContainerReading(*key[0], key[1], share.cpu_s, own_memory / len(shares)))
        self._shares = shares
        return found, NodeReading(total_s, total_bytes)


def process_usage(pid: int) -> tuple[float, float]:
    """CPU seconds of a process and of those children of its that have ended, and its memory in bytes; zeros where the
    system does not tell."""
    folder = Path("/proc") / str(pid)
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        pages = int((folder / "statm").read_text().split()[1])
        return sum(map(int, fields[11:15])) / _TICKS_S, float(pages * _PAGE)
    except (OSError, ValueError, IndexError):
        return 0.0, 0.0


def exposition(readings: Iterable[ContainerReading], node: NodeReading) -> str:
    """What a kubelet answers at ``/metrics/resource``."""
    cpu = ["# TYPE container_cpu_usage_seconds_total counter"]
    memory = ["# TYPE container_memory_working_set_bytes gauge"]
    for each in readings:
        labels = f'{{container="{each.container}",namespace="{each.namespace}",pod="{each.pod}"}}'
        cpu.append(f"container_cpu_usage_seconds_total{labels} {each.cpu_s:.6f}")
        memory.append(f"container_memory_working_set_bytes{labels} {each.memory_bytes:.0f}")
    of_node = [
        "# TYPE node_cpu_usage_seconds_total counter",
        f"node_cpu_usage_seconds_total {node.cpu_s:.6f}",
        "# TYPE node_memory_working_set_bytes gauge",
        f"node_memory_working_set_bytes {node.memory_bytes:.0f}",
    ]
    return "\n".join([*cpu, *memory, *of_node]) + "\n"
