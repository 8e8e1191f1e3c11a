"""Go's durations, as in Flagger's fields: ``1m30s``, ``10s``, ``500ms``."""

from __future__ import annotations

import re

_UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_SECONDS_MOST = (2**63 - 1) / 1e9
"""Go's limit: 63 bits of nanoseconds, 292 years."""
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)")


def parse_duration(text: str) -> float:
    """Seconds in a Go duration.

    Raises:
        ValueError: not a duration; the message quotes the text.
    """
    sign, rest = (-1.0, text[1:]) if text.startswith("-") else (1.0, text.removeprefix("+"))
    if rest == "0":
        return 0.0
    position, seconds = 0, 0.0
    while position < len(rest):
        part = _PART.match(rest, position)
        if part is None:
            break
        seconds += float(part[1]) * _UNITS_S[part[2]]
        position = part.end()
    if not rest or position != len(rest) or seconds > _SECONDS_MOST:
        raise ValueError(f'time: invalid duration "{text}"')
    return sign * seconds


def format_duration(seconds: float) -> str:
    """As Go prints a duration: ``1.5s``, ``98ms``, ``1m0s``, ``2h3m4s``, ``0s``."""
    if seconds == 0:
        return "0s"
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    if seconds < 1:
        for unit, scale in (("ms", 1e3), ("µs", 1e6), ("ns", 1e9)):
            if seconds * scale >= 1 or unit == "ns":
                return f"{sign}{_plain(seconds * scale)}{unit}"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{_plain(rest)}s"
    if minutes or hours:
        text = f"{minutes}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return sign + text


def _plain(number: float) -> str:
    return f"{number:.9f}".rstrip("0").rstrip(".") or "0"
