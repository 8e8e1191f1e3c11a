"""A store's objects, and when its subscribers are called."""

from __future__ import annotations

import asyncio
from typing import Any

from canarytui.sandbox.client.object_store import WatchedStore, key_of
from canarytui.sandbox.client.resources import PODS


def pod(name: str, version: str = "1", namespace: str | None = "test") -> dict[str, Any]:
    metadata = {"name": name, "resourceVersion": version, "managedFields": [{"manager": "x"}]}
    return {"metadata": {**metadata, "namespace": namespace} if namespace else metadata}


def test_keys_are_namespace_and_name() -> None:
    assert [key_of(pod("a")), key_of(pod("b", namespace=None))] == [("test", "a"), ("", "b")]


async def test_subscribers_are_called_once_a_turn_with_what_changed() -> None:
    store, calls = WatchedStore(PODS), []
    unsubscribe = store.subscribe(calls.append)
    store.put(pod("a"))
    store.put(pod("a", "2"))
    store.put(pod("b"))
    assert calls == []
    await asyncio.sleep(0)
    store.remove(pod("b"))
    store.remove(pod("never"))
    await asyncio.sleep(0)
    assert calls == [{("test", "a"), ("test", "b")}, {("test", "b")}]
    unsubscribe()
    unsubscribe()
    store.put(pod("c"))
    await asyncio.sleep(0)
    assert len(calls) == 2
    found = store.get("test", "a")
    assert found is not None
    assert found["metadata"] == {"name": "a", "namespace": "test", "resourceVersion": "2"}
    assert [key_of(obj) for obj in store.objects()] == [("test", "a"), ("test", "c")]


async def test_a_list_replaces_all_and_tells_only_the_differences() -> None:
    store, calls = WatchedStore(PODS), []
    assert not await store.wait_synced(0)
    store.replace([pod("same"), pod("changed"), pod("gone")])
    assert await store.wait_synced(10)
    await asyncio.sleep(0)
    store.subscribe(calls.append)
    store.replace([pod("same"), pod("changed", "2"), pod("new")])
    await asyncio.sleep(0)
    assert calls == [{("test", "changed"), ("test", "gone"), ("test", "new")}]
    assert store.get("test", "gone") is None
