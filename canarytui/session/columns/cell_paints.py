"""Which parts of the list's cells have a colour of their own. Pure: a row and the cell's text in, parts and tones out.

Canary and bar are cyan, thresholds amber, failures red: the same on every screen. Shapes and numbers say it as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from canarytui.domain.marks import SHADOW_MARK
from canarytui.domain.sentences import judge as words
from canarytui.session.columns.column import Paint
from canarytui.session.columns.list_cells import badged
from canarytui.session.rows import CanaryRow, Measured

BADGE, CANARY, THRESHOLD = "badge", "canary", "threshold"
BAD, ACTIVE, QUIET = "bad", "active", "quiet"
SHADOW = "waiting"


def status(row: CanaryRow, cell: str) -> Sequence[Paint]:
    """The badge, over its text and the spaces around it."""
    return (Paint(0, len(cell.rstrip()) + 1, BADGE),) if badged(row) else ()


def weight(row: CanaryRow, cell: str) -> Sequence[Paint]:
    """Bar, track and tick; the last attempt's number is dimmed as a whole."""
    if row.last_weight is not None:
        return (Paint(0, len(cell), QUIET),)
    tick, track = cell.find("│"), cell.find("░")
    filled = min((at for at in (tick, track) if at >= 0), default=len(cell) - 4)
    paints = [Paint(0, filled, CANARY)] if row.weight else []
    if track >= 0:
        paints += [Paint(at, at + 1, THRESHOLD if cell[at] == "│" else QUIET) for at in range(filled, len(cell) - 4)]
    return _joined(paints)


def failed(row: CanaryRow, cell: str) -> Sequence[Paint]:
    """Failures in red, what is left dimmed; all of the last attempt's is dimmed."""
    if row.shadow_mark:
        at = cell.find(SHADOW_MARK)
        real = _failed(row, cell if at < 0 else cell[:at])
        return real if at < 0 else _joined([*real, Paint(at, len(cell), SHADOW)])
    return _failed(row, cell)


def _failed(row: CanaryRow, cell: str) -> Sequence[Paint]:
    if not row.failed:
        return (Paint(0, len(cell), QUIET),)
    left = [at for at, letter in enumerate(cell) if letter == "○"]
    if not left:
        return (Paint(0, len(cell), BAD),)
    return (Paint(0, left[0], BAD), Paint(left[0], left[-1] + 1, QUIET), Paint(left[-1] + 1, len(cell), BAD))


def verdict(cell: str) -> Sequence[Paint]:
    """Worse and slower in red, what is not known yet dimmed."""
    said = cell.strip()
    if said in (words.LIST_WORSE.text(), words.LIST_SLOWER.text()):
        return (Paint(0, len(said), BAD),)
    quiet = said in (words.LIST_FEW.text(), "–") or said.startswith(words.LIST_ONLY_STALE.text())
    return (Paint(0, len(said), QUIET),) if quiet else ()


def trend(measured: Measured, cell: str) -> Sequence[Paint]:
    """Each sample by its own verdict."""
    shown = measured.trend[-len(cell) :] if cell else ()
    first = len(cell) - len(shown)
    return _joined(
        [
            Paint(first + at, first + at + 1, BAD if measured.outside(value) else ACTIVE)
            for at, value in enumerate(shown)
            if not math.isnan(value)
        ]
    )


def _joined(paints: Sequence[Paint]) -> Sequence[Paint]:
    """Neighbours of one tone as one part."""
    joined: list[Paint] = []
    for paint in paints:
        if joined and joined[-1].end == paint.start and joined[-1].tone == paint.tone:
            joined[-1] = Paint(joined[-1].start, paint.end, paint.tone)
        else:
            joined.append(paint)
    return tuple(joined)
