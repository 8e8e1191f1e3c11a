"""``canarytui screenshot DIR``: the console's screens as SVG pictures, drawn from a fixed cluster."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from canarytui.arguments import Parser
from canarytui.domain.sentences.command import FOLDER, NO_PICTURE
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import say


def parser() -> argparse.ArgumentParser:
    """Options of ``screenshot``."""
    made = Parser(
        prog="canarytui screenshot",
        description="Draw the documentation's pictures: SCREEN-STATE-COLUMNSxLINES.svg, and a recording.",
    )
    made.add_argument("folder", type=Path, metavar="DIR")
    made.add_argument("--only", default="*", metavar="PATTERN", help="only these, such as 'list-*' or '*-120x40'")
    made.add_argument("--animate", action="store_true", help="draw the recording, rollout.svg, instead of pictures")
    return made


def run(arguments: Sequence[str]) -> int:
    """Draw into the folder; the exit code. Raises UsageError."""
    options = parser().parse_args(arguments)
    folder: Path = options.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if options.animate:
            from canarytui.console.pictures.recording import record

            say(str(asyncio.run(record(folder))))
        else:
            _draw(folder, options.only)
    except TimeoutError:
        raise
    except OSError as error:
        raise UsageError(FOLDER.text(folder=folder, reason=error.strerror)) from error
    return ExitCode.DONE


def _draw(folder: Path, pattern: str) -> None:
    from canarytui.console.pictures.stills import chosen, draw

    wanted = chosen(pattern)
    if not wanted:
        raise UsageError(NO_PICTURE.text(pattern=pattern))
    for each in wanted:
        say(str(asyncio.run(draw(folder, each))))
