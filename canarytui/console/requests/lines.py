"""Requests as lines, and one of them in full."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import tzinfo

from rich.text import Text

from canarytui.cluster.request_log import SentRequest
from canarytui.console.detail.layout import line
from canarytui.console.status_lines import clock
from canarytui.domain.sentences import requests as words
from canarytui.domain.text.plain import clean, cut
from canarytui.domain.ticks import short_milliseconds

_FAILED = 400


def request_lines(requests: Sequence[SentRequest], chosen: int, columns: int, zone: tzinfo | None) -> list[Text]:
    """Oldest first; `chosen` is marked."""
    return [_line(each, number == chosen, columns, zone) for number, each in enumerate(requests)]


def _line(sent: SentRequest, chosen: bool, columns: int, zone: tzinfo | None) -> Text:
    bad = bool(sent.error) or sent.status >= _FAILED
    head = f"{'▶' if chosen else ' '} {clock(sent.at, zone)} "
    status = "ERR" if sent.error else str(sent.status or "…")
    counts = f"{status:>3} {_time(sent.seconds):>7} {_size(sent.size):>7}  "
    method = f"{clean(sent.method, 8):<7}"
    path = cut(sent.shown_path, max(columns - len(head) - len(counts) - len(method), 10))
    tone = "bad" if bad else ("mark" if sent.method != "GET" else "")
    return line((head, "mark" if chosen else "quiet"), (counts, "bad" if bad else "quiet"), (method + path, tone))


def request_text(sent: SentRequest, context: str, server: str, zone: tzinfo | None) -> str:
    """Everything that is known of it."""
    said = [
        f"{sent.method} {sent.shown_path}",
        words.SENT.text(time=clock(sent.at, zone), status=sent.status or "–", took=_time(sent.seconds), size=sent.size),
    ]
    if sent.error:
        said.append(sent.error)
    body = sent.shown_body
    if body is not None:
        shown = body if isinstance(body, str) else json.dumps(body, indent=2, default=str)
        said += ["", sent.content_type, *map(_indented, shown.split("\n"))]
    kubectl = sent.kubectl(context)
    said += ["", kubectl] if kubectl else []
    return "\n".join([*said, "", sent.curl(server)])


def _indented(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" "))] + clean(text, 2000)


def _time(seconds: float | None) -> str:
    return "…" if seconds is None else short_milliseconds(seconds * 1000)


def _size(size: int) -> str:
    if size < 10_000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 10_000_000 else f"{size / 1e6:.0f} MB"
