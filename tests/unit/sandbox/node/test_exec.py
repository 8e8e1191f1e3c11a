"""``kubectl exec`` and ``attach`` over the kubelet's WebSocket."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import WSMsgType
from dataplane_fakes import podinfo_pod
from dataplane_rig import SECRET, Sandbox, ask_kubelet, kubelet_of

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.node import channels

SHELL = {"image": "busybox", "command": ["sleep", "600"]}


async def converse(sandbox: Sandbox, path: str, *messages: bytes) -> tuple[dict[int, bytes], dict[str, Any]]:
    """Bytes of each channel, and the status that the command ended with."""
    url = f"http://{sandbox.addresses['kubelet']}{path}"
    found: dict[int, bytes] = {}
    headers = {SECRET_HEADER: SECRET}
    async with sandbox.session.ws_connect(url, headers=headers, protocols=(channels.V5,)) as socket:
        for message in messages:
            await socket.send_bytes(message)
        async for message in socket:
            if message.type is WSMsgType.BINARY and len(message.data) > 1:
                found[message.data[0]] = found.get(message.data[0], b"") + message.data[1:]
    status: dict[str, Any] = json.loads(found.pop(channels.ERROR))
    return found, status


async def test_a_command_runs_with_its_input_and_both_outputs(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a", **SHELL))
    script = "read+x;+echo+out+$x;+echo+err+>%262;+exit+3"
    found, status = await converse(
        sandbox, f"/exec/test/a/podinfod?command=sh&command=-c&command={script}&stdin=true", b"\0hello\n", b"\xff\0"
    )
    assert found == {channels.STDOUT: b"out hello\n", channels.STDERR: b"err\n"}
    assert status["details"]["causes"][0]["message"] == "3"


async def test_a_command_with_a_terminal_knows_its_size(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a", **SHELL))
    size = b'\4{"Width": 77, "Height": 11}'
    script = "read+x;+stty+size"
    found, status = await converse(
        sandbox, f"/exec/test/a/podinfod?command=sh&command=-c&command={script}&stdin=true&tty=true", size, b"\0go\n"
    )
    assert found[channels.STDOUT].split(b"\r\n")[-2:] == [b"11 77", b""]
    assert status["status"] == "Success"


@pytest.mark.parametrize(
    ("command", "channel", "text", "code"),
    [
        ("hostname", channels.STDOUT, b"a\n", 0),
        ("false", channels.STDERR, b"", 1),
        ("vi", channels.STDERR, b'"vi" cannot run here: a stefanprodan/podinfo container', 126),
    ],
)
async def test_a_podinfo_answers_what_it_can_and_refuses_the_rest(
    sandbox: Sandbox, command: str, channel: int, text: bytes, code: int
) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    found, status = await converse(sandbox, f"/exec/test/a/podinfod?command={command}")
    assert found.get(channel, b"").startswith(text)
    causes = (status.get("details") or {}).get("causes") or [{"message": "0"}]
    assert int(causes[0]["message"]) == code


async def test_a_program_that_is_not_there_is_named(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a", **SHELL))
    found, status = await converse(sandbox, "/exec/test/a/podinfod?command=no-such-program")
    assert found[channels.STDERR] == b'exec: "no-such-program": executable file not found in $PATH\n'
    assert status["details"]["causes"][0]["message"] == "127"
    assert (await ask_kubelet(sandbox, "/exec/test/a/podinfod"))[0] == 400


async def test_attach_shows_what_the_container_logs_from_now_on(sandbox: Sandbox) -> None:
    await sandbox.run_pod(podinfo_pod("a"))
    loop = kubelet_of(sandbox).container("test", "a", "")
    assert loop is not None
    url = f"http://{sandbox.addresses['kubelet']}/attach/test/a/podinfod"
    headers = {SECRET_HEADER: SECRET}
    async with sandbox.session.ws_connect(url, headers=headers, protocols=(channels.V5,)) as socket:
        found = b""
        while b"ping" not in found:
            loop.log.write("ping")
            found = await socket.receive_bytes()
        assert found == b"\1ping\n"
