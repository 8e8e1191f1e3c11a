"""What concerns the whole run: recordings of genuine Flagger are listed at its end, one line each."""

from __future__ import annotations

import os
import sys
from typing import Any

# The stand-ins for an API server speak plain http on loopback, and some tell users apart by their tokens.
os.environ["CANARYTUI_CREDENTIALS_OVER_HTTP"] = "1"

# Images of containers often forbid Python to keep what it compiled: then each of some hundred programs that the tests
# start compiles all of ours anew, and each worker all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


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
