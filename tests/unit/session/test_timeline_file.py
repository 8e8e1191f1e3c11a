"""The timeline on disk: what was told yesterday is there this morning, once, and never costs the console anything."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from told import RECORDINGS, Story

from canarytui.domain.history.facts import Fact, FactSource
from canarytui.session.timeline_file import TimelineFile, history_path

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
EVERYTHING = ("status", "object", "log", "event")


def fact(number: int, text: str = "Advance cart.shop canary weight 10") -> Fact:
    at = NOW + timedelta(seconds=number)
    return Fact(at, "shop", "cart", FactSource.LOG, text, False, frozenset({("weight", "10")}), f"log:{number}")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    history = TimelineFile(tmp_path / "state" / "prod.jsonl")
    facts = [fact(1), fact(2, "Halt cart.shop advancement success rate 53% < 99% \u202e[red]"), fact(3, "漢字 🚀")]
    history.write(facts)
    assert TimelineFile(tmp_path / "state" / "prod.jsonl").read()[::2] == facts[::2]
    assert history.trouble == ""
    assert (tmp_path / "state" / "prod.jsonl").stat().st_mode & 0o077 == 0


def test_two_files_bound_what_is_kept(tmp_path: Path) -> None:
    history = TimelineFile(tmp_path / "prod.jsonl", limit=20_000)
    for number in range(1000):
        history.write([fact(number)])
    assert sum(path.stat().st_size for path in tmp_path.glob("prod.jsonl*")) < 45_000
    kept = history.read()
    assert kept[-1] == fact(999)
    assert kept == [fact(1000 - len(kept) + place) for place in range(len(kept))]


def test_damaged_lines_count_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "prod.jsonl"
    history = TimelineFile(path)
    history.write([fact(1)])
    with path.open("ab") as file:
        file.write(b'{"at": 3}\n\xff\xfe\n[]\nnull\n{"at":"2026-11-23T14:30:00Z","source":"moon"}\n')
    history.write([fact(2)])
    with path.open("ab") as file:
        file.write(b'{"at":"2026-11-23T14:3')  # a crash in the middle
    assert history.read() == [fact(1), fact(2)]


def test_disk_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = TimelineFile(tmp_path / "file" / "prod.jsonl")
    history.write([fact(1)])
    assert "is not saved" in history.trouble
    assert history.read() == []


def test_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = TimelineFile(tmp_path / "prod.jsonl")
    history.write([fact(1)])
    real, calls = TimelineFile.write, []

    def full(descriptor: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return os_write(descriptor, data[:10])

    os_write = os.write
    monkeypatch.setattr("canarytui.cluster.regular_files.os.write", full)
    real(history, [fact(2)])
    monkeypatch.undo()
    assert "No space left" in history.trouble
    history.write([fact(3)])
    assert history.read() == [fact(1), fact(3)]
    assert history.trouble == ""


@pytest.mark.parametrize("name", ["prod.jsonl", "prod.lock"])
def test_fifo_in_its_place_costs_the_history_and_not_the_console(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    history = TimelineFile(tmp_path / "prod.jsonl")
    assert history.read() == []
    assert not history.write([fact(1)])
    assert "it is not a regular file but a FIFO" in history.trouble


def test_stopped_console_that_holds_the_lock_is_waited_for_no_longer_than_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = TimelineFile(tmp_path / "prod.jsonl")
    assert history.write([fact(1)])
    monkeypatch.setattr("canarytui.session.timeline_file._LOCK_TRIES", 3)
    with (tmp_path / "prod.lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert not history.write([fact(2)])
    assert "another canarytui holds the lock" in history.trouble
    assert history.write([fact(3)])
    assert history.read() == [fact(1), fact(3)]


def test_half_line_of_a_crash_does_not_swallow_the_next(tmp_path: Path) -> None:
    history = TimelineFile(tmp_path / "prod.jsonl")
    history.write([fact(1)])
    with (tmp_path / "prod.jsonl").open("ab") as file:
        file.write(b'{"at":"2026-11-23T14:3')
    history.write([fact(2)])
    assert history.read() == [fact(1), fact(2)]


def write_many(path: Path, first: int) -> None:
    history = TimelineFile(path, limit=30_000)
    for number in range(first, first + 200):
        history.write([fact(number)])


def test_several_consoles_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "prod.jsonl"
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_many, args=(path, 1000 * place)) for place in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    lines = b"".join(each.read_bytes() for each in tmp_path.glob("prod.jsonl*")).splitlines()
    lines = [line for line in lines if line]
    assert len(TimelineFile(path).read()) == len(lines) > 100


def test_clusters_do_not_share_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    paths = {history_path(context, uid) for context in ("prod", "../../etc", "a/b") for uid in ("1", "2")}
    assert len(paths) == 6
    assert {path.parent for path in paths} == {tmp_path / "canarytui" / "history"}


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_console_that_starts_anew_knows_the_past_once(path: Path, tmp_path: Path) -> None:
    story, history = Story(path), TimelineFile(tmp_path / "kept.jsonl")
    story.cluster_state.timeline.listeners.append(lambda told: history.write([told]))
    await story.tell(EVERYTHING)
    before = [entry.text for entry in story.entries()]
    story.restart()
    for told in history.read():
        story.cluster_state.timeline.add(told, is_new=False)
    # The server's Events and the controller's log tell it all again.
    await story.tell(("log",))
    assert [entry.text for entry in story.entries()] == before
