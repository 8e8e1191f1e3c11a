"""What the action flow needs of the person at the terminal: a few methods, which the app has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Protocol, TypeVar

from textual.screen import Screen

Answer = TypeVar("Answer")


class ActionPort(Protocol):
    """Notices and questions."""

    @property
    def zone(self) -> tzinfo | None:
        """For wall clock times, the machine's own when None."""
        ...

    def tell(self, text: str, *, warning: bool = False, timeout_s: float) -> None:
        """Show a notice for `timeout_s` seconds."""
        ...

    async def hand_over(
        self,
        argv: Sequence[str],
        *,
        variables: Mapping[str, str] | None = None,
        text: str = "",
        errors: list[str] | None = None,
    ) -> int:
        """Give the terminal to a program until it ends; its exit code. `text` is its input in place of the terminal,
        `errors` takes its standard error. Raises OSError: there is no such program."""
        ...

    async def ask(self, question: Screen[Answer]) -> Answer | None:
        """Show a dialog and wait for its answer; None when it was closed without one."""
        ...
