"""``canarytui`` without a command: the console on the current kubeconfig context.

Parses its own arguments; what the first list does not need is loaded after it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from canarytui.arguments import Parser, add_prometheus_argument
from canarytui.cli import crash
from canarytui.domain.sentences.command import NEEDS_TERMINAL
from canarytui.errors import CanarytuiError, ConfigError, UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import complain, leave_screen

if TYPE_CHECKING:
    from canarytui.console.app import ConsoleApp

_LOG_BYTES = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The console's options, also for ``demo``."""
    parser.add_argument("--kubeconfig", metavar="FILE", help="kubeconfig file (default: $KUBECONFIG or ~/.kube/config)")
    parser.add_argument("--context", metavar="NAME", help="context of the kubeconfig (default: its current one)")
    parser.add_argument(
        "--flagger-logs",
        metavar="NAMESPACE/SELECTOR",
        default="",
        help="pods whose log is Flagger's, such as flagger-system/app=flagger (default: found by its Deployment)",
    )
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("-n", "--namespace", metavar="NS", help="watch one namespace only")
    scope.add_argument("-A", "--all-namespaces", action="store_true", help="watch all namespaces (the default)")
    add_prometheus_argument(parser)
    parser.add_argument("--read-only", action="store_true", help="read-only mode: no key can write anything")
    add_mouse_argument(parser)


def add_mouse_argument(parser: argparse.ArgumentParser) -> None:
    """The option of every screen that leaves the mouse to the terminal."""
    parser.add_argument(
        "--no-mouse", action="store_true", help="leave the mouse to the terminal, whose selection works"
    )


def parser() -> argparse.ArgumentParser:
    """Options of the bare command."""
    made = Parser(prog="canarytui", description="Watch and drive Flagger canary rollouts.")
    add_arguments(made)
    made.add_argument(
        "--contexts", metavar="A,B|all", default="", help="several contexts of the kubeconfig at once, in one list"
    )
    return made


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the console; its exit code. Errors are one sentence on stderr."""
    return run_console(parser().parse_args(arguments))


def run_console(options: argparse.Namespace, *, guided: bool = False) -> int:
    """Run the console with parsed options (see :func:`add_arguments`); `guided`: with the demo's tips."""
    from canarytui.console.startup import begin_start, live_connector

    begin_start()
    from canarytui.cluster.kubeconfig import load_kubeconfig
    from canarytui.console.aliases import load_aliases
    from canarytui.console.app import ConsoleApp
    from canarytui.console.commands import command_names
    from canarytui.console.memory import ConsoleMemory, memory_path
    from canarytui.console.panes.remembered import remember, remembered_preset
    from canarytui.console.settings import load
    from canarytui.console.themes import fitting
    from canarytui.session.context_names import context_names, wanted_contexts

    log_to_file()
    try:
        settings = fitting(load(), os.environ)
        settings = replace(
            settings,
            read_only=settings.read_only or options.read_only,
            mouse=settings.mouse and not options.no_mouse,
            aliases=load_aliases(command_names()),
        )
        selection = wanted_contexts(options.contexts, list(load_kubeconfig(options.kubeconfig).contexts))
        if not sys.stdout.isatty():
            raise UsageError(NEEDS_TERMINAL.text(screen="console", instead=""))
    except CanarytuiError as error:
        complain(error)
        return error.exit_code
    connector = live_connector(
        kubeconfig=options.kubeconfig,
        context=options.context,
        namespace=options.namespace,
        all_namespaces=options.all_namespaces,
        prometheus=options.prometheus,
        flagger_logs=options.flagger_logs,
        read_only=settings.read_only,
        by_pages=True,
    )

    def known() -> list[str]:
        return context_names(options.kubeconfig)

    app = ConsoleApp(
        connector,
        contexts=selection,
        known_contexts=known,
        settings=settings,
        preset=remembered_preset(),
        remember=remember,
        kubeconfig=options.kubeconfig or "",
        memory=ConsoleMemory(memory_path()),
    )
    if guided and not settings.read_only:
        from canarytui.console.list.demo_guide import DemoGuide

        app.model.guide = DemoGuide()
    return run_app(app, mouse=settings.mouse)


def run_app(app: ConsoleApp, *, mouse: bool = True) -> int:
    """Run an app until it ends; its exit code. Without `mouse` it is left to the terminal.

    If neither a key nor a signal ended the app, say why in one sentence, on a restored terminal.
    """
    with kept_terminal():
        asyncio.run(_run(app, mouse))
    if app.failure:
        complain(app.failure)
        return app.return_code or 1
    if app.return_code is None or app.return_code == ExitCode.CRASHED:
        return crash.report_crash(app.crash or crash.screen_ended())
    return app.return_code


async def _run(app: ConsoleApp, mouse: bool) -> None:
    """Run it; a Ctrl-C that arrives as a signal, before the terminal delivers it as a key, ends it too."""
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, app.interrupted)
    await app.run_async(mouse=mouse)


@contextlib.contextmanager
def kept_terminal() -> Iterator[None]:
    """Restore the terminal's settings and leave the screen if an error escapes."""
    try:
        import termios

        before = termios.tcgetattr(0)
    except Exception:  # no terminal, or none of this kind: nothing to keep
        yield
        return
    try:
        yield
    except BaseException:
        termios.tcsetattr(0, termios.TCSANOW, before)
        leave_screen()
        raise


def log_to_file() -> None:
    """Log beside the audit log, never to the screen; a log that grew too long is rotated."""
    from canarytui.cluster.folders import state_folder
    from canarytui.cluster.regular_files import private_folder, require_replaceable

    logging.raiseExceptions = False  # a log that can no longer be written says so on the screen otherwise
    handler: logging.Handler = logging.NullHandler()
    try:
        path = state_folder() / "console.log"
        private_folder(path.parent)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        require_replaceable(path)  # a FIFO would be waited for
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
        path.chmod(0o600)
    except (OSError, ConfigError):
        pass  # a console without a log is better than none
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
