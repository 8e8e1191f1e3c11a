"""A log line that is a JSON object as a person reads it: ``error request failed path=/api status=500``. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from canarytui.domain.text.bounded import parse_json

_LEVELS = ("level", "lvl", "severity", "loglevel")
_MESSAGES = ("msg", "message", "event")
_TIMES = frozenset({"ts", "time", "timestamp", "@timestamp", "t"})
"""Left out: the line has the time that the kubelet stamped it with."""

_LONGEST, _VALUES_MOST = 64_000, 500
_QUOTED = frozenset(" \t\n\"='")


def readable_line(text: str) -> tuple[str, str]:
    """(level in lower case, the line as a person reads it); ("", "") when `text` is no JSON object."""
    if not text.startswith("{") or len(text) > _LONGEST:
        return "", ""
    try:
        entry = parse_json(text, values_most=_VALUES_MOST)
    except ValueError:
        return "", ""
    if not isinstance(entry, Mapping):
        return "", ""
    level_name = next((name for name in _LEVELS if isinstance(entry.get(name), str)), "")
    message_name = next((name for name in _MESSAGES if isinstance(entry.get(name), str)), "")
    level = str(entry.get(level_name, "")).lower()
    rest = (
        f"{name}={_value(value)}"
        for name, value in entry.items()
        if name not in (level_name, message_name) and name not in _TIMES
    )
    return level, " ".join(filter(None, (level, str(entry.get(message_name, "")), *rest)))


def _value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if not value or _QUOTED & set(value) else value
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
