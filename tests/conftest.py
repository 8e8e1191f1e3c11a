"""What concerns the whole run: recordings of genuine Flagger are listed at its end, one line each."""

from __future__ import annotations

import os
from typing import Any

# The stand-ins for an API server speak plain http on loopback, and some tell users apart by their tokens.
os.environ["CANARYTUI_CREDENTIALS_OVER_HTTP"] = "1"


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
