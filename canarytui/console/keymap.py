"""Every key of the console with what it does, in one table: bindings, help and the key hints are made of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

from canarytui.domain.plan import Intent


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """`keys` as Textual names them, `shown` as a person reads them."""

    keys: str
    shown: str
    action: str
    title: str
    group: str
    hint: bool = False


MOVE, ACT, GO = "Move", "Act (always with a confirmation)", "Go to"

KEYS: tuple[KeyHelp, ...] = (
    KeyHelp("", "j k ↓ ↑", "", "one line down, up", MOVE),
    KeyHelp("", "g G", "", "first, last", MOVE),
    KeyHelp("", "PgDn PgUp", "", "one page down, up", MOVE),
    KeyHelp("", "Enter", "", "open the canary", MOVE, hint=True),
    KeyHelp("escape", "Esc", "back", "back, or clear the filter", MOVE),
    KeyHelp("t", "t", "act('trigger')", "trigger: choose the new image", ACT, hint=True),
    KeyHelp("p", "p", "act('pause')", "pause, or resume", ACT, hint=True),
    KeyHelp("P,shift+p", "P", "act('promote')", "promote now, without the rest of the analysis", ACT, hint=True),
    KeyHelp("R,shift+r", "R", "act('roll back')", "roll back now", ACT, hint=True),
    KeyHelp("T,shift+t", "T", "act('retry')", "retry a failed rollout", ACT, hint=True),
    KeyHelp("f", "f", "act('fault')", "fault: HTTP 500s with hey, through the load tester", ACT, hint=True),
    KeyHelp("slash", "/", "filter", "filter (fuzzy, !word leaves out)", GO, hint=True),
    KeyHelp("s", "s", "sort", "order by the next column; problems first to begin with", GO),
    KeyHelp(
        "colon",
        ":",
        "command",
        "command: canaries, events, ctx [NAME], ns [NAME|all], detail NAME, help, q",
        GO,
        hint=True,
    ),
    KeyHelp("question_mark", "?", "help", "this help", GO, hint=True),
    KeyHelp("ctrl+p", "Ctrl+P", "", "command palette (themes)", GO),
    KeyHelp("q", "q", "leave", "quit (from the list), back (elsewhere)", GO, hint=True),
    KeyHelp("ctrl+c", "Ctrl+C :q", "quit_now", "quit", GO),
)

INTENTS = {intent.value: intent for intent in Intent}


def bindings() -> list[Binding]:
    """The bindings that all screens of the console share."""
    return [Binding(key.keys, key.action, key.title, show=False) for key in KEYS if key.keys]
