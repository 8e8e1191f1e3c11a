"""How fast the service burns its error budget, for the alerts of a canary that opts in to being compared.

Pure: the queries are yielded as effects, once a minute at most: how far Prometheus' data reach back, then a query for
each of the four windows of the SRE workbook's pairs (:mod:`canarytui.domain.rollout.burn_rate`).
"""

from __future__ import annotations

from canarytui.domain.rollout.burn_rate import (
    LONGEST_S,
    POINT_S,
    BurnPair,
    burn_pairs_of,
    held_windows,
    window_burn,
)
from canarytui.domain.rollout.rollout_cost import slo_of
from canarytui.engine.decide.effects import AskSamples, Decision
from canarytui.engine.decide.tick import Tick
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.providers.prometheus_vector import Sample
from canarytui.metrics.request_queries import RequestQueries

EVERY_S = 60.0
_BURN = "burn rates"


def burn_rates(tick: Tick, queries: RequestQueries) -> Decision[tuple[BurnPair, ...]]:
    """The pairs as asked at this tick, or less than a minute ago; none without an SLO, or where Prometheus does not
    answer."""
    slo = slo_of(tick.canary)
    if slo is None or queries.primary is None:
        return ()
    known = tick.notes.get(_BURN)
    if isinstance(known, tuple) and (tick.now - known[0]).total_seconds() < EVERY_S:
        pairs: tuple[BurnPair, ...] = known[1]
        return pairs
    pairs = yield from _asked(tick, queries, slo)
    tick.notes[_BURN] = (tick.now, pairs)
    return pairs


def _asked(tick: Tick, queries: RequestQueries, slo: float) -> Decision[tuple[BurnPair, ...]]:
    answer: list[Sample] | QueryFailed
    answer = yield AskSamples(tick.metric_server, queries.held_points_query(LONGEST_S, POINT_S))
    if isinstance(answer, QueryFailed):
        return ()
    points = queries.held_points(answer)
    # The first moment with data is the begin of what is held, unless there are data before all of them.
    held_s = LONGEST_S if points >= LONGEST_S / POINT_S else max(points - 1, 0) * POINT_S
    burns = {}
    for window_s, covered_s in held_windows(held_s).items():
        answer = yield AskSamples(tick.metric_server, queries.total_query(covered_s))
        if isinstance(answer, QueryFailed):
            return ()
        burns[window_s] = window_burn(queries.totals(answer).values(), window_s, covered_s, slo)
    return burn_pairs_of(held_s, burns.get)
