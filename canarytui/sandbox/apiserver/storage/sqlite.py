"""Persistent records, for ``canarytui sandbox up --data-dir``.

Reads come from memory, every write goes to SQLite (write-ahead log) before it is announced. A file with
an unknown layout is refused.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from canarytui.sandbox.apiserver.storage.store import MemoryStorage, ResourceKey, StoredRecord

_LAYOUT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    grp TEXT NOT NULL, plural TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    revision INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (grp, plural, namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL);
INSERT OR IGNORE INTO counter VALUES (1, 1);
"""


class DataFileError(Exception):
    """The data file cannot be used; the text says which and why."""


class SqliteStorage(MemoryStorage):
    """A :class:`~canarytui.sandbox.apiserver.storage.store.RecordStorage` kept in one SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises :class:`DataFileError` when it is not such a file or is in use."""
        super().__init__()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=2.0)
            self._open()
        except sqlite3.DatabaseError as error:
            raise DataFileError(f"{path}: cannot be used as the sandbox's data file: {error}") from error

    def _open(self) -> None:
        db = self._db
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        (layout,) = db.execute("PRAGMA user_version").fetchone()
        if layout not in (0, _LAYOUT):
            raise sqlite3.DatabaseError(f"layout {layout}, this version reads layout {_LAYOUT}")
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version={_LAYOUT}")
        for grp, plural, namespace, name, revision, data in db.execute("SELECT * FROM object"):
            super().put((grp, plural), StoredRecord(namespace, name, revision, json.loads(data), data))
        (self._revision,) = db.execute("SELECT revision FROM counter").fetchone()

    def put(self, key: ResourceKey, record: StoredRecord) -> None:
        row = (*key, record.namespace, record.name, record.revision, record.data)
        self._write("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?)", row, record.revision)
        super().put(key, record)

    def remove(self, key: ResourceKey, record: StoredRecord) -> None:
        where = "DELETE FROM object WHERE grp=? AND plural=? AND namespace=? AND name=?"
        self._write(where, (*key, record.namespace, record.name), record.revision)
        super().remove(key, record)

    def _write(self, statement: str, row: tuple[object, ...], revision: int) -> None:
        self._db.execute("BEGIN")
        try:
            self._db.execute(statement, row)
            self._db.execute("UPDATE counter SET revision=?", (revision,))
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()
