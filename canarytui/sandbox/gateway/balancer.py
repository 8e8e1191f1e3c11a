"""Traefik's weighted round robin: earliest deadline first, so the sequence is smooth and deterministic.

Each entry's deadline moves on by 1/weight when it is chosen; the earliest is chosen next. Out of 100
requests at weights 95 and 5, exactly 5 go to the second, evenly spread.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(order=True, slots=True)
class _BalancedServer(Generic[T]):
    deadline: float
    order: int
    weight: float = field(compare=False)
    item: T = field(compare=False)


class WeightedRoundRobin(Generic[T]):
    """Endless choice among items with weights; entries of weight 0 or less are never chosen."""

    def __init__(self, entries: Iterable[tuple[T, float]]) -> None:
        self._heap: list[_BalancedServer[T]] = [
            _BalancedServer(1 / weight, order, weight, item)
            for order, (item, weight) in enumerate(entries)
            if weight > 0
        ]
        heapq.heapify(self._heap)

    def next(self) -> T | None:
        """The next item; None when there is none to choose."""
        if not self._heap:
            return None
        entry = self._heap[0]
        chosen = entry.item
        moved = _BalancedServer(entry.deadline + 1 / entry.weight, entry.order, entry.weight, entry.item)
        heapq.heapreplace(self._heap, moved)
        return chosen

    def __contains__(self, item: object) -> bool:
        return any(entry.item == item for entry in self._heap)
