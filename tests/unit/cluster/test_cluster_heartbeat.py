"""A server that swallows everything is told from one where nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from scripted_api import ScriptedApi, until

from canarytui.cluster import heartbeat
from canarytui.cluster.client import Cluster
from canarytui.cluster.heartbeat import Heartbeat
from canarytui.cluster.resources import CANARIES
from canarytui.cluster.store import ObjectStore
from canarytui.session.state import ClusterState


class Listener:
    """A store with a heartbeat, and how often it recovered."""

    def __init__(self, cluster: Cluster) -> None:
        self.store = ObjectStore(CANARIES)
        self.recovered = 0
        self._heartbeat = Heartbeat(cluster, self.store, self._again)

    def _again(self) -> None:
        self.recovered += 1

    def start(self) -> asyncio.Task[None]:
        return asyncio.create_task(self._heartbeat.run())


@pytest_asyncio.fixture
async def listener(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    monkeypatch.setattr(heartbeat, "EVERY_S", 0.02)
    monkeypatch.setattr(heartbeat, "PATIENCE_S", 0.1)
    made = Listener(cluster)
    task = made.start()
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_silence_is_said_and_the_end_of_it(api: ScriptedApi, listener: Listener) -> None:
    api.answers.clear()
    await until(lambda: listener.store.stale_since is not None)
    assert "no answer in time" in (listener.store.error or "")
    assert listener.store.stale_reason == "no answer"
    api.answers.set()
    await until(lambda: listener.recovered == 1)
    assert listener.store.stale_since is not None, "that the server answers does not make the store current"


async def test_refusal_is_a_sign_of_life(api: ScriptedApi, listener: Listener) -> None:
    api.refuse = (403, {"kind": "Status", "code": 403, "message": "no"})
    asked = api.asked
    await until(lambda: api.asked > asked + 3)
    assert listener.store.stale_since is None
    assert listener.recovered == 0


async def test_outage_that_the_watch_tells_is_left_to_it(api: ScriptedApi, listener: Listener) -> None:
    listener.store.stale("the watch was cut")
    asked = api.asked
    await asyncio.sleep(0.1)
    assert api.asked <= asked + 1, "one request may have been on its way"
    assert listener.store.error == "the watch was cut"


async def test_answers_tell_the_servers_time(
    api: ScriptedApi, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "EVERY_S", 0.02)
    dates: list[datetime] = []
    task = asyncio.create_task(Heartbeat(cluster, ObjectStore(CANARIES), lambda: None, dates.append).run())
    try:
        await until(lambda: dates)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert abs((dates[0] - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(("ahead_s", "offset_s"), [(0.9, 0), (-2, 0), (90, 90), (-3600, -3600)])
def test_world_takes_over_a_clock_that_differs(ahead_s: float, offset_s: float) -> None:
    now = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    cluster_state = ClusterState(now=lambda: now)
    cluster_state.server_said(now + timedelta(seconds=ahead_s))
    assert cluster_state.now() == now + timedelta(seconds=offset_s)
    cluster_state.server_said(now + timedelta(seconds=ahead_s + 1))
    assert cluster_state.now() == now + timedelta(seconds=offset_s), "a second more or less is the answer's way"
