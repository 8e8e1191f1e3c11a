"""Warnings that the HTTP layer sends as ``Warning`` headers.

Any verb may call :func:`warn`; the HTTP layer wraps the call in :func:`collecting`. Outside of it, as in
controllers, warnings are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_collected: ContextVar[list[str] | None] = ContextVar("warnings", default=None)


def warn(text: str) -> None:
    """Add a warning to the request in progress; the same text is sent once."""
    collected = _collected.get()
    if collected is not None and text not in collected:
        collected.append(text)


@contextmanager
def collecting() -> Iterator[list[str]]:
    """Collect the warnings of the calls made inside."""
    found: list[str] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)
