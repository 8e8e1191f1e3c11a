"""Kubernetes quantities (``1500m``, ``2Ki``, ``1e3``) as numbers. Pure.

The official client has a parser, but its package brings in the whole synchronous client: 0.4 s.
"""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?", re.ASCII)
_LONGEST = 100
_FACTORS = {suffix: Decimal(10) ** power for suffix, power in {"n": -9, "u": -6, "m": -3}.items()}
_FACTORS |= {suffix: Decimal(1000) ** power for power, suffix in enumerate(("", *"kMGTPE"))}
_FACTORS |= {f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)}


def quantity(text: str) -> float:
    """The number that `text` stands for.

    Raises:
        ValueError: it is no quantity, or beyond what a float holds.
    """
    found = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    digits, suffix, exponent = found.groups()
    factor = Decimal(10) ** int(exponent) if exponent else _FACTORS[suffix or ""]
    number = float(Decimal(digits) * factor)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"quantity {text} overflows")
    return number
