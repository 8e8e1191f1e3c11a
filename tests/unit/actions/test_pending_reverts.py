"""Temporary writes on disk: there before the write, looked after by one process at a time, never twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import asdict, replace

from canarytui.cluster.pending_reverts import PendingRevert, PendingReverts
from canarytui.errors import ConfigError

RECORD = PendingRevert(
    "0a1b", "2026-11-23T14:00:00Z", "https://a", "prod", "Promote shop/cart", "shop", "cart", "u",
    "skipAnalysis", True, None, ("Failed", "Succeeded"), "", 4,
)  # fmt: skip


def test_what_the_living_hold_is_theirs_and_what_the_dead_held_is_found(tmp_path: Path) -> None:
    mine, other = PendingReverts(tmp_path), PendingReverts(tmp_path)
    mine.begin(RECORD)
    assert other.adopt("https://a") == []
    mine.release()
    assert other.adopt("https://b") == []
    assert other.adopt("https://a") == [RECORD]
    assert PendingReverts(tmp_path).adopt("https://a") == []
    other.end(RECORD)
    assert PendingReverts(tmp_path).adopt("https://a") == []
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_leaves_it_on_the_disk(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "from test_pending_reverts import RECORD; from canarytui.cluster.pending_reverts import PendingReverts\n"
        "PendingReverts(pathlib.Path(sys.argv[1])).begin(RECORD); os.kill(os.getpid(), 9)"
    )
    here = str(Path(__file__).parent)
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path), here], check=False)
    assert ended.returncode == -9
    assert PendingReverts(tmp_path).adopt("https://a") == [RECORD]


def test_rubbish_and_half_written_records_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    (tmp_path / "y.json").write_text('{"server": "https://a"}')
    (tmp_path / "z.new").write_text("")
    assert PendingReverts(tmp_path).adopt("https://a") == []


def test_a_journal_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="might never be taken back"):
        PendingReverts(tmp_path / "file" / "journal").begin(replace(RECORD, number="1"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("number", "../../../precious", "is not the number of a record"),
        ("number", "ffff", "its number is 'ffff'"),
        ("number", 7, "wrong type"),
        ("namespace", "..", "is not the name of an object"),
        ("name", "cart/../../secrets", "is not the name of an object"),
        ("field", "a/b", "is not a field"),
        ("calls", [{"url": 7, "body": {}}], "a call has no url"),
        ("generation", "4", "wrong type"),
    ],
)
def test_a_record_that_leads_elsewhere_is_refused_with_a_sentence(
    tmp_path: Path, field: str, value: object, why: str
) -> None:
    precious = tmp_path / "precious.json"
    precious.write_text("{}")
    folder = tmp_path / "a" / "b" / "journal"
    folder.mkdir(parents=True)
    (folder / "0a1b.json").write_text(json.dumps({**asdict(RECORD), field: value}))
    journal = PendingReverts(folder)
    assert journal.adopt("https://a") == []
    (sentence,) = journal.unusable()
    assert f"{folder}/0a1b.json is not a record of a temporary change" in sentence
    assert why in sentence
    assert journal.unusable() == [], "told once"
    assert precious.exists()


def test_what_is_no_file_in_the_journal_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "0a1b.json")
    (tmp_path / "0a1c.json").mkdir()
    (tmp_path / "0a1d.json").symlink_to("0a1d.json")
    assert PendingReverts(tmp_path).adopt("https://a") == []
