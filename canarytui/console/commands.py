"""The ``:`` commands, k9s fashion: one table that runs them, completes them and explains them in the help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canarytui.console.keymap import ACTIONS
from canarytui.console.settings import THEMES
from canarytui.domain.plaintext import clean
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
        app.notify(f"The kubeconfig has no context {clean(name, 80)}.", severity="warning", markup=False)
    else:
        await app.switch_context(name)


async def _detail(app: ConsoleApp, wanted: str) -> None:
    namespace, slash, name = wanted.rpartition("/")
    for key in app.world.keys():  # noqa: SIM118 - a World is no mapping
        if key[1] == name and (not slash or key[0] == namespace):
            app.show_detail(key)
            return
    app.notify(f"There is no canary {clean(wanted, 80)} here.", severity="warning", markup=False)


async def _audit(app: ConsoleApp, rest: str) -> None:
    from canarytui.console.audit_text import READ
    from canarytui.console.screens.audit import AuditScreen

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
        app.notify(f"Theme {app.theme}; :theme dark, light, ansi, or Tab for more.", markup=False)
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
    """`names`: the first is its proper one; `usage` and `title` are for the help; `words` completes its argument."""

    names: tuple[str, ...]
    usage: str
    title: str
    run: Callable[[ConsoleApp, str], Awaitable[None]]
    words: Callable[[ConsoleApp], Iterable[str]] = _no_words
    needs_word: bool = False


COMMANDS: tuple[Command, ...] = (
    Command(("canaries", "canary", "cd", "list"), "canaries", "the list", _list),
    Command(("events", "event", "ev", "timeline"), "events", "the whole timeline", _events),
    Command(("detail", "open"), "detail NAME", "open a canary, NAME or NAMESPACE/NAME", _detail, _canaries, True),
    Command(("ns", "namespace"), "ns [NAME|all]", "one namespace, or all", _namespace, _namespaces),
    Command(("ctx", "context"), "ctx [NAME]", "another context of the kubeconfig", _context, _contexts),
    Command(("audit",), "audit", "who did what from here, and what came of it", _audit),
    Command(("drill",), "drill [NAME]", "the fault drill: choose one, or see the one under way", _drill, _canaries),
    Command(("end-skip",), "end-skip", "set spec.skipAnalysis back to false", _end_skip),
    Command(("theme",), "theme NAME", "dark, light, ansi, or one of Textual's", _theme, _themes),
    Command(("mute",), "mute", "mute the bell, or let it ring again", _mute),
    Command(("help", "h", "?"), "help", "everything that works here", _help),
    Command(("q", "q!", "quit", "exit"), "q", "quit", _quit),
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
        known = ", ".join(command.names[0] for command in COMMANDS)
        problem = f":{clean(name, 40)} needs a name" if command else f"There is no command {clean(name, 40)}"
        app.notify(f"{problem}: {known}.", severity="warning", markup=False)


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
