"""Which screen is open: the list is always below the others, a canary may lie above the timeline it was chosen in."""

from __future__ import annotations

from functools import partial
from typing import Any, assert_never

from textual.app import App
from textual.screen import Screen

from canarytui.console import messages
from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.model import ConsoleModel
from canarytui.console.picker_kind import PickerKind
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError

_LIST_AND_BELOW = 2
"""Screens at the bottom of the stack: Textual's own, then the list."""


def show(app: App[Any], model: ConsoleModel, message: messages.ScreenMessage) -> None:
    """Open or close the screen that `message` is about."""
    match message:
        case messages.ShowList():
            show_list(app)
        case messages.Back(screen):
            go_back(app, screen)
        case messages.ShowCanary(key, part):
            show_canary(app, model, key, part)
        case messages.ShowTimeline():
            show_timeline(app, model)
        case messages.ShowPulse():
            show_pulse(app, model)
        case messages.ShowMoment(entry):
            show_moment(app, model, entry)
        case messages.ShowAudit():
            show_audit(app, model)
        case messages.ShowPicker(kind):
            show_picker(app, model, kind)
        case messages.ShowText(title, text):
            show_text(app, title, text)
        case messages.ShowRequests():
            show_requests(app, model)
        case messages.ShowWhatIf(key, check, limits):
            show_what_if(app, model, key, check, limits)
        case _:
            assert_never(message)


def show_list(app: App[Any]) -> None:
    """Go back to the list, whatever is open."""
    while len(app.screen_stack) > _LIST_AND_BELOW:
        app.pop_screen()


def show_canary(app: App[Any], model: ConsoleModel, key: NamespacedName, part: str = "") -> None:
    """Open one canary, at the part of this name, else at the overview: above the timeline that it was chosen in,
    otherwise above the list."""
    from canarytui.console.detail.screen import DetailScreen
    from canarytui.console.timeline.moment_screen import MomentScreen
    from canarytui.console.timeline.screen import EventsScreen

    if not isinstance(app.screen, EventsScreen | MomentScreen):
        show_list(app)
    app.push_screen(DetailScreen(model, key, part))


def go_back(app: App[Any], screen: Screen[None]) -> None:
    """Close `screen`, if it is the one on top: Esc that was typed twice closes it once."""
    if app.screen is screen and len(app.screen_stack) > _LIST_AND_BELOW:
        app.pop_screen()


def show_timeline(app: App[Any], model: ConsoleModel) -> None:
    """Open the whole timeline."""
    from canarytui.console.timeline.screen import EventsScreen

    show_list(app)
    app.push_screen(EventsScreen(model))


def show_pulse(app: App[Any], model: ConsoleModel) -> None:
    """Open the pulse of all contexts."""
    from canarytui.console.pulse.screen import PulseScreen

    show_list(app)
    app.push_screen(PulseScreen(model))


def show_moment(app: App[Any], model: ConsoleModel, entry: TimelineEntry) -> None:
    """Open an entry of the timeline, above the screen that it was chosen on."""
    from canarytui.console.timeline.moment_screen import MomentScreen

    app.push_screen(MomentScreen(model, entry))


def show_audit(app: App[Any], model: ConsoleModel) -> None:
    """Open the audit log of the current context."""
    from canarytui.console.actions.audit_screen import AuditScreen
    from canarytui.report.audit_text import READ

    try:
        executor = model.connection.executor
    except CanarytuiError as error:
        app.notify(clean(str(error), 600), severity="warning", markup=False)
        return
    app.push_screen(AuditScreen(partial(executor.entries, READ), model.zone))


def show_text(app: App[Any], title: str, text: str) -> None:
    """Open a page of text, above the screen that it was asked for on."""
    from rich.text import Text

    from canarytui.console.text_dialog import TextDialog

    app.push_screen(TextDialog(clean(title, 300), Text(text), name="text"))


def show_requests(app: App[Any], model: ConsoleModel) -> None:
    """Open the log of the requests to the current context's API server."""
    from canarytui.console.requests.screen import RequestsScreen

    try:
        connection = model.connection
    except CanarytuiError as error:
        app.notify(clean(str(error), 600), severity="warning", markup=False)
        return
    app.push_screen(RequestsScreen(connection.requests, connection.context, connection.server, model.zone))


def show_what_if(app: App[Any], model: ConsoleModel, key: NamespacedName, check: str, limits: str) -> None:
    """Open what past rollouts would have been, above the canary's checks."""
    from canarytui.console.detail.what_if_screen import WhatIfScreen

    canary = model.state.canary(key)
    if isinstance(canary, Canary):
        app.push_screen(WhatIfScreen(model, canary, check, limits))


def show_picker(app: App[Any], model: ConsoleModel, kind: PickerKind) -> None:
    """Open a list of choices, and do what is chosen."""
    from canarytui.console.commands import run_command
    from canarytui.console.picker_screen import PickerScreen
    from canarytui.console.pickers import chosen_messages, picker_items, picker_title, saved_filters

    def chosen(value: str | None) -> None:
        if value is None:
            return
        if kind is PickerKind.ALIASES:
            run_command(model, value)
        for message in chosen_messages(kind, value, saved_filters(model)):
            model.send(message)

    app.push_screen(PickerScreen(picker_title(kind), picker_items(model, kind)), chosen)


def visible_screens(app: App[Any]) -> list[ConsoleScreen]:
    """Screens that show canaries and can be seen: the top one, and what shines through above it."""
    screens = (screen for screen in reversed(app.screen_stack) if isinstance(screen, ConsoleScreen))
    top = next(screens, None)
    return [top] if top is not None and top.is_mounted and top.is_whole else []
