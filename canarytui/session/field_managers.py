"""What the managed fields of canaries say. It is read as an object arrives, because stores drop them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from canarytui.cluster.store import key_of
from canarytui.domain.conflict_relevance import owned_since, status_manager
from canarytui.domain.values import NamespacedName, as_mapping


class FieldManagers:
    """Who wrote a canary's status last, and since when it is paused; `now` is the cluster's clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._status: dict[NamespacedName, str] = {}
        self._paused_since: dict[NamespacedName, datetime] = {}

    def arrives(self, obj: dict[str, Any]) -> None:
        """Read a canary that the store has not lightened yet."""
        key = key_of(obj)
        self._status[key] = status_manager(obj)
        if as_mapping(obj.get("spec")).get("suspend") is True:
            # A manager that has written something else since is no older than the pause: that errs on the short side.
            self._paused_since[key] = owned_since(obj, "suspend") or self._paused_since.get(key) or self._now()
        else:
            self._paused_since.pop(key, None)

    def of_status(self, key: NamespacedName) -> str:
        """Who wrote the status last; "" if unknown."""
        return self._status.get(key, "")

    def paused_since(self, key: NamespacedName) -> datetime | None:
        """None for a canary that is not paused."""
        return self._paused_since.get(key)

    def forget(self, key: NamespacedName) -> None:
        self._status.pop(key, None)
        self._paused_since.pop(key, None)
