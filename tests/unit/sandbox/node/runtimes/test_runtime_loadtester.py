"""The load tester's container: it listens, and ends once however often it is told to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
from dataplane_rig import launch_of

from canarytui.sandbox.node.runtimes.loadtester import LoadTesterInstance, start_loadtester


async def started(tmp_path: Path) -> LoadTesterInstance:
    return await start_loadtester(launch_of(), secret="s", proxy_url="http://127.0.0.1:1", shim_dir=tmp_path)


async def test_it_serves_on_its_own_port_when_none_is_declared(tmp_path: Path) -> None:
    instance = await started(tmp_path)
    async with aiohttp.ClientSession() as client, client.get(f"http://{instance.listens[8080]}/healthz") as answer:
        assert answer.status == 200
    await instance.stop(0)
    assert await instance.wait() == 0


async def test_it_may_be_stopped_while_it_is_being_stopped(tmp_path: Path) -> None:
    instance = await started(tmp_path)
    await asyncio.gather(*(instance.stop(0) for _ in range(3)))
    assert await instance.wait() == 0
