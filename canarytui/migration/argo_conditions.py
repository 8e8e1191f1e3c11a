"""Argo Rollouts' conditions on a metric's result, and Flagger's range: the same where they compare with a number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

_NUMBER = r"(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_RESULT = r"(?:(?:asFloat|asInt)\()?(?:default\()?result(?:\[0\])?(?:\.[A-Za-z_]\w*(?:\[0\])?)*(?:,\s*-?[\d.]+\))?\)?"
_COMPARED = re.compile(rf"{_RESULT}\s*(?P<operator>>=|<=|>|<|==)\s*{_NUMBER}")
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


class ResultRange(Struct, frozen=True):
    """`range` is for ``thresholdRange``; `lost` are the parts of the condition that are no comparison with a number;
    `strict`: a limit itself counted as a failure, and no longer does."""

    range: Mapping[str, float]
    lost: tuple[str, ...] = ()
    strict: bool = False


def range_of(success: str, failure: str) -> ResultRange:
    """Read ``successCondition`` and ``failureCondition``; either may be ""."""
    found: dict[str, float] = {}
    lost: list[str] = []
    strict = False
    parts = [(part, False) for part in _parts(success, "&&")] + [(part, True) for part in _parts(failure, "||")]
    for part, negated in parts:
        compared = _COMPARED.fullmatch(part)
        operator = compared["operator"] if compared else ""
        if compared is None or (negated and operator == "=="):
            lost.append(part)
            continue
        operator = _OPPOSITE[operator] if negated else operator
        number = float(compared["number"])
        strict = strict or operator in "<>"
        if operator in (">", ">=", "=="):
            found["min"] = max(number, found.get("min", number))
        if operator in ("<", "<=", "=="):
            found["max"] = min(number, found.get("max", number))
    return ResultRange(found, tuple(lost), strict)


def condition_of(limits: Mapping[str, float], result: str) -> str:
    """``successCondition`` for a range; "" for a range without limits."""
    operators = (("min", ">="), ("max", "<="))
    return " && ".join(f"{result} {sign} {number_text(limits[key])}" for key, sign in operators if key in limits)


def number_text(number: float) -> str:
    """``0.95``, ``500``: as short as it can be read back."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(float(number))


def _parts(condition: str, joint: str) -> list[str]:
    """The parts of a condition; one that also joins them the other way stays whole."""
    text = " ".join(condition.split())
    other = {"&&": "||", "||": "&&"}[joint]
    pieces = [text] if other in text else text.split(joint)
    return [_bare(piece.strip()) for piece in pieces if piece.strip()]


def _bare(text: str) -> str:
    while text.startswith("(") and text.endswith(")") and text.count("(") == text.count(")") == 1:
        text = text[1:-1].strip()
    return text
