"""A number and its noun: ``1 canary``, ``12 canaries``."""

from __future__ import annotations

_VOWELS = "aeiou"


def counted(number: object, noun: str) -> str:
    """``1 request``, ``0 requests``; `noun` is the singular, and its last word takes the plural."""
    return f"{number} {noun if str(number) == '1' else plural(noun)}"


def plural(noun: str) -> str:
    """The regular plural: ``query`` becomes ``queries``, ``day`` ``days``."""
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}s"
