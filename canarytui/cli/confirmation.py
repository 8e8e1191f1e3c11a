"""A question on the terminal, and the line that answers it."""

from __future__ import annotations

import asyncio
import sys

from canarytui.output import tell


async def ask(question: str) -> str:
    """One line from standard input, read without a thread, which would delay our end. Bytes that are not UTF-8, such as
    a terminal's late replies, become replacement characters and never confirm anything."""
    tell(question, end="")
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.buffer.readline().decode("utf-8", "replace")
