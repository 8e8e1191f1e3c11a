"""Screens that close themselves and nothing else, and do nothing once they are closed."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from textual.await_complete import AwaitComplete
from textual.css.query import NoMatches
from textual.events import Event, Mount
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.worker import Worker


class DismissedOnce(Screen[ScreenResultType]):
    """A screen whose ``dismiss`` counts only while it is on top. Textual's closes whatever is on top: the second Enter
    of a burst would close the screen below, and the last one ends the app. What waits for a refresh is dropped when
    the screen closes: its widgets are gone, and it must not look anything up again. A screen that is closed before it
    has its widgets never gets any, so it is not mounted either."""

    async def on_event(self, event: Event) -> None:
        if not (isinstance(event, Mount) and self not in self.app.screen_stack):
            await super().on_event(event)

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any, **options: Any) -> bool:
        async def unless_closed() -> None:
            if self in self.app.screen_stack:
                done = callback(*args, **options)
                if isawaitable(done):
                    await done

        return super().call_after_refresh(unless_closed)

    def run_worker(self, work: Any, *args: Any, **options: Any) -> Worker[Any]:
        """Run it in the background. One that finds the screen closed, and its widgets gone, just ends."""

        async def unless_closed() -> Any:
            try:
                return await (work() if callable(work) else work)
            except NoMatches:
                if self in self.app.screen_stack:
                    raise
                return None

        return super().run_worker(unless_closed, *args, **options)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        if not self.app.screen_stack or self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)


class Modal(ModalScreen[ScreenResultType], DismissedOnce[ScreenResultType]):
    """A dialog above the screens."""
