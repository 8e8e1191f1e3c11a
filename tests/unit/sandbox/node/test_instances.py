"""What the kubelet knows of a running container: its launch, its end, its crash."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web
from dataplane_rig import launch_of

from canarytui.sandbox.node.instances import ServerInstance
from canarytui.sandbox.servers import HttpServers, plain_server


def test_a_launch_reads_its_container() -> None:
    launch = launch_of(
        command=["/podinfo"],
        args=["--port=1"],
        ports=[{"name": "http", "containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}, {"containerPort": 81}],
    )
    assert (launch.namespace, launch.pod_name, launch.container_name) == ("test", "pod-1", "app")
    assert launch.arguments == ["/podinfo", "--port=1"]
    assert launch.ports() == {80: "http", 81: ""}


async def hang(request: web.BaseRequest) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def running() -> ServerInstance:
    servers = HttpServers(lambda port: plain_server(hang))
    await servers.start([80])
    return ServerInstance(servers)


async def test_a_stopped_server_ends_with_code_0_and_stays_ended() -> None:
    instance = await running()
    waiting = asyncio.create_task(instance.wait())
    await instance.stop(0)
    assert await waiting == 0
    assert instance.listens == {}
    instance.crash(255)
    await asyncio.sleep(0.01)
    assert await instance.wait() == 0


async def test_a_crash_cuts_what_is_in_flight() -> None:
    instance = await running()
    async with aiohttp.ClientSession() as client:
        asking = asyncio.create_task(client.get(f"http://{instance.listens[80]}/"))
        await asyncio.sleep(0.05)
        instance.crash(255)
        assert await instance.wait() == 255
        with pytest.raises(aiohttp.ClientConnectionError):
            await asking
