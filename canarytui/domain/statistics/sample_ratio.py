"""Whether the canary gets the share of requests that it should: sample-ratio mismatch. Pure.

Keep-alive connections, session affinity and dead endpoints all show as a share that is not the weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from msgspec import Struct

SURE_BELOW = 0.001
"""Two-sided P value; the usual one for sample-ratio checks, which are made often."""
_RELEVANT = 0.1
"""Of the expected share: gateways share out in turns and counters are scraped late, so a little is always off."""


class ShareSegment(Struct, frozen=True):
    """A time with one weight: the requests of both sides, the canary's, and the share that it should have (0 to 1)."""

    requests: float
    canary: float
    expected: float


class SampleRatio(Struct, frozen=True):
    """`observed` and `expected` are shares, 0 to 1; `z` is above 0 where the canary gets too much."""

    requests: float
    observed: float
    expected: float
    z: float
    p_value: float

    @property
    def mismatched(self) -> bool:
        """Surely, and by enough to matter."""
        return self.p_value < SURE_BELOW and abs(self.observed - self.expected) > _RELEVANT * self.expected


def sample_ratio(segments: Iterable[ShareSegment]) -> SampleRatio | None:
    """Two-sided z of the canary's requests against those expected; None without a request."""
    held = [each for each in segments if each.requests > 0]
    requests = math.fsum(each.requests for each in held)
    if requests <= 0:
        return None
    expected = math.fsum(each.requests * each.expected for each in held)
    variance = math.fsum(each.requests * each.expected * (1 - each.expected) for each in held)
    got = math.fsum(each.canary for each in held)
    if variance > 0:
        z = (got - expected) / math.sqrt(variance)
    else:
        z = math.copysign(math.inf, got - expected) if abs(got - expected) > 0.5 else 0.0
    return SampleRatio(requests, got / requests, expected / requests, z, math.erfc(abs(z) / math.sqrt(2)))
