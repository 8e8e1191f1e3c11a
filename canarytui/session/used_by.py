"""Which canaries use an object, so that a change of the object is a change of theirs."""

from __future__ import annotations

from collections.abc import Hashable, Set
from typing import Generic, TypeVar

from canarytui.domain.values import NamespacedName

Used = TypeVar("Used", bound=Hashable)


class UsedBy(Generic[Used]):
    """Canaries by what they use."""

    def __init__(self) -> None:
        self._users: dict[Used, set[NamespacedName]] = {}

    def __len__(self) -> int:
        """How many objects are used."""
        return len(self._users)

    def add(self, used: Used, canary: NamespacedName) -> bool:
        """`canary` uses it; whether that is news."""
        users = self._users.setdefault(used, set())
        if canary in users:
            return False
        users.add(canary)
        return True

    def of(self, used: Used) -> Set[NamespacedName]:
        """Who uses it."""
        return self._users.get(used, frozenset())

    def forget(self, canary: NamespacedName) -> None:
        """It uses nothing any more; what nobody else uses is forgotten as well."""
        for used in [used for used, users in self._users.items() if canary in users]:
            self._users[used].discard(canary)
            if not self._users[used]:
                del self._users[used]
