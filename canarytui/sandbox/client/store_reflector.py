"""List and watch one resource into a store, for as long as the data plane runs."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from typing import Any, NoReturn

from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.client.object_store import WatchedStore
from canarytui.sandbox.errors import RequestRefused, SandboxError

_WATCH_S = 290
_FIRST_PAUSE_S = 0.25
_LAST_PAUSE_S = 10.0


class StoreReflector:
    """Keeps `store` equal to the server's objects while :meth:`run` runs."""

    def __init__(self, client: KubeClient, store: WatchedStore, *, field_selector: str = "") -> None:
        self._client = client
        self._store = store
        self._path = store.resource.path()
        self._selector = {"fieldSelector": field_selector} if field_selector else {}
        self._version = ""

    async def run(self) -> NoReturn:
        """List and watch until cancelled. Retries errors with back-off; the store has the last one."""
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                if not self._version:
                    await self._list()
                    pause_s = _FIRST_PAUSE_S
                await self._watch()
                pause_s = _FIRST_PAUSE_S
            except SandboxError as error:
                if isinstance(error, RequestRefused):
                    self._version = ""  # 410: it is too old, or of an earlier server
                self._store.error = str(error)
                await asyncio.sleep(pause_s * random.uniform(0.75, 1.25))
                pause_s = min(pause_s * 2, _LAST_PAUSE_S)

    async def _list(self) -> None:
        found = await self._client.get(self._path, self._selector)
        self._store.replace([_typed(item, found) for item in found["items"]])
        self._version = str(found["metadata"].get("resourceVersion") or "")
        self._store.error = None

    async def _watch(self) -> None:
        query = {
            **self._selector,
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version,
            "timeoutSeconds": str(_WATCH_S),
        }
        async with aclosing(self._client.watch(self._path, query, silence_s=_WATCH_S + 30)) as events:
            async for event in events:
                self._take(event["type"], event["object"])

    def _take(self, kind: str, obj: dict[str, Any]) -> None:
        if kind == "ERROR":
            raise RequestRefused(int(obj.get("code") or 500), str(obj.get("reason")), str(obj.get("message")))
        self._version = str(obj["metadata"]["resourceVersion"])
        if kind == "DELETED":
            self._store.remove(obj)
        elif kind != "BOOKMARK":
            self._store.put(obj)


def _typed(item: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """A list item with its kind, which only watched objects carry."""
    kind = str(found.get("kind") or "").removesuffix("List")
    return {"apiVersion": found.get("apiVersion", ""), "kind": kind, **item}
