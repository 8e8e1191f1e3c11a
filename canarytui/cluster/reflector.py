"""Lists and watches one resource into a store, and recovers from every way in which a watch can break.

One reflector per resource and namespace. It lists in pages, watches from there with bookmarks, lists again after 410
Gone, backs off with jitter while the server is away, and marks the store stale meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Any, NoReturn

from canarytui.cluster.bounded_responses import MIB
from canarytui.cluster.client import Cluster
from canarytui.cluster.shared_values import SharedValues
from canarytui.cluster.staleness import why_stale
from canarytui.cluster.store import ObjectStore, lighten
from canarytui.domain.sentences import answers as words
from canarytui.domain.text.bounded import OutOfBounds, parse_json
from canarytui.errors import AnswerTooLarge, ApiStatusError, CanarytuiError, ClusterUnreachable

_PAGE = 200
"""A page is read, parsed and thinned before the next one: what it needs for a moment is never given back in full. With
500 the lists of a thousand canaries and their Deployments leave 4 MiB of holes."""
_LARGE_PAGE, _MANY = 500, 4000
"""Once so many objects have come, pages are large: each costs a turn to the server and back, and what such a list keeps
is more than the holes."""
_FIRST_PAGE = 100
"""Of a list that is shown as it comes: more than a screen has lines, and soon read and drawn."""
_PAGE_BYTES_MOST = 16 * MIB
"""Larger pages (large ConfigMaps by the hundred) are requested again with fewer objects."""
_WATCH_S = 290
_FIRST_BACKOFF_S = 0.25
_LAST_BACKOFF_S = 10.0
_BUSY = frozenset({429, 500, 502, 503})
"""Answers that say nothing about the requested version: it is requested again, without a new list."""


class Reflector:
    """Keeps `store` equal to the server's objects while :meth:`run` runs."""

    def __init__(
        self,
        cluster: Cluster,
        store: ObjectStore,
        *,
        namespace: str | None = None,
        label_selector: str = "",
        field_selector: str = "",
        refused_s: float = 0.0,
        by_pages: bool = False,
        shares: bool = False,
    ) -> None:
        """`refused_s`: how long a resource that is not served, or may not be read, is left alone. `by_pages`: the first
        list is in the store page by page as it comes, for those who can do with a part of it. `shares`: what listed
        objects have in common is kept once, which takes less memory and some time."""
        self._cluster = cluster
        self._store = store
        self._path = store.resource.path(namespace)
        self._selectors = {
            key: value for key, value in (("labelSelector", label_selector), ("fieldSelector", field_selector)) if value
        }
        self._refused_s = refused_s
        self._by_pages = by_pages
        self._shares = shares
        self._next_page: dict[str, str] = {}
        self._listed: list[dict[str, Any]] = []
        self._common = SharedValues()
        self._resource_version = ""
        self._following: asyncio.Task[bool] | None = None
        self._again = asyncio.Event()

    def rewatch(self) -> None:
        """Watch again from the last version seen, at once: the connection may have died without a sign."""
        self._again.set()
        if self._following is not None:
            self._following.cancel()

    async def run(self) -> NoReturn:
        """List and watch until cancelled. Errors go to the store's `stale_since` and `error`."""
        backoff_s = _FIRST_BACKOFF_S
        while True:
            try:
                if not self._resource_version:
                    await self.list_once()
                    backoff_s = _FIRST_BACKOFF_S
                if await self._watch():
                    backoff_s = _FIRST_BACKOFF_S
                continue
            except ApiStatusError as error:
                if error.code not in _BUSY:
                    # The server no longer has this version, or has restarted and never had it.
                    self._resource_version = ""
                if error.code == 410:
                    continue
                self._store.stale(str(error), why_stale(error))
                backoff_s = max(backoff_s, min(error.retry_after_s or 0.0, _LAST_BACKOFF_S))
                if error.code in (403, 404) and not self._store.synced:  # until it is installed or granted
                    backoff_s = max(backoff_s, self._refused_s)
            except CanarytuiError as error:
                self._store.stale(str(error), why_stale(error))
            await self._rest(backoff_s * random.uniform(0.75, 1.25))
            backoff_s = min(backoff_s * 2, _LAST_BACKOFF_S)

    async def _rest(self, seconds: float) -> None:
        """Wait, unless the server is known to answer again."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._again.wait()
        self._again.clear()

    @property
    def listing(self) -> bool:
        """Whether a list has begun whose last page was not read yet."""
        return bool(self._next_page)

    async def list_once(self) -> None:
        """Read the whole collection into the store, or what is left of a list that has begun.

        Raises:
            ApiStatusError, ClusterUnreachable: as the request does.
        """
        await self.list_page()
        while self.listing:
            await self.list_page()

    async def list_page(self) -> None:
        """Read the next page of the list, the first where none has begun. A failure ends the list.

        Raises:
            ApiStatusError, ClusterUnreachable: as the request does.
        """
        parts = self._by_pages and not self._store.synced
        query = self._next_page or {**self._selectors, "limit": str(_FIRST_PAGE if parts else _PAGE)}
        listed, common = self._listed, self._common
        self._next_page, self._listed, self._common = {}, [], SharedValues()
        page = await self._page(query)
        resource = self._store.resource
        # Page by page, because what is dropped here is half of what was read.
        items = [lighten(item) for item in page.get("items") or []]
        for item in items:  # list items have no kind of their own
            item.setdefault("apiVersion", resource.api_version)
            item.setdefault("kind", resource.kind)
            if self._shares:
                common.within(item)
        listed += items
        metadata = page.get("metadata") or {}
        if not metadata.get("continue"):
            self._resource_version = str(metadata.get("resourceVersion") or "")
            self._store.replace(listed)
            return
        if query["limit"] in (str(_FIRST_PAGE), str(_PAGE)):  # not one that had to be narrowed
            query["limit"] = str(_PAGE if len(listed) < _MANY else _LARGE_PAGE)
        self._next_page = {**query, "continue": metadata["continue"]}
        self._listed, self._common = listed, common
        if parts:
            remaining = metadata.get("remainingItemCount")
            self._store.add(items, to_come=remaining if isinstance(remaining, int) else 0)

    async def _page(self, query: dict[str, str]) -> dict[str, Any]:
        """The next page; `query` is narrowed to fewer objects a page if they are large."""
        while True:
            try:
                return await self._cluster.request(
                    "GET", self._path, query=query, timeout_s=30.0, most=_PAGE_BYTES_MOST
                )
            except AnswerTooLarge:
                limit = int(query["limit"])
                if limit == 1:
                    raise
                query["limit"] = str(max(1, limit // 4))

    async def _watch(self) -> bool:
        """Follow changes until the server ends the watch; returns whether anything arrived."""
        query = {
            **self._selectors,
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._resource_version,
            "timeoutSeconds": str(_WATCH_S),
        }
        self._following = asyncio.ensure_future(self._follow(query))
        try:
            return await self._following
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise
            return True
        finally:
            following, self._following = self._following, None
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _follow(self, query: dict[str, str]) -> bool:
        arrived = False
        async with self._cluster.stream(self._path, query=query, idle_timeout_s=_WATCH_S + 30) as lines:
            self._store.fresh()
            async for line in lines:
                if line:
                    self._take(line)
                    arrived = True
        return arrived

    def _take(self, line: bytes) -> None:
        try:
            event = parse_json(line)
            kind, obj = event["type"], event["object"]
        except OutOfBounds as error:
            raise ClusterUnreachable(words.BAD_OBJECT.text(path=self._path, why=error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ClusterUnreachable(words.WATCH_CUT.text(path=self._path)) from error
        if kind == "ERROR":
            raise ApiStatusError(int(obj.get("code") or 500), str(obj.get("reason")), str(obj.get("message")))
        version = (obj.get("metadata") or {}).get("resourceVersion")
        if version:
            self._resource_version = str(version)
        if kind == "DELETED":
            self._store.remove(obj)
        elif kind in ("ADDED", "MODIFIED"):
            self._store.put(obj)
