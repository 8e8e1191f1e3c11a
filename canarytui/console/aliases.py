"""Aliases for commands: ``$XDG_CONFIG_HOME/canarytui/aliases.yaml`` maps a name to a command::

prod: ctx prod-eu
bad: filter failing
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from canarytui.cluster.folders import config_folder
from canarytui.domain.sentences import config_file as words
from canarytui.domain.text.plain import clean
from canarytui.session.config_file import like, load_yaml, mapping, wrong

_LONGEST = 500


def aliases_path() -> Path:
    """The file's path, whether or not it exists."""
    return config_folder() / "aliases.yaml"


def load_aliases(known: Collection[str]) -> dict[str, str]:
    """By name the command that each alias stands for, other aliases in it replaced; `known` are the commands there
    are.

    Raises:
        ConfigError: the file cannot be read, or has an alias that cannot be used.
    """
    path = aliases_path()
    return parse_aliases(load_yaml(path), str(path), known) if path.exists() else {}


def parse_aliases(content: object, path: str, known: Collection[str]) -> dict[str, str]:
    """The aliases in `content`, which was read from `path`. Raises ConfigError."""
    found: dict[str, str] = {}
    for name, command in mapping(content or {}, path, "", words.WRITE_ALIASES).items():
        if not name.isprintable() or len(name.split()) != 1 or name in known:
            raise wrong(path, name, words.NOT_ALIAS.say())
        if not isinstance(command, str) or not command.strip(": ") or len(command) > _LONGEST:
            raise wrong(path, name, words.NOT_COMMAND.say(value=clean(command, 40)))
        found[name] = command.strip().lstrip(":").strip()
    return {name: _resolved(found, name, path, known) for name in found}


def expanded(aliases: Mapping[str, str], line: str) -> str:
    """`line` with the alias at its beginning replaced."""
    name, space, rest = line.partition(" ")
    return f"{aliases[name]}{space}{rest}" if name in aliases else line


def _resolved(aliases: Mapping[str, str], name: str, path: str, known: Collection[str]) -> str:
    line, seen = name, set[str]()
    while (first := line.partition(" ")[0]) in aliases:
        if first in seen:
            raise wrong(path, name, words.ALIAS_OF_ITSELF.say())
        seen.add(first)
        line = expanded(aliases, line)
    if first not in known:
        raise wrong(path, name, words.ALIAS_OF_NOTHING.say(name=clean(first, 40), like=like(first, tuple(known))))
    return line
