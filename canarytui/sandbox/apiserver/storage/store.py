"""Stored records with their encoded bytes, recent changes, and one revision counter for all.

The verbs write through :class:`RecordStore`; lists read records; watches follow :class:`ChangeLog`. A
:class:`RecordStorage` keeps the records: in memory, or in SQLite.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from msgspec import Struct, field

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.objects import encode

ResourceKey = tuple[str, str]
"""Group and plural: the versions of a resource are views of the same records."""

HISTORY_LIMIT = 2000


class StoredRecord(Struct, frozen=True, eq=False):
    """One stored object: parsed (never changed) and encoded."""

    namespace: str
    name: str
    revision: int
    obj: dict[str, Any]
    data: bytes

    @property
    def position(self) -> tuple[str, str]:
        """Sort key within a resource."""
        return (self.namespace, self.name)

    def copy(self) -> dict[str, Any]:
        """A fresh object that the caller may change."""
        fresh: dict[str, Any] = json.loads(self.data)
        return fresh


class StoreChange(Struct, eq=False):
    """One write: ``record`` is the state after it (for a deletion: the last state, at the new revision)."""

    type: str
    revision: int
    record: StoredRecord
    previous: StoredRecord | None
    lines: dict[Any, bytes] = field(default_factory=dict)


class RecordStorage(Protocol):
    """Where records live. All calls are synchronous and cheap."""

    @property
    def revision(self) -> int:
        """The highest revision ever given to :meth:`put` or :meth:`remove`."""
        ...

    def get(self, key: ResourceKey, namespace: str, name: str) -> StoredRecord | None: ...
    def records(self, key: ResourceKey) -> dict[tuple[str, str], StoredRecord]: ...
    def keys(self) -> list[ResourceKey]: ...
    def put(self, key: ResourceKey, record: StoredRecord) -> None: ...
    def remove(self, key: ResourceKey, record: StoredRecord) -> None: ...
    def close(self) -> None: ...


class MemoryStorage:
    """Records in dictionaries, lost with the process."""

    def __init__(self) -> None:
        self._tables: dict[ResourceKey, dict[tuple[str, str], StoredRecord]] = {}
        self._revision = 1

    @property
    def revision(self) -> int:
        return self._revision

    def get(self, key: ResourceKey, namespace: str, name: str) -> StoredRecord | None:
        return self._tables.get(key, {}).get((namespace, name))

    def records(self, key: ResourceKey) -> dict[tuple[str, str], StoredRecord]:
        return self._tables.get(key, {})

    def keys(self) -> list[ResourceKey]:
        return [key for key, table in self._tables.items() if table]

    def put(self, key: ResourceKey, record: StoredRecord) -> None:
        self._revision = record.revision
        self._tables.setdefault(key, {})[record.position] = record

    def remove(self, key: ResourceKey, record: StoredRecord) -> None:
        self._revision = record.revision
        self._tables[key].pop(record.position, None)

    def close(self) -> None:
        return


class ChangeLog:
    """Recent changes of one resource, and their followers."""

    def __init__(self, compacted: int, limit: int) -> None:
        self.compacted = compacted
        self._limit = limit
        self._changes: deque[StoreChange] = deque()
        self._followers: list[Callable[[StoreChange], None]] = []

    def append(self, change: StoreChange) -> None:
        """Keep the change, drop the oldest beyond the limit, notify every follower."""
        self._changes.append(change)
        if len(self._changes) > self._limit:
            self.compacted = self._changes.popleft().revision
        for follower in tuple(self._followers):
            follower(change)

    def compact(self, revision: int) -> None:
        """Drop all changes up to and including ``revision``."""
        self.compacted = max(self.compacted, revision)
        while self._changes and self._changes[0].revision <= revision:
            self._changes.popleft()

    def since(self, revision: int) -> list[StoreChange]:
        """Changes after ``revision``; raises :class:`StatusError` 410 when some were dropped."""
        if revision < self.compacted:
            raise errors.expired(f"too old resource version: {revision} ({self.compacted})")
        newer: list[StoreChange] = []
        for change in reversed(self._changes):
            if change.revision <= revision:
                break
            newer.append(change)
        newer.reverse()
        return newer

    def follow(self, follower: Callable[[StoreChange], None]) -> Callable[[], None]:
        """Call ``follower`` at every change until the returned function is called."""
        self._followers.append(follower)

        def stop() -> None:
            if follower in self._followers:
                self._followers.remove(follower)

        return stop


class RecordStore:
    """Records and change logs behind one revision counter."""

    def __init__(self, storage: RecordStorage | None = None, history_limit: int = HISTORY_LIMIT) -> None:
        self.storage: RecordStorage = storage or MemoryStorage()
        self._history_limit = history_limit
        self._logs: dict[ResourceKey, ChangeLog] = {}
        self._born_at = self.storage.revision

    @property
    def revision(self) -> int:
        """The revision of the latest write to any resource."""
        return self.storage.revision

    def log(self, key: ResourceKey) -> ChangeLog:
        """The change log of a resource; it starts with this process."""
        log = self._logs.get(key)
        if log is None:
            log = self._logs[key] = ChangeLog(self._born_at, self._history_limit)
        return log

    def get(self, key: ResourceKey, namespace: str | None, name: str) -> StoredRecord | None:
        """The record, or None."""
        return self.storage.get(key, namespace or "", name)

    def records(self, key: ResourceKey, namespace: str | None = None) -> list[StoredRecord]:
        """Records of one resource (of one namespace), ordered by namespace and name."""
        table = self.storage.records(key)
        if namespace:
            return [table[position] for position in sorted(p for p in table if p[0] == namespace)]
        return [table[position] for position in sorted(table)]

    def records_at(self, key: ResourceKey, revision: int, namespace: str | None = None) -> list[StoredRecord]:
        """The records as they were at ``revision``; raises :class:`StatusError` 410 when that has expired."""
        if revision >= self.revision:
            return self.records(key, namespace)
        table = dict(self.storage.records(key))
        for change in reversed(self.log(key).since(revision)):
            if change.previous is None:
                table.pop(change.record.position, None)
            else:
                table[change.record.position] = change.previous
        return [table[p] for p in sorted(table) if not namespace or p[0] == namespace]

    def write(self, key: ResourceKey, obj: dict[str, Any], previous: StoredRecord | None) -> StoredRecord:
        """Store ``obj`` (which becomes the store's) under the next revision and announce it."""
        record = self._record(obj)
        self.storage.put(key, record)
        kind = "ADDED" if previous is None else "MODIFIED"
        self.log(key).append(StoreChange(kind, record.revision, record, previous))
        return record

    def remove(self, key: ResourceKey, previous: StoredRecord, last: dict[str, Any] | None = None) -> StoredRecord:
        """Remove a record and announce it; ``last`` is its final state when it differs from the stored one."""
        record = self._record(previous.copy() if last is None else last)
        self.storage.remove(key, record)
        self.log(key).append(StoreChange("DELETED", record.revision, record, previous))
        return record

    def _record(self, obj: dict[str, Any]) -> StoredRecord:
        revision = self.revision + 1
        meta = obj["metadata"]
        meta["resourceVersion"] = str(revision)
        return StoredRecord(meta.get("namespace", ""), meta["name"], revision, obj, encode(obj))

    def everything(self) -> Iterator[tuple[ResourceKey, StoredRecord]]:
        """All records of all resources."""
        for key in self.storage.keys():  # noqa: SIM118 - a RecordStorage is no mapping
            for record in self.records(key):
                yield key, record

    def close(self) -> None:
        """Close the storage."""
        self.storage.close()
