"""What concerns the whole run: its end lists recordings of genuine Flagger, and which answers of metric providers were
tried."""

from __future__ import annotations

import os
import sys
from typing import Any

# The stand-ins for an API server speak plain http on loopback, and some tell users apart by their tokens.
os.environ["CANARYTUI_CREDENTIALS_OVER_HTTP"] = "1"

# Images of containers often forbid Python to keep what it compiled: then each of some hundred programs that the tests
# start compiles all of ours again, and each worker all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


_KINDS = (
    "value", "over", "empty", "null", "nan", "several", "401", "403", "404", "429", "500", "malformed", "slow", "huge",
    "away", "redirect", "no-secret",
)  # fmt: skip


def pytest_terminal_summary(terminalreporter: Any) -> None:
    verdicts = sorted(
        str(value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == "recording" and report.when == "call"
    )
    if verdicts:
        terminalreporter.section("recordings of genuine Flagger 1.44, replayed by our engine")
        for verdict in verdicts:
            terminalreporter.write_line(verdict)
    tried = {
        tuple(value)
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "metric provider" and report.when == "call"
    }
    if tried:
        terminalreporter.section("answers of metric providers (R: as recorded of Flagger, N: by a service of our own)")
        for line in _table_of_answers(tried):
            terminalreporter.write_line(line)


def _table_of_answers(tried: set[tuple[str, str, str]]) -> list[str]:
    """A line for each provider of (provider, kind of answer, R or N); a dot is what was not tried."""
    width = max(len(provider) for provider, _, _ in tried)
    lines = [f"{'':{width}}  {'  '.join(_KINDS)}"]
    for provider in sorted({provider for provider, _, _ in tried}):
        marks = ("".join(mark for mark in "RN" if (provider, kind, mark) in tried) or "." for kind in _KINDS)
        cells = (f"{mark:{len(kind)}}" for mark, kind in zip(marks, _KINDS, strict=True))
        lines.append(f"{provider:{width}}  {'  '.join(cells)}".rstrip())
    return lines
