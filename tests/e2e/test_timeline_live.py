"""The timeline of a live connection: every source of a real cluster, cut connections, a console that starts again."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from faulty_proxy import FaultyProxy
from sandbox_process import SandboxProcess

from canarytui.console.startup import live_connector
from canarytui.domain.history.facts import FactSource
from canarytui.session.state import ClusterState

pytestmark = pytest.mark.e2e

DONE = "Initialization done! podinfo.test"


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FaultyProxy, Path]]:
    folder = tmp_path_factory.mktemp("timeline")
    sandbox = SandboxProcess(folder, "--controller", "--scenario", "seed")
    config = yaml.safe_load(sandbox.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    proxy = FaultyProxy(cluster["server"], base64.b64decode(cluster.pop("certificate-authority-data")).decode())
    cluster["server"] = proxy.url
    kubeconfig = folder / "through-proxy"
    kubeconfig.write_text(yaml.safe_dump(config))
    yield proxy, kubeconfig
    proxy.stop()
    sandbox.stop()


@asynccontextmanager
async def connected(kubeconfig: Path) -> AsyncIterator[ClusterState]:
    cluster_state = ClusterState()
    connect = live_connector(
        kubeconfig=str(kubeconfig), context=None, namespace=None, all_namespaces=True, prometheus=""
    )
    connection = await connect(cluster_state)
    try:
        yield cluster_state
    finally:
        await connection.close()


async def until(holds: Callable[[], bool], timeout_s: float) -> None:
    async with asyncio.timeout(timeout_s):
        while True:
            if holds():
                return
            await asyncio.sleep(0.1)


def told(cluster_state: ClusterState) -> dict[str, set[FactSource]]:
    return {entry.text: set(entry.sources) for entry in cluster_state.timeline.entries("test", "podinfo")}


async def test_all_sources_tell_the_same_story_once(
    proxied: tuple[FaultyProxy, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, kubeconfig = proxied
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with connected(kubeconfig) as cluster_state:
        await until(lambda: {FactSource.LOG, FactSource.EVENT} <= told(cluster_state).get(DONE, set()), 90)
        proxy.cut()
        await until(lambda: cluster_state.canaries.stale_since is None and len(told(cluster_state)) > 3, 20)
        await asyncio.sleep(3)  # streams that were cut are opened again, and tell what they told before
        entries = list(cluster_state.timeline.entries("test", "podinfo"))
        before = [entry.text for entry in entries]
        # A tick may say again what the one before said: it is one entry for each.
        moments = {(entry.text, entry.at.replace(microsecond=0)) for entry in entries}
        assert len(before) == len(moments)
        assert FactSource.STATUS in {source for sources in told(cluster_state).values() for source in sources}
    async with connected(kubeconfig) as cluster_state:
        await until(
            lambda: FactSource.STATUS in {source for sources in told(cluster_state).values() for source in sources}, 20
        )
        await until(lambda: {FactSource.LOG, FactSource.EVENT} <= told(cluster_state).get(DONE, set()), 20)
        await asyncio.sleep(2)
        assert [entry.text for entry in cluster_state.timeline.entries("test", "podinfo")] == before
