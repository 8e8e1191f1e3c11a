"""The parts of the detail screen: order, numbers, letters, and the tab line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rich.text import Text

from canarytui.console.detail.layout import line
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


@dataclass(frozen=True, slots=True)
class TabKey:
    """A key that works in one part only."""

    shown: str
    title: str


KEYS_OF: dict[Tab, tuple[TabKey, ...]] = {
    Tab.OVERVIEW: (),
    Tab.CHECKS: (TabKey("Enter", "query"), TabKey("c", "copy query")),
    Tab.OBJECTS: (TabKey("c", "copy"),),
    Tab.DIFF: (TabKey("c", "copy"),),
    Tab.DESCRIBE: (TabKey("c", "copy"),),
    Tab.YAML: (TabKey("o", "next object"), TabKey("c", "copy")),
    Tab.LOGS: (TabKey("o", "whose"), TabKey("n", "container"), TabKey("G", "follow"), TabKey("c", "copy")),
    Tab.TIMELINE: (TabKey("c", "copy"),),
}


def tab_line(chosen: Tab, columns: int) -> Text:
    """``▶1 overview  2 checks …``; where the words do not fit, only the chosen part has its whole name."""
    for longest in (30, 4, 0):
        text = line()
        for number, tab in enumerate(TABS, 1):
            name = str(tab) if tab is chosen else str(tab)[:longest]
            text.append(f"{'▶' if tab is chosen else ' '}{number} {name}", style="mark" if tab is chosen else "quiet")
            text.append(" " if columns >= 90 else "")
        if width(text.plain) <= columns:
            break
    return text


def tab_hints(tab: Tab) -> Text:
    """The keys that work in this part, for the line at the bottom."""
    text = line()
    for key in KEYS_OF[tab]:
        text.append(f" {key.shown}", style="strong")
        text.append(f" {key.title} ", style="quiet")
    return text
