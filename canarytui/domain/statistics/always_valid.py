"""The difference of two rates, with bounds that hold at every look, whenever somebody looks and stops. Pure.

A test that is right in 99 of 100 cases is right at one look. Looked at at every tick, it errs far more often. These
bounds are a confidence sequence: with probability 1 - `alpha` they hold the true difference at *all* ticks together.

Proof. Let side i have k of n failed requests, each failing with probability p, whatever was before. For any density w
that is chosen before the data, ``M_i(p) = (integral of q^k (1-q)^(n-k) w(q) dq) / (p^k (1-p)^(n-k))`` begins at 1, and
the next request multiplies it by a factor whose expectation is 1 where p is the true rate: a non-negative martingale
(the method of mixtures: Robbins, Ann. Math. Statist. 41 (1970) 1397-1409; Howard et al., Ann. Statist. 49 (2021)
1055-1080). So is the product ``M_c(p_c) M_p(p_p)``, in whichever order the sides' requests come and however the weight
changes, as long as a request's side does not depend on its own outcome. By Ville's inequality the product at the true
rates ever reaches 1/alpha with probability alpha at most. Hence the true pair of rates is, at all times at once, in
``{(a, b): M_c(a) M_p(b) < 1/alpha}``, and the true difference between the least and the greatest ``a - b`` there.

The totals since the rollout began are all that is needed, so an answer needs no memory, and a restarted console, the
command line and the webhook say the same.

w mixes Beta(1/2, 25), whose mean is 2 % and which serves services that mostly succeed, with Jeffreys' Beta(1/2, 1/2)
for all others: a wrong guess costs some requests, never the guarantee.

The region is convex (each ``ln M`` is convex in its rate), so its ends are where both slopes are opposite: for a
multiplier m both rates are roots of quadratic equations, and one search over m finds the bound.
"""

from __future__ import annotations

import math

from msgspec import Struct

from canarytui.domain.statistics.proportions import DifferenceInterval, Events

_MIXTURE = ((0.75, 0.5, 25.0), (0.25, 0.5, 0.5))
"""(share, alpha and beta of a Beta distribution)."""
_SEARCHES = 60
_ENOUGH = 1e-9


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


_PRIORS = tuple((math.log(share) - _log_beta(a, b), a, b) for share, a, b in _MIXTURE)


class _Evidence(Struct, frozen=True):
    """One side: ``ln M(p)`` is `log_mixture` less the log likelihood at p."""

    k: float
    n: float
    log_mixture: float

    @classmethod
    def of(cls, events: Events) -> _Evidence:
        n = max(events.total, 0.0)
        k = min(max(events.count, 0.0), n)
        parts = [weight + _log_beta(a + k, b + n - k) for weight, a, b in _PRIORS]
        most = max(parts)
        return cls(k, n, most + math.log(math.fsum(math.exp(each - most) for each in parts)))

    def against(self, p: float) -> float:
        """``ln M(p)``: how much speaks against a rate of `p`."""
        likelihood = 0.0
        for count, share in ((self.k, p), (self.n - self.k, 1 - p)):
            if count > 0:
                if share <= 0:
                    return math.inf
                likelihood += count * math.log(share)
        return self.log_mixture - likelihood

    def below(self, m: float) -> float:
        """The rate under the observed one at which ``ln M`` falls by `m` per unit."""
        root = math.sqrt(max((self.n + m) ** 2 - 4 * m * self.k, 0.0))
        return 2 * self.k / (self.n + m + root)

    def above(self, m: float) -> float:
        """The rate over the observed one at which ``ln M`` rises by `m` per unit."""
        return 1 - _Evidence(self.n - self.k, self.n, 0.0).below(m)


def exceeds(one: Events, other: Events, alpha: float) -> bool:
    """Whether ``one``'s true rate is surely above ``other``'s: the lower bound of :func:`difference_bounds` is above
    0. This is what raises an alarm, in a few microseconds."""
    if one.rate <= other.rate or one.total <= 0 or other.total <= 0:
        return False
    common = (one.count + other.count) / (one.total + other.total)  # the pair of equal rates with the least against it
    return _Evidence.of(one).against(common) + _Evidence.of(other).against(common) >= -math.log(alpha)


def difference_bounds(one: Events, other: Events, alpha: float) -> DifferenceInterval:
    """Of ``one.rate - other.rate``, at all looks together with probability 1 - `alpha`."""
    first, second = _Evidence.of(one), _Evidence.of(other)
    limit = -math.log(alpha)
    return DifferenceInterval(_least(first, second, limit), -_least(second, first, limit))


def rate_bounds(events: Events, alpha: float) -> tuple[float, float]:
    """Of one side's rate, at all looks together with probability 1 - `alpha`."""
    evidence, limit = _Evidence.of(events), -math.log(alpha)
    if evidence.n <= 0:
        return 0.0, 1.0
    observed = evidence.k / evidence.n
    return _crossing(evidence, limit, observed, 0.0), _crossing(evidence, limit, observed, 1.0)


def _crossing(evidence: _Evidence, limit: float, inside: float, outside: float) -> float:
    if evidence.against(outside) < limit:
        return outside
    for _ in range(_SEARCHES):
        middle = (inside + outside) / 2
        if evidence.against(middle) < limit:
            inside = middle
        else:
            outside = middle
    return outside


def _least(one: _Evidence, other: _Evidence, limit: float) -> float:
    """The least difference of rates against which less than `limit` speaks."""

    def excess(m: float) -> float:
        return one.against(one.below(m)) + other.against(other.above(m)) - limit

    low, high = math.log(1e-9), math.log(max(one.n + other.n, 1.0) * 1e12)
    if excess(math.exp(high)) < 0:
        return -1.0
    for _ in range(_SEARCHES):
        middle = (low + high) / 2
        if excess(math.exp(middle)) < 0:
            low = middle
        else:
            high = middle
        if high - low < _ENOUGH:
            break
    m = math.exp(high)
    return max(one.below(m) - other.above(m), -1.0)
