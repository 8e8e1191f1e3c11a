"""Whole numbers in texts that others wrote: annotations, labels, versions, headers, what a person types. Pure.

``str.isdigit`` alone lets through what ``int`` refuses: a superscript two, or more digits than Python converts.
"""

from __future__ import annotations

_DIGITS_MOST = 20
"""Enough for any 64-bit number."""


def whole_number(text: str, *, digits_most: int = _DIGITS_MOST) -> int | None:
    """The number that `text` is in ASCII digits; None for anything else, and for more than `digits_most` of them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits_most else None
