"""What containers use: processes by themselves, servers inside the data plane by their requests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

import pytest

from canarytui.sandbox.node.usage import UsageMeter, exposition, process_usage
from canarytui.sandbox.supervisor.metrics_server import readings


class FixedInstance:
    """A container; `requests` is what its servers have received."""

    def __init__(self, requests: int = 0, pid: int | None = None) -> None:
        self.requests = requests
        self.pid = pid

    @property
    def listens(self) -> Mapping[int, str]:
        return {}

    async def wait(self) -> int:
        return 0

    async def stop(self, grace_s: float) -> None:
        """Nothing runs."""


def test_servers_share_the_process_by_their_requests() -> None:
    spent = [10.0, 12.0, 12.5, 13.0]
    meter = UsageMeter(lambda: spent.pop(0))
    busy, idle = FixedInstance(30), FixedInstance(10)
    running = [(("test", "busy"), "app", busy), (("test", "idle"), "app", idle)]
    first, _ = meter.read(running)
    assert [each.cpu_s for each in first] == [1.5, 0.5]
    busy.requests += 5
    second, node = meter.read(running)
    assert [each.cpu_s for each in second] == [2.0, 0.5]
    assert node.cpu_s == 12.5
    assert sum(each.memory_bytes for each in second) == pytest.approx(node.memory_bytes, rel=0.05)
    restarted = meter.read([(("test", "busy"), "app", FixedInstance(1))])[0]
    assert [each.cpu_s for each in restarted] == [0.5]


async def test_a_process_has_its_own() -> None:
    burn = "import time\nwhile time.process_time() < 0.25: pass\nprint(flush=True)\ninput()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", burn, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    [found], node = UsageMeter(lambda: 1.0).read([(("test", "job"), "main", FixedInstance(pid=process.pid))])
    await process.communicate(b"\n")
    assert found.cpu_s >= 0.19
    assert found.memory_bytes > 2**20
    assert node.cpu_s == pytest.approx(1.0 + found.cpu_s)
    assert process_usage(process.pid) == (0.0, 0.0)


def test_the_metrics_server_reads_what_the_kubelet_writes() -> None:
    spent = [0.0, 2.0]
    found, node = UsageMeter(lambda: spent.pop(0)).read([(("test", "a"), "app", FixedInstance(1))])
    containers, whole = readings(exposition(found, node))
    assert [(each.namespace, each.pod, each.container, each.cpu_s) for each in containers] == [
        ("test", "a", "app", 2.0)
    ]
    assert whole.cpu_s == 2.0
    assert whole.memory_bytes == pytest.approx(node.memory_bytes, abs=1)
