"""hey as a program."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = [sys.executable, "-m", "canarytui.sandbox.loadtester.hey"]


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        (["-n", "2", "-c", "1", "http://127.0.0.1:1/"], 0, "[2]\tGet", ""),
        (["-n", "2", "-c", "1", "-o", "csv", "http://127.0.0.1:1/"], 0, "response-time\n", ""),
        (["http://example.com/"], 1, "", "hey: example.com is not on this machine"),
        ([], 2, "", "usage: hey"),
    ],
)
def test_it_reports_or_says_why_not(arguments: list[str], code: int, out: str, err: str) -> None:
    ended = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=60)
    assert ended.returncode == code
    assert out in ended.stdout
    assert err in ended.stderr
