"""``canarytui screenshot DIR``: the console's screens as SVG pictures, drawn from a fixed cluster."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from canarytui.arguments import Parser
from canarytui.domain.sentences.command import FOLDER
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import say


def parser() -> argparse.ArgumentParser:
    """Options of ``screenshot``."""
    made = Parser(prog="canarytui screenshot", description="Draw the README's pictures.")
    made.add_argument("folder", type=Path, metavar="DIR")
    return made


def run(arguments: Sequence[str]) -> int:
    """Draw list, detail, confirmation and more into the folder; the exit code. Raises UsageError."""
    folder: Path = parser().parse_args(arguments).folder
    from canarytui.console.screenshots import draw_all

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in asyncio.run(draw_all(folder)):
            say(str(path))
    except OSError as error:
        raise UsageError(FOLDER.text(folder=folder, reason=error.strerror)) from error
    return ExitCode.DONE
