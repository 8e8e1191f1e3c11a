"""A shell or plugin stands in the audit log before it runs and after; what cannot be audited is not run."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from canarytui.actions.audited_command import AuditedCommand, audited
from canarytui.actions.rules import parse_rules
from canarytui.cluster.audit import AuditLog
from canarytui.domain.plan import Intent
from canarytui.domain.sentences import programs
from canarytui.errors import ConfigError

COMMAND = AuditedCommand(Intent.PLUGIN, "Plugin x on a/b", ("a", "b"), ("x", "two words"))


def ending(code: int | Exception) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        if isinstance(code, Exception):
            raise code
        return code

    return run


async def test_both_lines_are_written(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit")
    assert await audited(log, {"intent": "plugin"}, COMMAND, ending(3)) == 3
    with pytest.raises(FileNotFoundError):
        await audited(log, {"intent": "plugin"}, COMMAND, ending(FileNotFoundError(2, "No such file")))
    found = [(line["stage"], line["command"], line.get("found")) for line in log.entries()]
    assert found == [
        ("start", "x 'two words'", None),
        ("done", "x 'two words'", "exit code 3"),
        ("start", "x 'two words'", None),
        ("not done", "x 'two words'", "No such file"),
    ]


class SlowLog(AuditLog):
    """A disk that takes its time over each line; `begun` has the stages of those that were begun."""

    def __init__(self, path: Path, begun: queue.Queue[str]) -> None:
        super().__init__(path)
        self._begun = begun

    def append(self, entry: dict[str, Any]) -> None:
        self._begun.put(entry["stage"])
        time.sleep(0.05)
        super().append(entry)


@pytest.mark.parametrize(
    ("during", "stage", "found"),
    [
        ("start", "not done", "cancelled before it began"),
        ("run", "done", programs.LEFT_RUNNING.text()),
        ("done", "done", "exit code 0"),
    ],
    ids=["while the first line is written", "while it runs", "while the last line is written"],
)
async def test_whoever_gives_up_leaves_an_end_for_each_start(
    during: str, stage: str, found: str, tmp_path: Path
) -> None:
    begun: queue.Queue[str] = queue.Queue()
    log = SlowLog(tmp_path / "audit", begun)

    async def run() -> int:
        begun.put("run")
        await asyncio.sleep(60 if during == "run" else 0)
        return 0

    task = asyncio.create_task(audited(log, {}, COMMAND, run))
    while await asyncio.to_thread(begun.get, timeout=5) != during:
        pass
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    start, end = log.entries()
    assert (start["stage"], end["stage"], end["found"]) == ("start", stage, found)


async def test_without_a_first_line_nothing_runs(tmp_path: Path) -> None:
    ran: list[int] = []

    async def run() -> int:
        ran.append(1)
        return 0

    with pytest.raises(ConfigError):
        await audited(AuditLog(tmp_path), {}, COMMAND, run)
    assert ran == []


def test_rules_may_forbid_them() -> None:
    rules = parse_rules({"prod": {"forbid": ["shell", "plugin"]}, "all": {"forbid": "all"}})
    assert rules.forbidden("prod", Intent.SHELL)
    assert rules.forbidden("prod", Intent.PLUGIN)
    assert not rules.forbidden("prod", Intent.EDIT)
    assert rules.forbidden("all", Intent.PLUGIN)
