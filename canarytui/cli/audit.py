"""``canarytui audit``: the audit log of this machine's user."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from canarytui.arguments import Parser
from canarytui.domain.text.json_text import json_text
from canarytui.exit_codes import ExitCode
from canarytui.output import say


def parser() -> argparse.ArgumentParser:
    """Options of ``audit``."""
    made = Parser(prog="canarytui audit", description="Show what was done from this machine, and its outcome.")
    made.add_argument(
        "--limit",
        type=int,
        default=200,
        metavar="N",
        help="the last N lines (200); without -o json a drill's slices are one",
    )
    made.add_argument("-o", "--output", choices=("json",), default="", help="the lines as they are, JSON")
    return made


def run(arguments: Sequence[str]) -> int:
    """Print the log; the exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    from canarytui.cluster.audit import AuditLog, default_path

    log, limit = AuditLog(default_path()), max(options.limit, 0)
    if options.output == "json":
        for entry in log.entries(limit):
            say(json_text(entry))
        return ExitCode.DONE
    from canarytui.report.audit_text import READ, audit_text

    say(audit_text(log.entries(READ), None, limit).plain)
    return ExitCode.DONE
