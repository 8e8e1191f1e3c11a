"""A number and its noun: ``1 canary``, ``12 canaries``."""

from __future__ import annotations

_VOWELS = "aeiou"


def counted(number: object, noun: str) -> str:
    """``1 request``, ``0 requests``, ``2.5 requests``; `noun` is the singular, and its last word takes the plural."""
    said = f"{number:g}" if isinstance(number, float) else str(number)
    return f"{said} {noun if said == '1' else plural(noun)}"


def plural(noun: str) -> str:
    """The regular plural: ``query`` becomes ``queries``, ``day`` ``days``."""
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}s"
