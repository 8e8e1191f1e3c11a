"""What a credential plugin gets of us: no terminal beside a screen, the truth about it, and an end with ours."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest
from api_with_tokens import answer, calls, exec_user, write_config

from canarytui.cluster.client import ClusterTarget, connect
from canarytui.cluster.credentials import Plugin
from canarytui.cluster.exec_plugin import ExecPlugin
from canarytui.cluster.identity import resolve
from canarytui.cluster.kubeconfig import load_kubeconfig
from canarytui.errors import NoCredentials

_TELL = """
printf '%s' "$KUBERNETES_EXEC_INFO" > info
{ read -r line && echo "got $line" || echo nothing; } > stdin
if (echo "code:" > /dev/tty) 2>/dev/null; then echo open; else echo shut; fi > tty
"""


def _plugin(folder: Path, script: str, *, terminal: bool = False, **more: object) -> ExecPlugin:
    path = write_config(folder, "https://127.0.0.1:9", exec_user(folder, script, **more))  # type: ignore[arg-type]
    identity = resolve(load_kubeconfig(str(path)), None)
    assert identity.user.exec is not None
    return ExecPlugin(identity, identity.user.exec, b"", terminal=terminal)


@pytest.mark.parametrize("mode", ["Never", "IfAvailable"])
async def test_beside_a_screen_a_plugin_has_no_terminal(tmp_path: Path, mode: str) -> None:
    credential = await _plugin(tmp_path, _TELL + answer(token="t"), mode=mode).ask()
    assert credential.authorization == "Bearer t"
    assert credential.expires is None
    assert json.loads((tmp_path / "info").read_text())["spec"] == {"interactive": False}
    assert (tmp_path / "stdin").read_text() == "nothing\n"
    assert (tmp_path / "tty").read_text() == "shut\n"


async def test_a_plugin_that_must_ask_is_not_started_beside_a_screen(tmp_path: Path) -> None:
    with pytest.raises(NoCredentials, match=r"interactiveMode: Always.*while a screen is up: log in with a kubectl"):
        await _plugin(tmp_path, answer(token="t"), mode="Always").ask()
    assert calls(tmp_path) == 0


async def _until_started(folder: Path) -> int:
    async with asyncio.timeout(10):
        while not (folder / "child").exists() or not (folder / "child").read_text().endswith("\n"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return int((folder / "child").read_text())


async def _until_gone(pid: int) -> None:
    async with asyncio.timeout(5):
        while _lives(pid):  # noqa: ASYNC110 - a signal has been sent, and takes its moment
            await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return not re.search(r"^State:\s+Z", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except FileNotFoundError:
        return False


_HANG = "sleep 1000 &\necho $! > child\nwait"


async def test_a_plugin_that_hangs_ends_with_the_connection_and_so_does_its_child(tmp_path: Path) -> None:
    path = write_config(tmp_path, "https://127.0.0.1:9", exec_user(tmp_path, _HANG))
    cluster = await connect(ClusterTarget(kubeconfig=str(path)))
    asking = asyncio.ensure_future(cluster.request("GET", "/api"))
    child = await _until_started(tmp_path)
    assert _lives(child)
    await cluster.close()
    await _until_gone(child)
    with pytest.raises(NoCredentials, match="was ended"):
        await asking


async def test_a_plugin_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    plugin = Plugin(_plugin(tmp_path, f"trap '' TERM\n{_HANG}"))
    asking = asyncio.ensure_future(plugin.current())
    child = await _until_started(tmp_path)
    await plugin.close()
    await _until_gone(child)
    with pytest.raises(NoCredentials):
        await asking


async def test_a_plugin_that_cannot_ask_anybody_is_bounded_in_time(tmp_path: Path) -> None:
    plugin = Plugin(_plugin(tmp_path, _HANG), limit_s=0.5)
    with pytest.raises(NoCredentials, match=r"did not answer within 0\.5 s and was ended"):
        await plugin.current()
    await _until_gone(await _until_started(tmp_path))


async def test_what_a_plugin_leaves_behind_does_not_hold_up_its_answer(tmp_path: Path) -> None:
    credential = await _plugin(tmp_path, f"sleep 1000 & echo $! > child\n{answer(token='t')}").ask()
    assert credential.authorization == "Bearer t"
    os.kill(await _until_started(tmp_path), 9)


async def test_an_answer_without_an_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCredentials, match="more than 1 MiB"):
        await _plugin(tmp_path, "head -c 3000000 /dev/zero").ask()


async def test_words_without_an_end_are_cut(tmp_path: Path) -> None:
    with pytest.raises(NoCredentials, match="failed with exit code 4") as failed:
        await _plugin(tmp_path, "head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 4").ask()
    assert len(str(failed.value)) < 1000
