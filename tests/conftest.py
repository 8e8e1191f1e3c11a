"""What concerns the whole run: its end lists recordings of genuine Flagger, which answers of metric
providers and of alert systems were tried, and which rollouts with each traffic provider."""

from __future__ import annotations

import os
import sys
from typing import Any

from outcome_tables import NONE, Tried, marks_table, proofs_table

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
    verdicts = sorted(verdict for verdict, _ in _properties(terminalreporter, "recording", ("passed", "failed")))
    if verdicts:
        terminalreporter.section("recordings of genuine Flagger 1.44, replayed by our engine")
        for verdict in verdicts:
            terminalreporter.write_line(verdict)
    ratios = _properties(terminalreporter, "contrast", ("passed", "failed"))
    if ratios:
        terminalreporter.section("least contrast of each theme (text needs 4.5, marks 3)")
        for (theme, what, least, count), _ in sorted(ratios):
            terminalreporter.write_line(f"{theme:30} {what:11} {least:5.1f}  of {count}")
    walked = [value for value, _ in _properties(terminalreporter, "walk", ("passed", "failed"))]
    if walked:
        terminalreporter.section(
            "tasks by keys alone, number and keys: canarytui, k9s 0.50 (⏎ Enter, ⎋ Esc, ⇥ Tab, ␣ Space)"
        )
        for task, keys, count, theirs, their_count in walked:
            terminalreporter.write_line(f"{task:42} {count:3} {keys or '-':16} {their_count:3} {theirs}")
    for name, columns, table, title in (
        (
            "metric provider",
            _ANSWERS,
            marks_table,
            "answers of metric providers (R: as recorded of Flagger, N: by a server of ours)",
        ),
        (
            "alert system",
            _ALERTS,
            marks_table,
            "answers of alert systems (R: as recorded of Flagger, N: by a server of ours)",
        ),
        (
            "traffic provider",
            _ROLLOUTS,
            proofs_table,
            "rollouts by traffic provider (R: recorded of Flagger, N: by a test, -: not in Flagger either)",
        ),
    ):
        tried = {_tried(*noted) for noted in _properties(terminalreporter, name, ("passed",))}
        if tried:
            terminalreporter.section(title)
            for line in table(tried, columns):
                terminalreporter.write_line(line)


def _tried(noted: Any, test: str) -> Tried:
    """A cell's mark; what proves it is the test that noted it, unless that names something else."""
    row, column, mark, *proof = noted
    return Tried(row, column, mark, proof[0] if proof else "" if mark == NONE else test)


def _properties(terminalreporter: Any, wanted: str, outcomes: tuple[str, ...]) -> list[tuple[Any, str]]:
    """What tests noted with ``record_property``, and which: ``MODULE::FUNCTION``."""
    return [
        (value, report.nodeid.rpartition("/")[2].partition("[")[0].replace(".py::", "::"))
        for outcome in outcomes
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == wanted and report.when == "call"
    ]
