"""``canarytui backtest``: what other thresholds would have done to past rollouts, and which ones past data suggest."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.cli.session import local_now, looking, new_cluster_state, run_until_signal, unreadable
from canarytui.cluster.manifest_files import manifest_path
from canarytui.domain.sentences import backtest as words
from canarytui.domain.text.json_text import json_text
from canarytui.domain.text.plain import clean
from canarytui.errors import ApiStatusError, CanarytuiError, ClusterUnreachable, MissingApi, UsageError
from canarytui.exit_codes import VIEW, ExitCode, help_sentence
from canarytui.output import progress, say
from canarytui.whole_number import whole_number

if TYPE_CHECKING:
    from canarytui.backtest.run import BacktestRequest, BacktestSubject

_SINCE = "30d"
_ONE_IN = 20
_BAR = 20

_EPILOG = """\
Past rollouts are taken from the timeline that consoles keep on this machine, from Events, and from when the ReplicaSets
of the target were made; or from a window, in which a canary's rollouts are the times that its checks have values for.

examples:
  canarytui backtest shop/cart --since 30d --threshold request-success-rate=97
  canarytui backtest shop/cart --threshold request-duration=..800 --bad 4.0.6
  canarytui backtest cart.yaml --prometheus http://prometheus.monitoring:9090 --from 2026-11-03 --to 2026-11-04
"""


def parser() -> argparse.ArgumentParser:
    """Options of ``backtest``."""
    made = Parser(
        prog="canarytui backtest",
        description="Replay past rollouts of a canary: how they would have ended by these thresholds, and which "
        "thresholds past values suggest.",
        epilog=f"{_EPILOG}\n{help_sentence(VIEW)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("canary", metavar="CANARY|FILE", help="NAME, NAMESPACE/NAME, or a YAML file with a Canary")
    add_cluster_options(made)
    made.add_argument("--since", metavar="TIME", default=_SINCE, help=f"rollouts begun since then: 12h, 30d ({_SINCE})")
    made.add_argument("--from", dest="begin", metavar="TIME", default="", help="a window instead: its begin")
    made.add_argument("--to", dest="end", metavar="TIME", default="", help="the window's end (now)")
    made.add_argument(
        "--threshold",
        dest="thresholds",
        action="append",
        default=[],
        metavar="CHECK=LIMIT",
        help="another threshold: CHECK=97, CHECK=97.., CHECK=..500 or CHECK=1..5; may be repeated",
    )
    made.add_argument(
        "--bad",
        action="append",
        default=[],
        metavar="REVISION|START",
        help="one that was promoted and should not have been: its image tag, or how its start begins (2026-11-03)",
    )
    made.add_argument(
        "--one-in", metavar="N", default=str(_ONE_IN), help=f"advice: one good rollout in N rolled back ({_ONE_IN})"
    )
    made.add_argument("--no-plot", action="store_true", help="leave the plots out")
    made.add_argument("-o", "--output", choices=("table", "json"), default="table", help="a table, or one JSON object")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    request = _request(options)
    try:
        done, _ = run_until_signal(lambda: _backtest(options, request))
    finally:
        progress("")
    return ExitCode.DONE if done else ExitCode.INTERRUPTED


async def _backtest(options: argparse.Namespace, request: BacktestRequest) -> None:
    from canarytui.backtest.outcome_text import backtest_lines, backtest_object
    from canarytui.backtest.run import run_backtest

    async with _subject(options, request) as subject:
        outcome = await run_backtest(subject, request, _show_progress)
    progress("")
    if options.output == "json":
        say(json_text(backtest_object(outcome)))
        return
    for line in backtest_lines(outcome, local_now().tzinfo, plots=not options.no_plot):
        say(line)


def _show_progress(done: int, every: int) -> None:
    filled = _BAR * done // every if every else _BAR
    bar = f"[{'#' * filled}{'.' * (_BAR - filled)}]"
    progress(words.READING.text(done=done, all=every, bar=bar))


@asynccontextmanager
async def _subject(options: argparse.Namespace, request: BacktestRequest) -> AsyncIterator[BacktestSubject]:
    path = manifest_path(options.canary)
    if path is not None:
        async with _of_file(options, request, path) as subject:
            yield subject
        return
    from canarytui.backtest.run import BacktestSubject
    from canarytui.domain.spec.canary import Canary
    from canarytui.session.snapshot import find_controller, read_once

    selection = CanarySelection.parse([options.canary], options.namespace)
    async with looking(options, selection) as (cluster_state, opened):
        await read_once(opened, cluster_state, prometheus=options.prometheus, measured=lambda _: ())
        key = selection.one(cluster_state.keys(), opened.scope)
        canary = cluster_state.canary(key)
        if not isinstance(canary, Canary):
            raise unreadable(cluster_state, key)
        await find_controller(opened, cluster_state)
        yield BacktestSubject(opened.cluster, cluster_state, canary)


@asynccontextmanager
async def _of_file(options: argparse.Namespace, request: BacktestRequest, path: Path) -> AsyncIterator[BacktestSubject]:
    """The canary of a file, with its own templates first, then the cluster's. Without an API server that answers there
    is still `--prometheus`."""
    from canarytui.backtest.run import BacktestSubject
    from canarytui.backtest.spec_file import read_spec_file
    from canarytui.cluster.client import ClusterTarget, connect
    from canarytui.cluster.resources import METRIC_TEMPLATES
    from canarytui.cluster.store import key_of
    from canarytui.session.snapshot import find_controller, read_once

    read = read_spec_file(path, options.namespace or "default")
    selection = CanarySelection((), options.namespace)
    async with AsyncExitStack() as opened_here:
        try:
            cluster_state, opened = await opened_here.enter_async_context(looking(options, selection))
        except (ClusterUnreachable, MissingApi, ApiStatusError) as error:
            if request.window is None or not options.prometheus:
                raise CanarytuiError(words.NO_WAY_TO_VALUES.text(error=error)) from error
            cluster = await connect(ClusterTarget(options.kubeconfig, options.context, terminal=True))
            opened_here.push_async_callback(cluster.close)
            cluster_state = new_cluster_state()
            cluster_state.engine_sought = True
            subject = BacktestSubject(cluster, cluster_state, read.canary, reachable=False)
        else:
            await read_once(opened, cluster_state, prometheus=options.prometheus, measured=lambda _: ())
            await find_controller(opened, cluster_state)
            subject = BacktestSubject(opened.cluster, cluster_state, read.canary)
        templates = cluster_state.stores[METRIC_TEMPLATES]
        own = {key_of(template) for template in read.templates}
        templates.replace([*(each for each in templates.objects() if key_of(each) not in own), *read.templates])
        yield subject


def _request(options: argparse.Namespace) -> BacktestRequest:
    """Raises UsageError: an option that makes no sense."""
    from canarytui.backtest.run import BacktestRequest

    now = local_now()
    since, window = _moment("--since", options.since, now), None
    if options.end and not options.begin:
        raise UsageError(words.TO_ALONE.text())
    if options.begin:
        window = (_moment("--from", options.begin, now), _moment("--to", options.end, now) if options.end else now)
        if window[1] <= window[0]:
            start, end = clean(options.begin, 80), clean(options.end or "now", 80)
            raise UsageError(words.WINDOW_ENDS_FIRST.text(start=start, end=end))
    one_in = whole_number(options.one_in, digits_most=6)
    if not one_in:
        raise UsageError(words.NO_NUMBER.text(given=repr(clean(options.one_in, 80))))
    return BacktestRequest(
        since=since,
        window=window,
        thresholds=tuple(options.thresholds),
        bad=tuple(options.bad),
        one_in=one_in,
        prometheus=options.prometheus,
    )


def _moment(option: str, text: str, now: datetime) -> datetime:
    """An ISO date or time (here, where it names no zone), or a duration before `now`. Raises UsageError."""
    from canarytui.domain.text.durations import parse_duration

    days = whole_number(text[:-1], digits_most=5) if text.endswith("d") else None
    try:
        if days is not None:
            return now - timedelta(days=days)
        if "-" not in text:
            return now - timedelta(seconds=parse_duration(text))
        return datetime.fromisoformat(text).astimezone(now.tzinfo)
    except (ValueError, OverflowError) as error:
        raise UsageError(words.NO_TIME.text(option=option, given=repr(clean(text, 80)))) from error
