"""All keys and commands on one page, with the person's own keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType

from canarytui.console.command_table import COMMANDS
from canarytui.console.keymap import ACT, KeyHelp, Where, bound, readable, shown_keys
from canarytui.console.settings import ConsoleSettings
from canarytui.console.text_dialog import TextDialog
from canarytui.console.wall.board import FAILURE_STAYS
from canarytui.domain.marks import SHADOW_MARK
from canarytui.domain.sentences import legend as words
from canarytui.domain.sentences import wall
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import SILENT_TICKS
from canarytui.session.config_file import config_path

_SIGNS = (
    ("HALTED 4/10", words.HALTED.text()),
    ("UNATTENDED", words.UNATTENDED.text(ticks=SILENT_TICKS)),
    ("FAILED 10/10", "rolled back"),
    ("▲ Progressing", words.PROGRESSING.text()),
    ("? Waiting", words.WAITING.text()),
    ("= Suspended", words.SUSPENDED.text()),
    ("✓ Succeeded", words.AT_REST.text()),
    ("! Invalid", words.ATTENTION.text()),
    ("▼ Terminating", words.DELETING.text()),
    ("· New", words.UNSEEN.text()),
    ("●●●○○ 3/10", words.FAILED_CHECKS.text()),
    (f"3/10 {SHADOW_MARK}1", words.SHADOW.text()),
    ("last attempt 15", words.LAST_ATTEMPT.text()),
    ("██░│░", words.WEIGHT_BAR.text()),
    ("STEP 4/10", words.STEP.text()),
    ("~ STALE", words.STALE.text()),
    ("W / N", words.SEVERITY.text()),
)


_SIGN, _WALL_SIGN = 16, 18
"""Columns of the signs."""

WALL_SIGNS = (
    ("✗ HALTED 3 OF 10", words.WALL_HALTED.text()),
    ("✗ ROLLED BACK", words.WALL_FAILED.text(minutes=int(FAILURE_STAYS.total_seconds() // 60))),
    ("▲ ADVANCING", words.PROGRESSING.text()),
    ("? WAITING", words.WAITING.text()),
    ("= SUSPENDED", words.SUSPENDED.text()),
    ("✓ PROMOTED", words.AT_REST.text()),
    ("! INVALID", words.ATTENTION.text()),
    ("▼ DELETING", words.DELETING.text()),
    (f"· {wall.NEW.text()}", words.UNSEEN.text()),
    ("data 2 s old", words.WALL_AGE.text()),
    ("STALE SINCE", words.WALL_STALE.text()),
)


class HelpScreen(TextDialog):
    """`only` are the names of the keys that work, for a wall; `screen` limits it to one screen's keys. `reason` says
    why an action is not possible now."""

    BINDINGS: ClassVar[list[BindingType]] = [bound("help", "dismiss")]

    def __init__(
        self,
        settings: ConsoleSettings,
        *,
        only: Sequence[str] = (),
        screen: Where = Where.EVERY,
        reason: Callable[[str], str] = lambda _: "",
    ) -> None:
        text = help_text(settings, only=only, screen=screen, reason=reason)
        super().__init__(words.TITLE.text(), text, name="help", hanging=20 if only else 18)


def help_text(
    settings: ConsoleSettings,
    *,
    only: Sequence[str] = (),
    screen: Where = Where.EVERY,
    reason: Callable[[str], str] = lambda _: "",
) -> Text:
    """Keys by group, then the commands, then what the signs mean."""
    text = Text()
    group = ""
    for key in shown_keys(settings.keys):
        if not _belongs(key, settings, only, screen):
            continue
        if key.group != group and not only:
            text.append(f"{'' if not group else chr(10)}{key.group}\n", style="strong")
        group = key.group
        text.append(f"  {key.shown:<14}", style="mark")
        why_not = reason(key.action)
        text.append(f"{key.help}", style="quiet" if why_not else "")
        text.append(f"  ({key.name})" if key.name else "", style="quiet")
        text.append(f"  k9s: {key.k9s}" if key.k9s and not only else "", style="quiet")
        text.append("\n")
        if why_not:
            text.append(f"{'':<16}✗ not now: {clean(why_not, 200)}\n", style="quiet")
    if not only:
        text.append("\nCommands after :\n", style="strong")
        for command in COMMANDS:
            text.append(f"  {command.usage:<22}", style="mark")
            text.append(f"{command.help}\n")
        plugins = [each for each in settings.plugins if not (each.writes and settings.read_only)]
        if plugins:
            text.append("\nPlugins\n", style="strong")
        for plugin in plugins:
            text.append(f"  {readable(plugin.keys) or ':plugin':<14}", style="mark")
            text.append(plugin.help)
            text.append(f"  ({plugin.name})\n", style="quiet")
    text.append("\nSigns\n", style="strong")
    for sign, meaning in WALL_SIGNS if only else _SIGNS:
        text.append(f"  {sign:<{_WALL_SIGN if only else _SIGN}}", style="mark")
        text.append(f"{meaning}\n")
    if not only or "quit" in only:  # a browser's reader has no file here
        text.append("\n" + words.CHANGE_KEYS.text(path=clean(config_path(), 200)), style="quiet")
    return text


def _belongs(key: KeyHelp, settings: ConsoleSettings, only: Sequence[str], screen: Where) -> bool:
    if only:
        return key.name in only
    if settings.read_only and key.group == ACT:
        return False
    return not key.where or not screen or bool(key.where & screen)
