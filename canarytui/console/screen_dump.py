"""The screen as files, for an incident's record: text and an SVG picture, which only their owner may read."""

from __future__ import annotations

import asyncio
import html
import re
from datetime import datetime
from pathlib import Path

from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import private_folder, replace_file
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import width
from canarytui.errors import ConfigError

_TEXT = re.compile(
    r'<text class="[^"]*" x="([\d.]+)" y="[\d.]+"[^>]*clip-path="url\(#[^"]*-line-(\d+)\)">([^<]*)</text>'
)
_COLUMN = 12.2
"""Rich draws a column so wide."""


def screens_folder() -> Path:
    """Where the files are. Raises ConfigError without a home."""
    return state_folder() / "screens"


async def save_screen(picture: str, at: datetime) -> Path:
    """Write it in a thread; the picture's path.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        return await asyncio.to_thread(write_dump, picture, at)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(words.SCREEN_NOT_SAVED.text(path=screens_folder(), reason=reason)) from error


def write_dump(picture: str, at: datetime) -> Path:
    """Write an SVG `picture` of the screen, and its text beside it; the picture's path. Waits for the disk.

    Raises:
        ConfigError: this person has no folder for it.
        OSError: a file cannot be written.
    """
    folder = screens_folder()
    private_folder(folder)
    path = folder / f"screen-{at:%Y%m%d-%H%M%S}.svg"
    replace_file(path.with_suffix(".txt"), picture_text(picture).encode("utf-8"), 0o600)
    replace_file(path, picture.encode("utf-8"), 0o600)
    return path


def picture_text(picture: str) -> str:
    """The lines of a picture, as Textual exports one, without what is blank at their ends."""
    lines: dict[int, str] = {}
    for left, number, said in _TEXT.findall(picture):
        line, column = lines.get(int(number), ""), round(float(left) / _COLUMN)
        lines[int(number)] = line + " " * (column - width(line)) + html.unescape(said).replace("\xa0", " ")
    count = max(lines, default=-1) + 1
    return "".join(f"{lines.get(number, '').rstrip()}\n" for number in range(count))
