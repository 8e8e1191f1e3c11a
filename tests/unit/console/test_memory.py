"""What the console remembers between starts, beside other consoles that do the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canarytui.console.memory import MOST_COMMANDS, ConsoleMemory, memory_path


def test_it_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "state" / "console.json"
    first = ConsoleMemory(path)
    for command in ("ctx prod", "events", "ctx prod"):
        first.gave(command)
    first.save_filter("failing", ":failed")
    first.save_filter("mine", "ns:shop")
    first.forget_filter("mine")
    assert first.is_first("k9s pause")
    assert not first.is_first("k9s pause")
    first.save()
    assert path.stat().st_mode & 0o777 == 0o600
    second = ConsoleMemory(path)
    assert second.commands == ["events", "ctx prod"]
    assert second.filters == {"failing": ":failed"}
    assert not second.is_first("k9s pause")


def test_two_consoles_keep_what_both_were_given(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    one, other = ConsoleMemory(path), ConsoleMemory(path)
    assert (one.commands, other.commands) == ([], [])
    one.save_filter("a", "x")
    one.gave("events")
    one.save()
    other.save_filter("b", "y")
    other.gave("audit")
    other.save()
    found = ConsoleMemory(path)
    assert (found.commands, found.filters) == (["events", "audit"], {"a": "x", "b": "y"})


def test_the_oldest_commands_go(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    memory = ConsoleMemory(path)
    for number in range(MOST_COMMANDS + 5):
        memory.gave(f"ns {number}")
    memory.save()
    found = ConsoleMemory(path).commands
    assert (len(found), found[0], found[-1]) == (MOST_COMMANDS, "ns 5", f"ns {MOST_COMMANDS + 4}")


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[]",
        json.dumps({"commands": "events", "filters": ["x"], "seen": 7}),
        json.dumps({"commands": [7, "a\x1b[2J", "", "x" * 501], "filters": {"a": 1, "b\n": "x"}, "seen": [None]}),
    ],
)
def test_a_file_that_is_not_ours_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "console.json"
    path.write_text(content)
    memory = ConsoleMemory(path)
    assert (memory.commands, memory.filters, memory.is_first("x")) == ([], {}, True)


def test_a_disk_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = ConsoleMemory(tmp_path / "file" / "console.json")
    memory.gave("events")
    memory.save()
    assert memory.commands == ["events"]


def test_it_is_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert memory_path() == tmp_path / "canarytui" / "console.json"
