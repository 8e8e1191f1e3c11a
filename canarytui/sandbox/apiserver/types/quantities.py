"""Resource quantities such as ``100m`` or ``1Gi``: parsing, comparing, and the canonical form."""

from __future__ import annotations

import re
from decimal import Decimal

_FORM = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))(?P<suffix>[eE][+-]?\d+|[numkKMGTPE]?i?)")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_MALFORMED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


def parse(text: str) -> Decimal:
    """The value in base units; raises :class:`ValueError` with the API server's text."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(_MALFORMED)
    number, suffix = Decimal(match["number"]), match["suffix"]
    if suffix in _DECIMAL:
        return number.scaleb(_DECIMAL[suffix])
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    if len(suffix) > 1 and suffix[0] in "eE":
        return number.scaleb(int(suffix[1:]))
    raise ValueError("unable to parse quantity's suffix")


def canonical(text: str) -> str:
    """The shortest form in the suffix family of ``text``: ``1000m`` is ``1``, ``1024Mi`` is ``1Gi``."""
    value = parse(text)
    if text.endswith("i"):
        return _binary(value)
    return _decimal(value)


def _binary(value: Decimal) -> str:
    whole = int(value)
    if whole != value or whole == 0:
        return _decimal(value)
    best = ""
    for suffix, power in _BINARY.items():
        if whole % (1 << power) == 0:
            best = suffix
    return f"{whole >> _BINARY[best]}{best}" if best else str(whole)


def _decimal(value: Decimal) -> str:
    if value == 0:
        return "0"
    for suffix, exponent in sorted(_DECIMAL.items(), key=lambda item: -item[1]):
        scaled = value.scaleb(-exponent)
        if scaled == scaled.to_integral_value():
            return f"{int(scaled)}{suffix}"
    return f"{int(value.scaleb(9).to_integral_value(rounding='ROUND_CEILING'))}n"
