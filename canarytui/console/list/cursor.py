"""Which line of the list is selected, also when rows come, go and change places."""

from __future__ import annotations

from collections.abc import Sequence

from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow


class RowCursor:
    """Stays on its canary when the order changes around it; at the top of the list, where it begins, it stays there."""

    def __init__(self) -> None:
        self.line = 0
        self.key: NamespacedName | None = None
        """The canary on the line, None on an empty list."""
        self._at_top = True

    def follow(self, rows: Sequence[CanaryRow]) -> int:
        """Find the canary again in other rows; by how many lines it has moved."""
        if not rows:
            self.line, self.key = 0, None
            return 0
        before = self.line
        if self._at_top:
            self.line = 0
        elif self.key is None:
            self.line = min(self.line, len(rows) - 1)
        elif self.line >= len(rows) or rows[self.line].key != self.key:
            found = next((index for index, row in enumerate(rows) if row.key == self.key), None)
            if found is not None:
                self.line = found
                return found - before
            # A canary that left the list leaves the cursor where it was, on its successor.
            self.line = min(self.line, len(rows) - 1)
        self.key = rows[self.line].key
        return 0

    def move_to(self, line: int, rows: Sequence[CanaryRow]) -> bool:
        """Go to `line`, or the nearest there is; whether the cursor moved."""
        line = min(max(line, 0), max(len(rows) - 1, 0))
        if line == self.line:
            return False
        self.line, self.key, self._at_top = line, rows[line].key, line == 0
        return True
