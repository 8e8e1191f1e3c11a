"""``argparse`` whose messages leave through :mod:`canarytui.output` (they repeat what was typed), and that can say
which options it has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from canarytui.output import say, tell


def http_url(text: str) -> str:
    """An option's http or https URL, as it was given; "" is none. Raises ArgumentTypeError."""
    if not text:
        return text
    from urllib.parse import urlsplit

    from canarytui.domain.sentences.command import NO_URL
    from canarytui.domain.text.public_url import public_url

    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise argparse.ArgumentTypeError(NO_URL.text(given=public_url(text)))
    return text


def add_prometheus_argument(parser: argparse.ArgumentParser) -> None:
    """``--prometheus``."""
    parser.add_argument(
        "--prometheus",
        metavar="URL",
        type=http_url,
        default="",
        help="where to query check values (default: the Prometheus that the controller uses)",
    )


class Parser(argparse.ArgumentParser):
    """An argument parser; its usage, help and errors are cleaned."""

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options)
        self.color = False  # from Python 3.14 on argparse paints its help unless it is told not to
        self._commands: argparse.Action | None = None

    def add_subparsers(self, **options: Any) -> Any:
        """As argparse's; :meth:`commands` knows them."""
        made = super().add_subparsers(**options)
        self._commands = made
        return made

    @property
    def commands(self) -> Mapping[str, argparse.ArgumentParser]:
        """The parsers of the subcommands, by name; empty where there are none."""
        choices = self._commands.choices if self._commands is not None else None
        return choices if isinstance(choices, Mapping) else {}

    @property
    def declared(self) -> tuple[argparse.Action, ...]:
        """Every option and argument that was added, also to groups; none where argparse keeps them elsewhere.

        The only place that reads argparse's internals: it has no public list. A test fails when that changes.
        """
        return tuple(getattr(self, "_actions", ()))

    def print_usage(self, file: Any = None) -> None:
        _print(self.format_usage(), file)

    def print_help(self, file: Any = None) -> None:
        _print(self.format_help(), file)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if message:
            _print(message, sys.stderr)
        sys.exit(status)


def _print(message: str, file: Any) -> None:
    (tell if file is sys.stderr else say)(message, end="")
