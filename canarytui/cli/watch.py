"""``canarytui watch``: a read-only wall display. Starts without a server, runs for weeks."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from canarytui.arguments import Parser
from canarytui.cli.console import add_arguments, log_to_file, run_app
from canarytui.cli.foreground import end_signal
from canarytui.domain.sentences import browser_wall as browser_words
from canarytui.domain.sentences import command as words
from canarytui.domain.text.durations import parse_duration
from canarytui.errors import UsageError
from canarytui.output import say

if TYPE_CHECKING:
    from canarytui.console.web.server import WallServer

_LEAST_ROTATION_S = 2.0


def parser() -> argparse.ArgumentParser:
    """The wall's options."""
    made = Parser(
        prog="canarytui watch",
        description="A wall display: what moves or is wrong, in letters to be read from six metres. It only reads, "
        "needs no keys, and shows how old its data are.",
    )
    add_arguments(made)
    made.add_argument(
        "--serve",
        metavar="127.0.0.1:PORT",
        help="show the wall in browsers on this machine (needs canarytui[serve])",
    )
    made.add_argument("--served", action="store_true", help=argparse.SUPPRESS)
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
    if options.selector:
        from canarytui.cli.label_selector import label_test

        label_test(options.selector)
    if options.serve is not None and not options.served:
        return _serve(options, arguments)
    from canarytui.console.startup import begin_start, live_connector

    begin_start()
    from canarytui.cluster.kubeconfig import require_kubeconfig
    from canarytui.console.settings import load
    from canarytui.console.themes import fitting
    from canarytui.console.wall.app import WatchApp
    from canarytui.console.web.served_app import ServedWatchApp

    settings = fitting(load(), os.environ)
    settings = replace(settings, mouse=settings.mouse and not options.no_mouse)
    require_kubeconfig(options.kubeconfig)
    if not sys.stdout.isatty() and not options.served:
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
    app_class = ServedWatchApp if options.served else WatchApp
    app = app_class(connector, rotate_s=options.rotate, bell=options.bell, selector=options.selector, settings=settings)
    return run_app(app, mouse=settings.mouse)


def _serve(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Show the wall in browsers until a signal ends it."""
    from canarytui.cluster.identity import resolve
    from canarytui.cluster.kubeconfig import load_kubeconfig
    from canarytui.console.web.address import loopback_address

    address = loopback_address(options.serve)
    if importlib.util.find_spec("textual_serve") is None:
        raise UsageError(browser_words.EXTRA_MISSING.text())
    resolve(load_kubeconfig(options.kubeconfig), options.context)
    from canarytui.console.settings import load
    from canarytui.console.themes import first_theme
    from canarytui.console.web.pages import PageColours
    from canarytui.console.web.server import WallServer

    colours = PageColours.of(first_theme(load().theme, os.environ))
    log_to_file()
    command = [sys.executable, "-m", "canarytui", "watch", *_without_serve(arguments), "--served"]
    asyncio.run(_serve_until_signal(WallServer(address, command, say, colours)))
    return 0


async def _serve_until_signal(server: WallServer) -> None:
    await server.serve(end_signal())


def _without_serve(arguments: Sequence[str]) -> list[str]:
    """The wall's own options, as a window's process is given them."""
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--serve":
            next(rest, None)
        elif not argument.startswith("--serve="):
            kept.append(argument)
    return kept


def _rotation(text: str) -> float:
    """Seconds in ``10s`` or ``1m``; a bare number is seconds."""
    try:
        seconds = float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(words.NO_DURATION_HERE.text(given=repr(text))) from error
    if not _LEAST_ROTATION_S <= seconds <= 86400.0:
        raise argparse.ArgumentTypeError(words.OUT_OF_RANGE.text(given=repr(text), least="2s", most="24h"))
    return seconds
