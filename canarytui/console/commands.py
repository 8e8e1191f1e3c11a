"""The ``:`` commands, k9s fashion: one table that runs them, completes them and explains them in the help."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canarytui.console.keymap import ACTIONS
from canarytui.console.settings import THEMES
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import console as words
from canarytui.errors import CanarytuiError, ConfigError

if TYPE_CHECKING:
    from canarytui.console.app import ConsoleApp

_MOST_OFFERED = 200


async def _list(app: ConsoleApp, rest: str) -> None:
    app.show_list()


async def _events(app: ConsoleApp, rest: str) -> None:
    app.show_events()


async def _namespace(app: ConsoleApp, rest: str) -> None:
    app.show_list()
    app.narrow(namespace="" if rest in ("", "all", "*") else rest)


async def _context(app: ConsoleApp, name: str) -> None:
    known = app.contexts()
    if not name:
        app.notify("Contexts: " + ", ".join(clean(context, 80) for context in known), markup=False, timeout=10)
    elif name not in known:
        app.notify(words.NO_CONTEXT.text(name=clean(name, 80)), severity="warning", markup=False)
    else:
        await app.switch_context(name)


async def _detail(app: ConsoleApp, wanted: str) -> None:
    namespace, slash, name = wanted.rpartition("/")
    for key in app.world.keys():  # noqa: SIM118 - a World is no mapping
        if key[1] == name and (not slash or key[0] == namespace):
            app.show_detail(key)
            return
    app.notify(words.NO_CANARY.text(name=clean(wanted, 80)), severity="warning", markup=False)


async def _audit(app: ConsoleApp, rest: str) -> None:
    from canarytui.console.actions.audit_screen import AuditScreen
    from canarytui.report.audit_text import READ

    try:
        entries = app.connection.hands.entries(READ)
    except CanarytuiError as error:
        app.notify(clean(str(error), 600), severity="warning", markup=False)
        return
    app.push_screen(AuditScreen(entries, app.zone))


async def _drill(app: ConsoleApp, wanted: str) -> None:
    if wanted:
        await _detail(app, wanted)
    await app.screen.run_action("act('fault')")


async def _end_skip(app: ConsoleApp, rest: str) -> None:
    await app.screen.run_action("act('end skip')")


async def _theme(app: ConsoleApp, wanted: str) -> None:
    from canarytui.console.themes import theme_named

    if not wanted:
        app.notify(words.THEME.text(name=app.theme), markup=False)
        return
    try:
        app.theme = theme_named(wanted, app.available_themes, "The theme")
    except ConfigError as error:
        app.notify(str(error), severity="warning", markup=False)


async def _mute(app: ConsoleApp, rest: str) -> None:
    await app.run_action("mute")


async def _help(app: ConsoleApp, rest: str) -> None:
    await app.screen.run_action("help")


async def _quit(app: ConsoleApp, rest: str) -> None:
    app.exit()


def _no_words(app: ConsoleApp) -> Iterable[str]:
    return ()


def _namespaces(app: ConsoleApp) -> Iterable[str]:
    return ["all", *app.listing.namespaces()]


def _contexts(app: ConsoleApp) -> Iterable[str]:
    return app.contexts()


def _canaries(app: ConsoleApp) -> Iterable[str]:
    return sorted(f"{namespace}/{name}" for namespace, name in app.world.keys())  # noqa: SIM118 - no mapping


def _themes(app: ConsoleApp) -> Iterable[str]:
    return [*THEMES, *sorted(app.available_themes)]


@dataclass(frozen=True, slots=True)
class Command:
    """`names`: the first is its proper one; `usage` and `help` are what the help shows; `words` completes its
    argument."""

    names: tuple[str, ...]
    run: Callable[[ConsoleApp, str], Awaitable[None]]
    words: Callable[[ConsoleApp], Iterable[str]] = _no_words
    needs_word: bool = False
    usage: str = ""
    help: str = ""


COMMANDS: tuple[Command, ...] = (
    Command(("canaries", "canary", "cd", "list"), _list, usage="canaries", help="the list"),
    Command(("events", "event", "ev", "timeline"), _events, usage="events", help="the whole timeline"),
    Command(("detail", "open"), _detail, _canaries, True, usage="detail NAME", help="open a canary ([NAMESPACE/]NAME)"),
    Command(("ns", "namespace"), _namespace, _namespaces, usage="ns [NAME|all]", help="one namespace, or all"),
    Command(("ctx", "context"), _context, _contexts, usage="ctx [NAME]", help="another context of the kubeconfig"),
    Command(("audit",), _audit, usage="audit", help="the audit log: who did what from this machine, and its outcome"),
    Command(("drill",), _drill, _canaries, usage="drill [NAME]", help="fault drill: choose one, or show the running"),
    Command(("end-skip",), _end_skip, usage="end-skip", help="set spec.skipAnalysis back to false"),
    Command(("theme",), _theme, _themes, usage="theme NAME", help="dark, light, ansi, or one of Textual's"),
    Command(("mute",), _mute, usage="mute", help="mute the bell, or unmute it"),
    Command(("help", "h", "?"), _help, usage="help", help="keys, commands and signs"),
    Command(("q", "q!", "quit", "exit"), _quit, usage="q", help="quit"),
)
_BY_NAME = {name: command for command in COMMANDS for name in command.names}


async def run_command(app: ConsoleApp, line: str) -> None:
    """Do what `line` says, or tell that it is unknown. The names of actions are commands too (``:roll-back``)."""
    name, _, rest = line.strip().lstrip(":").partition(" ")
    rest = rest.strip()
    command = _BY_NAME.get(name)
    if command is not None and (rest or not command.needs_word):
        await command.run(app, rest)
    elif name in ACTIONS and ACTIONS[name].action:
        await app.screen.run_action(ACTIONS[name].action)
    else:
        app.notify(_not_run(name, command), severity="warning", markup=False)


def _not_run(name: str, command: Command | None) -> str:
    if command is not None:
        return words.NEEDS_NAME.text(name=clean(name, 40), usage=f":{command.usage}")
    close = difflib.get_close_matches(name, [*_BY_NAME, *(key for key in ACTIONS if ACTIONS[key].action)], 1)
    like = words.LIKE.say(name=close[0]) if close else NOTHING
    known = ", ".join(command.names[0] for command in COMMANDS)
    return words.UNKNOWN_COMMAND.text(name=clean(name, 40), like=like, known=known)


def completions(app: ConsoleApp, line: str) -> list[str]:
    """Whole lines that `line` may become: commands, then a command's words; best first, at most 200."""
    name, space, rest = line.lstrip().partition(" ")
    if not space:
        names = [command.names[0] for command in COMMANDS] + [key for key in ACTIONS if ACTIONS[key].action]
        return [known for known in dict.fromkeys(names) if known.startswith(name)]
    command = _BY_NAME.get(name)
    if command is None:
        return []
    begun = rest.lstrip().lower()
    words = list(dict.fromkeys(word for word in command.words(app) if word))
    first = [word for word in words if word.lower().startswith(begun)]
    later = [word for word in words if begun in word.lower() and not word.lower().startswith(begun)]
    return [f"{name} {word}" for word in (first + later)[:_MOST_OFFERED]]
