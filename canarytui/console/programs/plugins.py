"""Plugins: programs of the person's own, from ``$XDG_CONFIG_HOME/canarytui/plugins.yaml``.

::

    - name: grafana
      key: ctrl+g
      command: [xdg-open, "https://grafana.example/d/canary?var-ns=$NAMESPACE&var-name=$NAME"]
      background: true
      writes: false       # else it counts as a write: absent in read-only mode, and audited
    - name: describe
      command: kubectl --context $CONTEXT -n $NAMESPACE describe canary $NAME
      confirm: true

``$NAMESPACE``, ``$NAME``, ``$CONTEXT``, ``$REVISION`` and ``$KUBECONFIG`` are filled in after the command has been
split into words, so that a value stays one word. No shell is involved.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from canarytui.cluster.folders import config_folder
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import config_file as config_words
from canarytui.domain.sentences import programs as words
from canarytui.domain.text.plain import clean, unseen
from canarytui.errors import CanarytuiError
from canarytui.session.config_file import like, load_yaml, mapping, wrong

VARIABLES = ("NAMESPACE", "NAME", "CONTEXT", "REVISION", "KUBECONFIG")
_FIELDS = ("name", "key", "command", "confirm", "background", "writes", "help")
_VARIABLE = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>\w+)\}|(?P<dollar>\$))")


def require_plain(what: str, value: str) -> None:
    """Raise CanarytuiError where `value`, which others wrote, has characters that a program cannot be given, or
    that its terminal obeys. Kubernetes has no such names."""
    if any(unseen(letter) for letter in value):
        raise CanarytuiError(words.NOT_A_NAME.text(what=what, value=clean(value, 120)))


class Plugin(Struct, frozen=True):
    """`keys` as Textual names them, "" for none; `argv` with its variables. A plugin that `writes` is treated as a
    write; one in the `background` does not get the terminal."""

    name: str
    argv: tuple[str, ...]
    keys: str = ""
    help: str = ""
    confirm: bool = False
    background: bool = False
    writes: bool = True

    def filled(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The words of its command with `values` in place of the variables. Raises CanarytuiError: one of them is no
        name that a program may be given."""
        for name in sorted(_used(self.argv) & set(values)):
            require_plain(f"${name}", values[name])
        return tuple(_VARIABLE.sub(lambda found: _value(found, values), word) for word in self.argv)

    @property
    def needs_canary(self) -> bool:
        """Whether its command names one."""
        return bool(_used(self.argv) & {"NAMESPACE", "NAME", "REVISION"})


def plugins_path() -> Path:
    """The file's path, whether or not it exists."""
    return config_folder() / "plugins.yaml"


def load_plugins(key_of: Callable[[object, str, str], str]) -> tuple[Plugin, ...]:
    """The file's plugins; none without a file. `key_of` makes Textual's name of a key (value, file, field).

    Raises:
        ConfigError: it cannot be read, or says something that cannot be used.
    """
    path = plugins_path()
    return parse_plugins(load_yaml(path), str(path), key_of) if path.exists() else ()


def parse_plugins(content: object, path: str, key_of: Callable[[object, str, str], str]) -> tuple[Plugin, ...]:
    """The plugins in `content`, which was read from `path`. Raises ConfigError."""
    if content is None:
        return ()
    listed = content.get("plugins") if isinstance(content, dict) and content.keys() == {"plugins"} else content
    if not isinstance(listed, list):
        raise wrong(path, "", words.PLUGIN_FIELDS.say())
    found: list[Plugin] = []
    for number, entry in enumerate(listed):
        plugin = _plugin(mapping(entry, path, f"[{number}]", words.PLUGIN_FIELDS), path, f"[{number}]", key_of)
        if any(plugin.name == other.name for other in found):
            raise wrong(path, f"[{number}].name", words.PLUGIN_TWICE.say(name=clean(plugin.name, 60)))
        found.append(plugin)
    return tuple(found)


def _plugin(fields: Mapping[str, Any], path: str, where: str, key_of: Callable[[object, str, str], str]) -> Plugin:
    for name in fields:
        if name not in _FIELDS:
            unknown = config_words.UNKNOWN.say(like=like(name, _FIELDS), known=", ".join(_FIELDS))
            raise wrong(path, f"{where}.{name}", unknown)
    name = clean(fields.get("name"), 60)
    if not name:
        raise wrong(path, f"{where}.name", words.PLUGIN_MISSING.say())
    argv = _words(fields.get("command"), path, f"{where}.command")
    for used in sorted(_used(argv) - set(VARIABLES)):
        known = ", ".join(f"${each}" for each in VARIABLES)
        raise wrong(path, f"{where}.command", words.PLUGIN_VARIABLE.say(name=clean(used, 40), known=known))
    key = fields.get("key")
    return Plugin(
        name=name,
        argv=argv,
        keys=key_of(key, path, f"{where}.key") if key is not None else "",
        help=clean(fields.get("help"), 200) or clean(shlex.join(argv), 80),
        confirm=_flag(fields, path, where, "confirm"),
        background=_flag(fields, path, where, "background"),
        writes=_flag(fields, path, where, "writes", default=True),
    )


def _words(command: object, path: str, where: str) -> tuple[str, ...]:
    if command is None:
        raise wrong(path, where, words.PLUGIN_MISSING.say())
    why = NOTHING.text
    if isinstance(command, str):
        try:
            command = shlex.split(command)
        except ValueError as error:
            command, why = None, f": {clean(error, 60).lower()}"
    if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
        raise wrong(path, where, words.PLUGIN_COMMAND.say(why=why))
    return tuple(command)


def _flag(fields: Mapping[str, Any], path: str, where: str, name: str, *, default: bool = False) -> bool:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    raise wrong(path, f"{where}.{name}", config_words.NOT_BOOLEAN.say(value=clean(value, 40)))


def _used(argv: tuple[str, ...]) -> set[str]:
    found = (match for word in argv for match in _VARIABLE.finditer(word))
    return {match["plain"] or match["braced"] for match in found if not match["dollar"]}


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    return "$" if found["dollar"] else values.get(found["plain"] or found["braced"], "")
