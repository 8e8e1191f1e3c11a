"""The parts of the detail screen: order, numbers, letters, and the tab line."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.console.widgets.key_hints import Hint
from canarytui.domain.text.plain import width


class Tab(StrEnum):
    OVERVIEW = "overview"
    CHECKS = "checks"
    OBJECTS = "objects"
    DIFF = "diff"
    DESCRIBE = "describe"
    YAML = "yaml"
    LOGS = "logs"
    TIMELINE = "timeline"


TABS = tuple(Tab)
NAMED = (Tab.DESCRIBE, Tab.YAML, Tab.LOGS, Tab.TIMELINE)
"""Parts with a letter of their own beside their number; the letters are in the key map, by the parts' names."""


class TabKey(Struct, frozen=True):
    """A key that works in one part only."""

    shown: str
    title: str
    action: str


KEYS_OF: dict[Tab, tuple[TabKey, ...]] = {
    Tab.OVERVIEW: (),
    Tab.CHECKS: (
        TabKey("Enter", "query", "open"),
        TabKey("w", "what if", "what_if"),
        TabKey("c", "copy query", "copy"),
    ),
    Tab.OBJECTS: (TabKey("c", "copy", "copy"),),
    Tab.DIFF: (TabKey("c", "copy", "copy"),),
    Tab.DESCRIBE: (TabKey("c", "copy", "copy"),),
    Tab.YAML: (TabKey("o", "next object", "other"), TabKey("c", "copy", "copy")),
    Tab.LOGS: (
        TabKey("o", "whose", "other"),
        TabKey("O", "container", "container"),
        TabKey("b", "before restart", "show_logs('before')"),
        TabKey("r", "raw", "show_logs('raw')"),
        TabKey("G", "follow", "scroll_edge(True)"),
        TabKey("c", "copy", "copy"),
    ),
    Tab.TIMELINE: (TabKey("c", "copy", "copy"),),
}


def tab_line(chosen: Tab, columns: int) -> Text:
    """``▶1 overview  2 checks …``; where the words do not fit, only the chosen part has its whole name."""
    text = line()
    for tab, said in _tab_words(chosen, columns):
        text.append(said, style="mark" if tab is chosen else "quiet")
        text.append(_gap(columns))
    return text


def tab_columns(chosen: Tab, columns: int) -> list[tuple[Tab, int]]:
    """The parts, and where the name of each begins in :func:`tab_line`."""
    found, begin = [], 0
    for tab, said in _tab_words(chosen, columns):
        found.append((tab, begin))
        begin += width(said) + len(_gap(columns))
    return found


def tab_at(chosen: Tab, columns: int, column: int) -> Tab | None:
    """The part whose name stands at a column of :func:`tab_line`."""
    end = 0
    for tab, said in _tab_words(chosen, columns):
        end += width(said) + len(_gap(columns))
        if column < end:
            return tab
    return None


def _tab_words(chosen: Tab, columns: int) -> list[tuple[Tab, str]]:
    found: list[tuple[Tab, str]] = []
    for longest in (30, 4, 0):
        found = [
            (tab, f"{'▶' if tab is chosen else ' '}{number} {str(tab) if tab is chosen else str(tab)[:longest]}")
            for number, tab in enumerate(TABS, 1)
        ]
        if sum(width(said) + len(_gap(columns)) for _, said in found) <= columns:
            break
    return found


def _gap(columns: int) -> str:
    return " " if columns >= 90 else ""


def tab_hints(tab: Tab) -> list[Hint]:
    """The keys that work in this part, for the line at the bottom."""
    return [Hint(key.shown, key.title, key.action) for key in KEYS_OF[tab]]
