"""List and watch against a real socket: changes arrive, broken watches go on, forgotten versions are listed again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from dataplane_fakes import FakeApi, podinfo_pod
from dataplane_rig import until

from canarytui.sandbox.client import store_reflector
from canarytui.sandbox.client.kube_client import KubeClient, connect
from canarytui.sandbox.client.object_store import WatchedStore
from canarytui.sandbox.client.resources import PODS
from canarytui.sandbox.client.store_reflector import StoreReflector
from canarytui.sandbox.errors import RequestRefused, ServerUnreachable


@pytest.fixture
async def client(api: FakeApi, tmp_path: Path) -> AsyncIterator[KubeClient]:
    made = await connect(api.kubeconfig(tmp_path / "kubeconfig"))
    yield made
    await made.close()


async def test_objects_are_listed_then_watched(api: FakeApi, client: KubeClient) -> None:
    api.put("pods", podinfo_pod("there"))
    unbound = podinfo_pod("unbound")
    del unbound["spec"]["nodeName"]
    api.put("pods", unbound)
    store = WatchedStore(PODS)
    running = asyncio.create_task(StoreReflector(client, store, field_selector="spec.nodeName=sandbox").run())
    assert await store.wait_synced(10)
    assert [obj["metadata"]["name"] for obj in store.objects()] == ["there"]
    api.put("pods", podinfo_pod("later"))
    await until(lambda: store.get("test", "later"))
    api.remove("pods", "test", "there")
    await until(lambda: store.get("test", "there") is None)
    running.cancel()


class Scripted:
    """A client whose lists and watches follow a script."""

    def __init__(self, *watches: object) -> None:
        self.lists = 0
        self.watched: list[str] = []
        self._watches = list(watches)

    async def get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        self.lists += 1
        item = {"metadata": {"name": f"of-list-{self.lists}"}}
        return {
            "kind": "PodList",
            "apiVersion": "v1",
            "metadata": {"resourceVersion": str(self.lists * 10)},
            "items": [item],
        }

    async def watch(self, path: str, query: dict[str, str], silence_s: float) -> AsyncIterator[dict[str, Any]]:
        self.watched.append(query["resourceVersion"])
        if not self._watches:
            await asyncio.Event().wait()
        for event in self._watches.pop(0):  # type: ignore[attr-defined]
            if isinstance(event, Exception):
                raise event
            yield event


def event(kind: str, version: int) -> dict[str, Any]:
    return {"type": kind, "object": {"metadata": {"name": "x", "resourceVersion": str(version)}}}


EXPIRED = {"type": "ERROR", "object": {"code": 410, "reason": "Expired", "message": "too old"}}


@pytest.mark.parametrize(
    ("watches", "versions", "lists", "error"),
    [
        ([[event("ADDED", 11), event("BOOKMARK", 15)]], ["10", "15"], 1, None),
        ([[event("ADDED", 11), ServerUnreachable("broke off")]], ["10", "11"], 1, "broke off"),
        ([[event("ADDED", 11), EXPIRED]], ["10", "20"], 2, None),
        ([[RequestRefused(500, "", "restarted")]], ["10", "20"], 2, None),
    ],
    ids=["ended", "broken", "expired", "refused"],
)
async def test_a_watch_goes_on_from_the_last_version_unless_the_server_forgot_it(
    watches: list[object], versions: list[str], lists: int, error: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_reflector, "_FIRST_PAUSE_S", 0.0)
    client, store = Scripted(*watches), WatchedStore(PODS)
    running = asyncio.create_task(StoreReflector(client, store).run())  # type: ignore[arg-type]
    await until(lambda: len(client.watched) == len(versions))
    assert client.watched == versions
    assert client.lists == lists
    assert store.error == error
    listed = store.get("", f"of-list-{lists}")
    assert listed is not None
    assert (listed["kind"], listed["apiVersion"]) == ("Pod", "v1")
    running.cancel()
