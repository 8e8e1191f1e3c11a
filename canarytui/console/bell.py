"""Whether a rollout has just failed, for the bell."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.domain.values import NamespacedName
from canarytui.session.rows import CanaryRow


class Alarm:
    """Gets rows as they change. A failure from before the first look does not count."""

    def __init__(self) -> None:
        self._failed: dict[NamespacedName, bool] = {}

    def news(self, rows: Iterable[tuple[NamespacedName, CanaryRow | None]]) -> bool:
        """Whether any canary among `rows` (None: it is gone) has failed since its last change."""
        found = False
        for key, row in rows:
            if row is None:
                self._failed.pop(key, None)
                continue
            failed = row.phase == "Failed"
            found |= failed and self._failed.get(key) is False
            self._failed[key] = failed
        return found
