"""The audit log on a screen that scrolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from canarytui.console.text_dialog import TextDialog
from canarytui.domain.text.plain import clean
from canarytui.report.audit_text import audit_text


class AuditScreen(TextDialog):
    """Shows `entries`, newest last."""

    def __init__(self, entries: Sequence[Mapping[str, Any]], zone: tzinfo | None, path: str = "") -> None:
        title = f"Audit {clean(path, 200)}".rstrip()
        super().__init__(title, audit_text(entries, zone), name="audit", from_end=True)
