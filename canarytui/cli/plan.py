"""``canarytui plan``: what each step of an analysis can notice, and steps that notice as much in less time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import looking, run_until_signal, unreadable
from canarytui.cluster.manifest_files import manifest_path
from canarytui.domain.sentences import command_plan as words
from canarytui.domain.sentences.sentence import Sentence
from canarytui.domain.text.json_text import json_text
from canarytui.domain.text.plain import clean
from canarytui.errors import UsageError
from canarytui.exit_codes import VIEW, ExitCode, help_sentence
from canarytui.output import say

if TYPE_CHECKING:
    from canarytui.domain.spec.canary import Canary

_FAILING = 0.01
"""Of the primary's requests, where nobody knows."""

_EPILOG = """\
A step notices a regression when the canary's errors, compared with the primary's at every tick, are surely more. Steps
that take less time keep the first weight and the last, and notice as much after the first step and at the end.

examples:
  canarytui plan shop/cart
  canarytui plan cart.yaml --requests-per-second 40 --errors 0.5
  canarytui plan shop/cart --notice 2 -o json
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``plan``."""
    made = Parser(
        prog="canarytui plan",
        description="Say for each step of a canary's analysis how many requests it gets and the smallest regression "
        "that it can notice, and propose steps that notice as much in less time.",
        epilog=f"{_EPILOG}\n{help_sentence(VIEW)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("canary", metavar="CANARY|FILE", help="NAME, NAMESPACE/NAME, or a YAML file with a Canary")
    add_cluster_options(made)
    made.add_argument(
        "--requests-per-second", metavar="N", default="", help="of canary and primary together (asks Prometheus)"
    )
    made.add_argument(
        "--errors", metavar="PERCENT", default="", help="how many of the primary's fail (asks Prometheus, else 1)"
    )
    made.add_argument("--share", metavar="PERCENT", default="", help="the canary's, for A/B testing and blue/green")
    made.add_argument(
        "--notice", metavar="POINTS", default="", help="propose steps that notice this (as much as the present ones)"
    )
    made.add_argument("-o", "--output", choices=("text", "json"), default="text", help="text, or one JSON object")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    _checked(options)
    done, _ = run_until_signal(lambda: _plan(options))
    return ExitCode.DONE if done else ExitCode.INTERRUPTED


async def _plan(options: argparse.Namespace) -> None:
    path = manifest_path(options.canary)
    if path is not None:
        from canarytui.backtest.spec_file import read_spec_file

        canary = read_spec_file(path, options.namespace or "default").canary
    else:
        selection = CanarySelection.parse([options.canary], options.namespace)
        async with looking(options, selection) as (cluster_state, opened):
            key = selection.one(cluster_state.keys(), opened.scope)
            found = cluster_state.canary(key)
            if found is None or isinstance(found, Exception):
                raise unreadable(cluster_state, key)
            canary = found
    _say(options, canary)


def _say(options: argparse.Namespace, canary: Canary) -> None:
    from canarytui.domain.rollout.step_planner import (
        PlannerInput,
        needs_share,
        planned_steps,
        proposed_steps,
        shortest_window_s,
    )
    from canarytui.report.step_plan_text import StepPlanReport, step_plan_lines, step_plan_object

    name = clean(f"{canary.namespace}/{canary.name}", 200)
    if needs_share(canary) and not options.share:
        raise UsageError(words.SHARE_NEEDED.text(canary=name))
    if not options.requests_per_second:
        raise UsageError(words.RATE_NEEDED.text(canary=name, why=words.FROM_FILE.text()))
    failing = float(options.errors) / 100 if options.errors else _FAILING
    given = PlannerInput(
        float(options.requests_per_second), failing, float(options.share) / 100 if options.share else None
    )
    present = planned_steps(canary, given)
    if not present.steps:
        raise UsageError(words.NO_STEPS.text(canary=name))
    report = StepPlanReport(
        canary=name,
        given=given,
        present=present,
        proposed=proposed_steps(canary, given, float(options.notice) / 100 if options.notice else None),
        window_s=shortest_window_s(canary),
        weighted=not needs_share(canary),
        assumed=not options.errors,
    )
    if options.output == "json":
        say(json_text(step_plan_object(report)))
        return
    for line in step_plan_lines(report):
        say(line)


def _checked(options: argparse.Namespace) -> None:
    """Raises UsageError: an option is no number, or one that makes no sense."""
    if options.requests_per_second and not _within(options.requests_per_second, 1e9):
        raise UsageError(_refused(words.NO_RATE, "--requests-per-second", options.requests_per_second, "40"))
    for option, given, example in (
        ("--errors", options.errors, "0.5"),
        ("--share", options.share, "10"),
        ("--notice", options.notice, "2"),
    ):
        if given and not _within(given, 100, zero=option == "--errors"):
            raise UsageError(_refused(words.NO_PERCENT, option, given, example))


def _refused(sentence: Sentence, option: str, given: str, example: str) -> str:
    return sentence.text(option=option, given=repr(clean(given, 80)), example=example)


def _within(text: str, most: float, *, zero: bool = False) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return 0 <= value < most and (zero or value > 0)
