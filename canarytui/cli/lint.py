"""``canarytui lint``: hold manifests to the rules, offline, for people and CI."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.domain.findings.finding import Severity
from canarytui.domain.sentences import command_lint as words
from canarytui.errors import UsageError
from canarytui.exit_codes import LINT, ExitCode, help_lines
from canarytui.output import complain, say

if TYPE_CHECKING:
    from canarytui.lint.report import SourceText

BYTES_MOST = 4 * 1024 * 1024
"""Of one file; Kubernetes' largest objects have 1.5 MiB."""
FILES_MOST = 10_000
_NEVER = "never"

_EPILOG = """\
Canary, MetricTemplate and AlertProvider, and the routes, workloads and autoscalers beside them. All files given are
read together, so references are found. A chart has to be rendered: helm template CHART | canarytui lint -

A rule is silenced on one object, by an annotation or by a comment on the line or above it:
  canarytui.io/ignore: "RULE: reason"
  # canarytui: ignore RULE: reason

"""


def parser() -> argparse.ArgumentParser:
    """Options of ``lint``."""
    made = Parser(
        prog="canarytui lint",
        description="Find faults in the manifests of canaries, without a cluster.",
        epilog=_EPILOG + help_lines(LINT),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("paths", nargs="+", metavar="FILE", help="YAML or JSON; a folder with all below it; - for stdin")
    made.add_argument("-o", "--output", choices=("text", "json", "sarif"), default="text", help="default: text")
    made.add_argument(
        "--fail-on",
        choices=(*(each.value for each in Severity), _NEVER),
        default=Severity.ERROR.value,
        help="the least severity that makes the exit code 1 (default: error)",
    )
    made.add_argument(
        "--mesh-provider", default="", metavar="NAME", help="the controller's, for canaries that name no provider"
    )
    made.add_argument(
        "--requests-per-second",
        type=_rate,
        metavar="N",
        help="the usual rate of the service: finds steps that are too small to show anything",
    )
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises UsageError."""
    options = parser().parse_args(arguments)
    from canarytui import __version__
    from canarytui.lint.check import LintOptions
    from canarytui.lint.report import lint_texts
    from canarytui.lint.sarif import sarif_text
    from canarytui.lint.text import json_text, text_lines

    report = lint_texts(list(_sources(options.paths)), LintOptions(options.requests_per_second, options.mesh_provider))
    if options.output == "json":
        say(json_text(report))
    elif options.output == "sarif":
        say(sarif_text(report, __version__))
    else:
        for line in text_lines(report):
            say(line)
    if not report.linted:
        complain(words.NOTHING.text(paths=", ".join(options.paths)))
    order = [each.value for each in Severity]
    worst = report.worst()
    failed = worst is not None and options.fail_on != _NEVER
    return int(
        ExitCode.FOUND
        if failed and worst is not None and order.index(worst.value) <= order.index(options.fail_on)
        else ExitCode.NOTHING_FOUND
    )


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < 1e9:
        raise argparse.ArgumentTypeError(words.NO_RATE.text(given=repr(text)))
    return rate


def _sources(paths: Sequence[str]) -> Iterator[SourceText]:
    """Each file once."""
    from canarytui.cluster.manifest_files import manifests_below
    from canarytui.lint.report import SourceText

    seen: set[str] = set()
    for path in paths:
        if path == "-":
            yield SourceText("stdin", _decoded("standard input", sys.stdin.buffer.read(BYTES_MOST + 1)))
            continue
        for file in manifests_below(path):
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                if len(seen) > FILES_MOST:
                    raise UsageError(words.TOO_MANY.text(most=FILES_MOST))
                yield SourceText(file, _decoded(file, _bytes(file)), searched=file != path)


def _bytes(file: str) -> bytes:
    from canarytui.cluster.regular_files import read_any

    try:
        return read_any(Path(file), BYTES_MOST + 1)
    except OSError as error:
        raise UsageError(words.UNREADABLE.text(file=file, why=error.strerror or error)) from error


def _decoded(name: str, data: bytes) -> str:
    if len(data) > BYTES_MOST:
        raise UsageError(words.TOO_LARGE.text(file=name, most=BYTES_MOST // 1024 // 1024))
    return data.decode("utf-8-sig", "replace")
