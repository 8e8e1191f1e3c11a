"""What concerns the whole run: its end lists recordings of genuine Flagger, which answers of metric
providers and of alert systems were tried, and which rollouts with each traffic provider."""

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


_ANSWERS = (
    "value", "over", "empty", "null", "nan", "several", "401", "403", "404", "429", "500", "malformed", "slow", "huge",
    "away", "redirect", "no-secret",
)  # fmt: skip
_ALERTS = ("delivered", "302", "400", "401", "403", "404", "429", "500", "503", "malformed", "slow", "no-secret")
_ROLLOUTS = ("promotion", "rollback", "A/B", "blue/green", "mirror", "deletion", "hand edit")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    verdicts = sorted(_properties(terminalreporter, "recording", ("passed", "failed")))
    if verdicts:
        terminalreporter.section("recordings of genuine Flagger 1.44, replayed by our engine")
        for verdict in verdicts:
            terminalreporter.write_line(verdict)
    for name, columns, title in (
        (
            "metric provider",
            _ANSWERS,
            "answers of metric providers (R: as recorded of Flagger, N: by a server of ours)",
        ),
        (
            "alert system",
            _ALERTS,
            "answers of alert systems (R: as recorded of Flagger, N: by a server of ours)",
        ),
        (
            "traffic provider",
            _ROLLOUTS,
            "rollouts by traffic provider (R: recorded of Flagger, N: by a test, -: it has none, nor has Flagger)",
        ),
    ):
        tried = {tuple(value) for value in _properties(terminalreporter, name, ("passed",))}
        if tried:
            terminalreporter.section(title)
            for line in _table(tried, columns):
                terminalreporter.write_line(line)


def _properties(terminalreporter: Any, wanted: str, outcomes: tuple[str, ...]) -> list[Any]:
    """What tests noted with ``record_property``."""
    return [
        value
        for outcome in outcomes
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == wanted and report.when == "call"
    ]


def _table(tried: set[tuple[str, str, str]], columns: tuple[str, ...]) -> list[str]:
    """A line for each provider of (provider, column, mark); a dot is what was not tried."""
    width = max(len(provider) for provider, _, _ in tried)
    lines = [f"{'':{width}}  {'  '.join(columns)}"]
    for provider in sorted({provider for provider, _, _ in tried}):
        marks = ("".join(mark for mark in "RN-" if (provider, each, mark) in tried) or "." for each in columns)
        cells = (f"{mark:{len(each)}}" for mark, each in zip(marks, columns, strict=True))
        lines.append(f"{provider:{width}}  {'  '.join(cells)}".rstrip())
    return lines
