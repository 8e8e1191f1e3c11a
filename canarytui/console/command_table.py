"""The table of the ``:`` commands, k9s fashion: it runs them, completes them and explains them in the help.

A command is what it makes the app do: the messages that it yields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from canarytui.console import command_words
from canarytui.console.aliases import aliases_path
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
    ShowWhatIf,
    SwitchContext,
    ToggleBell,
)
from canarytui.console.model import ConsoleModel
from canarytui.console.picker_kind import PickerKind
from canarytui.console.pickers import saved_filters
from canarytui.domain.sentences import NOTHING, programs, search
from canarytui.domain.sentences import console as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.errors import UsageError
from canarytui.session.config_file import config_path

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
        names = ", ".join(command_words.plugins(model))
        known = programs.KNOWN_PLUGINS.say(names=names) if names else NOTHING
        yield Notify(programs.NO_PLUGIN.text(name=clean(wanted, 80), known=known), warning=True)
    else:
        yield RunAction(f"app.plugin({number})")


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
    from canarytui.backtest.what_if import asked_metric, is_read_whole, tried_on, what_if
    from canarytui.domain.sentences import backtest

    if not rest:
        yield RunAction("what_if")
        return
    wanted, _, thresholds = rest.partition(" ")
    key, state = _canary(model, wanted), model.state
    canary = state.canary(key) if key is not None else None
    if key is None or not isinstance(canary, Canary):
        yield _no_canary(wanted)
        return
    given = thresholds.strip()
    try:
        metric = asked_metric(canary, given)
    except UsageError as error:
        yield Notify(clean(error, 300), warning=True)
        return
    if not is_read_whole(metric):
        yield ShowWhatIf(key, metric.name, given.rpartition("=")[2])  # reads all of its queries
        return
    tried = tried_on(canary, metric.name)
    text = what_if(
        tried,
        state.timeline.oldest_first(*key),
        lambda check: state.readings.points(key, check),
        [given],
        interval_s=state.interval_s(canary),
        traits=controller_traits(state, canary),
        now=model.local_now(),
    )
    alone = tried is not canary
    yield Notify(f"{backtest.ALONE.text()} {text}" if alone else text, timeout_s=20)


class ConsoleCommand(Struct, frozen=True):
    """`names`: the first is its proper one; `usage` and `help` are what the help shows; `words` completes its
    argument, which is one of them where they are `closed`."""

    names: tuple[str, ...]
    run: Callable[[ConsoleModel, str], Messages]
    words: Callable[[ConsoleModel], Iterable[str]] = command_words.no_words
    needs_word: bool = False
    closed: bool = False
    usage: str = ""
    help: str = ""


COMMANDS: tuple[ConsoleCommand, ...] = (
    ConsoleCommand(("canaries", "canary", "cd", "list"), _list, usage="canaries", help="the list"),
    ConsoleCommand(("events", "event", "ev", "timeline"), _events, usage="events", help="the whole timeline"),
    ConsoleCommand(("pulse", "pu"), _pulse, usage="pulse", help="failing, gated, paused, promoted … by namespace"),
    ConsoleCommand(
        ("detail", "open"),
        _detail,
        command_words.canaries,
        True,
        True,
        usage="detail NAME",
        help="open a canary ([NAMESPACE/]NAME)",
    ),
    ConsoleCommand(
        ("ns", "namespace"),
        _namespace,
        command_words.namespaces,
        usage="ns [NAME|all]",
        help="one namespace, or all; no name: a list with counts",
    ),
    ConsoleCommand(
        ("filter",),
        _filter,
        command_words.filters,
        closed=True,
        usage="filter [NAME]",
        help="apply a saved filter; no name: a list of them",
    ),
    ConsoleCommand(("save",), _save, command_words.saved, True, usage="save NAME", help="save the list's filter"),
    ConsoleCommand(
        ("unsave",), _unsave, command_words.saved, True, True, usage="unsave NAME", help="forget a saved filter"
    ),
    ConsoleCommand(
        ("ctx", "context"),
        _context,
        command_words.contexts,
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
        command_words.canaries,
        closed=True,
        usage="drill [NAME]",
        help="fault drill: a form, or the running one",
    ),
    ConsoleCommand(
        ("what-if",),
        _what_if,
        command_words.checks,
        usage="what-if [NAME CHECK=97]",
        help="its latest rollout by another threshold; alone: past rollouts, by the selected check",
    ),
    ConsoleCommand(("end-skip",), _end_skip, usage="end-skip", help="set spec.skipAnalysis back to false"),
    ConsoleCommand(
        ("link",), _link, command_words.link_titles, usage="link [TITLE]", help="open the canary's link, or copy it"
    ),
    ConsoleCommand(
        ("theme",),
        _theme,
        command_words.themes,
        closed=True,
        usage="theme NAME",
        help="dark, light, high-contrast … (Tab lists them)",
    ),
    ConsoleCommand(("edit",), _run("act('edit')"), usage="edit", help="edit the canary in $EDITOR"),
    ConsoleCommand(("shell", "sh", "exec"), _run("shell"), usage="shell", help="shell in a container of the canary"),
    ConsoleCommand(("pager", "less"), _run("page_text"), usage="pager", help="open what is shown in $PAGER"),
    ConsoleCommand(("requests", "req"), _requests, usage="requests", help="requests sent, as kubectl or curl lines"),
    ConsoleCommand(
        ("plugin",),
        _plugin,
        command_words.plugins,
        True,
        usage="plugin NAME",
        help="run one of your plugins (plugins.yaml)",
    ),
    ConsoleCommand(("aliases", "alias"), _aliases, usage="aliases", help="the aliases of aliases.yaml"),
    ConsoleCommand(("dump",), _dump, usage="dump", help="save the screen as text and SVG"),
    ConsoleCommand(("mute",), _mute, usage="mute", help="mute the bell, or unmute it"),
    ConsoleCommand(("help", "h", "?"), _help, usage="help", help="keys, commands and signs"),
    ConsoleCommand(("q", "q!", "quit", "exit"), _quit, usage="q", help="quit"),
)
