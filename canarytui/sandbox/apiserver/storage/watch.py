"""Watches: what one watcher sees of a resource, given its selectors and starting point.

An object that starts to match a selector is ADDED to that watcher, one that stops matching is DELETED.
Encoded lines are made once for each change and shape, and shared by all watchers. A watcher that does not
keep up is cut off: its client lists again, as it would with a real API server.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.objects import encode
from canarytui.sandbox.apiserver.storage.field_selectors import FieldSelector
from canarytui.sandbox.apiserver.storage.label_selectors import LabelSelector
from canarytui.sandbox.apiserver.storage.store import RecordStore, StoreChange, StoredRecord
from canarytui.sandbox.apiserver.storage.views import ResourceView
from canarytui.sandbox.apiserver.types.resources import storage_key
from canarytui.sandbox.whole_number import whole_number

BUFFER_LIMIT = 10_000
"""Unread changes after which a watcher is cut off."""

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class WatchEvent(Struct, eq=False):
    """ADDED, MODIFIED, DELETED, BOOKMARK or ERROR, and the object in the watcher's shape."""

    type: str
    object: dict[str, Any]
    record: StoredRecord | None = None
    change: StoreChange | None = None
    view: ResourceView | None = None

    @property
    def raw(self) -> bytes:
        """The event as one line of JSON, with its line feed."""
        if self.record is None or self.view is None:
            return b'{"type":"' + self.type.encode() + b'","object":' + encode(self.object) + b"}\n"
        shape = (self.type, self.record.revision, self.view.rt.api_version)
        lines = self.change.lines if self.change is not None else None
        line = lines.get(shape) if lines is not None else None
        if line is None:
            data = self.view.serve_bytes(self.record)
            line = b'{"type":"' + self.type.encode() + b'","object":' + data + b"}\n"
            if lines is not None:
                lines[shape] = line
        return line


class WatchFilter(Struct, frozen=True):
    """What one list or watch selects of a resource."""

    namespace: str | None
    labels: LabelSelector
    fields: FieldSelector

    def matches(self, record: StoredRecord) -> bool:
        """Whether the record is selected."""
        if self.namespace and record.namespace != self.namespace:
            return False
        if self.labels and not self.labels.matches(record.obj["metadata"].get("labels")):
            return False
        return not self.fields or self.fields.matches(record.obj)


class Watch:
    """An async iterator of :class:`WatchEvent`; ends when closed, cut off, or after an ERROR event."""

    def __init__(
        self, store: RecordStore, view: ResourceView, chosen: WatchFilter, *, buffer_limit: int = BUFFER_LIMIT
    ) -> None:
        self._store = store
        self._view = view
        self._filter = chosen
        self._events: deque[WatchEvent] = deque()
        self._limit = buffer_limit
        self._wake: asyncio.Future[None] | None = None
        self._stop: Callable[[], None] | None = None
        self._ended = False
        self.cut = False

    def start(self, *, resource_version: str, send_initial_events: bool | None, bookmarks: bool) -> Watch:
        """Queue the initial events and follow the log from there; raises :class:`StatusError` 410 or 400.

        ``""`` begins with the present objects as ADDED events, and so does ``"0"``; any other version
        begins after it. ``send_initial_events`` begins with the present objects and marks their end.
        """
        log = self._store.log(storage_key(self._view.rt))
        since = parse_version(resource_version)
        if send_initial_events or (send_initial_events is None and since == 0):
            self._queue_present()
            if send_initial_events and bookmarks:
                self._events.append(self._bookmark({"annotations": {INITIAL_EVENTS_END: "true"}}))
        elif since:
            if since > self._store.revision:
                raise errors.too_large_resource_version(since, self._store.revision)
            for change in log.since(since):
                self._offer(change)
        self._limit += len(self._events)
        self._stop = log.follow(self._on_change)
        return self

    def _queue_present(self) -> None:
        for record in self._store.records(storage_key(self._view.rt), self._filter.namespace):
            if self._filter.matches(record):
                self._events.append(WatchEvent("ADDED", self._view.serve(record), record, None, self._view))

    def _offer(self, change: StoreChange) -> None:
        before = change.previous is not None and self._filter.matches(change.previous)
        after = change.type != "DELETED" and self._filter.matches(change.record)
        record = change.record
        if after:
            kind = "MODIFIED" if before else "ADDED"
        elif before:
            kind = "DELETED"
            if change.type != "DELETED" and change.previous is not None:
                record = self._last_seen(change.previous, change.revision)
        else:
            return
        self._events.append(WatchEvent(kind, self._view.serve(record), record, change, self._view))

    @staticmethod
    def _last_seen(previous: StoredRecord, revision: int) -> StoredRecord:
        """The last state the watcher saw, at the version of the change that hid the object from it."""
        obj = previous.copy()
        obj["metadata"]["resourceVersion"] = str(revision)
        return StoredRecord(previous.namespace, previous.name, revision, obj, encode(obj))

    def _on_change(self, change: StoreChange) -> None:
        if len(self._events) >= self._limit:
            self.cut = True
            self.close()
            return
        self._offer(change)
        self._wake_up()

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _bookmark(self, extra: dict[str, Any] | None = None) -> WatchEvent:
        rt = self._view.rt
        meta = {"resourceVersion": str(self._store.revision), **(extra or {})}
        return WatchEvent("BOOKMARK", {"kind": rt.kind, "apiVersion": rt.api_version, "metadata": meta})

    def bookmark(self) -> None:
        """Queue a BOOKMARK at the present revision, unless changes are still waiting to be read."""
        if not self._events and not self._ended:
            self._events.append(self._bookmark())
            self._wake_up()

    @property
    def ended(self) -> bool:
        """Whether the watch is over."""
        return self._ended

    def take(self) -> list[WatchEvent]:
        """All queued events, without waiting."""
        waiting = list(self._events)
        self._events.clear()
        return waiting

    async def wait(self) -> None:
        """Wait until an event is queued or the watch has ended."""
        if not self._events and not self._ended:
            self._wake = asyncio.get_running_loop().create_future()
            try:
                await self._wake
            finally:
                self._wake = None

    def __aiter__(self) -> Watch:
        return self

    async def __anext__(self) -> WatchEvent:
        await self.wait()
        if self._events:
            return self._events.popleft()
        raise StopAsyncIteration

    def close(self) -> None:
        """Stop following; queued events can still be read unless the watch was cut off."""
        self._ended = True
        if self.cut:
            self._events.clear()
        if self._stop is not None:
            self._stop()
            self._stop = None
        self._wake_up()


def parse_version(text: str) -> int:
    """A ``resourceVersion`` parameter as number, ``""`` as 0; raises :class:`StatusError` 400."""
    if not text:
        return 0
    version = whole_number(text)
    if version is None:
        raise errors.bad_request(f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: '
                                 f'parsing "{text}": invalid syntax')  # fmt: skip
    return version
