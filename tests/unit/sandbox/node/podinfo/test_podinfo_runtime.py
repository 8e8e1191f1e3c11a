"""A podinfo container: its ports, its graceful end, its panic."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from dataplane_rig import launch_of

from canarytui.sandbox.node.podinfo import runtime
from canarytui.sandbox.node.podinfo.runtime import PANIC_EXIT_CODE, start_podinfo


async def test_it_listens_on_all_its_ports_with_the_version_of_its_tag() -> None:
    launch = launch_of(
        "stefanprodan/podinfo:v6.1.2", args=["--port=8080", "--port-metrics=9797"], ports=[{"containerPort": 1}]
    )
    instance = await start_podinfo(launch)
    assert set(instance.listens) == {1, 8080, 9797}
    assert instance.settings.version == "6.1.2"
    assert b"Starting podinfo" in launch.log.lines()[0].text
    await instance.stop(0)


async def test_it_fails_its_readiness_before_it_stops_to_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    asleep, wake = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        assert seconds == 3.0
        asleep.set()
        await wake.wait()

    instance = await start_podinfo(launch_of())
    url = f"http://{instance.listens[9898]}"
    monkeypatch.setattr(runtime.asyncio, "sleep", sleep)
    stopping = asyncio.create_task(instance.stop(30))
    await asleep.wait()
    monkeypatch.undo()
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{url}/readyz") as answer:
            assert answer.status == 503
        async with client.get(f"{url}/version") as answer:
            assert answer.status == 200
        wake.set()
        await stopping
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(f"{url}/version")
    assert await instance.wait() == 0


async def test_a_panic_ends_it_with_its_exit_code() -> None:
    instance = await start_podinfo(launch_of())
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(f"http://{instance.listens[9898]}/panic")
    assert await instance.wait() == PANIC_EXIT_CODE
