"""The audit log as text: who did what where, on which canary, and what the controller answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.text import Text

from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import audit_screen as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url
from canarytui.domain.values import parse_time

_SIGNS = {
    "write": "→", "dry run": "·", "done": "✓", "refused": "✗", "not done": "✗", "in part": "✗", "unknown": "?",
    "answer": "«", "put back": "↶",
}  # fmt: skip
_TONES = {
    "refused": "bad", "not done": "bad", "in part": "bad", "unknown": "bad", "done": "", "answer": "active",
    "put back": "waiting",
}  # fmt: skip


_OPENING = ("start", "write", "slice")
"""Stages after which there is more to come: the outcome."""

READ = 20_000
"""Lines that are read for a page: a drill leaves one every two seconds, which are one line here."""


def audit_text(entries: Sequence[Mapping[str, Any]], zone: tzinfo | None, most: int = 500) -> Text:
    """One block for each action, one line for each of its stages, the last `most`; a drill's many slices are one."""
    text = Text()
    ended = {str(entry.get("id")) for entry in entries if entry.get("stage") not in _OPENING}
    last: tuple[object, ...] = ()
    for entry in grouped(entries)[-most:] if most else ():
        identity = entry.get("id") if entry.get("intent") == "drill" else None
        about = (*(entry.get(name) for name in ("title", "os_user", "context", "object")), identity)
        if about != last:
            _head(text, entry)
        last = about
        stage = clean(entry.get("stage"), 20)
        text.append(f"  {_time(entry.get('at'), zone)} {_SIGNS.get(stage, '·')} ", style="quiet")
        open_ended = stage in ("start", "write") and entry.get("id") and str(entry["id"]) not in ended
        note = f" {words.NO_END.text()}" if open_ended else ""
        text.append(f"{stage}{_rest(entry)}{note}\n", style=_TONES.get(stage, ""))
    if not entries:
        text.append(words.EMPTY.text(), style="quiet")
    text.rstrip()
    return text


def grouped(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """`entries` with those of a drill together, where it began, and its slices summed up in one."""
    drills: dict[object, list[Mapping[str, Any]]] = {}
    places: list[Mapping[str, Any] | list[Mapping[str, Any]]] = []
    for entry in entries:
        identity = entry.get("id") if entry.get("intent") == "drill" else None
        if not isinstance(identity, str):
            places.append(entry)
        elif identity in drills:
            drills[identity].append(entry)
        else:
            places.append(drills.setdefault(identity, [entry]))
    return [each for place in places for each in (_summed(place) if isinstance(place, list) else [place])]


def _summed(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    slices = [entry for entry in entries if entry.get("stage") == "slice"]
    others: list[Mapping[str, Any]] = [entry for entry in entries if entry.get("stage") != "slice"]
    if not slices:
        return others
    codes = Counter[str]()
    for each in slices:
        by_code = each.get("codes")
        codes.update({str(code): _count(n) for code, n in by_code.items()} if isinstance(by_code, Mapping) else {})
    sent = sum(_count(each.get("sent")) for each in slices)
    troubles = [clean(each["error"], 200) for each in slices if each.get("error")]
    answers = "".join(f", {count} answered {clean(code, 10)}" for code, count in sorted(codes.items()))
    failures = words.FAILURES.say(count=len(troubles), error=troubles[-1]) if troubles else NOTHING
    said = words.SLICES.text(sent=sent, slices=len(slices), answers=answers, failures=failures)
    summed = {**slices[-1], "stage": "sent", "answer": said}
    after = next((number for number, each in enumerate(others) if each.get("stage") != "start"), len(others))
    return [*others[:after], summed, *others[after:]]


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _head(text: Text, entry: Mapping[str, Any]) -> None:
    title = entry.get("title") or entry.get("intent") or entry.get("object")
    if entry.get("intent") == "drill" and entry.get("drill"):
        title = words.DRILL.text(drill=entry["drill"], canary=entry.get("canary"))
    text.append(f"{clean(title, 200)}\n", style="strong")
    who = clean(entry.get("sudo_user") or entry.get("os_user"), 40)
    ssh = f" from {clean(entry['ssh_client'], 60)}" if entry.get("ssh_client") else ""
    host = clean(entry.get("host"), 60)
    place = f"{clean(entry.get('context'), 60)} as {clean(entry.get('user'), 60)}"
    text.append(f"  {who}@{host}{ssh} in {place}\n", style="quiet")


def _rest(entry: Mapping[str, Any]) -> str:
    for name in ("answer", "error", "found"):
        if entry.get(name):
            return f": {clean(entry[name], 300)}"
    if entry.get("ending"):
        by = f" by {clean(entry['by'], 80)}" if entry.get("by") else ""
        why = f": {clean(entry['why'], 300)}" if entry.get("why") else ""
        return f": {clean(entry['ending'], 40)}{by}{why}"
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
