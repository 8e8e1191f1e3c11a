"""The ``:`` commands, k9s fashion: one table that runs them, completes them and explains them in the help.

A command is what it makes the app do: the messages that it yields.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from canarytui.console.aliases import aliases_path, expanded
from canarytui.console.keymap import ACTIONS
from canarytui.console.messages import (
    ChooseTheme,
    ConsoleMessage,
    KeepMemory,
    Leave,
    NarrowList,
    Notify,
    RunAction,
    ShowAudit,
    ShowCanary,
    ShowList,
    ShowPicker,
    ShowPulse,
    ShowRequests,
    ShowTimeline,
    SwitchContext,
    ToggleBell,
)
from canarytui.console.model import ConsoleModel
from canarytui.console.picker_kind import PickerKind
from canarytui.console.pickers import saved_filters
from canarytui.console.themes import theme_names
from canarytui.domain.sentences import NOTHING, programs, search
from canarytui.domain.sentences import console as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.errors import UsageError
from canarytui.session.config_file import config_path

_MOST_OFFERED = 200

Messages = Iterable[ConsoleMessage]


def _list(model: ConsoleModel, rest: str) -> Messages:
    yield ShowList()


def _events(model: ConsoleModel, rest: str) -> Messages:
    yield ShowTimeline()


def _pulse(model: ConsoleModel, rest: str) -> Messages:
    yield ShowPulse()


def _namespace(model: ConsoleModel, rest: str) -> Messages:
    if not rest:
        yield ShowPicker(PickerKind.NAMESPACES)
        return
    yield ShowList()
    yield NarrowList(namespace="" if rest in ("all", "*") else rest)


def _context(model: ConsoleModel, name: str) -> Messages:
    known = model.known_contexts()
    if not name:
        yield ShowPicker(PickerKind.CONTEXTS)
    elif name not in known:
        yield Notify(words.NO_CONTEXT.text(name=clean(name, 80)), warning=True)
    else:
        yield SwitchContext(name)


def _detail(model: ConsoleModel, wanted: str) -> Messages:
    key = _canary(model, wanted)
    yield ShowCanary(key) if key is not None else _no_canary(wanted)


def _audit(model: ConsoleModel, rest: str) -> Messages:
    yield ShowAudit()


def _drill(model: ConsoleModel, wanted: str) -> Messages:
    if wanted:
        key = _canary(model, wanted)
        if key is None:
            yield _no_canary(wanted)
            return
        yield ShowCanary(key)
    yield RunAction("act('fault')")


def _end_skip(model: ConsoleModel, rest: str) -> Messages:
    yield RunAction("act('end skip')")


def _link(model: ConsoleModel, title: str) -> Messages:
    yield RunAction(f"link({title!r})" if title else "link")


def _theme(model: ConsoleModel, wanted: str) -> Messages:
    yield ChooseTheme(wanted)


def _run(action: str) -> Callable[[ConsoleModel, str], Messages]:
    """A command that runs an action of the screen."""
    return lambda model, rest: (RunAction(action),)


def _requests(model: ConsoleModel, rest: str) -> Messages:
    yield ShowRequests()


def _plugin(model: ConsoleModel, wanted: str) -> Messages:
    number = next((n for n, each in enumerate(model.settings.plugins) if each.name == wanted), None)
    if number is None:
        names = ", ".join(_plugins(model))
        known = programs.KNOWN_PLUGINS.say(names=names) if names else NOTHING
        yield Notify(programs.NO_PLUGIN.text(name=clean(wanted, 80), known=known), warning=True)
    else:
        yield RunAction(f"app.plugin({number})")


def _plugins(model: ConsoleModel) -> Iterable[str]:
    return [each.name for each in model.settings.plugins if not (each.writes and model.settings.read_only)]


def _filter(model: ConsoleModel, name: str) -> Messages:
    known = saved_filters(model)
    if not known:
        yield Notify(search.NO_FILTERS.text(), warning=True)
    elif not name:
        yield ShowPicker(PickerKind.FILTERS)
    elif name not in known:
        named = ", ".join(clean(each, 40) for each in known)
        yield Notify(search.NO_FILTER.text(name=clean(name, 80), known=named), warning=True)
    else:
        yield ShowList()
        yield NarrowList(pattern=known[name])


def _save(model: ConsoleModel, name: str) -> Messages:
    pattern = model.listing.filter
    if not pattern:
        yield Notify(search.NOTHING_TO_SAVE.text(), warning=True)
    elif name in model.settings.filters:
        yield Notify(search.IN_CONFIGURATION.text(name=clean(name, 80), path=config_path()), warning=True)
    else:
        model.memory.save_filter(name, pattern)
        yield KeepMemory()
        yield Notify(search.SAVED.text(name=clean(name, 80), pattern=clean(pattern, 200)))


def _unsave(model: ConsoleModel, name: str) -> Messages:
    if name in model.memory.filters:
        model.memory.forget_filter(name)
        yield KeepMemory()
        yield Notify(search.FORGOTTEN.text(name=clean(name, 80)))
    elif name in model.settings.filters:
        yield Notify(search.IN_CONFIGURATION.text(name=clean(name, 80), path=config_path()), warning=True)
    else:
        named = ", ".join(clean(each, 40) for each in model.memory.filters) or "none"
        yield Notify(search.NO_FILTER.text(name=clean(name, 80), known=named), warning=True)


def _aliases(model: ConsoleModel, rest: str) -> Messages:
    if model.settings.aliases:
        yield ShowPicker(PickerKind.ALIASES)
    else:
        yield Notify(words.NO_ALIASES.text(path=aliases_path()))


def _dump(model: ConsoleModel, rest: str) -> Messages:
    yield RunAction("app.dump")


def _mute(model: ConsoleModel, rest: str) -> Messages:
    yield ToggleBell()


def _help(model: ConsoleModel, rest: str) -> Messages:
    yield RunAction("help")


def _quit(model: ConsoleModel, rest: str) -> Messages:
    yield Leave()


def _canary(model: ConsoleModel, wanted: str) -> NamespacedName | None:
    """The canary of the current context that NAME or NAMESPACE/NAME names."""
    namespace, slash, name = wanted.rpartition("/")
    known = model.state.keys()
    return next((key for key in known if key[1] == name and (not slash or key[0] == namespace)), None)


def _no_canary(wanted: str) -> Notify:
    return Notify(words.NO_CANARY.text(name=clean(wanted, 80)), warning=True)


def _what_if(model: ConsoleModel, rest: str) -> Messages:
    from canarytui.backtest.run import controller_traits
    from canarytui.backtest.what_if import what_if

    wanted, _, thresholds = rest.partition(" ")
    key, state = _canary(model, wanted), model.state
    canary = state.canary(key) if key is not None else None
    if key is None or not isinstance(canary, Canary):
        yield _no_canary(wanted)
        return
    try:
        text = what_if(
            canary,
            list(state.timeline.entries(*key))[::-1],
            lambda check: state.readings.points(key, check),
            [thresholds.strip()],
            interval_s=state.interval_s(canary),
            traits=controller_traits(state, canary),
            now=model.local_now(),
        )
    except UsageError as error:
        yield Notify(clean(error, 300), warning=True)
        return
    yield Notify(text, timeout_s=20)


def _checks(model: ConsoleModel) -> Iterable[str]:
    """``NAME CHECK=`` of every check."""
    known = model.state.keys()
    found = ((key, model.state.canary(key)) for key in known)
    return (
        f"{key[1]} {metric.name}="
        for key, canary in found
        if isinstance(canary, Canary)
        for metric in canary.spec.analysis.metrics
    )


def _no_words(model: ConsoleModel) -> Iterable[str]:
    return ()


def _namespaces(model: ConsoleModel) -> Iterable[str]:
    return ["all", *model.listing.namespaces()]


def _contexts(model: ConsoleModel) -> Iterable[str]:
    return model.known_contexts()


def _canaries(model: ConsoleModel) -> Iterable[str]:
    return sorted(f"{namespace}/{name}" for namespace, name in model.state.keys())  # noqa: SIM118 - no mapping


def _link_titles(model: ConsoleModel) -> Iterable[str]:
    return model.settings.links


def _themes(model: ConsoleModel) -> Iterable[str]:
    return theme_names()


def _filters(model: ConsoleModel) -> Iterable[str]:
    return list(saved_filters(model))


def _saved(model: ConsoleModel) -> Iterable[str]:
    return list(model.memory.filters)


@dataclass(frozen=True, slots=True)
class ConsoleCommand:
    """`names`: the first is its proper one; `usage` and `help` are what the help shows; `words` completes its
    argument, which is one of them where they are `closed`."""

    names: tuple[str, ...]
    run: Callable[[ConsoleModel, str], Messages]
    words: Callable[[ConsoleModel], Iterable[str]] = _no_words
    needs_word: bool = False
    closed: bool = False
    usage: str = ""
    help: str = ""


COMMANDS: tuple[ConsoleCommand, ...] = (
    ConsoleCommand(("canaries", "canary", "cd", "list"), _list, usage="canaries", help="the list"),
    ConsoleCommand(("events", "event", "ev", "timeline"), _events, usage="events", help="the whole timeline"),
    ConsoleCommand(("pulse", "pu"), _pulse, usage="pulse", help="failing, gated, paused, promoted … by namespace"),
    ConsoleCommand(
        ("detail", "open"), _detail, _canaries, True, True, usage="detail NAME", help="open a canary ([NAMESPACE/]NAME)"
    ),
    ConsoleCommand(
        ("ns", "namespace"),
        _namespace,
        _namespaces,
        usage="ns [NAME|all]",
        help="one namespace, or all; no name: a list with counts",
    ),
    ConsoleCommand(
        ("filter",),
        _filter,
        _filters,
        closed=True,
        usage="filter [NAME]",
        help="apply a saved filter; no name: a list of them",
    ),
    ConsoleCommand(("save",), _save, _saved, True, usage="save NAME", help="save the list's filter"),
    ConsoleCommand(("unsave",), _unsave, _saved, True, True, usage="unsave NAME", help="forget a saved filter"),
    ConsoleCommand(
        ("ctx", "context"),
        _context,
        _contexts,
        closed=True,
        usage="ctx [NAME]",
        help="another context; no name: a list with counts",
    ),
    ConsoleCommand(
        ("audit",), _audit, usage="audit", help="the audit log: who did what from this machine, and its outcome"
    ),
    ConsoleCommand(
        ("drill",),
        _drill,
        _canaries,
        closed=True,
        usage="drill [NAME]",
        help="fault drill: a form, or the running one",
    ),
    ConsoleCommand(
        ("what-if",),
        _what_if,
        _checks,
        True,
        usage="what-if NAME CHECK=97",
        help="its latest rollout by another threshold",
    ),
    ConsoleCommand(("end-skip",), _end_skip, usage="end-skip", help="set spec.skipAnalysis back to false"),
    ConsoleCommand(("link",), _link, _link_titles, usage="link [TITLE]", help="open the canary's link, or copy it"),
    ConsoleCommand(
        ("theme",),
        _theme,
        _themes,
        closed=True,
        usage="theme NAME",
        help="dark, light, high-contrast … (Tab lists them)",
    ),
    ConsoleCommand(("edit",), _run("act('edit')"), usage="edit", help="edit the canary in $EDITOR"),
    ConsoleCommand(("shell", "sh", "exec"), _run("shell"), usage="shell", help="shell in a container of the canary"),
    ConsoleCommand(("pager", "less"), _run("page_text"), usage="pager", help="open what is shown in $PAGER"),
    ConsoleCommand(("requests", "req"), _requests, usage="requests", help="requests sent, as kubectl or curl lines"),
    ConsoleCommand(
        ("plugin",), _plugin, _plugins, True, usage="plugin NAME", help="run one of your plugins (plugins.yaml)"
    ),
    ConsoleCommand(("aliases", "alias"), _aliases, usage="aliases", help="the aliases of aliases.yaml"),
    ConsoleCommand(("dump",), _dump, usage="dump", help="save the screen as text and SVG"),
    ConsoleCommand(("mute",), _mute, usage="mute", help="mute the bell, or unmute it"),
    ConsoleCommand(("help", "h", "?"), _help, usage="help", help="keys, commands and signs"),
    ConsoleCommand(("q", "q!", "quit", "exit"), _quit, usage="q", help="quit"),
)
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
