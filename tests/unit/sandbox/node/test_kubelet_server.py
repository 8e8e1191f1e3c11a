"""The kubelet's logs, as ``kubectl logs`` asks for them through the API server."""

from __future__ import annotations

import aiohttp
import pytest
from dataplane_fakes import podinfo_pod
from dataplane_rig import SECRET, Sandbox, ask_kubelet, kubelet_of

from canarytui.sandbox.constants import SECRET_HEADER

LOGS = "/containerLogs/test/a/podinfod"


@pytest.fixture
async def logged(sandbox: Sandbox) -> Sandbox:
    await sandbox.run_pod(podinfo_pod("a"))
    loop = kubelet_of(sandbox).container("test", "a", "podinfod")
    assert loop is not None
    for number in range(5):
        loop.log.write(f"line {number}")
    return sandbox


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("?tailLines=2", "line 3\nline 4\n"),
        ("?tailLines=2&limitBytes=8", "line 3\nl"),
        ("?tailLines=0", ""),
        ("?tailLines=1&sinceSeconds=60", "line 4\n"),
    ],
)
async def test_the_end_of_a_log(logged: Sandbox, query: str, text: str) -> None:
    assert await ask_kubelet(logged, LOGS + query) == (200, text)


async def test_timestamps_are_put_in_front(logged: Sandbox) -> None:
    _, text = await ask_kubelet(logged, LOGS + "?tailLines=1&timestamps=true")
    stamp, _, line = text.partition(" ")
    assert stamp.endswith("Z")
    assert line == "line 4\n"


async def test_a_followed_log_goes_on_until_its_limit(logged: Sandbox) -> None:
    url = f"http://{logged.addresses['kubelet']}{LOGS}?follow=true&tailLines=1&limitBytes=12"
    loop = kubelet_of(logged).container("test", "a", "")
    assert loop is not None
    async with logged.session.get(url, headers={SECRET_HEADER: SECRET}) as answer:
        assert await answer.content.readexactly(7) == b"line 4\n"
        loop.log.write("later and longer")
        assert await answer.content.read() == b"later"


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/containerLogs/test/b/podinfod", 404, 'pod "b_test" not found'),
        ("/containerLogs/test/a/other", 404, 'container "other" not found in pod "a_test"'),
        (f"{LOGS}?previous=true", 400, 'previous terminated container "podinfod" in pod "a" not found'),
        ("/healthz", 200, "ok"),
    ],
)
async def test_what_is_not_there(logged: Sandbox, path: str, status: int, text: str) -> None:
    assert await ask_kubelet(logged, path) == (status, text)


async def test_only_who_has_the_secret_is_answered(logged: Sandbox) -> None:
    assert (await ask_kubelet(logged, LOGS, secret="guessed"))[0] == 401
    async with aiohttp.ClientSession() as client, client.get(f"http://{logged.addresses['kubelet']}/healthz") as answer:
        assert answer.status == 200


async def test_a_container_that_waits_has_no_log_yet(sandbox: Sandbox) -> None:
    sandbox.api.put("pods", podinfo_pod("a", image="registry.invalid/x:1"))
    await sandbox.until(lambda: kubelet_of(sandbox).container("test", "a", ""))
    status, text = await ask_kubelet(sandbox, LOGS)
    assert status == 400
    assert text.startswith('container "podinfod" in pod "a" is waiting to start: ')
