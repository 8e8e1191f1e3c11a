"""``--data-dir`` holds Secrets and keys: only its owner reads them, whatever the umask and earlier versions did."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.storage.sqlite import SqliteStorage
from canarytui.sandbox.apiserver.storage.store import RecordStore
from canarytui.sandbox.supervisor.credentials import credentials
from canarytui.sandbox.supervisor.data_folder import make_private


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    old = os.umask(0)
    yield
    os.umask(old)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}


def filled(folder: Path) -> SqliteStorage:
    """A sandbox's data with a Secret, still open: SQLite's other files are there, too."""
    storage = SqliteStorage(folder / "objects.sqlite")
    api = Api(RecordStore(storage))
    api.create(api.registry.find("", "namespaces"), None, {"metadata": {"name": "test"}})
    api.create(api.registry.find("", "secrets"), "test", {"metadata": {"name": "s"}, "stringData": {"a": "b"}})
    credentials(("admin",), folder)
    return storage


ALL = {"data": 0o700, **dict.fromkeys(("objects.sqlite", "objects.sqlite-wal", "objects.sqlite-shm",
                                       "credentials.json"), 0o600)}  # fmt: skip


def test_new_folder_and_all_files_are_the_owners(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "data"
    make_private(folder)
    storage = filled(folder)
    try:
        assert modes(folder) == ALL
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    finally:
        storage.close()


def test_what_an_earlier_version_left_open_is_tightened(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    storage = filled(folder)
    try:
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755)
        make_private(folder)
        assert modes(folder) == ALL
    finally:
        storage.close()


def test_folder_with_other_things_in_it_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    tmp_path.chmod(0o755)
    make_private(tmp_path)
    found = modes(tmp_path)
    assert (found[tmp_path.name], found["objects.sqlite"], found["other"]) == (0o755, 0o600, 0o666)


@pytest.mark.parametrize("name", ["objects.sqlite", "objects.sqlite-wal", "credentials.json"])
def test_links_and_fifos_in_it_are_refused_by_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "elsewhere").write_text("")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=name):
        make_private(folder)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o666
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(OSError, match="it is not a regular file but a FIFO"):
        make_private(folder)
