"""A shell or plugin stands in the audit log before it runs and after; what cannot be audited is not run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from canarytui.actions.audited_command import AuditedCommand, audited
from canarytui.actions.rules import parse_rules
from canarytui.cluster.audit import AuditLog
from canarytui.domain.plan import Intent
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
