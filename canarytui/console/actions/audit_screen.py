"""The audit log on a screen that scrolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from canarytui.console.widgets.text_screen import TextScreen
from canarytui.domain.text.plain import clean
from canarytui.report.audit_text import audit_text


class AuditScreen(TextScreen):
    """Shows `entries`, newest last."""

    def __init__(self, entries: Sequence[Mapping[str, Any]], zone: tzinfo | None, path: str = "") -> None:
        super().__init__(f"Audit {clean(path, 200)}".rstrip(), audit_text(entries, zone), at_end=True)
