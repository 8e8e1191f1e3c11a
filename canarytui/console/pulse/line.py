"""The line about a fleet above the list, and the numbers that it and the screen are made of."""

from __future__ import annotations

from datetime import datetime, tzinfo

from rich.text import Text

from canarytui.console.model import ConsoleModel
from canarytui.domain.sentences import pulse as words
from canarytui.domain.text.plain import cut
from canarytui.session.pulse import ENDINGS, PulseKind, PulseTable
from canarytui.session.rollout_endings import HORIZON

FLEET = 20
"""Canaries from which the list has the line: fewer are seen at a glance."""

_LEAST_LINES = 30
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
    """``2 failing · 3 gated · since 13:02: 12 promoted, 1 rolled back or failed``, without what is not there."""
    text = Text(no_wrap=True, overflow="ellipsis")
    present = [(kind, count) for kind in PulseKind if kind not in ENDINGS and (count := table.total(kind))]
    for kind, count in present:
        text.append(" · " if text else "", style="quiet")
        text.append(f"{count} {kind}", style=TONES[kind])
    if not present:
        text.append(words.QUIET.text(), style="quiet")
    ended = {"promoted": table.total(PulseKind.PROMOTED), "rolled_back": table.total(PulseKind.ROLLED_BACK)}
    whole = table.since is None or now - table.since >= HORIZON
    if whole or table.since is None:
        said = words.LAST_DAY.text(**ended)
    else:
        at = table.since.astimezone(zone)
        today = at.date() == now.astimezone(zone).date()
        said = words.SINCE.text(at=f"{at:%H:%M}" if today else f"{at:%m-%d %H:%M}", **ended)
    text.append(f" · {said}", style="quiet")
    text.append("  :pulse", style="quiet")
    return text if text.cell_len <= columns else Text(cut(text.plain, columns), style="quiet")
