"""What is not needed for the first list of canaries is imported after it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_api import LiveApi
from terminal import Terminal

pytestmark = pytest.mark.e2e

LATER = (
    "system-authorities",
    "pydantic",
    "requests",
    "cryptography",
    "re2",
    "promql_parser",
    "plotext",
    "kubernetes.aio.client.api_client",
    "canarytui.domain.statistics.comparison",
    "canarytui.drills.guards",
    "canarytui.drills.library",
    "ctypes",
)
RECORDER = """
import os, ssl, sys
def recorded(genuine):
    def load(*given):
        with open(os.environ["IMPORTED"], "a") as file:
            print("system-authorities", file=file)
        genuine(*given)
    return load
for name in ("load_default_certs", "set_default_verify_paths"):
    setattr(ssl.SSLContext, name, recorded(getattr(ssl.SSLContext, name)))
class Recorder:
    def find_spec(self, name, path=None, target=None):
        with open(os.environ["IMPORTED"], "a") as file:
            print(name, file=file)
sys.meta_path.insert(0, Recorder())
from canarytui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
PAINTED = """
import os
from canarytui.console.first_frame import FirstFrame
def show(frame, genuine=FirstFrame.show):
    genuine(frame)
    with open(os.environ["IMPORTED"], "a") as file:
        print("list-painted", file=file)
FirstFrame.show = show
"""
AFTER_THE_LIST = (
    "canarytui.actions.live_executor",
    "canarytui.cluster.heartbeat",
    "canarytui.console.actions.flow",
    "canarytui.console.panes.area",
    "canarytui.drills",
    "canarytui.metrics",
    "canarytui.session.controller_log",
    "canarytui.session.metric_poller",
    "canarytui.session.pod_problems",
)
"""Each takes milliseconds to load."""
SETTINGS = """
theme: light
bell: true
keys: {roll-back: ctrl+r}
contexts: {one: {guard_labels: [environment]}}
"""


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[LiveApi]:
    live = LiveApi(tmp_path)
    live.install_crds()
    live.canary()
    await live.start()
    yield live
    await live.stop()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A person with a settings file, whose first list must be as quick."""
    settings = tmp_path / ".config" / "canarytui" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    ours = {"HOME": str(tmp_path), "TERM": "xterm-256color", "IMPORTED": str(tmp_path / "imported")}
    return {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | ours


def imported(env: dict[str, str], *, until: str = "\0") -> set[str]:
    names = set(Path(env["IMPORTED"]).read_text().partition(until)[0].split())
    assert {"aiohttp", "yaml", "canarytui.cluster.transport"} <= names, "the recorder sees nothing"
    return names


async def test_the_console_shows_its_first_list_without_what_it_needs_later(api: LiveApi, env: dict[str, str]) -> None:
    words = ("--kubeconfig", str(api.kubeconfig()), "-A")
    screen = Terminal(
        sys.executable, "-c", RECORDER.replace("from canarytui", f"{PAINTED}from canarytui"), *words, env=env
    )
    try:
        await asyncio.to_thread(screen.wait_for, "podinfo", 30)
        names = imported(env)
        before = imported(env, until="list-painted")
    finally:
        screen.process.kill()
        screen.process.wait()
        screen.close()
    assert "canarytui.console.settings" in names
    assert not names.intersection(LATER)
    assert "list-painted" in names
    assert not before.intersection(AFTER_THE_LIST)


async def test_get_lists_without_what_it_never_needs(api: LiveApi, env: dict[str, str]) -> None:
    words = ("get", "-A", "--kubeconfig", str(api.kubeconfig()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RECORDER, *words, env=env, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert b"podinfo" in printed
    assert not imported(env).intersection({*LATER, "textual"})
