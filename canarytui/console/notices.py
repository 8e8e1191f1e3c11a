"""How many notices may cover the screen, and for how long: people need to see what is below in an outage."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from canarytui.console.terminal.app import TerminalApp
from canarytui.domain.text.plain import printable

_LONGEST = 4000
"""Characters of a notice; others' words may be in it."""

Severity = Literal["information", "warning", "error"]

LONGEST_S = {"information": 6.0, "warning": 15.0, "error": 15.0}
"""The outcome of an action is in the timeline and the audit log as well."""


class Notice(Struct, frozen=True):
    """`ends` is by the app's own clock."""

    message: str
    title: str
    severity: Severity
    ends: float
    markup: bool


def kept(notices: Sequence[Notice], newest: Notice, now: float) -> list[Notice]:
    """Those of `notices` that stay beside the newest: at most one, the last that warned and has not ended."""
    warned = [each for each in notices if each.severity != "information" and each.ends > now]
    return [each for each in warned[-1:] if each.message != newest.message]


class NoticeApp(TerminalApp):
    """Shows a notice in place of those before; only the last warning stays beside it. Control characters are
    removed from the text, which may come from the cluster."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._notices: list[Notice] = []
        self._notices_due = False

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Severity = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        message, title = printable(message[:_LONGEST]), printable(title[:_LONGEST])
        now, longest_s = time.monotonic(), LONGEST_S[severity]
        newest = Notice(message, title, severity, now + min(timeout or longest_s, longest_s), markup)
        self._notices = [*kept(self._notices, newest, now), newest]
        if not self._notices_due:
            self._notices_due = True
            self.call_later(self._show_notices)

    def _show_notices(self) -> None:
        self._notices_due, now = False, time.monotonic()
        self.clear_notifications()
        for each in self._notices:
            left_s = max(each.ends - now, 0.1)
            super().notify(each.message, title=each.title, severity=each.severity, timeout=left_s, markup=each.markup)
