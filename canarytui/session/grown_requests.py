"""What one canary of a batch has counted since its rollout began, and what that says. Data and no IO."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from canarytui.domain.rollout.request_numbers import (
    LatencyBuckets,
    RequestCounts,
    RequestNumbers,
    RequestTotals,
    Side,
    SideNumbers,
)
from canarytui.domain.rollout.rollout_comparison import ComparedRollout, compare_rollout
from canarytui.domain.rollout.rollout_span import RolloutSpan
from canarytui.domain.rollout.share_segments import ShareSegments
from canarytui.domain.rollout.situation import Situation
from canarytui.metrics.request_batches import GrownRequests
from canarytui.metrics.request_queries import RequestQueries

_RATE_S = 60.0
"""Over which requests a second are taken: several scrapes."""


class CountedRollout:
    """Adds up windows that follow each other, from `since` on; `until` is the end of the last one."""

    def __init__(self, queries: RequestQueries, span: RolloutSpan, since: datetime) -> None:
        self.queries = queries
        self.span = span
        self.until = since
        self._since = since
        self._lost_past = False
        self._total = GrownRequests()
        self._latest: deque[tuple[float, GrownRequests]] = deque()
        self._shares = ShareSegments()

    def add(self, until: datetime, grown: GrownRequests) -> None:
        """What was counted from the last window's end `until` then."""
        window_s = (until - self.until).total_seconds()
        self.until = until
        self._total.merge(grown)
        self._latest.append((window_s, grown))
        while len(self._latest) > 1 and sum(each for each, _ in self._latest) - self._latest[0][0] >= _RATE_S:
            self._latest.popleft()

    def lost_past(self, until: datetime) -> None:
        """The server has no data from the last window's begin: its counters would count with all that they have ever
        counted, so counting begins again at `until`."""
        self.until = self._since = until
        self._lost_past = True
        self._total, self._shares = GrownRequests(), ShareSegments()
        self._latest.clear()

    def compared(self, situation: Situation) -> ComparedRollout:
        """Canary and primary in what was counted."""
        canary, total, queries = situation.canary, self._total, self.queries
        began = self.span.began if self._lost_past else self._since
        totals = RequestTotals(
            began,
            self._since,
            total.counts(Side.CANARY, queries),
            total.counts(Side.PRIMARY, queries),
            canary_buckets=total.buckets(Side.CANARY, queries),
            primary_buckets=total.buckets(Side.PRIMARY, queries),
        )
        self._shares.note(totals, situation.weight, canary)
        return compare_rollout(canary, totals, self._rates(), situation.weight, self._shares.segments())

    def _rates(self) -> RequestNumbers:
        seconds, grown = 0.0, GrownRequests()
        for window_s, each in self._latest:
            seconds += window_s
            grown.merge(each)

        def side(which: Side) -> SideNumbers:
            counts = grown.counts(which, self.queries)
            if seconds <= 0:
                return SideNumbers(RequestCounts(), LatencyBuckets())
            by_code = {code: count / seconds for code, count in counts.by_code.items()}
            return SideNumbers(RequestCounts(by_code, counts.failed / seconds), LatencyBuckets())

        return RequestNumbers(side(Side.CANARY), side(Side.PRIMARY))


def past_windows(begins: Sequence[datetime], until: datetime, *, least_s: int, most: int) -> tuple[datetime, int, int]:
    """Windows of equal length, in whole seconds, that reach from before the first of `begins` to `until`: the first
    one's begin, their length, and how many they are, `most` at most."""
    whole_s = max((until - min(begins)).total_seconds(), 1.0)
    length_s = max(least_s, -int(-whole_s // most))
    count = -int(-whole_s // length_s)
    return until - timedelta(seconds=length_s * count), length_s, count
