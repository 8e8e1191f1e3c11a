"""A line behind ``:``: run it, complete it, correct it, by the table of commands, the keys' names and the aliases."""

from __future__ import annotations

import difflib

from canarytui.console.aliases import expanded
from canarytui.console.command_table import COMMANDS, ConsoleCommand, Messages
from canarytui.console.keymap import ACTIONS
from canarytui.console.messages import Notify, RunAction
from canarytui.console.model import ConsoleModel
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean

_MOST_OFFERED = 200
_BY_NAME = {name: command for command in COMMANDS for name in command.names}


def command_names() -> list[str]:
    """All that may stand behind ``:``: commands, and names of actions (``:roll-back``)."""
    return [*_BY_NAME, *(key for key in ACTIONS if ACTIONS[key].action and key not in _BY_NAME)]


def run_command(model: ConsoleModel, line: str) -> None:
    """Do what `line` says, or report that it is unknown."""
    for message in messages_of(model, line):
        model.send(message)


def messages_of(model: ConsoleModel, line: str) -> Messages:
    """What `line` makes the app do."""
    name, rest = _parted(model, line)
    command = _BY_NAME.get(name)
    if command is not None and (rest or not command.needs_word):
        return command.run(model, rest)
    if command is None and name in ACTIONS and ACTIONS[name].action:
        return (RunAction(ACTIONS[name].action),)
    return (Notify(_not_run(name, command), warning=True),)


def correction(model: ConsoleModel, line: str) -> str:
    """What `line` was probably meant to be; "" where it can be run, or resembles nothing."""
    name, rest = _parted(model, line)
    command = _BY_NAME.get(name)
    if command is None:
        known = [*command_names(), *model.settings.aliases]
        close = [] if name in known else difflib.get_close_matches(name, known, 1)
        return f"{close[0]} {rest}".rstrip() if close else ""
    if not rest or not command.closed:
        return ""
    possible = list(command.words(model))
    short = [word.rpartition("/")[2] for word in possible]
    close = [] if rest in possible or rest in short else difflib.get_close_matches(rest, [*possible, *short], 1)
    return f"{name} {close[0]}" if close else ""


def _parted(model: ConsoleModel, line: str) -> tuple[str, str]:
    """(name, argument) of a line, with what an alias stands for."""
    line = expanded(model.settings.aliases, line.strip().lstrip(":"))
    name, _, rest = line.partition(" ")
    return name, rest.strip()


def _not_run(name: str, command: ConsoleCommand | None) -> str:
    if command is not None:
        return words.NEEDS_NAME.text(name=clean(name, 40), usage=f":{command.usage}")
    close = difflib.get_close_matches(name, command_names(), 1)
    like = words.LIKE.say(name=close[0]) if close else NOTHING
    known = ", ".join(command.names[0] for command in COMMANDS)
    return words.UNKNOWN_COMMAND.text(name=clean(name, 40), like=like, known=known)


def completions(model: ConsoleModel, line: str) -> list[str]:
    """Whole lines that `line` may become: commands, then a command's words; best first, at most 200."""
    typed, space, rest = line.lstrip().partition(" ")
    if space and typed in model.settings.aliases:
        meant = f"{model.settings.aliases[typed]} "
        return [f"{typed} {word.removeprefix(meant)}" for word in completions(model, meant + rest)]
    name = typed
    if not space:
        names = [command.names[0] for command in COMMANDS] + [key for key in ACTIONS if ACTIONS[key].action]
        return [known for known in dict.fromkeys([*names, *model.settings.aliases]) if known.startswith(name)]
    command = _BY_NAME.get(name)
    if command is None:
        return []
    begun = rest.lstrip().lower()
    words = list(dict.fromkeys(word for word in command.words(model) if word))
    first = [word for word in words if word.lower().startswith(begun)]
    later = [word for word in words if begun in word.lower() and not word.lower().startswith(begun)]
    return [f"{name} {word}" for word in (first + later)[:_MOST_OFFERED]]
