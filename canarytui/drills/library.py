"""The drills: the package's, and a person's own in ``$XDG_CONFIG_HOME/canarytui/drills``.

A person's file replaces the package's drill of the same name. Files are found by their suffix, ``.yaml``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import yaml

from canarytui.cluster.folders import config_folder
from canarytui.cluster.regular_files import read_start
from canarytui.domain.sentences import drill_file as words
from canarytui.domain.text.bounded import parse_yaml
from canarytui.domain.text.plain import clean
from canarytui.drills.drill import Drill
from canarytui.errors import ConfigError, UsageError

_BYTES_MOST = 100_000


def own_folder() -> Path:
    """Where a person's drills are: ``$XDG_CONFIG_HOME/canarytui/drills``, or under ~/.config."""
    return config_folder() / "drills"


def built_in_names() -> list[str]:
    """Names of the package's drills."""
    folder = resources.files("canarytui.drills") / "drills"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load_drill(name: str, values: Mapping[str, int] | None = None, folder: Path | None = None) -> Drill:
    """The drill of that name, or in the file `name` if that is a path to a ``.yaml`` file.

    Raises:
        ConfigError: its file is wrong.
        UsageError: there is none.
    """
    if name.endswith((".yaml", ".yml")) and "/" in name:
        return read_file(Path(name), values)
    for path in _own_files(folder):
        if path.stem == name:
            return _named(read_file(path, values), path)
    if name in built_in_names():
        text = (resources.files("canarytui.drills") / "drills" / f"{name}.yaml").read_text(encoding="utf-8")
        return read_text(text, f"drill {name}", values)
    known = ", ".join(sorted({*built_in_names(), *(path.stem for path in _own_files(folder))}))
    raise UsageError(words.NO_DRILL.text(name=clean(name, 60), known=known, folder=folder or own_folder()))


def source_text(name: str, folder: Path | None = None) -> str:
    """A drill's YAML as written, to be copied. Raises as :func:`load_drill`."""
    drill = load_drill(name, folder=folder)
    if drill.source.startswith("drill "):
        return (resources.files("canarytui.drills") / "drills" / f"{drill.name}.yaml").read_text(encoding="utf-8")
    return _text(Path(drill.source))


def all_drills(folder: Path | None = None) -> tuple[list[Drill], list[str]]:
    """(every drill, sorted by name; the sentences about files that are wrong)."""
    drills: dict[str, Drill] = {name: load_drill(name, folder=Path(os.devnull)) for name in built_in_names()}
    problems = []
    for path in _own_files(folder):
        try:
            drill = _named(read_file(path), path)
            drills[drill.name] = drill
        except ConfigError as error:
            problems.append(str(error))
    return [drills[name] for name in sorted(drills)], problems


def read_file(path: Path, values: Mapping[str, int] | None = None) -> Drill:
    """Read one drill from a file; raises ConfigError."""
    return _parsed(read_yaml(path), str(path), values)


def read_text(text: str, source: str, values: Mapping[str, int] | None = None) -> Drill:
    """Read one drill from YAML; raises ConfigError."""
    return _parsed(_loaded(text, source), source, values)


def _parsed(content: object, source: str, values: Mapping[str, int] | None) -> Drill:
    from canarytui.drills.drill_file import parse_drill  # with pydantic, which the first list must not wait for

    return parse_drill(content, source, values)


def read_yaml(path: Path) -> object:
    """The content of a person's YAML file.

    Raises:
        ConfigError: it cannot be read, is too long, or is not YAML.
    """
    return _loaded(_text(path), str(path))


def _text(path: Path) -> str:
    try:
        data = read_start(path, _BYTES_MOST + 1)
        if len(data) > _BYTES_MOST:
            raise ConfigError(words.TOO_LONG.text(path=path, kilobytes=_BYTES_MOST // 1000))
        return data.decode("utf-8")
    except OSError as error:
        raise ConfigError(words.UNREADABLE.text(path=path, why=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(words.NOT_UTF8.text(path=path)) from error


def _loaded(text: str, source: str) -> object:
    try:
        return parse_yaml(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = clean(getattr(error, "problem", None) or words.UNREADABLE_YAML.text(), 120)
        if mark is None:
            raise ConfigError(words.NOT_YAML.text(source=clean(source, 200), why=why)) from error
        line = mark.line + 1
        raise ConfigError(words.NOT_YAML_LINE.text(source=clean(source, 200), line=line, why=why)) from error
    except ValueError as error:
        raise ConfigError(words.UNUSABLE_YAML.text(source=clean(source, 200), why=clean(error, 120))) from error


def _named(drill: Drill, path: Path) -> Drill:
    if drill.name != path.stem:
        raise ConfigError(words.FILE_NAME.text(path=path, stem=path.stem, name=drill.name))
    return drill


def _own_files(folder: Path | None) -> list[Path]:
    try:
        return sorted((folder or own_folder()).glob("*.yaml"))
    except OSError:
        return []
