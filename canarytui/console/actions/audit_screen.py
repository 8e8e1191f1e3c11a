"""The audit log on a screen that scrolls; it opens at once, and the log is read meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from rich.text import Text

from canarytui.console.text_dialog import TextDialog
from canarytui.domain.sentences import console as words
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError
from canarytui.report.audit_text import audit_text

Entries = Sequence[Mapping[str, Any]]


class AuditScreen(TextDialog):
    """Shows what `read` returns, newest last, or why it cannot be read."""

    def __init__(self, read: Callable[[], Awaitable[Entries]], zone: tzinfo | None, path: str = "") -> None:
        title = f"Audit {clean(path, 200)}".rstrip()
        super().__init__(title, Text(words.READING.text(), style="quiet"), name="audit", from_end=True)
        self._read = read
        self._zone = zone

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._fill())

    async def _fill(self) -> None:
        try:
            text = audit_text(await self._read(), self._zone)
        except CanarytuiError as error:
            text = Text(clean(str(error), 600), style="waiting")
        self.say(text, from_end=True)
