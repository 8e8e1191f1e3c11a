"""The last look before a write: what is written, what the controller then does and when, and the risk.

Opened by ``driving`` with a plan; answers whether to go on. The default is No. In a guarded place the
canary's name has to be typed, so that no reflex changes production traffic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from canarytui.console.screens.dialog import Dialog
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Plan, Risk

_RISK_TONES = {Risk.LOW: "active", Risk.MEDIUM: "waiting", Risk.HIGH: "bad"}


class ConfirmScreen(Dialog):
    """Shows `plan`; `guard` is the name to type, "" when a single y is enough."""

    def __init__(self, plan: Plan, *, guard: str = "", guard_reason: str = "") -> None:
        super().__init__(plan.title, plan_text(plan), yes="Yes, write it", guard=guard, guard_reason=guard_reason)


def plan_text(plan: Plan) -> Text:
    """The whole plan as it is confirmed; also what the screenshots and tests look at."""
    text = Text()
    for write in plan.writes:
        _section(text, "WRITES", f"{write.method} {write.path}")
        text.append(f"        {write.content_type}\n", style="quiet")
        text.append(f"{_indented(write.body)}\n")
    _section(text, "THEN", plan.effect)
    _section(text, "WHEN", plan.when)
    text.append(f"{'RISK':<8}", style="quiet")
    text.append(f"{plan.risk}", style=_RISK_TONES[plan.risk])
    text.append(f": {clean(plan.risk_text)}\n" if plan.risk_text else "\n")
    if plan.owner:
        _section(text, "OWNER", plan.owner, tone="waiting")
    if plan.undo:
        _section(text, "UNDO", plan.undo)
    text.right_crop(1)
    return text


def _section(text: Text, title: str, content: str, *, tone: str = "") -> None:
    if content:
        text.append(f"{title:<8}", style="quiet")
        text.append(f"{clean(content)}\n", style=tone)


_COMPACT_MOST = 240


def _indented(body: Mapping[str, Any]) -> str:
    written = json.dumps(body, indent=2, ensure_ascii=True, sort_keys=False)
    compact = json.dumps(body, ensure_ascii=True)
    shown = compact if len(compact) <= _COMPACT_MOST else written
    return "\n".join(f"        {line}" for line in shown.split("\n"))
