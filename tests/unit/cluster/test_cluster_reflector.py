"""A store follows the server through everything a watch can do, and says when it cannot."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from scripted_api import ScriptedApi, canary, kubeconfig_text, until

from canarytui.cluster import writes
from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import CANARIES, NODES, PODS
from canarytui.cluster.store import ObjectStore
from canarytui.errors import ApiStatusError, ClusterUnreachable, ConfigError


@asynccontextmanager
async def following(cluster: Cluster) -> AsyncIterator[ObjectStore]:
    store = ObjectStore(CANARIES)
    task = asyncio.create_task(Reflector(cluster, store).run())
    try:
        yield store
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_lists_in_pages_then_watches(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary(f"c{i}", 1) for i in range(4703)]
    async with following(cluster) as store:
        assert await store.wait_synced(5)
        assert (len(store), api.lists) == (4703, 22), "small pages, then large ones"
        await until(lambda: api.watches)
        api.send("MODIFIED", canary("c0", 11, status={"canaryWeight": 5}))
        await until(lambda: "status" in store.get("test", "c0"))
        api.send("DELETED", canary("c1", 12))
        await until(lambda: store.get("test", "c1") is None)
        assert store.get("test", "c2")["kind"] == "Canary"


async def test_a_gone_version_is_listed_anew(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary("a", 1), canary("b", 1)]
    async with following(cluster) as store:
        await until(lambda: api.watches)
        api.items = [canary("a", 20)]
        api.send("ERROR", {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"})
        await until(lambda: store.get("test", "b") is None)
        assert api.lists == 2
        assert store.stale_since is None


async def test_an_outage_is_said_and_healed(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary("a", 1)]
    async with following(cluster) as store:
        await until(lambda: api.watches)
        api.refuse = (403, {"kind": "Status", "message": "canaries is forbidden", "reason": "Forbidden"})
        api.cut()
        await until(lambda: store.stale_since is not None)
        assert store.error == "canaries is forbidden"
        assert store.get("test", "a") is not None
        api.refuse = None
        await until(lambda: store.stale_since is None)
        assert store.error is None


async def test_changes_within_one_turn_are_told_once(cluster: Cluster) -> None:
    store, told = ObjectStore(CANARIES), []
    store.subscribe(told.append)
    store.put(canary("a", 1))
    store.put(canary("b", 2))
    store.put(canary("a", 3))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert told == [frozenset({("test", "a"), ("test", "b")})]


async def test_an_older_version_never_replaces_a_newer_one(cluster: Cluster) -> None:
    store = ObjectStore(CANARIES)
    store.put(canary("a", 9, status={"canaryWeight": 10}))
    store.put(canary("a", 8, status={"canaryWeight": 5}))
    assert store.get("test", "a")["status"]["canaryWeight"] == 10


async def test_a_refusal_carries_the_servers_words(api: ScriptedApi, cluster: Cluster) -> None:
    api.refuse = (409, {"kind": "Status", "reason": "Conflict", "message": "the object has been modified"})
    with pytest.raises(ApiStatusError, match="the object has been modified") as caught:
        await writes.merge_patch(cluster, CANARIES, "test", "a", {"spec": {"suspend": True}})
    assert (caught.value.code, caught.value.reason) == (409, "Conflict")


async def test_a_merge_patch_is_sent_as_one(api: ScriptedApi, cluster: Cluster) -> None:
    answer = await writes.merge_patch(cluster, CANARIES, "test", "a", {"spec": {"suspend": True}})
    assert answer["contentType"] == "application/merge-patch+json"
    assert api.patches == [{"spec": {"suspend": True}}]


async def test_a_line_of_a_megabyte_arrives_whole(api: ScriptedApi, cluster: Cluster) -> None:
    async with following(cluster) as store:
        await until(lambda: api.watches)
        api.send("ADDED", canary("big", 11, note="x" * 1_000_000))
        await until(lambda: store.get("test", "big") is not None)
        assert len(store.get("test", "big")["note"]) == 1_000_000


async def test_nobody_listening_is_one_sentence(tmp_path: Any) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(kubeconfig_text("http://127.0.0.1:9"))
    cluster = await connect(ClusterTarget(kubeconfig=str(kubeconfig)))
    with pytest.raises(ClusterUnreachable, match=r"context scripted at http://127.0.0.1:9 cannot be reached"):
        await cluster.request("GET", CANARIES.path())
    await cluster.close()


async def test_a_missing_kubeconfig_and_context_are_named(tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match=r"There is no kubeconfig at .*nowhere"):
        await connect(ClusterTarget(kubeconfig=str(tmp_path / "nowhere")))
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(kubeconfig_text("http://127.0.0.1:9"))
    with pytest.raises(ConfigError, match="has no context prod: choose from scripted"):
        await connect(ClusterTarget(kubeconfig=str(kubeconfig), context="prod"))


def test_paths() -> None:
    assert CANARIES.path() == "/apis/flagger.app/v1beta1/canaries"
    assert CANARIES.path("test", "a", "status") == "/apis/flagger.app/v1beta1/namespaces/test/canaries/a/status"
    assert PODS.path("test") == "/api/v1/namespaces/test/pods"
    assert NODES.path(None, "sandbox") == "/api/v1/nodes/sandbox"


async def test_a_busy_server_is_asked_again_from_where_it_was(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary("a", 1)]
    async with following(cluster) as store:
        await until(lambda: api.watches)
        api.refuse = (429, {"kind": "Status", "code": 429, "reason": "TooManyRequests", "message": "slow down"})
        api.cut()
        await until(lambda: store.stale_since is not None)
        assert "slow down" in (store.error or "")
        api.refuse = None
        await until(lambda: store.stale_since is None)
        assert api.lists == 1


async def test_a_watch_is_opened_anew_on_demand(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary("a", 1)]
    store = ObjectStore(CANARIES)
    reflector = Reflector(cluster, store)
    task = asyncio.create_task(reflector.run())
    try:
        await until(lambda: len(api.watches) == 1)
        reflector.rewatch()
        await until(lambda: len(api.watches) == 2)
        assert (api.lists, store.stale_since) == (1, None)
        api.send("MODIFIED", canary("a", 11, status={"canaryWeight": 5}))
        await until(lambda: "status" in (store.get("test", "a") or {}))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def test_a_list_that_is_shown_as_it_comes_is_read_page_by_page(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary(f"c{i}", 1) for i in range(1203)]
    store, told = ObjectStore(CANARIES), []
    store.subscribe(lambda keys: told.append(len(keys)))
    reflector = Reflector(cluster, store, by_pages=True)
    await reflector.list_page()
    assert (len(store), store.synced, store.loading, store.to_come, api.lists) == (100, False, True, 1103, 1)
    assert store.get("test", "c7")["kind"] == "Canary"
    store.stale("refused")
    assert not store.loading
    await reflector.list_page()
    assert (len(store), store.to_come, store.loading) == (300, 903, True), "an answer ends the silence"
    await reflector.list_once()
    assert (len(store), store.synced, store.loading, store.to_come, api.lists) == (1203, True, False, 0, 7)
    await asyncio.sleep(0)
    assert sum(told) == 1203, "no object is told twice"


async def test_a_list_that_breaks_off_begins_again_and_ends_complete(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary(f"c{i}", 1) for i in range(300)]
    store = ObjectStore(CANARIES)
    reflector = Reflector(cluster, store, by_pages=True)
    await reflector.list_page()
    api.refuse = (410, {"kind": "Status", "code": 410, "reason": "Expired", "message": "continue is too old"})
    with pytest.raises(ApiStatusError):
        await reflector.list_page()
    assert not reflector.listing
    api.refuse = None
    api.items = api.items[50:]
    await reflector.list_once()
    assert (len(store), store.get("test", "c0")) == (250, None), "what has gone meanwhile is gone"


async def test_who_needs_all_objects_never_sees_a_part(api: ScriptedApi, cluster: Cluster) -> None:
    api.items = [canary(f"c{i}", 1) for i in range(600)]
    store = ObjectStore(CANARIES)
    reflector = Reflector(cluster, store)
    await reflector.list_page()
    assert (len(store), reflector.listing) == (0, True)
    await reflector.list_once()
    assert len(store) == 600
