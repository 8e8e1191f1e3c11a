"""``canarytui watch --serve`` as a process: a real wall by websocket, keys that change nothing, a clean end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pyte
import pytest
from sandbox_process import SandboxProcess
from yarl import URL

pytestmark = pytest.mark.e2e

CANARY = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: cart, namespace: test}
spec:
  provider: traefik
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: cart}
  service: {port: 80}
  analysis: {interval: 10s, threshold: 5, maxWeight: 50, stepWeight: 10}
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    made = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    try:
        made.run("kubectl create ns test")
        made.run(f"kubectl apply -f - <<'END'\n{CANARY}\nEND")
        yield made
    finally:
        made.stop()


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


async def see(server: subprocess.Popen[str]) -> list[int]:
    """Open the wall as a browser does, press every key, and leave it open; its processes."""
    assert server.stdout is not None
    url = re.findall(r"http://\S+", server.stdout.readline())[0]
    origin = str(URL(url).origin())
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(url) as answer:
            assert answer.status == 200
        socket = await browser.ws_connect(f"{origin}/ws?width=120&height=40", headers={"Origin": origin})
        screen = pyte.Screen(120, 40)
        stream = pyte.ByteStream(screen)

        async def until(text: str) -> None:
            async with asyncio.timeout(40):
                while not any(text in line for line in screen.display):
                    stream.feed(await socket.receive_bytes())

        await until("test/cart")
        for key in ("t", "p", "P", "R", "T", "f", "G", " ", ":", "/", "\r", "\x1b", "\x10", "\x1a", "e", "y", "l", "d"):
            await socket.send_json(["stdin", key])
        await socket.send_json(["stdin", "?"])
        await until("ROLLED BACK")
        return children_of(server.pid)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL], ids=["hung up", "killed"])
def test_a_browser_sees_the_wall_changes_nothing_and_leaves_no_process(
    sandbox: SandboxProcess, tmp_path: Path, number: signal.Signals
) -> None:
    status = '{"status":{"phase":"Progressing","canaryWeight":20,"failedChecks":0}}'
    sandbox.run(f"kubectl -n test patch canary cart --subresource status --type merge -p '{status}'")
    before = sandbox.get("-n test canary cart")
    arguments = ["watch", "--serve", "127.0.0.1:0", "--kubeconfig", str(sandbox.kubeconfig)]
    server = subprocess.Popen(
        [sys.executable, "-m", "canarytui", *arguments],
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        windows = asyncio.run(see(server))
        assert len(windows) == 1
        server.send_signal(number)
        code = server.wait(30)
        assert code == (0 if number is signal.SIGHUP else -signal.SIGKILL)
        for _ in range(100):
            if not any(map(is_alive, windows)):
                break
            subprocess.run(["sleep", "0.1"], check=True)
        assert [pid for pid in windows if is_alive(pid)] == []
    finally:
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()
    assert sandbox.get("-n test canary cart") == before
    log = tmp_path / "state" / "canarytui" / "console.log"
    assert "Traceback" not in log.read_text()
