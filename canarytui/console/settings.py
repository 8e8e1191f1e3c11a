"""What a person has configured: ``$XDG_CONFIG_HOME/canarytui/config.yaml``.

Keys, theme, bell, read only. A file with a mistake is refused in one sentence that names the file, the key and the
remedy, because a console that quietly does something else than its file says is worse than none. Example::

    theme: light            # one of ours, of Textual's, or of the folder themes beside this file
    bell: true              # ring when a rollout fails (m mutes)
    mouse: false            # leave the mouse to the terminal: its own selection works
    read_only: true         # never write
    keys:
      roll-back: ctrl+r     # names: see the table in keymap.py, or `?`
      filter: [/, f3]
    filters:                # for :filter NAME
      failing: ":failed"
    links:
      grafana: https://grafana.example.com/d/canary?var-namespace=$NAMESPACE&var-canary=$NAME
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from canarytui.console.keymap import ACTIONS, FIXED, Where
from canarytui.console.programs.plugins import Plugin, load_plugins, plugins_path
from canarytui.domain.sentences import config_file as words
from canarytui.domain.text.plain import clean
from canarytui.session import config_file
from canarytui.session.config_file import ConfigFile, config_path, like, wrong

THEME_VARIABLE = "CANARYTUI_THEME"


class ConsoleSettings(Struct, frozen=True):
    """`keys` are the changed ones: an action's name → its keys as Textual names them, comma-separated. `contexts` holds
    the rules for single contexts, unparsed. `filters` are the list's, `aliases` are commands, by name."""

    theme: str = ""
    bell: bool = False
    mouse: bool = True
    read_only: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Any] = field(default_factory=dict)
    plugins: tuple[Plugin, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    """Templates of links, by title."""


def load() -> ConsoleSettings:
    """The file's settings, or the defaults without a file.

    Raises:
        ConfigError: it cannot be read, or says something that cannot be used.
    """
    from canarytui.session.columns.canary_columns import use_own_columns
    from canarytui.session.columns.own_columns import parse_columns

    file = config_file.load()
    settings = _settings(file, str(config_path()))
    use_own_columns(parse_columns(file.columns, str(config_path())))
    plugins = load_plugins(_key)
    _free_keys(plugins, settings.keys)
    return replace(settings, plugins=plugins)


def parse(content: object, path: str) -> ConsoleSettings:
    """The settings in `content`, which was read from `path`. Raises ConfigError."""
    return _settings(config_file.parse(content, path), path)


def _settings(file: ConfigFile, path: str) -> ConsoleSettings:
    keys = _keys(file.keys, path)
    return ConsoleSettings(
        theme=file.theme,
        bell=file.bell,
        mouse=file.mouse,
        read_only=file.read_only,
        keys=keys,
        contexts=file.contexts,
        filters=file.filters,
        links=file.links,
    )


def _keys(found: Mapping[str, Any], path: str) -> dict[str, str]:
    """The changed keys. On each screen a key belongs to one action only, unchanged ones included."""
    changed: dict[str, str] = {}
    for name, wanted in found.items():
        where = f"keys.{name}"
        if name not in ACTIONS:
            raise wrong(path, where, words.UNKNOWN_ACTION.say(like=like(name, tuple(ACTIONS))))
        listed = wanted if isinstance(wanted, list) else [wanted]
        changed[name] = ",".join(_key(each, path, where) for each in listed)
        if not changed[name]:
            raise wrong(path, where, words.NO_KEY.say())
    _not_the_lists_own(changed, path)
    owners: dict[str, list[str]] = {}
    for name, action in ACTIONS.items():
        for key in changed.get(name, action.keys).split(","):
            others = owners.setdefault(key, [])
            other = next((one for one in others if _on_one_screen(ACTIONS[one].where, action.where)), name)
            others.append(name)
            if other != name:
                culprit, kept = (name, other) if name in changed else (other, name)
                shown = next(part for part in changed[culprit].split(",") if part == key)
                raise wrong(path, f"keys.{culprit}", words.TAKEN.say(key=shown, owner=kept))
    return changed


def _free_keys(plugins: tuple[Plugin, ...], changed: Mapping[str, str]) -> None:
    """No plugin has a key that something else has on any screen. Raises ConfigError."""
    from canarytui.session.columns.canary_columns import sort_letters

    path = str(plugins_path())
    owners = {key: name for name, action in ACTIONS.items() for key in changed.get(name, action.keys).split(",")}
    for plugin in plugins:
        where = f"{plugin.name}: key"
        for key in filter(None, plugin.keys.split(",")):
            if key in sort_letters() or key.isdigit():
                raise wrong(path, where, (words.RESERVED_DIGIT if key.isdigit() else words.RESERVED_ORDER).say(key=key))
            if key in owners:
                raise wrong(path, where, words.TAKEN.say(key=key, owner=owners[key]))
            owners[key] = plugin.name


def _on_one_screen(one: Where, other: Where) -> bool:
    """Whether two keys ever work at the same time."""
    return not one or not other or bool(one & other)


def _not_the_lists_own(changed: Mapping[str, str], path: str) -> None:
    """Digits choose namespaces and tabs, capitals order the list: those stay, so nothing else can have them."""
    from canarytui.session.columns.canary_columns import sort_letters

    letters = sort_letters()
    for name, keys in changed.items():
        for key in keys.split(","):
            if key in letters or key.isdigit():
                reserved = words.RESERVED_DIGIT if key.isdigit() else words.RESERVED_ORDER
                raise wrong(path, f"keys.{name}", reserved.say(key=key))


def _key(wanted: object, path: str, where: str) -> str:
    """One key as Textual names it: ``o``, ``ctrl+o``, ``f5``, ``/``, ``P``."""
    from textual.keys import Keys

    from canarytui.console.terminal.internals import key_of

    text = str(wanted) if isinstance(wanted, str | int) and not isinstance(wanted, bool) else ""
    if isinstance(wanted, bool):
        raise wrong(path, where, words.BOOLEAN_KEY.say())
    if len(text) == 1 and text.isprintable() and text != " ":
        key = key_of(text)
        return f"{key},shift+{text.lower()}" if text.isascii() and text.isupper() else key
    *modifiers, last = text.lower().split("+")
    last = {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "return": "enter", "del": "delete"}.get(last, last)
    if len(last) == 1:
        last = key_of(last)
        known = True
    else:
        known = last in _NAMED or last in {key.value for key in Keys}
    if not known or set(modifiers) - {"ctrl", "alt", "shift"} or "," in text or len(modifiers) > 2:
        shown = clean(wanted, 40)
        raise wrong(path, where, words.NOT_A_KEY.say(key=shown))
    key = "+".join([*sorted(set(modifiers)), last])
    if key in FIXED:
        raise wrong(path, where, words.RESERVED_QUIT.say(key=key))
    return key


_NAMED = frozenset({"space", "enter", "tab", "escape", "delete", "backspace", "home", "end", "insert"})
