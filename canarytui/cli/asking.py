"""A question on the terminal, and the line that answers it."""

from __future__ import annotations

import asyncio
import sys

from canarytui.output import tell


async def ask(question: str) -> str:
    """One line from standard input, without a thread that would keep us from ending. Bytes that are no text, such as a
    terminal's own late answers, become replacement characters: they consent to nothing."""
    tell(question, end="")
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.buffer.readline().decode("utf-8", "replace")
