"""What a person has configured: ``$XDG_CONFIG_HOME/canarytui/config.yaml``.

Keys, theme, bell, read only. A file with a mistake is refused in one sentence that names the file, the key and the
remedy, because a console that quietly does something else than its file says is worse than none. Example::

    theme: light            # dark, light, ansi (the terminal's own 16 colours), or a theme of Textual's
    bell: true              # ring when a rollout fails (m mutes)
    read_only: true         # never write
    keys:
      roll-back: ctrl+r     # names: see the table in keymap.py, or `?`
      filter: [/, ctrl+s]
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from canarytui.cluster.folders import config_folder
from canarytui.cluster.regular import read_start
from canarytui.console.keymap import ACTIONS, FIXED
from canarytui.domain.bounded_text import OutOfBounds, parse_yaml
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import NOTHING, Phrase, Sentence
from canarytui.domain.sentences import config_file as words
from canarytui.errors import ConfigError

THEMES = {"dark": "textual-dark", "light": "textual-light", "ansi": "ansi-dark"}
THEME_VARIABLE = "CANARYTUI_THEME"
_KNOWN = ("theme", "bell", "read_only", "keys", "contexts")
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """`keys` are changed ones: name of the action → keys as Textual names them, with commas. `contexts` is left for
    rules of single contexts and holds what the file says, unread."""

    theme: str = ""
    bell: bool = False
    read_only: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Any] = field(default_factory=dict)


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the file is looked for."""
    return config_folder(environment) / "config.yaml"


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of the file, or none where there is no file.

    Raises:
        ConfigError: it cannot be read, or says something that cannot be meant.
    """
    path = config_path(environment)
    try:
        text = read_start(path, _MOST_BYTES).decode("utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else words.NOT_UTF8.text()
        raise ConfigError(words.UNREADABLE.text(path=path, reason=reason)) from error
    try:
        content = parse_yaml(text)
    except OutOfBounds as error:
        raise ConfigError(words.OUT_OF_BOUNDS.text(path=path, error=error)) from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise ConfigError(words.NOT_YAML.text(path=path, where=where)) from error
    return parse(content, str(path))


def parse(content: object, path: str) -> Settings:
    """The settings in `content`, which was read from `path`. Raises ConfigError."""
    if content is None:
        return Settings()
    fields = _mapping(content, path, "", words.WRITE_FIELDS)
    for name in fields:
        if name not in _KNOWN:
            raise _wrong(path, name, words.UNKNOWN.say(like=_like(name, _KNOWN), known=", ".join(_KNOWN)))
    theme = fields.get("theme")
    if theme is not None and not isinstance(theme, str):
        raise _wrong(path, "theme", words.NOT_THEME.say())
    return Settings(
        theme=theme or "",
        bell=_flag(fields, path, "bell"),
        read_only=_flag(fields, path, "read_only"),
        keys=_keys(fields.get("keys"), path),
        contexts=_mapping(fields.get("contexts") or {}, path, "contexts", words.WRITE_CONTEXTS),
    )


def _keys(found: object, path: str) -> dict[str, str]:
    """Actions' keys, on each screen each key for one action only, the unchanged ones included."""
    if found is None:
        return {}
    changed: dict[str, str] = {}
    for name, wanted in _mapping(found, path, "keys", words.WRITE_KEYS).items():
        where = f"keys.{name}"
        if name not in ACTIONS:
            raise _wrong(path, where, words.UNKNOWN_ACTION.say(like=_like(name, tuple(ACTIONS))))
        listed = wanted if isinstance(wanted, list) else [wanted]
        changed[name] = ",".join(_key(each, path, where) for each in listed)
        if not changed[name]:
            raise _wrong(path, where, words.NO_KEY.say())
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
                raise _wrong(path, f"keys.{culprit}", words.TAKEN.say(key=shown, owner=kept))
    return changed


def _on_one_screen(one: str, other: str) -> bool:
    """Whether two keys ever work at the same time; "" is every screen."""
    return not one or not other or one == other


def _not_the_lists_own(changed: Mapping[str, str], path: str) -> None:
    """Digits choose namespaces and tabs, capitals order the list: those stay, so nothing else can have them."""
    from canarytui.console.columns import SORT_KEYS

    for name, keys in changed.items():
        for key in keys.split(","):
            if key in SORT_KEYS or key.isdigit():
                reserved = words.RESERVED_DIGIT if key.isdigit() else words.RESERVED_ORDER
                raise _wrong(path, f"keys.{name}", reserved.say(key=key))


def _key(wanted: object, path: str, where: str) -> str:
    """One key as Textual names it: ``o``, ``ctrl+o``, ``f5``, ``/``, ``P``."""
    from textual.keys import Keys, _character_to_key

    text = str(wanted) if isinstance(wanted, str | int) and not isinstance(wanted, bool) else ""
    if isinstance(wanted, bool):
        raise _wrong(path, where, words.BOOLEAN_KEY.say())
    if len(text) == 1 and text.isprintable() and text != " ":
        key = _character_to_key(text)
        return f"{key},shift+{text.lower()}" if text.isascii() and text.isupper() else key
    *modifiers, last = text.lower().split("+")
    last = {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "return": "enter", "del": "delete"}.get(last, last)
    if len(last) == 1:
        last = _character_to_key(last)
        known = True
    else:
        known = last in _NAMED or last in {key.value for key in Keys}
    if not known or set(modifiers) - {"ctrl", "alt", "shift"} or "," in text or len(modifiers) > 2:
        shown = clean(wanted, 40)
        raise _wrong(path, where, words.NOT_A_KEY.say(key=shown))
    key = "+".join([*sorted(set(modifiers)), last])
    if key in FIXED:
        raise _wrong(path, where, words.RESERVED_QUIT.say(key=key))
    return key


_NAMED = frozenset({"space", "enter", "tab", "escape", "delete", "backspace", "home", "end", "insert"})


def _mapping(found: object, path: str, where: str, remedy: Sentence) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _wrong(path, where, words.NOT_MAPPING.say(remedy=remedy.say()))
    return {str(name): value for name, value in found.items()}


def _flag(fields: Mapping[str, Any], path: str, name: str) -> bool:
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise _wrong(path, name, words.NOT_BOOLEAN.say(value=clean(value, 40)))


def _wrong(path: str, where: str, problem: Phrase) -> ConfigError:
    named = f"{path}: {clean(where, 80)}" if where else path
    return ConfigError(words.WRONG.text(where=named, problem=problem))


def _like(name: str, known: tuple[str, ...]) -> Phrase:
    close = difflib.get_close_matches(name, known, 1)
    return words.LIKE.say(name=close[0]) if close else NOTHING
