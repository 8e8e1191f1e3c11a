"""``canarytui plan``: what each step of an analysis can notice, and steps that notice as much in less time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import controller_sought, following, run_until_signal, unreadable
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
    from canarytui.session.rollout_numbers import RolloutNumbers

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
        _say(options, canary, _Traffic(why_none=words.FROM_FILE.text()))
        return
    selection = CanarySelection.parse([options.canary], options.namespace)
    async with following(options, selection) as (cluster_state, connection):
        key = selection.one(cluster_state.keys(), connection.scope)
        found = cluster_state.canary(key)
        if found is None or isinstance(found, Exception):
            raise unreadable(cluster_state, key)
        if options.requests_per_second and options.errors:
            traffic = _Traffic()
        else:
            await controller_sought(cluster_state)
            watch = connection.numbers_watch(key)
            await watch.compare_once()
            traffic = _measured(watch.numbers)
    _say(options, found, traffic)


class _Traffic(Struct, frozen=True):
    """What Prometheus counts of both sides; `failing` is the primary's rate, None where it has none."""

    per_s: float = 0.0
    failing: float | None = None
    window: str = ""
    why_none: str = ""


def _measured(numbers: RolloutNumbers) -> _Traffic:
    latest = numbers.latest
    if latest is None or numbers.problem:
        return _Traffic(why_none=numbers.problem or words.NOT_MEASURED.text())
    primary = latest.primary
    per_s = latest.canary.rate.total + (primary.rate.total if primary is not None else 0.0)
    if per_s <= 0:
        return _Traffic(why_none=words.NOT_MEASURED.text())
    failing = primary.rate.failed / primary.rate.total if primary is not None and primary.rate.total > 0 else None
    return _Traffic(per_s, failing, numbers.window)


def _say(options: argparse.Namespace, canary: Canary, traffic: _Traffic) -> None:
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
    per_s = float(options.requests_per_second) if options.requests_per_second else traffic.per_s
    if per_s <= 0:
        raise UsageError(words.RATE_NEEDED.text(canary=name, why=traffic.why_none))
    measured = traffic.failing if traffic.failing is not None and traffic.failing < 1 else None
    failing = float(options.errors) / 100 if options.errors else measured if measured is not None else _FAILING
    given = PlannerInput(per_s, failing, float(options.share) / 100 if options.share else None)
    present = planned_steps(canary, given)
    if not present.steps:
        raise UsageError(words.NO_STEPS.text(canary=name))
    notice = float(options.notice) / 100 if options.notice else None
    report = StepPlanReport(
        canary=name,
        given=given,
        present=present,
        proposal=proposed_steps(canary, given, notice),
        notice=notice,
        window_s=shortest_window_s(canary),
        weighted=not needs_share(canary),
        measured_over="" if options.requests_per_second else traffic.window,
        assumed=not options.errors and measured is None,
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
