"""The audit log as text: who did what where, on which canary, and what the controller answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.text import Text

from canarytui.domain.facts import parse_time
from canarytui.domain.plaintext import clean
from canarytui.domain.public_url import place_url

_SIGNS = {"write": "→", "dry run": "·", "done": "✓", "refused": "✗", "answer": "«", "put back": "↶"}
_TONES = {"refused": "bad", "done": "", "answer": "active", "put back": "waiting"}


def audit_text(entries: Sequence[Mapping[str, Any]], zone: tzinfo | None) -> Text:
    """One block for each action, one line for each of its stages."""
    text = Text()
    last: tuple[object, ...] = ()
    for entry in entries:
        about = tuple(entry.get(name) for name in ("title", "os_user", "context", "object"))
        if about != last:
            _head(text, entry)
        last = about
        stage = clean(entry.get("stage"), 20)
        text.append(f"  {_time(entry.get('at'), zone)} {_SIGNS.get(stage, '·')} ", style="quiet")
        text.append(f"{stage}{_rest(entry)}\n", style=_TONES.get(stage, ""))
    if not entries:
        text.append("Nothing has been done from here yet.", style="quiet")
    text.rstrip()
    return text


def _head(text: Text, entry: Mapping[str, Any]) -> None:
    text.append(f"{clean(entry.get('title') or entry.get('intent') or entry.get('object'), 200)}\n", style="strong")
    who = clean(entry.get("sudo_user") or entry.get("os_user"), 40)
    ssh = f" from {clean(entry['ssh_client'], 60)}" if entry.get("ssh_client") else ""
    host = clean(entry.get("host"), 60)
    place = f"{clean(entry.get('context'), 60)} as {clean(entry.get('user'), 60)}"
    text.append(f"  {who}@{host}{ssh} in {place}\n", style="quiet")


def _rest(entry: Mapping[str, Any]) -> str:
    for name in ("answer", "error"):
        if entry.get(name):
            return f": {clean(entry[name], 300)}"
    if entry.get("field"):
        return f": {clean(entry['field'], 80)} to {clean(json.dumps(entry.get('to')), 80)}"
    plan = entry.get("plan")
    if isinstance(plan, list):
        steps = [step for step in plan if isinstance(step, Mapping)]
        said = [
            f"{clean(step.get('method'), 8)} {clean(step.get('path') or place_url(str(step.get('url') or '')), 160)}"
            for step in steps
        ]
        return ": " + ", ".join(said) if said else ""
    command = clean(entry.get("command"), 200)
    return f": {command}" if command else ""


def _time(stamp: object, zone: tzinfo | None) -> str:
    at: datetime | None = parse_time(stamp)
    return f"{at.astimezone(zone):%m-%d %H:%M:%S}" if at else "--"
