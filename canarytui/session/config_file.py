"""The configuration file, ``$XDG_CONFIG_HOME/canarytui/config.yaml``, as far as every command needs it.

Sessions read rules from it; the console's settings also understand its keys and themes. A mistake is refused in one
sentence with file, field and remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, field

from canarytui.cluster.folders import config_folder
from canarytui.cluster.regular_files import read_start
from canarytui.domain.links import VARIABLES, problem_of, unknown_variables
from canarytui.domain.sentences import NOTHING, Phrase, Sentence
from canarytui.domain.sentences import config_file as words
from canarytui.domain.text.bounded import OutOfBounds, parse_yaml
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError

_KNOWN = ("theme", "bell", "mouse", "read_only", "keys", "contexts", "filters", "columns", "links")
_MOST_BYTES = 1_000_000


class ConfigFile(Struct, frozen=True):
    """`keys`, `contexts` and `columns` are unparsed: their users know the names. `filters` are the list's, by name."""

    theme: str = ""
    bell: bool = False
    mouse: bool = True
    read_only: bool = False
    keys: Mapping[str, Any] = field(default_factory=dict)
    contexts: Mapping[str, Any] = field(default_factory=dict)
    columns: object = None
    filters: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    """By title, URLs with variables (see :mod:`canarytui.domain.links`)."""


def config_path() -> Path:
    """The file's path, whether or not it exists."""
    return config_folder() / "config.yaml"


def load() -> ConfigFile:
    """The file's content; the defaults without a file.

    Raises:
        ConfigError: it cannot be read, or says something that cannot be meant.
    """
    path = config_path()
    return parse(load_yaml(path), str(path)) if path.exists() else ConfigFile()


def load_yaml(path: Path) -> object:
    """What the YAML file at `path` says.

    Raises:
        ConfigError: it cannot be read, is too large, or is not YAML.
    """
    try:
        text = read_start(path, _MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else words.NOT_UTF8.text()
        raise ConfigError(words.UNREADABLE.text(path=path, reason=reason)) from error
    try:
        return parse_yaml(text)
    except OutOfBounds as error:
        raise ConfigError(words.OUT_OF_BOUNDS.text(path=path, error=error)) from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise ConfigError(words.NOT_YAML.text(path=path, where=where)) from error


def parse(content: object, path: str) -> ConfigFile:
    """The settings in `content`, which was read from `path`. Raises ConfigError."""
    if content is None:
        return ConfigFile()
    fields = mapping(content, path, "", words.WRITE_FIELDS)
    for name in fields:
        if name not in _KNOWN:
            raise wrong(path, name, words.UNKNOWN.say(like=like(name, _KNOWN), known=", ".join(_KNOWN)))
    theme = fields.get("theme")
    if theme is not None and not isinstance(theme, str):
        raise wrong(path, "theme", words.NOT_THEME.say())
    return ConfigFile(
        theme=theme or "",
        bell=_flag(fields, path, "bell"),
        mouse=_flag(fields, path, "mouse", default=True),
        read_only=_flag(fields, path, "read_only"),
        keys=mapping(fields.get("keys") or {}, path, "keys", words.WRITE_KEYS),
        contexts=mapping(fields.get("contexts") or {}, path, "contexts", words.WRITE_CONTEXTS),
        columns=fields.get("columns"),
        filters=_filters(fields, path),
        links=_links(fields.get("links") or {}, path),
    )


def _links(found: object, path: str) -> dict[str, str]:
    """The templates of links. Each must be an http or https URL once its variables are filled in."""
    links = mapping(found, path, "links", words.WRITE_LINKS)
    for title, template in links.items():
        where = f"links.{title}"
        if not isinstance(template, str):
            raise wrong(path, where, words.NOT_A_TEMPLATE.say(remedy=words.WRITE_LINKS.say()))
        for name in unknown_variables(template):
            known = ", ".join(f"${each}" for each in VARIABLES)
            raise wrong(path, where, words.UNKNOWN_VARIABLE.say(name=clean(name, 40), known=known))
        if why := problem_of(template.replace("{", "").replace("}", "")):
            raise wrong(path, where, words.NOT_A_LINK.say(why=why))
    return links


def mapping(found: object, path: str, where: str, remedy: Sentence) -> dict[str, Any]:
    """`found` as a mapping with text keys. Raises ConfigError with `remedy`."""
    if not isinstance(found, dict):
        raise wrong(path, where, words.NOT_MAPPING.say(remedy=remedy.say()))
    return {str(name): value for name, value in found.items()}


def _filters(fields: Mapping[str, Any], path: str) -> dict[str, str]:
    found = mapping(fields.get("filters") or {}, path, "filters", words.WRITE_FILTERS)
    for name, pattern in found.items():
        if not isinstance(pattern, str) or not pattern.strip() or not pattern.isprintable():
            raise wrong(path, f"filters.{name}", words.NOT_FILTER.say(value=clean(pattern, 40)))
    return found


def _flag(fields: Mapping[str, Any], path: str, name: str, *, default: bool = False) -> bool:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    raise wrong(path, name, words.NOT_BOOLEAN.say(value=clean(value, 40)))


def wrong(path: str, where: str, problem: Phrase) -> ConfigError:
    """The error for the field `where` of the file at `path`."""
    named = f"{path}: {clean(where, 80)}" if where else path
    return ConfigError(words.WRONG.text(where=named, problem=problem))


def like(name: str, known: tuple[str, ...]) -> Phrase:
    """``did you mean …``, or nothing."""
    close = difflib.get_close_matches(name, known, 1)
    return words.LIKE.say(name=close[0]) if close else NOTHING
