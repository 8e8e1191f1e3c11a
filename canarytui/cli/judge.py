"""``canarytui judge``: canary against primary, once or as a webhook that Flagger calls."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import controller_sought, following, run_until_signal, unreadable
from canarytui.domain.sentences import command_judge as words
from canarytui.domain.text.json_text import json_text
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError, ConfigError, MissingApi, UsageError
from canarytui.exit_codes import JUDGE, ExitCode, help_lines
from canarytui.output import complain, say
from canarytui.whole_number import whole_number

if TYPE_CHECKING:
    from canarytui.domain.rollout.rollout_comparison import ComparedRollout

PASS, FAIL = "pass", "fail"

_EPILOG = """\
The verdict rests on bounds that hold at every look together: at most 1 rollout in 100 of a version that is not worse is
called worse, however often it is asked.

As a webhook of type rollout, so that Flagger itself halts (metadata is optional):
  webhooks:
    - name: judge
      type: rollout
      url: http://judge.canarytui:8090/
      metadata: {{without-verdict: fail}}

{codes}
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``judge``."""
    made = Parser(
        prog="canarytui judge",
        description="Say whether a canary is worse than its primary in the requests since its rollout began, and how "
        "sure that is; with --serve, answer Flagger's webhooks: 200, or 409 where the canary is surely worse.",
        epilog=_EPILOG.format(codes=help_lines(JUDGE)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("name", nargs="?", default="", metavar="NAME", help="NAME or NAMESPACE/NAME")
    add_cluster_options(made)
    made.add_argument("--serve", metavar="HOST:PORT", default="", help="answer webhooks there until a signal")
    made.add_argument(
        "--without-verdict",
        choices=(PASS, FAIL),
        default=PASS,
        help="with --serve: what a webhook gets where there is no verdict (default: pass; too few requests pass)",
    )
    made.add_argument("-o", "--output", choices=("text", "json"), default="text", help="text, or one JSON object")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code (see ``--help``)."""
    options = parser().parse_args(arguments)
    try:
        if bool(options.name) == bool(options.serve):
            raise UsageError(words.NAME_OR_SERVE.text())
        if options.serve:
            host, port = _address(options.serve)
            done, code = run_until_signal(lambda: _serve(options, host, port))
        else:
            done, code = run_until_signal(lambda: _judge(options))
    except CanarytuiError as error:
        complain(error)
        known = isinstance(error, UsageError | ConfigError | MissingApi)
        return ExitCode.USAGE if known else ExitCode.UNREACHABLE
    return code if done and code is not None else ExitCode.INTERRUPTED


async def _judge(options: argparse.Namespace) -> int:
    from canarytui.domain.rollout.comparison_object import comparison_object
    from canarytui.report.comparison_text import comparison_lines

    selection = CanarySelection.parse([options.name], options.namespace)
    async with following(options, selection) as (cluster_state, connection):
        key = selection.one(cluster_state.keys(), connection.scope)
        if cluster_state.situation(key) is None:
            raise unreadable(cluster_state, key)
        await controller_sought(cluster_state)
        compared = await connection.numbers_watch(key).compare_once(with_cost=True)
    if compared is None:
        raise unreadable(cluster_state, key)
    if options.output == "json":
        say(json_text(comparison_object(compared)))
    else:
        for line in comparison_lines(compared):
            say(line)
    return _code(compared)


def _code(compared: ComparedRollout) -> int:
    from canarytui.domain.statistics.verdict_kind import VerdictKind

    if compared.verdict is None or compared.verdict.kind is VerdictKind.TOO_FEW:
        return ExitCode.NO_VERDICT
    return ExitCode.WORSE if compared.verdict.kind is VerdictKind.WORSE else ExitCode.NOT_WORSE


async def _serve(options: argparse.Namespace, host: str, port: int) -> int:
    import asyncio

    from canarytui.cli.judge_webhook import serve_webhook

    selection = CanarySelection((), options.namespace)
    async with following(options, selection) as (cluster_state, connection):
        runner = await serve_webhook(
            cluster_state, connection.numbers_watch, host, port, passes_without=options.without_verdict == PASS
        )
        try:
            say(words.LISTENING.text(address=options.serve, answer=options.without_verdict))
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
    return ExitCode.DONE


def _address(text: str) -> tuple[str, int]:
    host, colon, number = text.rpartition(":")
    port = whole_number(number, digits_most=5) if colon else None
    if not port or port > 65535:
        raise UsageError(words.NO_ADDRESS.text(given=repr(clean(text, 80))))
    return host.strip("[]") or "0.0.0.0", port
