"""Every key of the console with its name and what it does, in one table: bindings, the help, the key hints, the
command palette and what a configuration file may change are all made of it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding

from canarytui.domain.plan import Intent


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """`keys` as Textual names them, "" for keys that belong to a widget; `shown` as a person reads them. `name` is
    what a configuration calls it, "" where the keys are fixed. `where` is the screen it works on, "" for every one."""

    keys: str
    shown: str
    action: str
    title: str
    group: str
    hint: bool = False
    name: str = ""
    where: str = ""


MOVE, ACT, GO, WALL = "Move", "Act (always with a confirmation)", "Go to", "Watch mode"
PARTS, TOLD = "In one canary", "In the timeline (:events)"
LIST, DETAIL, TIMELINE = "list", "detail", "timeline"

KEYS: tuple[KeyHelp, ...] = (
    KeyHelp("down,j", "j ↓", "", "one line down", MOVE, name="down"),
    KeyHelp("up,k", "k ↑", "", "one line up", MOVE, name="up"),
    KeyHelp("home,g", "g Home", "", "first", MOVE, name="first"),
    KeyHelp("end,G,shift+g", "G End", "", "last", MOVE, name="last"),
    KeyHelp("pagedown,ctrl+f", "PgDn", "", "one page down", MOVE, name="page-down"),
    KeyHelp("pageup,ctrl+b", "PgUp", "", "one page up", MOVE, name="page-up"),
    KeyHelp("enter", "Enter", "", "open the canary", MOVE, hint=True, name="open"),
    KeyHelp("space", "Space", "", "mark the canary", MOVE, name="mark", where=LIST),
    KeyHelp("escape", "Esc", "back", "back, or clear the filter", MOVE, name="back"),
    KeyHelp("t", "t", "act('trigger')", "trigger: choose the new image", ACT, hint=True, name="trigger"),
    KeyHelp("p", "p", "act('pause')", "pause, or resume", ACT, hint=True, name="pause"),
    KeyHelp(
        "P,shift+p",
        "P",
        "act('promote')",
        "promote now, without the rest of the analysis",
        ACT,
        hint=True,
        name="promote",
    ),
    KeyHelp("R,shift+r", "R", "act('roll back')", "roll back now", ACT, hint=True, name="roll-back"),
    KeyHelp("T,shift+t", "T", "act('retry')", "retry a failed rollout", ACT, hint=True, name="retry"),
    KeyHelp("a", "a", "gates", "gates: see who asks, approve (open) or close", ACT, name="gates"),
    KeyHelp("x", "x", "act('extend')", "extend the step: pause for some ticks", ACT, name="extend"),
    KeyHelp("greater_than_sign", ">", "act('skip')", "skip to a later weight, or the last iteration", ACT, name="skip"),
    KeyHelp("f", "f", "act('fault')", "fault drill: break it on purpose, with a prediction", ACT, True, "fault"),
    KeyHelp(
        "slash",
        "/",
        "filter",
        "filter (fuzzy, :failed, ns:shop, -l app=web, !word leaves out)",
        GO,
        hint=True,
        name="filter",
    ),
    KeyHelp("s", "s", "sort", "order by the next column; problems first to begin with", GO, name="sort"),
    KeyHelp("", "Shift+letter", "", "order by that column; again turns it round", GO, where=LIST),
    KeyHelp("w", "w", "wide", "kubectl's wide columns", GO, name="wide", where=LIST),
    KeyHelp("", "0-9", "", "0 all namespaces, 1 to 9 the recent ones", GO, where=LIST),
    KeyHelp("colon", ":", "command", "command; Tab completes, ↑ brings the last ones back", GO, True, "command"),
    KeyHelp("question_mark", "?", "help", "this help", GO, hint=True, name="help"),
    KeyHelp(
        "ctrl+p", "Ctrl+P", "app.command_palette", "command palette: every action by name, themes", GO, name="palette"
    ),
    KeyHelp("m", "m", "app.mute", "mute the bell, or let it ring again", GO, name="mute"),
    KeyHelp("ctrl+l", "Ctrl+L", "app.repaint", "draw the screen anew", GO, name="repaint"),
    KeyHelp("ctrl+z", "Ctrl+Z", "app.suspend_process", "suspend, until `fg`", GO, name="suspend"),
    KeyHelp("q", "q", "leave", "quit (from the list), back (elsewhere)", GO, hint=True, name="quit"),
    KeyHelp("ctrl+c", "Ctrl+C :q", "quit_now", "quit", GO),
    KeyHelp("", "1-8", "", "overview, checks, objects, diff, describe, YAML, logs, timeline", PARTS, where=DETAIL),
    KeyHelp("tab,right", "Tab →", "", "next part", PARTS, name="next-part", where=DETAIL),
    KeyHelp("shift+tab,left", "S-Tab ←", "", "the part before", PARTS, name="part-before", where=DETAIL),
    KeyHelp("d", "d", "", "describe", PARTS, name="describe", where=DETAIL),
    KeyHelp("y", "y", "", "YAML of the canary; o the next object", PARTS, name="yaml", where=DETAIL),
    KeyHelp("l", "l", "", "logs; o whose, n which container, / filter, G follow", PARTS, name="logs", where=DETAIL),
    KeyHelp("e", "e", "", "timeline of this canary", PARTS, name="timeline", where=DETAIL),
    KeyHelp("o", "o", "", "the next object's YAML, or other logs", PARTS, name="other", where=DETAIL),
    KeyHelp("n", "n", "", "logs of the next container only", PARTS, name="container", where=DETAIL),
    KeyHelp("c", "c", "", "copy this part, or the query under the cursor", PARTS, name="copy", where=DETAIL),
    KeyHelp("v", "v", "", "the moment of the entry on its canary's plots", TOLD, name="moment", where=TIMELINE),
    KeyHelp("space", "Space", "", "hold still, or follow", TOLD, name="hold", where=TIMELINE),
    KeyHelp("o", "o", "", "what each source said", TOLD, name="sources", where=TIMELINE),
    KeyHelp("S,shift+s", "S", "", "search for words", TOLD, name="search", where=TIMELINE),
    KeyHelp("n", "n", "", "next match, or warning", TOLD, name="next-match", where=TIMELINE),
    KeyHelp("N,shift+n", "N", "", "match before, or warning", TOLD, name="match-before", where=TIMELINE),
    KeyHelp("y", "y", "", "copy the entry", TOLD, name="copy-entry", where=TIMELINE),
    KeyHelp("Y,shift+y", "Y", "", "copy all that is shown", TOLD, name="copy-entries", where=TIMELINE),
)

WATCH_NAMES = ("mute", "help", "palette", "repaint", "suspend", "quit")
"""All that has a key in watch mode; nothing there touches the cluster."""

INTENTS = {intent.value: intent for intent in Intent}
ACTIONS = {key.name: key for key in KEYS if key.name}
FIXED = frozenset({"ctrl+c"})
"""Keys that end the program whatever a configuration says."""


def bindings() -> list[Binding]:
    """The bindings that all screens of the console share."""
    return [
        Binding(key.keys, key.action, key.title, show=False, id=key.name or None)
        for key in KEYS
        if key.keys and key.action and not key.where
    ]


def bound(name: str, action: str) -> Binding:
    """The binding of `name`'s keys to a widget's or a screen's own `action`."""
    key = ACTIONS[name]
    return Binding(key.keys, action, key.title, show=False, id=name)


@functools.lru_cache(maxsize=8)
def _shown(changes: tuple[tuple[str, str], ...]) -> tuple[KeyHelp, ...]:
    chosen = dict(changes)
    return tuple(
        KeyHelp(
            chosen[key.name],
            readable(chosen[key.name]),
            key.action,
            key.title,
            key.group,
            key.hint,
            key.name,
            key.where,
        )
        if key.name in chosen
        else key
        for key in KEYS
    )


def shown_keys(changes: Mapping[str, str]) -> tuple[KeyHelp, ...]:
    """The table with a configuration's changes (name → keys, as Textual names them) in it."""
    return _shown(tuple(sorted(changes.items())))


_READABLE = {
    "slash": "/", "colon": ":", "question_mark": "?", "escape": "Esc", "pagedown": "PgDn", "pageup": "PgUp",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "space": "Space", "enter": "Enter", "tab": "Tab",
    "minus": "-", "plus": "+", "full_stop": ".", "comma": ",", "semicolon": ";", "equals_sign": "=",
    "exclamation_mark": "!", "at": "@", "number_sign": "#", "percent_sign": "%", "asterisk": "*",
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
