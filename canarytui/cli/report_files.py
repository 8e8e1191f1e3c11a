"""The files named by ``--report`` and ``--junit``: Markdown, JSON or JUnit XML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from canarytui.domain.sentences import drill_command as words
from canarytui.domain.sentences import drill_report
from canarytui.domain.text.json_text import json_text
from canarytui.errors import ConfigError

if TYPE_CHECKING:
    from canarytui.drills.run_view import RunView


def write_report(path: Path, views: list[RunView]) -> None:
    """Write the drills' reports: JSON for a name that ends in ``.json``, else Markdown. Raises ConfigError."""
    from canarytui.drills.report import as_markdown, as_object

    if path.suffix == ".json":
        objects = [as_object(view) for view in views]
        text = json_text(objects[0] if len(objects) == 1 else objects, indent=2, ascii_only=False) + "\n"
    else:
        text = "\n".join(as_markdown(view) for view in views) or f"{drill_report.NO_DRILL.text()}\n"
    write_text(path, text)


def require_writable(*names: str | None) -> None:
    """Check before anything is sent that the named files can be written. Raises ConfigError."""
    from canarytui.cluster.regular_files import require_replaceable

    for name in names:
        try:
            if name:
                require_replaceable(Path(name))
        except OSError as error:
            raise ConfigError(words.NOT_WRITABLE.text(path=name, why=error.strerror)) from error


def write_text(path: Path, text: str) -> None:
    """Write a named file. Raises ConfigError."""
    from canarytui.cluster.regular_files import replace_file

    try:
        replace_file(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise ConfigError(words.NOT_WRITABLE.text(path=path, why=error.strerror)) from error
