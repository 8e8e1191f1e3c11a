"""Every key of the console with its name and what it does, in one table: bindings, the help, the key hints, the
command palette and what a configuration file may change are all made of it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import Flag, auto

from msgspec import Struct
from msgspec.structs import replace
from textual.binding import Binding

from canarytui.domain.actions.registry import actions, intents
from canarytui.domain.sentences import legend


class Where(Flag):
    """The screens on which a key works."""

    EVERY = 0
    """All of them."""
    LIST = auto()
    DETAIL = auto()
    TIMELINE = auto()


class KeyHelp(Struct, frozen=True):
    """`keys` as Textual names them, "" for keys that belong to a widget; `shown` as a person reads them. `name` is
    what a configuration calls it, "" where the keys are fixed. `help` is what the key does; `label` in a word, where
    that is not the name; `k9s` what the same letter does there, where that is something else."""

    keys: str
    shown: str
    action: str
    group: str
    hint: bool = False
    name: str = ""
    where: Where = Where.EVERY
    help: str = ""
    label: str = ""
    k9s: str = ""

    @property
    def short(self) -> str:
        """What it does, in a word or two for the line of key hints."""
        return self.label or self.name.replace("-", " ")


MOVE, ACT, GO = "Move", legend.ACTIONS.words, "Go to"
PARTS, TOLD = "One canary", "Timeline (:events)"
LIST, DETAIL, TIMELINE = Where.LIST, Where.DETAIL, Where.TIMELINE
K9S = {"pause": "previous logs", "sort": "shell", "timeline": "edit"}
"""What k9s does by the same letter, for keys that mean something else here. Ours stay: the first use says so."""


def _action_keys() -> list[KeyHelp]:
    """The keys of the actions, as their records have them."""
    found = [(action.key, action.intent) for action in actions() if action.key is not None]
    return [
        KeyHelp(
            key.keys,
            key.shown,
            key.does or f"act('{intent}')",
            ACT,
            hint=key.hint,
            name=key.name,
            help=key.help,
            k9s=K9S.get(key.name, ""),
        )
        for key, intent in sorted(found, key=lambda each: each[0].place)
    ]


KEYS: tuple[KeyHelp, ...] = (
    KeyHelp("down,j", "j ↓", "", MOVE, name="down", help="one line down"),
    KeyHelp("up,k", "k ↑", "", MOVE, name="up", help="one line up"),
    KeyHelp("home,g", "g Home", "", MOVE, name="first", help="first"),
    KeyHelp("end,G,shift+g", "G End", "", MOVE, name="last", help="last"),
    KeyHelp("pagedown,ctrl+f", "PgDn", "", MOVE, name="page-down", help="one page down"),
    KeyHelp("pageup,ctrl+b", "PgUp", "", MOVE, name="page-up", help="one page up"),
    KeyHelp("enter", "Enter", "", MOVE, hint=True, name="open", help="open the canary"),
    KeyHelp("space", "Space", "", MOVE, name="mark", where=LIST, help="mark the canary"),
    KeyHelp("escape", "Esc", "back", MOVE, name="back", help="end the search, close what is open, go back"),
    KeyHelp("apostrophe,semicolon", "' ;", "jump", MOVE, name="jump", help="jump: letters at rows, parts and panes"),
    *_action_keys(),
    KeyHelp("u", "u", "undo", ACT, name="undo", help="undo: what was done from this machine, and its way back"),
    KeyHelp(
        "f",
        "f",
        "act('fault')",
        ACT,
        True,
        "fault",
        help="fault drill: break it on purpose, with a prediction",
        label="drill",
    ),
    KeyHelp(
        "slash",
        "/",
        "filter",
        GO,
        hint=True,
        name="filter",
        help="filter or search (list: fuzzy, :failed, ns:shop, -l app=web, !word leaves out)",
    ),
    KeyHelp("n", "n", "", GO, name="next-match", where=DETAIL | TIMELINE, help="next match, or warning"),
    KeyHelp("N,shift+n", "N", "", GO, name="match-before", where=DETAIL | TIMELINE, help="previous match, or warning"),
    KeyHelp(
        "s",
        "s",
        "sort",
        GO,
        name="sort",
        help="sort by the next column (problems first by default)",
        k9s=K9S["sort"],
    ),
    KeyHelp("", "Shift+letter", "", GO, where=LIST, help="sort by the column with that letter; again reverses"),
    KeyHelp("w", "w", "wide", GO, name="wide", where=LIST, help="kubectl's wide columns"),
    KeyHelp("v", "v", "", GO, name="layout", where=LIST, help="layout: split, list, detail, wall"),
    KeyHelp("z", "z", "", GO, name="zoom", where=LIST, help="zoom a pane, then the next; Esc back (Tab focuses one)"),
    KeyHelp("ctrl+s", "Ctrl+S", "app.dump", GO, name="dump", help="save the screen as text and SVG"),
    KeyHelp("", "0-9", "", GO, where=LIST, help="0 all namespaces, 1-9 recent ones"),
    KeyHelp("colon", ":", "command", GO, True, "command", help="command; Tab completes, ↑ recalls"),
    KeyHelp("question_mark", "?", "help", GO, hint=True, name="help", help="help"),
    KeyHelp(
        "ctrl+p",
        "Ctrl+P",
        "app.command_palette",
        GO,
        name="palette",
        help="command palette: every action by name, themes",
    ),
    KeyHelp(
        "ctrl+o",
        "Ctrl+O",
        "link",
        GO,
        name="link",
        help="browser: the canary's link (dashboard, runbook); copied as well",
    ),
    KeyHelp(
        "ctrl+y",
        "Ctrl+Y",
        "summary",
        GO,
        name="summary",
        help="copy an incident summary (Markdown), and keep it in a file",
    ),
    KeyHelp("m", "m", "app.mute", GO, name="mute", help="mute the bell, or unmute it"),
    KeyHelp("vertical_line", "|", "page_text", GO, name="pager", help="open what is shown in $PAGER"),
    KeyHelp("ctrl+l", "Ctrl+L", "app.repaint", GO, name="repaint", help="redraw"),
    KeyHelp("ctrl+z", "Ctrl+Z", "app.suspend_process", GO, name="suspend", help="suspend, until `fg`"),
    KeyHelp("q", "q", "leave", GO, hint=True, name="quit", help="quit (from the list), back (elsewhere)"),
    KeyHelp("ctrl+c", "Ctrl+C :q", "quit_now", GO, help="quit"),
    KeyHelp("", "1-8", "", PARTS, where=DETAIL, help="overview, checks, objects, diff, describe, YAML, logs, timeline"),
    KeyHelp("tab,right", "Tab →", "", PARTS, name="next-part", where=DETAIL, help="next part"),
    KeyHelp("shift+tab,left", "S-Tab ←", "", PARTS, name="part-before", where=DETAIL, help="previous part"),
    KeyHelp("d", "d", "", PARTS, name="describe", where=LIST | DETAIL, help="describe"),
    KeyHelp("y", "y", "", PARTS, name="yaml", where=LIST | DETAIL, help="YAML of the canary; o the next object"),
    KeyHelp("l", "l", "", PARTS, name="logs", where=LIST | DETAIL, help="logs; o whose, O container, G follow"),
    KeyHelp(
        "e",
        "e",
        "",
        PARTS,
        name="timeline",
        where=LIST | DETAIL,
        help="events: the timeline of this canary",
        label="events",
        k9s=K9S["timeline"],
    ),
    KeyHelp("o", "o", "", PARTS, name="other", where=DETAIL, help="the next object's YAML, or other logs"),
    KeyHelp(
        "w",
        "w",
        "what_if",
        PARTS,
        name="what-if",
        where=DETAIL,
        help="what if: past rollouts by another threshold of the selected check",
        label="what if",
    ),
    KeyHelp("O,shift+o", "O", "", PARTS, name="container", where=DETAIL, help="logs of the next container only"),
    KeyHelp("r", "r", "", PARTS, name="raw", where=DETAIL, help="logs as they came, or JSON as level msg k=v"),
    KeyHelp("i", "i", "", PARTS, name="times", where=DETAIL, help="time stamps of logs on or off"),
    KeyHelp("b", "b", "", PARTS, name="before-restart", where=DETAIL, help="logs from before the last restart"),
    KeyHelp(
        "c",
        "c",
        "",
        PARTS,
        name="copy",
        where=LIST | DETAIL,
        help="copy the canary's name (list), this part, or the query under the cursor",
    ),
    KeyHelp("E,shift+e", "E", "", PARTS, name="edit-canary", where=DETAIL, help="edit the canary in $EDITOR"),
    KeyHelp("S,shift+s", "S", "", PARTS, name="shell", where=DETAIL, help="shell in a container of canary or primary"),
    KeyHelp("v", "v", "", TOLD, name="moment", where=TIMELINE, help="plots around the entry"),
    KeyHelp("space", "Space", "", TOLD, name="hold", where=TIMELINE, help="stop following, or follow again"),
    KeyHelp("o", "o", "", TOLD, name="sources", where=TIMELINE, help="what each source reported"),
    KeyHelp("S,shift+s", "S", "", TOLD, name="search", where=TIMELINE, help="search without leaving lines out"),
    KeyHelp("y", "y", "", TOLD, name="copy-entry", where=TIMELINE, help="copy the entry"),
    KeyHelp("Y,shift+y", "Y", "", TOLD, name="copy-entries", where=TIMELINE, help="copy all that is shown"),
)

WATCH_NAMES = ("mute", "help", "palette", "dump", "repaint", "suspend", "quit")
"""All that has a key in watch mode; nothing there touches the cluster."""

SERVED_NAMES = ("help",)
"""What of it works in a browser: it has no bell, no files, no shell to go back to, and a wall that ends comes back."""

INTENTS = {str(intent): intent for intent in intents()}
ACTIONS = {key.name: key for key in KEYS if key.name}
PINNED = ("help",)
"""Keys that the line of key hints always shows, at its right."""
FIXED = frozenset({"ctrl+c"})
"""Keys that end the program whatever a configuration says."""


def bindings() -> list[Binding]:
    """The bindings that all screens of the console share."""
    return [
        Binding(key.keys, key.action, key.help, show=False, id=key.name or None)
        for key in KEYS
        if key.keys and key.action and not key.where
    ]


def bound(name: str, action: str) -> Binding:
    """The binding of `name`'s keys to a widget's or a screen's own `action`."""
    key = ACTIONS[name]
    return Binding(key.keys, action, key.help, show=False, id=name)


@functools.lru_cache(maxsize=8)
def _shown(changes: tuple[tuple[str, str], ...]) -> tuple[KeyHelp, ...]:
    chosen = dict(changes)
    return tuple(
        replace(key, keys=chosen[key.name], shown=readable(chosen[key.name]), k9s="") if key.name in chosen else key
        for key in KEYS
    )


def shown_keys(changes: Mapping[str, str]) -> tuple[KeyHelp, ...]:
    """The table with a configuration's changes (name → keys, as Textual names them) in it."""
    return _shown(tuple(sorted(changes.items())))


_READABLE = {
    "slash": "/", "colon": ":", "question_mark": "?", "escape": "Esc", "pagedown": "PgDn", "pageup": "PgUp",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "space": "Space", "enter": "Enter", "tab": "Tab",
    "minus": "-", "plus": "+", "full_stop": ".", "comma": ",", "semicolon": ";", "equals_sign": "=",
    "exclamation_mark": "!", "vertical_line": "|", "at": "@", "apostrophe": "'", "number_sign": "#",
    "percent_sign": "%", "asterisk": "*",
}  # fmt: skip


def readable(keys: str) -> str:
    """``ctrl+r,F5`` as a person reads it: ``Ctrl+R F5``; the terminal's second name of a capital is left out."""
    words = []
    for key in keys.split(","):
        *modifiers, last = key.split("+")
        if modifiers == ["shift"] and len(last) == 1:
            continue
        name = _READABLE.get(last, last.upper() if modifiers or (last[:1] == "f" and last[1:].isdigit()) else last)
        words.append("+".join([*(modifier.capitalize() for modifier in modifiers), name]))
    return " ".join(words)
