"""A webhook's last result, from the controller's messages about it. Pure.

The controller writes Events and log lines such as ``Pre-rollout check acceptance-test passed`` or ``Halt cart.shop
advancement external check load-test failed …``; it never mentions a rollout hook that succeeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.sentences import hooks as words
from canarytui.domain.spec.analysis import Webhook

_SILENT = frozenset({"rollout", "event"})
"""Types of which the controller logs only failures."""


class HookResult(Struct, frozen=True):
    """`at` is None when there was no message; `failed` says whether the message reports a failure."""

    text: str
    at: datetime | None = None
    failed: bool = False


def last_answer(hook: Webhook, entries: Iterable[TimelineEntry], *, analysing: bool) -> HookResult:
    """The latest of `entries` (oldest first) about `hook`; `analysing`: rollout hooks are being called."""
    name = re.compile(rf"(?<![\w-]){re.escape(hook.name)}(?![\w-])")
    said = None
    later = 0
    for entry in entries:
        if name.search(entry.text):
            said, later = entry, 0
        elif any(aspect in ("weight", "iteration") for aspect, _ in entry.marks):
            later += 1
    silent = hook.type in _SILENT
    if said is not None:
        if said.warning and later and silent:
            return HookResult(words.NO_FAILURE_SINCE.text(), said.at)
        return HookResult(said.text, said.at, said.warning)
    if silent and analysing:
        return HookResult(words.NO_FAILURE.text())
    return HookResult(words.NO_RESULT.text())
