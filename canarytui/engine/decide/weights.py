"""How the traffic is split between primary and canary."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Weights(NamedTuple):
    """Percent of the traffic; `mirrored`: the canary also gets a copy of what the primary gets."""

    primary: int
    canary: int
    mirrored: bool = False

    def as_shares(self) -> Weights:
        """Percent, where a person has written other numbers: a proxy takes weights for parts of their sum. Two that
        serve nobody stay as they are."""
        found = shares_of(self.primary, self.canary)
        return self if found is None else found._replace(mirrored=self.mirrored)


ALL_TO_PRIMARY = Weights(100, 0)
ALL_TO_CANARY = Weights(0, 100)
UNKNOWN = Weights(-1, -1)


def shares_of(primary: Decimal | int, canary: Decimal | int) -> Weights | None:
    """Two weights of any size as percent; None where nobody is served."""
    total = primary + canary
    if primary < 0 or canary < 0 or total == 0:
        return None
    percent = round(100 * canary / total)
    return Weights(100 - percent, percent)
