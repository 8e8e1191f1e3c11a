"""Editing a canary in the person's editor, as ``kubectl edit`` does: open, parse, check, confirm, write.

The text lies in a file that only its owner may read. Until it is written the file stays, and is named.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from canarytui.actions.executor import ActionExecutor
from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import private_folder, read_start, write_all
from canarytui.console.actions.port import ActionPort
from canarytui.console.programs.variables import editor, not_started, set_variable
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.actions.edited_text import changes_of, edited_text
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import editing as words
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError

_MOST_BYTES = 3_000_000
_NOTICE_S = 6.0
_WARNING_S = 15.0

Act = Callable[[ActionRequest], Awaitable[bool]]
"""Plans, confirms and carries out an edit; whether it was written."""


async def edit_canary(situation: Situation, executor: ActionExecutor, port: ActionPort, context: str, act: Act) -> None:
    """Open the canary of `situation`, and write what was changed.

    Raises:
        CanarytuiError: nothing was written, for this reason.
    """
    canary = situation.canary
    argv, text = editor(), edited_text(canary.raw, context)
    path = await asyncio.to_thread(_new_file, f"{canary.namespace}-{canary.name}", text)
    try:
        code = await port.hand_over([*argv, str(path)])
    except (OSError, CanarytuiError) as error:  # nobody has seen the file
        await _remove(path)
        if isinstance(error, CanarytuiError):
            raise
        raise not_started(argv[0], error, set_variable("EDITOR")) from error
    edited = await asyncio.to_thread(_read, path)
    if code:
        if edited == text:
            await _remove(path)
        raise CanarytuiError(words.EDITOR_FAILED.text(editor=clean(argv[0], 120), code=code, path=path))
    try:
        changes = changes_of(canary.raw, edited)
        request = ActionRequest(Intent.EDIT, changes=changes, opened=canary.raw)
        if changes:
            await executor.carry_out(plan(situation, request), situation, dry_run=True)
    except CanarytuiError as error:
        raise CanarytuiError(words.NOT_WRITTEN.text(why=error, path=path)) from error
    if not changes:
        await _remove(path)
        port.tell(words.NO_CHANGE.text(), timeout_s=_NOTICE_S)
    elif await act(request):
        await _remove(path)
    else:
        port.tell(words.KEPT.text(path=path), warning=True, timeout_s=_WARNING_S)


async def _remove(path: Path) -> None:
    await asyncio.to_thread(path.unlink, missing_ok=True)


def _new_file(name: str, text: str) -> Path:
    folder = state_folder() / "edits"
    path = folder / f"{name[:120]}-{secrets.token_hex(4)}.yaml"
    try:
        private_folder(folder)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            write_all(descriptor, text.encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CanarytuiError(words.NO_FILE.text(path=path, why=error.strerror)) from error
    return path


def _read(path: Path) -> str:
    try:
        return read_start(path, _MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error.reason
        raise CanarytuiError(words.NO_FILE.text(path=path, why=why)) from error
