"""``canarytui watch``: a read-only wall display. Starts without a server, runs for weeks."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from canarytui.arguments import Parser
from canarytui.cli.console import add_arguments, log_to_file, run_app
from canarytui.domain.sentences import command as words
from canarytui.domain.text.durations import parse_duration
from canarytui.errors import UsageError

_LEAST_ROTATION_S = 2.0


def parser() -> argparse.ArgumentParser:
    """The wall's options."""
    made = Parser(
        prog="canarytui watch",
        description="A wall display: what moves or is wrong, in letters to be read from six metres. It only reads, "
        "needs no keys, and shows how old its data are.",
    )
    add_arguments(made)
    made.add_argument("-l", "--selector", metavar="SELECTOR", default="", help="only canaries with these labels")
    made.add_argument("--bell", action="store_true", help="ring the terminal's bell when a rollout fails (m mutes)")
    made.add_argument(
        "--rotate",
        metavar="TIME",
        default="10s",
        type=_rotation,
        help="how long a page stays when not all rollouts fit (default: 10s)",
    )
    return made


def run(arguments: Sequence[str]) -> int:
    """Show the wall until it is ended; the exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    from canarytui.console.startup import begin_loading, live_connector

    if options.selector:
        from canarytui.cli.label_selector import label_test

        label_test(options.selector)
    begin_loading()
    from canarytui.cluster.kubeconfig import require_kubeconfig
    from canarytui.console.settings import load
    from canarytui.console.themes import fitting
    from canarytui.console.wall.app import WatchApp

    settings = fitting(load(), os.environ)
    settings = replace(settings, mouse=settings.mouse and not options.no_mouse)
    require_kubeconfig(options.kubeconfig)
    if not sys.stdout.isatty():
        raise UsageError(words.NEEDS_TERMINAL.text(screen="wall", instead=words.INSTEAD_OF_WALL.text()))
    log_to_file()
    connector = live_connector(
        kubeconfig=options.kubeconfig,
        context=options.context,
        namespace=options.namespace,
        all_namespaces=options.all_namespaces,
        prometheus=options.prometheus,
        read_only=True,
    )
    app = WatchApp(connector, rotate_s=options.rotate, bell=options.bell, selector=options.selector, settings=settings)
    return run_app(app, mouse=settings.mouse)


def _rotation(text: str) -> float:
    """Seconds in ``10s`` or ``1m``; a bare number is seconds."""
    try:
        seconds = float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(words.NO_DURATION_HERE.text(given=repr(text))) from error
    if not _LEAST_ROTATION_S <= seconds <= 86400.0:
        raise argparse.ArgumentTypeError(words.OUT_OF_RANGE.text(given=repr(text), least="2s", most="24h"))
    return seconds
