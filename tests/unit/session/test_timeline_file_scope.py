"""What is kept on disk is of all namespaces that were ever watched; a connection shows those that it watches."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from canarytui.cluster.audit import AuditLog
from canarytui.cluster.client import Cluster
from canarytui.domain.history.facts import Fact, FactSource
from canarytui.session.live import LiveConnection
from canarytui.session.state import ClusterState
from canarytui.session.timeline_file import TimelineFile, history_path
from canarytui.session.timeline_writer import TimelineWriter

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


class FakeCluster:
    """A cluster of which only its identity is asked."""

    context = "prod"
    server = "https://127.0.0.1:6443"

    async def request(self, *_: object) -> dict[str, Any]:
        return {"metadata": {"uid": "u-1"}}


def fact(namespace: str) -> Fact:
    return Fact(
        NOW, namespace, "cart", FactSource.LOG, f"Advance cart.{namespace}", False, frozenset(), f"log:{namespace}"
    )


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TimelineFile:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    history = TimelineFile(history_path("prod", "u-1"))
    assert history.write([fact("shop"), fact("secret-project")])
    return history


@pytest.mark.parametrize(("scope", "shown"), [("", ["secret-project", "shop"]), ("shop", ["shop"]), ("none", [])])
async def test_past_of_other_namespaces_is_not_shown(
    kept: TimelineFile, tmp_path: Path, scope: str, shown: list[str]
) -> None:
    cluster_state, cluster = ClusterState(), cast(Cluster, FakeCluster())
    LiveConnection(cluster, cluster_state, scope, "", AuditLog(tmp_path / "audit.jsonl"))
    writer = TimelineWriter(cluster, cluster_state)
    running = asyncio.create_task(writer.run())
    try:
        async with asyncio.timeout(20):
            while writer._file is None:  # noqa: ASYNC110 - nobody tells when the past has been read
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert sorted(entry.namespace for entry in cluster_state.timeline.entries()) == shown


async def test_what_a_full_disk_did_not_take_is_written_when_it_has_room(
    kept: TimelineFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster_state = ClusterState()
    writer = TimelineWriter(cast(Cluster, FakeCluster()), cluster_state)
    monkeypatch.setattr("canarytui.session.timeline_writer.EVERY_S", 0.01)
    running = asyncio.create_task(writer.run())
    try:
        async with asyncio.timeout(20):
            while len(cluster_state.timeline) < 2:  # noqa: ASYNC110 - nobody tells when the past has been read
                await asyncio.sleep(0.01)
            with monkeypatch.context() as full:
                full.setattr("canarytui.session.timeline_file.append_lines", no_room)
                cluster_state.timeline.add(fact("late"))
                while "No space left" not in writer.trouble:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            while writer.trouble:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert kept.read()[-1] == fact("late")


def no_room(*_: object) -> None:
    raise OSError(28, "No space left on device")
