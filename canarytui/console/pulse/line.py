"""The line about a fleet above the list, and the numbers that it and the screen are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from rich.text import Text

from canarytui.console.detail.layout import line
from canarytui.console.model import ConsoleModel
from canarytui.domain.sentences import pulse as words
from canarytui.domain.text.plain import cut
from canarytui.session.pulse import ENDINGS, PulseKind, PulseTable
from canarytui.session.rollout_endings import HORIZON

FLEET = 20
"""Canaries from which the list has the line: fewer are seen at a glance."""

_LEAST_LINES = 30
_MORE = "  :pulse"
TONES = {
    PulseKind.FAILING: "bad",
    PulseKind.GATED: "waiting",
    PulseKind.PAUSED: "waiting",
    PulseKind.PROMOTED: "active",
    PulseKind.ROLLED_BACK: "bad",
}


def has_pulse(count: int, lines: int) -> bool:
    """Whether a list of `count` canaries on a screen of `lines` has the line."""
    return count >= FLEET and lines >= _LEAST_LINES


def pulse_table(model: ConsoleModel) -> PulseTable:
    """The numbers now, of all contexts."""
    endings = ((context.name, context.state.endings) for context in model.contexts)
    return model.listing.pulse.table(model.contexts.now(), endings)


def pulse_line(table: PulseTable, columns: int, now: datetime, zone: tzinfo | None) -> Text:
    """``2 failing · 3 gated · since 13:02: 12 promoted, 1 rolled back or failed  :pulse``, without what is not there.
    Where that is too long, whole phrases are left out, what matters least first."""
    present = [(kind, count) for kind in PulseKind if kind not in ENDINGS and (count := table.total(kind))]
    states = [(f"{count} {kind}", TONES[kind]) for kind, count in present] or [(words.QUIET.text(), "quiet")]
    ended, failed = _ended(table, now, zone)
    choices = [
        [*states, (f"{ended}{_MORE}", "quiet")],
        [*states, (ended, "quiet")],
        [*states, (failed, "quiet")],
    ]
    lines = [_separated(phrases) for phrases in choices]
    lines += [_separated(states).append(_MORE, "quiet")]  # where the rest is
    lines += [_separated(states[:count]) for count in range(len(states), 0, -1)]
    fitting = next((each for each in lines if each.cell_len <= columns), None)
    return fitting if fitting is not None else Text(cut(lines[-1].plain, columns), style="quiet")


def _separated(phrases: Sequence[tuple[str, str]]) -> Text:
    """(text, tone) in one line."""
    first, *others = phrases
    return line(first, *(piece for each in others for piece in ((" · ", "quiet"), each)))


def _ended(table: PulseTable, now: datetime, zone: tzinfo | None) -> tuple[str, str]:
    """What ended, and what of it failed."""
    promoted, rolled_back = table.total(PulseKind.PROMOTED), table.total(PulseKind.ROLLED_BACK)
    if table.since is None or now - table.since >= HORIZON:
        said = words.LAST_DAY.text(promoted=promoted, rolled_back=rolled_back)
        return said, words.LAST_DAY_FAILED.text(rolled_back=rolled_back)
    since = table.since.astimezone(zone)
    at = f"{since:%H:%M}" if since.date() == now.astimezone(zone).date() else f"{since:%m-%d %H:%M}"
    said = words.SINCE.text(at=at, promoted=promoted, rolled_back=rolled_back)
    return said, words.SINCE_FAILED.text(at=at, rolled_back=rolled_back)
