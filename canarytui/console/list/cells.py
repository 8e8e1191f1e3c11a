"""A cell of the list, exactly as wide as its column."""

from __future__ import annotations

from datetime import datetime

from canarytui.domain.text.plain import fit
from canarytui.session.columns.column import ListColumn, Room
from canarytui.session.rows import CanaryRow


def cell(row: CanaryRow, column: ListColumn, width: int, now: datetime, *, coarse: bool = False) -> str:
    """The text of one cell, exactly `width` columns wide. `now` is in the zone that people read; a `coarse`
    countdown changes every ten seconds."""
    return fit(column.list_text(row, Room(width, now, coarse)), width, right=column.right)
