"""Manual gates, in memory: one switch for each canary and key space, closed until opened. Pure."""

from __future__ import annotations


class Gates:
    """Switches named ``name.namespace``; those of ``/gate`` and ``/rollback`` are independent."""

    def __init__(self) -> None:
        self._open: set[tuple[str, str]] = set()

    def open(self, space: str, canary: str) -> None:
        """Let the hooks of `canary` pass from now on, also in later rollouts."""
        self._open.add((space, canary))

    def close(self, space: str, canary: str) -> None:
        """Hold the hooks of `canary` again."""
        self._open.discard((space, canary))

    def is_open(self, space: str, canary: str) -> bool:
        """Whether they pass; unknown gates are closed."""
        return (space, canary) in self._open
