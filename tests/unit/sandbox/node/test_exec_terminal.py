"""Commands with pipes and with a terminal: output, input, size, end."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from canarytui.sandbox.node.terminal import StartedCommand, start_command

SH = shutil.which("sh") or "/bin/sh"
ENV = {"PATH": os.environ["PATH"]}


async def read(command: StartedCommand) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for channel, chunks in command.outputs():
        async for chunk in chunks:
            found[channel] = found.get(channel, b"") + chunk
    return found


async def test_pipes_keep_both_outputs_apart(tmp_path: Path) -> None:
    script = "cat; pwd; echo err >&2; exit 4"
    command = await start_command([SH, "-c", script], ENV, str(tmp_path), tty=False, stdin=True)
    await command.write(b"in ")
    command.close_input()
    assert await read(command) == {1: b"in " + os.fsencode(tmp_path) + b"\n", 2: b"err\n"}
    assert await command.finish() == 4
    await command.end()


async def test_a_terminal_has_the_size_it_is_given(tmp_path: Path) -> None:
    command = await start_command([SH, "-c", "read x; stty size; tty >&2"], ENV, str(tmp_path), tty=True, stdin=True)
    command.resize(70, 20)
    await command.write(b"\n")
    found = await read(command)
    assert b"20 70\r\n/dev/" in found[1]
    assert await command.finish() == 0
    await command.end()


@pytest.mark.parametrize("tty", [False, True])
async def test_a_command_that_goes_on_is_ended(tmp_path: Path, tty: bool) -> None:
    command = await start_command([SH, "-c", "exec sleep 600"], ENV, str(tmp_path), tty=tty, stdin=False)
    await command.end()
    assert await command.finish() != 0


async def test_a_program_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await start_command([str(tmp_path / "none")], ENV, str(tmp_path), tty=False, stdin=False)
