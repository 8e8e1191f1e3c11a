"""JSON that is safe on a terminal: valid, without control or invisible characters."""

from __future__ import annotations

import json
import re
from typing import Any

from canarytui.domain.text.plain import unseen

_SUSPECT = re.compile(r"[^\n -~]")


def json_text(value: object, *, ascii_only: bool = True, **options: Any) -> str:
    """``json.dumps`` with DEL escaped; with `ascii_only` False letters stay as they are, and invisible characters are
    escaped."""
    return _SUSPECT.sub(_escaped, json.dumps(value, ensure_ascii=ascii_only, **options))


def _escaped(found: re.Match[str]) -> str:
    letter = found.group()
    if letter == "\x7f":
        return "\\u007f"
    return json.dumps(letter)[1:-1] if unseen(letter) else letter
