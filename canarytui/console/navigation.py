"""Which screen is open: the list is always below the others."""

from __future__ import annotations

from typing import Any

from textual.app import App

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.model import ConsoleModel
from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError

_LIST_AND_BELOW = 2
"""Screens at the bottom of the stack: Textual's own, then the list."""


def show_list(app: App[Any]) -> None:
    """Go back to the list, whatever is open."""
    while len(app.screen_stack) > _LIST_AND_BELOW:
        app.pop_screen()


def show_canary(app: App[Any], model: ConsoleModel, key: NamespacedName, part: str = "") -> None:
    """Open one canary, at the part of this name, else at the overview."""
    from canarytui.console.detail.screen import DetailScreen

    show_list(app)
    app.push_screen(DetailScreen(model, key, part))


def show_timeline(app: App[Any], model: ConsoleModel) -> None:
    """Open the whole timeline."""
    from canarytui.console.timeline.screen import EventsScreen

    show_list(app)
    app.push_screen(EventsScreen(model))


def show_moment(app: App[Any], model: ConsoleModel, entry: TimelineEntry) -> None:
    """Open an entry of the timeline, above the screen that it was chosen on."""
    from canarytui.console.timeline.moment_screen import MomentScreen

    app.push_screen(MomentScreen(model, entry))


def show_audit(app: App[Any], model: ConsoleModel) -> None:
    """Open the audit log of the current context."""
    from canarytui.console.actions.audit_screen import AuditScreen
    from canarytui.report.audit_text import READ

    try:
        entries = model.connection.executor.entries(READ)
    except CanarytuiError as error:
        app.notify(clean(str(error), 600), severity="warning", markup=False)
        return
    app.push_screen(AuditScreen(entries, model.zone))


def show_text(app: App[Any], title: str, text: str) -> None:
    """Open a page of text, above the screen that it was asked for on."""
    from rich.text import Text

    from canarytui.console.widgets.text_screen import TextScreen

    app.push_screen(TextScreen(title, Text(text)))


def show_requests(app: App[Any], model: ConsoleModel) -> None:
    """Open the log of the requests to the current context's API server."""
    from canarytui.console.requests.screen import RequestsScreen

    try:
        connection = model.connection
    except CanarytuiError as error:
        app.notify(clean(str(error), 600), severity="warning", markup=False)
        return
    app.push_screen(RequestsScreen(connection.requests, connection.context, connection.server, model.zone))


def visible_screens(app: App[Any]) -> list[ConsoleScreen]:
    """Screens that show canaries and can be seen: the top one, and what shines through above it."""
    screens = (screen for screen in reversed(app.screen_stack) if isinstance(screen, ConsoleScreen))
    top = next(screens, None)
    return [top] if top is not None and top.is_mounted and top.is_whole else []
