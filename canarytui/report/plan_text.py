"""A plan as text: what is written, what the controller then does and when, the risk, who owns it, and the way back.

Shown by the confirmations and printed by the command line; nothing here needs the terminal toolkit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from canarytui.domain.plan import Plan, Risk
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import dialogs as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url

_RISK_TONES = {Risk.LOW: "active", Risk.MEDIUM: "waiting", Risk.HIGH: "bad"}
_ORDER = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
_COMPACT_MOST = 240


def plan_text(plan: Plan) -> Text:
    """The whole plan as it is confirmed."""
    text = Text()
    for write in plan.writes:
        _section(text, "WRITES", f"{write.method} {write.path}")
        text.append(f"        {write.content_type}\n", style="quiet")
        text.append(f"{_indented(write.body)}\n")
    for call in plan.calls:
        _section(text, "SENDS", f"{call.method} {clean(place_url(call.url), 300)}")
        text.append(f"{_indented(call.body)}\n")
    if plan.temporary is not None:
        temporary = plan.temporary
        unset = temporary.before is None
        back = words.REMOVED_AGAIN.say() if unset else words.PUT_BACK.say(before=json.dumps(temporary.before))
        when = words.LATEST.say(due=temporary.due) if temporary.due and temporary.until else NOTHING
        _section(text, "LATER", words.LATER.text(field=temporary.name, back=back, when=when))
    _section(text, "THEN", plan.effect)
    _section(text, "WHEN", plan.when)
    text.append(f"{'RISK':<8}", style="quiet")
    text.append(f"{plan.risk}", style=_RISK_TONES[plan.risk])
    text.append(f": {clean(plan.risk_text)}\n" if plan.risk_text else "\n")
    if plan.so_far:
        _section(text, "SO FAR", plan.so_far)
    if plan.owner:
        _section(text, "OWNER", plan.owner, tone="waiting")
    if plan.undo:
        _section(text, "UNDO", plan.undo)
    text.right_crop(1)
    return text


def several_text(plans: Sequence[Plan], refused: Sequence[str]) -> Text:
    """Every canary's line with its write, then what they have in common."""
    text = Text()
    for plan in plans:
        text.append(f"{clean(plan.title, 200)}\n", style="strong")
        for write in plan.writes:
            text.append(f"        {write.method} {clean(write.path, 200)} ", style="quiet")
            change = {key: value for key, value in write.body.items() if key != "metadata"}
            text.append(f"{clean(_compact(change), 300)}\n")
        for call in plan.calls:
            text.append(f"        {call.method} {clean(place_url(call.url), 200)}\n", style="quiet")
        if plan.owner:
            _section(text, "OWNER", plan.owner, tone="waiting")
    for line in refused:
        text.append(words.LEFT_OUT.text(reason=clean(line, 300)) + "\n", style="waiting")
    worst = max(plans, key=lambda plan: _ORDER.index(plan.risk))
    _section(text, "THEN", words.FOR_EACH.text(effect=worst.effect))
    text.append(f"{'RISK':<8}", style="quiet")
    text.append(f"{worst.risk}", style=_RISK_TONES[worst.risk])
    text.append(f": {clean(worst.risk_text)}\n" if worst.risk_text else "\n")
    _section(text, "UNDO", worst.undo)
    text.right_crop(1)
    return text


def stale_text(stale: Stale | None, plans: Sequence[Plan]) -> Text:
    """That what a person decides on is old, and what that means for the write; empty while it is current."""
    text = Text()
    if stale is None:
        return text
    since = stale.words(age=False).removeprefix("STALE ")
    _section(text, "STALE", words.OLD.text(since=since), tone="bad")
    if any(plan.writes for plan in plans):
        text.append(f"{' ' * 8}{words.OLD_WRITE.text()}\n", style="waiting")
    if any(plan.calls for plan in plans):
        text.append(f"{' ' * 8}{words.OLD_CALL.text()}\n", style="waiting")
    return text


def _section(text: Text, title: str, content: str, *, tone: str = "") -> None:
    if content:
        text.append(f"{title:<8}", style="quiet")
        text.append(f"{clean(content)}\n", style=tone)


def _compact(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=True)


def _indented(body: Mapping[str, Any]) -> str:
    written = json.dumps(body, indent=2, ensure_ascii=True, sort_keys=False)
    compact = _compact(body)
    shown = compact if len(compact) <= _COMPACT_MOST else written
    return "\n".join(f"        {line}" for line in shown.split("\n"))
