"""What the console remembers between starts: ``$XDG_STATE_HOME/canarytui/console.json``.

Commands that were given, filters that were saved, notices that are shown once. Several consoles may write the file:
each adds its own changes to what is there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, field

from canarytui.cluster.folders import state_folder
from canarytui.cluster.regular_files import private_folder, read_start, replace_file
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.values import as_mapping
from canarytui.errors import ConfigError

MOST_COMMANDS = 100
_MOST_FILTERS, _LONGEST = 200, 500
_MOST_BYTES = 500_000


def memory_path() -> Path | None:
    """The file's path; None where this person has no folder for it."""
    try:
        return state_folder() / "console.json"
    except ConfigError:
        return None


class Remembered(Struct):
    """`commands` are oldest first; `filters` by name; `seen` names notices."""

    commands: list[str] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)


class ConsoleMemory:
    """Reads its file by :meth:`load`, else when it is first asked; without a `path`, or where the file cannot be read
    or written, it forgets at the end: it is only a convenience."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._content: Remembered | None = None
        self._changes: list[Callable[[Remembered], object]] = []
        self._reading, self._saving = threading.Lock(), threading.Lock()

    def load(self) -> Remembered:
        """What the file has, which is read once. Waits for the disk: call it in a thread."""
        with self._reading:
            if self._content is None:
                self._content = _read(self._path)
            return self._content

    @property
    def commands(self) -> list[str]:
        """Commands that were given, oldest first. Who gives one puts it in, and calls :meth:`gave`."""
        return self._known.commands

    @property
    def filters(self) -> Mapping[str, str]:
        """The saved filters by name."""
        return self._known.filters

    @property
    def _known(self) -> Remembered:
        return self._content or self.load()

    def gave(self, command: str) -> None:
        """A command was given."""
        self._change(lambda content: add_once(content.commands, command))

    def save_filter(self, name: str, pattern: str) -> None:
        """Save a filter, in place of one of that name."""
        self._change(lambda content: content.filters.update({name: pattern}))

    def forget_filter(self, name: str) -> None:
        """Forget a saved filter."""
        self._change(lambda content: content.filters.pop(name, None))

    def is_first(self, notice: str) -> bool:
        """Whether a notice has not been shown before; from now on it has."""
        if notice in self._known.seen:
            return False
        self._change(lambda content: add_once(content.seen, notice))
        return True

    def save(self) -> None:
        """Write what has changed. Waits for the disk: call it in a thread."""
        with self._saving:
            changes, self._changes = self._changes, []
            if self._path is None or not changes:
                return
            content = _read(self._path)
            for change in changes:
                change(content)
            try:
                private_folder(self._path.parent)
                replace_file(self._path, json.dumps(_bounded(content)).encode(), 0o600)
            except OSError:
                return

    def _change(self, change: Callable[[Remembered], object]) -> None:
        change(self._known)
        self._changes.append(change)


def add_once(texts: list[str], text: str) -> None:
    """Put `text` at the end, once; the oldest goes when there are too many."""
    if text in texts:
        texts.remove(text)
    texts.append(text)
    del texts[:-MOST_COMMANDS]


def _bounded(content: Remembered) -> dict[str, object]:
    return {
        "commands": content.commands[-MOST_COMMANDS:],
        "filters": dict(list(content.filters.items())[-_MOST_FILTERS:]),
        "seen": content.seen[-MOST_COMMANDS:],
    }


def _read(path: Path | None) -> Remembered:
    """The file's content, as far as it is of the right kind."""
    if path is None:
        return Remembered()
    try:
        content = as_mapping(parse_json(read_start(path, _MOST_BYTES).decode("utf-8", "replace")))
    except (OSError, ValueError, ConfigError):
        return Remembered()
    filters = as_mapping(content.get("filters"))
    return Remembered(
        commands=_texts(content.get("commands")),
        filters={name: said for name, said in filters.items() if _is_text(name) and _is_text(said)},
        seen=_texts(content.get("seen")),
    )


def _texts(found: object) -> list[str]:
    return [each for each in found if _is_text(each)] if isinstance(found, list) else []


def _is_text(found: object) -> bool:
    return isinstance(found, str) and found.isprintable() and 0 < len(found) <= _LONGEST
