"""``canarytui conformance``: play recordings of genuine Flagger through the engine's core, and compare."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from canarytui.arguments import Parser
from canarytui.output import say


def parser() -> argparse.ArgumentParser:
    made = Parser(
        prog="canarytui conformance",
        description="Play recordings of genuine Flagger through the engine, strictly, on a fake clock: messages "
        "(text, severity, order), statuses, routers and workloads, queries and webhook calls must be equal.",
    )
    made.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="a recording, or a folder of them")
    made.add_argument("-v", "--verbose", action="store_true", help="all differences, not only the first")
    return made


def run(arguments: Sequence[str]) -> int:
    """A line for each recording; 0 only if all are equal."""
    from canarytui.domain.sentences.command_controller import EQUAL
    from canarytui.engine.replay.conformance import judge_all

    options = parser().parse_args(arguments)
    verdicts = []
    for verdict in judge_all(options.paths):
        say(str(verdict))
        for difference in verdict.differences[1:] if options.verbose else ():
            say(f"    {difference}")
        verdicts.append(verdict)
    equal = sum(verdict.equal for verdict in verdicts)
    say(EQUAL.text(equal=equal, count=len(verdicts)))
    return 0 if equal == len(verdicts) else 1
