"""The smallest regression that a number of requests can show. Pure."""

from __future__ import annotations

import math
from statistics import NormalDist

from canarytui.domain.statistics.always_valid import exceeds
from canarytui.domain.statistics.comparison import FALSE_ALARMS
from canarytui.domain.statistics.proportions import Events

POWER = 0.8
ERRORS_ALPHA = FALSE_ALARMS / 2
"""The other half is for response times."""
_SEARCHES = 30


def smallest_noticeable(
    canary_requests: float,
    primary_requests: float,
    failing: float,
    *,
    alpha: float = ERRORS_ALPHA,
    power: float = POWER,
) -> float | None:
    """By how much the canary's rate of failures has to be above `failing`, the primary's (0 to 1), to be noticed in
    `power` of all rollouts; None where not even a canary that always fails would be."""
    if canary_requests <= 0 or primary_requests <= 0 or failing >= 1:
        return None
    behind = NormalDist().inv_cdf(power)

    def noticed(more: float) -> bool:
        rate = failing + more
        spread = math.sqrt(rate * (1 - rate) / canary_requests + failing * (1 - failing) / primary_requests)
        unlucky = max(rate - behind * spread, 0.0)
        return exceeds(
            Events(canary_requests * unlucky, canary_requests),
            Events(primary_requests * failing, primary_requests),
            alpha,
        )

    low, high = 0.0, 1 - failing
    if not noticed(high):
        return None
    for _ in range(_SEARCHES):
        middle = (low + high) / 2
        low, high = (low, middle) if noticed(middle) else (middle, high)
    return high
