"""Go's literals: numbers, characters and strings."""

from __future__ import annotations

import re

from canarytui.metrics.gotemplate.formatting import quoted

_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\'\"])|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-3][0-7]{2})"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8}))"
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_HEX_FLOAT = re.compile(r"[+-]?0[xX]")


class LiteralError(ValueError):
    """A literal that stands for nothing, worded as Go words it."""


def number(text: str) -> int | float | complex:
    """The value of a number or of a character constant, which is the number of the character.

    Raises:
        LiteralError: it is too large or not a number at all.
    """
    if text.startswith("'"):
        return _character(text)
    if text.endswith("i"):
        return _complex(text)
    whole = _integer(text)
    if whole is not None and -(1 << 63) <= whole < 1 << 63:
        return whole
    if whole is not None and whole < 1 << 64:
        raise LiteralError(f"integer overflow: {quoted(text)}")
    value = _float(text)
    if value is None or value in (float("inf"), float("-inf")):
        raise LiteralError(f"illegal number syntax: {quoted(text)}")
    if not any(mark in text for mark in ".eEpP"):
        raise LiteralError(f"integer overflow: {quoted(text)}")
    return value


def unquoted(text: str) -> str:
    """The value of a string literal in double or back quotes. Raises LiteralError."""
    inside = text[1:-1]
    if text.startswith("`"):
        return inside.replace("\r", "")
    return _escaped(inside, "'")


def _escaped(inside: str, forbidden_escape: str) -> str:
    pieces: list[bytes] = []
    at = 0
    while at < len(inside):
        if inside[at] != "\\":
            pieces.append(inside[at].encode("utf-8", "replace"))
            at += 1
            continue
        found = _ESCAPE.match(inside, at)
        if found is None or found["simple"] == forbidden_escape:
            raise LiteralError("invalid syntax")
        at = found.end()
        pieces.append(_escape(found))
    return b"".join(pieces).decode("utf-8", "replace")


def _escape(found: re.Match[str]) -> bytes:
    if found["simple"]:
        return _SIMPLE.get(found["simple"], found["simple"]).encode()
    if found["byte"]:
        return bytes([int(found["byte"], 16)])
    if found["octal"]:
        return bytes([int(found["octal"], 8)])
    code = int(found["short"] or found["long"], 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise LiteralError("invalid syntax")
    return chr(code).encode()


def _character(text: str) -> int:
    inside = text[1:-1]
    try:
        value = inside if len(inside) == 1 and inside != "\\" else _escaped(inside, '"')
    except LiteralError:
        value = ""
    if len(value) != 1:
        raise LiteralError(f"malformed character constant: {text}")
    return ord(value)


def _integer(text: str) -> int | None:
    sign, digits = (text[0], text[1:]) if text[:1] in "+-" else ("", text)
    if len(digits) > 400:  # more than any number that Go takes, and Python refuses to read thousands of digits
        return None
    if re.fullmatch(r"0[0-7_]+", digits):
        digits = f"0o{digits[1:].lstrip('_')}"
    try:
        return int(sign + digits, 0)
    except ValueError:
        return None


def _float(text: str) -> float | None:
    try:
        return float.fromhex(text.replace("_", "")) if _HEX_FLOAT.match(text) and len(text) < 400 else float(text)
    except (ValueError, OverflowError):
        return None


def _complex(text: str) -> complex:
    try:
        return complex(text[:-1] + "j")
    except ValueError:
        raise LiteralError(f"illegal number syntax: {quoted(text)}") from None
