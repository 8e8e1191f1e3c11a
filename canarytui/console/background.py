"""Work that goes on beside the screens."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from canarytui.console.messages import ConsoleMessage

Work = Callable[[], Coroutine[Any, Any, Any]]
"""It is called only when its turn comes: an app that ends before leaves no coroutine behind that nobody awaits."""


class BackgroundWork:
    """`start` runs work in the app's event loop."""

    def __init__(self, start: Callable[[Work], object]) -> None:
        self._start = start
        self._under_way: set[ConsoleMessage] = set()

    def run(self, work: Work) -> None:
        """Run `work` beside the screens."""
        self._start(work)

    def once(self, message: ConsoleMessage, work: Work) -> None:
        """Run `work`, but not twice at once for equal messages: a key that is hit again while its screen is about to
        open means that one."""
        if message in self._under_way:
            return
        self._under_way.add(message)

        async def run() -> None:
            try:
                await work()
            finally:
                self._under_way.discard(message)

        self._start(run)
