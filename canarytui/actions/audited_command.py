"""A command of the person's own that acts on a canary from outside: a shell in its pods, a plugin.

There is no plan of it and nothing is known of what it writes, so it is treated as a write: rules and access review
before, a line in the audit log before it and after it.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from canarytui.actions.outcome import WriteOutcome
from canarytui.background import to_the_end
from canarytui.cluster.audit import AuditError, AuditLog
from canarytui.domain.plan import Intent, Permission
from canarytui.domain.sentences import outcomes as words
from canarytui.domain.sentences import programs
from canarytui.errors import ConfigError

STARTED = "start"


class AuditedCommand(Struct, frozen=True):
    """`argv` runs for the canary `key`; `permissions` are what the person must be allowed for it."""

    intent: Intent
    title: str
    key: tuple[str, str]
    argv: tuple[str, ...]
    permissions: tuple[Permission, ...] = ()


async def audited(
    audit: AuditLog, entry: Mapping[str, Any], command: AuditedCommand, run: Callable[[], Awaitable[int]]
) -> int:
    """Run it between two lines of the audit log; its exit code.

    Raises:
        ConfigError: the first line cannot be written; nothing was run.
        OSError: it cannot be started, which the second line says.
    """
    line = {**entry, "command": shlex.join(command.argv)}
    try:
        await to_the_end(asyncio.to_thread(audit.append, {**line, "stage": STARTED}))
    except AuditError as error:
        raise ConfigError(words.NO_AUDIT.text(why=error.reason, remedy=error.remedy)) from error
    except asyncio.CancelledError:
        not_run = {**line, "stage": WriteOutcome.NOT_DONE, "found": programs.NOT_BEGUN.text()}
        await to_the_end(asyncio.to_thread(_append, audit, not_run))
        raise
    stage, found = WriteOutcome.DONE, programs.LEFT_RUNNING.text()
    try:
        code = await run()
        found = programs.EXIT_CODE.text(code=code)
    except OSError as error:
        stage, found = WriteOutcome.NOT_DONE, str(error.strerror or error)
        raise
    else:
        return code
    finally:
        await to_the_end(asyncio.to_thread(_append, audit, {**line, "stage": stage, "found": found}))


def _append(audit: AuditLog, line: dict[str, Any]) -> None:
    """About what is already done: a full disk must not stop it."""
    try:
        audit.append(line)
    except AuditError:
        return
