"""A drill's report on disk, as Markdown and as JSON, in ``drills`` below the state folder; only its owner reads it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec import Struct

from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import private_folder, replace_file
from canarytui.domain.sentences import drill_screen as words
from canarytui.drills.report import as_json, as_markdown
from canarytui.drills.run_view import RunView
from canarytui.errors import ConfigError


class Saved(Struct, frozen=True):
    """The paths of the two files."""

    markdown: Path
    json: Path


async def save(view: RunView, folder: Path | None = None) -> Saved:
    """Write both files, named by the start and the mark of the drill's requests.

    Raises:
        ConfigError: the folder cannot be written.
    """
    folder = folder or state_folder() / "drills"
    stamp = f"{view.began:%Y%m%d-%H%M%S}-" if view.began is not None else ""
    saved = Saved(folder / f"{stamp}{view.plan.id}.md", folder / f"{stamp}{view.plan.id}.json")
    # Not in a thread: plotext has one figure for the whole program.
    texts = {saved.markdown: as_markdown(view), saved.json: as_json(view)}
    try:
        await asyncio.to_thread(_write, folder, texts)
    except OSError as error:
        raise ConfigError(words.NOT_WRITTEN.text(folder=folder, why=error.strerror)) from error
    return saved


def _write(folder: Path, texts: dict[Path, str]) -> None:
    private_folder(folder)
    for path, text in texts.items():
        replace_file(path, text.encode("utf-8", "replace"), 0o600)
