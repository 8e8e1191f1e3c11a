"""The controller's log: one JSON object a line, whatever a canary's object says, on any stream."""

from __future__ import annotations

import io
import json
from typing import TextIO

import pytest

from canarytui.domain.text.plain import unseen
from canarytui.engine.runtime.logs import JsonLog

HOSTILE = "Halt \x1b]52;c;eA==\x07 \x7f\x85\x9b31m \u202e\u3164\u2028 \ud800 é漢\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "ascii", "latin-1"])
def test_nothing_raw_is_logged_and_nothing_is_lost(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    JsonLog(stream=stream).line("info", "here", HOSTILE, canary="a\x9b.b")
    (line,) = raw.getvalue().decode(encoding).splitlines()
    assert not any(unseen(letter) for letter in line)
    entry = json.loads(line)
    assert (entry["msg"], entry["canary"]) == (HOSTILE, "a\x9b.b")
    assert ("é漢" in line) is encoding.lower().startswith("utf")


def test_a_log_that_cannot_be_written_stops_no_rollout() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    full: TextIO = Full()
    JsonLog(stream=full).line("error", "here", "lost")
