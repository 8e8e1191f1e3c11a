"""How many notices may lie over the screen, and for how long: what they cover is what people look at in an outage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["information", "warning", "error"]

LONGEST_S = {"information": 6.0, "warning": 15.0, "error": 15.0}
"""What became of an action is in the timeline and the audit log as well."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`ends` is by the app's own clock."""

    message: str
    title: str
    severity: Severity
    ends: float
    markup: bool


def kept(notices: Sequence[Notice], newest: Notice, now: float) -> list[Notice]:
    """Those of `notices` that stay beside the newest: at most one, the last that warned and has not ended."""
    warned = [each for each in notices if each.severity != "information" and each.ends > now]
    return [each for each in warned[-1:] if each.message != newest.message]
