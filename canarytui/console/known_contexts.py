"""The kubeconfig's contexts as they were read last: reading takes a thread, and a key must not wait for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence


class KnownContexts:
    """`read` reads their names."""

    def __init__(self, read: Callable[[], Sequence[str]]) -> None:
        self._read = read
        self._names: list[str] | None = None

    def names(self) -> list[str]:
        """As they were read last; read now only where nothing was yet."""
        if self._names is None:
            self._names = list(self._read())
        return list(self._names)

    async def refresh(self) -> None:
        """Read them again in a thread."""
        self._names = list(await asyncio.to_thread(self._read))
