"""``canarytui doctor``: what is wrong with canaries of a live cluster, and what to do about it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options, none_found, not_found
from canarytui.cli.session import looking, run_until_signal
from canarytui.domain.findings.finding import Severity
from canarytui.errors import ClusterUnreachable, UsageError
from canarytui.exit_codes import DOCTOR, ExitCode, help_lines
from canarytui.output import complain, say, tell

if TYPE_CHECKING:
    from canarytui.doctor.run import DoctorReport

NEVER = "never"

_EPILOG = """\
Reads, and writes nothing. Webhooks are not called: only the Services behind them are looked at. A rule is silenced on a
canary by the annotation canarytui.io/ignore: "rule: reason; rule: reason"; what is silenced is counted.

{codes}
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``doctor``."""
    made = Parser(
        prog="canarytui doctor",
        description="Examine canaries of a cluster and everything that they need: one line for each finding.",
        epilog=_EPILOG.format(codes=help_lines(DOCTOR)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="NAME or NAMESPACE/NAME (default: all)")
    add_cluster_options(made)
    made.add_argument("-l", "--selector", default="", metavar="SEL", help="label selector: app=web,tier!=db")
    made.add_argument("-o", "--output", choices=("text", "json"), default="text", help="default: text")
    made.add_argument(
        "--fail-on",
        choices=(*(each.value for each in Severity), NEVER),
        default=Severity.ERROR.value,
        help="the least severity that makes the exit code 1 (default: error)",
    )
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    selection = CanarySelection.parse(options.names, options.namespace)
    try:
        done, report = run_until_signal(lambda: _examine(options, selection))
    except ClusterUnreachable as error:
        complain(error)
        return ExitCode.UNREACHABLE
    if not done or report is None:
        return ExitCode.INTERRUPTED
    _say(report, options.output)
    return ExitCode.FOUND if _fails(report, options.fail_on) else ExitCode.NOTHING_FOUND


async def _examine(options: argparse.Namespace, selection: CanarySelection) -> DoctorReport:
    from canarytui.cli.label_selector import label_test
    from canarytui.doctor.run import examine_canaries

    async with looking(options, selection) as (state, opened):
        keys, missing = selection.chosen(state.keys())
        if missing:
            raise UsageError(not_found(missing, selection.namespace, opened.scope))
        if options.selector:
            test = label_test(options.selector)
            keys = [key for key in keys if test(state.canaries.get(*key))]
        if not keys:
            tell(none_found(selection.namespace, opened.scope, options.selector))
        return await examine_canaries(opened, state, keys, options.prometheus)


def _say(report: DoctorReport, output: str) -> None:
    from canarytui.domain.sentences.command_doctor import UNREAD
    from canarytui.domain.text.json_text import json_text
    from canarytui.report.doctor_report import finding_lines, findings_object, findings_summary

    if output == "json":
        say(json_text(findings_object(report.findings, report.canaries, report.silenced, report.unread)))
        return
    for line in finding_lines(report.findings):
        say(line)
    say(findings_summary(report.findings, report.canaries, report.silenced))
    for what, reason in report.unread:
        tell(UNREAD.text(what=what, reason=reason))


def _fails(report: DoctorReport, fail_on: str) -> bool:
    order = [each.value for each in Severity]
    return fail_on != NEVER and any(
        order.index(each.rule.severity.value) <= order.index(fail_on) for each in report.findings
    )
