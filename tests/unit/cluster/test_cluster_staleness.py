"""Why contact is lost, in a few words; and that a server which answers again is asked at once."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest
from scripted_api import ScriptedApi, canary, kubeconfig_text, until

from canarytui.cluster import reflector as reflecting
from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import CANARIES
from canarytui.cluster.staleness import why_stale
from canarytui.cluster.store import ObjectStore
from canarytui.errors import CanarytuiError, ClusterUnreachable


async def failure(cluster: Cluster) -> CanarytuiError:
    with pytest.raises(CanarytuiError) as raised:
        await cluster.request("GET", CANARIES.path("test"), query={"limit": "1"}, timeout_s=0.3)
    return raised.value


@pytest.mark.parametrize(
    ("code", "reason"), [(401, "Unauthorized"), (403, "Forbidden"), (429, "too many requests"), (500, "HTTP 500")]
)
async def test_a_refusal_has_its_name(api: ScriptedApi, cluster: Cluster, code: int, reason: str) -> None:
    api.refuse = (code, {"kind": "Status", "code": code, "message": "no"})
    assert why_stale(await failure(cluster)) == reason


async def test_silence_and_a_closed_port_are_told_apart(api: ScriptedApi, cluster: Cluster, tmp_path: Path) -> None:
    api.answers.clear()
    assert why_stale(await failure(cluster)) == "no answer"
    api.answers.set()
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        kubeconfig = tmp_path / "closed"
        kubeconfig.write_text(kubeconfig_text(f"http://127.0.0.1:{reserved.getsockname()[1]}"))
        closed = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
        try:
            assert why_stale(await failure(closed)) == "connection refused"
        finally:
            await closed.close()


def test_what_is_not_understood_is_unreachable() -> None:
    assert why_stale(ClusterUnreachable("cut in the middle of an event")) == "unreachable"


async def test_a_server_that_answers_again_is_asked_before_the_pause_is_over(
    api: ScriptedApi, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflecting, "_FIRST_BACKOFF_S", 600.0)
    monkeypatch.setattr(reflecting, "_LAST_BACKOFF_S", 600.0)
    api.items = [canary("a", 1)]
    api.refuse = (401, {"kind": "Status", "code": 401, "message": "expired"})
    store = ObjectStore(CANARIES)
    reflector = Reflector(cluster, store)
    task = asyncio.create_task(reflector.run())
    try:
        await until(lambda: store.stale_reason == "Unauthorized")
        since = store.stale_since
        reflector.rewatch()
        await until(lambda: api.asked >= 2)
        assert store.stale_since == since, "a server that refuses is not contact"
        api.refuse = None
        await until(lambda: reflector.rewatch() or store.stale_since is None)
        assert (store.stale_reason, len(store)) == ("", 1)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
