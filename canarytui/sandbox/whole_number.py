"""Whole numbers in texts that others wrote: headers, annotations, flags.

``str.isdigit`` alone lets through what ``int`` refuses: a superscript two, or more digits than Python converts.
"""

from __future__ import annotations

_DIGITS_MOST = 20
"""Enough for any 64-bit number."""


def whole_number(text: str) -> int | None:
    """The number that `text` is in ASCII digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MOST else None
