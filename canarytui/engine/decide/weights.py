"""How the traffic is split between primary and canary."""

from __future__ import annotations

from typing import NamedTuple


class Weights(NamedTuple):
    """Percent of the traffic; `mirrored`: the canary also gets a copy of what the primary gets."""

    primary: int
    canary: int
    mirrored: bool = False


ALL_TO_PRIMARY = Weights(100, 0)
ALL_TO_CANARY = Weights(0, 100)
UNKNOWN = Weights(-1, -1)
