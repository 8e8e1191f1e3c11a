"""The lists of choices: contexts and namespaces with their canaries, saved filters, aliases. Pure.

Each is made of what the console knows at the moment it is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from canarytui.console.aliases import aliases_path
from canarytui.console.contexts import ConsoleContext
from canarytui.console.list.filter import matcher
from canarytui.console.list.ordering import CanaryTally
from canarytui.console.messages import ConsoleMessage, NarrowList, ShowList, SwitchContext
from canarytui.console.model import ConsoleModel
from canarytui.console.picker_kind import PickerKind
from canarytui.console.status_lines import clock
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean

_MOST_COUNTED = 30
"""Of so many saved filters it is counted what they show."""
_LONGEST_REASON = 160


class PickerItem(Struct, frozen=True):
    """`value` is what is chosen, `note` what is known of it, in the tone `tone`; `current`: it is chosen now."""

    value: str
    note: str = ""
    tone: str = "quiet"
    current: bool = False


def picker_title(kind: PickerKind) -> str:
    """The title of a list of choices."""
    if kind is PickerKind.ALIASES:
        return words.PICK_ALIAS.text(path=clean(aliases_path(), 200))
    titles = {
        PickerKind.CONTEXTS: words.PICK_CONTEXT,
        PickerKind.NAMESPACES: words.PICK_NAMESPACE,
        PickerKind.FILTERS: words.PICK_FILTER,
    }
    return titles[kind].text()


def picker_items(model: ConsoleModel, kind: PickerKind) -> list[PickerItem]:
    """The choices."""
    match kind:
        case PickerKind.CONTEXTS:
            return _contexts(model)
        case PickerKind.NAMESPACES:
            return _namespaces(model)
        case PickerKind.FILTERS:
            return _filters(model)
        case PickerKind.ALIASES:
            return [PickerItem(name, command) for name, command in sorted(model.settings.aliases.items())]


def chosen_messages(kind: PickerKind, value: str, filters: Mapping[str, str]) -> Sequence[ConsoleMessage]:
    """What choosing `value` makes the app do; an alias is run as the command that it is."""
    match kind:
        case PickerKind.CONTEXTS:
            return (SwitchContext(value),)
        case PickerKind.NAMESPACES:
            return (ShowList(), NarrowList(namespace="" if value == ALL else value))
        case PickerKind.FILTERS:
            return (ShowList(), NarrowList(pattern=filters.get(value, "")))
        case PickerKind.ALIASES:
            return ()


ALL = "all"
"""Stands for all namespaces."""


def saved_filters(model: ConsoleModel) -> dict[str, str]:
    """Filters by name: those of the configuration, then those that were saved here."""
    configured = model.settings.filters
    return {**configured, **{name: said for name, said in model.memory.filters.items() if name not in configured}}


def _namespaces(model: ConsoleModel) -> list[PickerItem]:
    listing = model.listing
    tallies = listing.tallies(lambda row: row.namespace)
    total = CanaryTally(sum(each.total for each in tallies.values()), sum(each.failing for each in tallies.values()))
    items = [_counted(ALL, total, current=not listing.namespace)]
    return items + [_counted(name, tallies[name], current=name == listing.namespace) for name in sorted(tallies)]


def _counted(name: str, tally: CanaryTally, *, current: bool) -> PickerItem:
    return PickerItem(name, tally_text(tally), "bad" if tally.failing else "quiet", current)


def tally_text(tally: CanaryTally) -> str:
    """``12 canaries, 2 failing``."""
    count = words.CANARIES_COUNTED.say(count=tally.total)
    failing = words.FAILING_COUNTED.say(count=tally.failing) if tally.failing else NOTHING
    return f"{count}{failing}"


def _contexts(model: ConsoleModel) -> list[PickerItem]:
    shown = {_name(context): context for context in model.contexts}
    tallies = model.listing.tallies(lambda row: row.context)
    known = model.known_contexts()
    items = []
    for name in [*known, *(name for name in shown if name and name not in known)]:
        context = shown.get(name)
        if context is not None:
            current = context is model.contexts.current and context.connection is not None
            items.append(_open_context(model, name, context, tallies.get(clean(context.name, 120)), current=current))
        elif name in model.unreachable:
            items.append(_unreachable(name, model.unreachable[name]))
        else:
            items.append(PickerItem(name, words.CONTEXT_NOT_OPEN.text()))
    return items


def _name(context: ConsoleContext) -> str:
    return context.name or (context.connection.context if context.connection is not None else "")


def _open_context(
    model: ConsoleModel, name: str, context: ConsoleContext, tally: CanaryTally | None, *, current: bool
) -> PickerItem:
    store = context.state.canaries
    if context.connection is None:
        if name in model.unreachable:
            return _unreachable(name, model.unreachable[name])
        return PickerItem(name, words.CONTEXT_OPENING.text(), "waiting")
    if store.stale_since is not None:
        reason = clean(store.stale_reason or store.error or "", _LONGEST_REASON)
        said = words.CONTEXT_LOST.text(time=clock(store.stale_since, model.zone), reason=reason)
        return PickerItem(name, said, "bad", current)
    if not store.synced:
        return PickerItem(name, words.CONTEXT_LOADING.text(), "waiting", current)
    return _counted(name, tally or CanaryTally(0, 0), current=current)


def _unreachable(name: str, reason: str) -> PickerItem:
    return PickerItem(name, words.CONTEXT_UNREACHABLE.text(reason=clean(reason, _LONGEST_REASON)), "bad")


def _filters(model: ConsoleModel) -> list[PickerItem]:
    now = model.listing.filter
    items = []
    for number, (name, pattern) in enumerate(saved_filters(model).items()):
        found = ""
        if number < _MOST_COUNTED:
            count = model.listing.count(matcher(pattern))
            counted = words.CANARIES_COUNTED.text(count=count)
            found = f"   {counted}"
        items.append(PickerItem(name, f"/{clean(pattern, 80)}{found}", current=pattern == now))
    return items
