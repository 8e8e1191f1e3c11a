"""A terminal driver for tests."""

from __future__ import annotations


class KeptOutput:
    """A driver that keeps what is written."""

    is_inline = is_headless = False

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def flush(self) -> None:
        """It is there."""
