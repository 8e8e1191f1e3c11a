"""Which side got how many requests at which weight, from totals as they grow. Pure."""

from __future__ import annotations

from canarytui.domain.rollout.request_numbers import RequestTotals
from canarytui.domain.sentences import judge as words
from canarytui.domain.sentences.sentence import Phrase
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.statistics.sample_ratio import ShareSegment


def expected_share(canary: Canary, weight: int) -> float | Phrase:
    """The part of both sides' requests that the canary should get, 0 to 1, or why that is not known."""
    analysis = canary.spec.analysis
    strategy = step_plan(canary).strategy
    if strategy is AnalysisStrategy.AB:
        return words.BY_MATCH.say()
    if strategy is AnalysisStrategy.BLUE_GREEN and weight == 0:
        return words.BY_ITERATIONS.say()
    if weight > 0:
        return min(weight, 100) / 100
    if analysis.mirror:  # a copy of so many of the primary's requests
        copied = (analysis.mirror_weight or 100) / 100
        return copied / (1 + copied)
    return words.NO_WEIGHT.say()


class ShareSegments:
    """Adds up what was counted while the expected share stayed the same."""

    def __init__(self) -> None:
        self._before: tuple[float, float, float] | None = None
        """The expected share, and the requests of canary and primary, when last noted."""
        self._settled = False
        self._sums: dict[float, tuple[float, float]] = {}

    def note(self, totals: RequestTotals, weight: int, canary: Canary) -> None:
        """What has been counted by now, at the weight of now. What came while the share changed, and just after it,
        when gateways and scrapes lag behind, is left out."""
        expected = expected_share(canary, weight)
        if isinstance(expected, Phrase) or totals.primary is None:
            self._before = None
            return
        now = (expected, totals.canary.total, totals.primary.total)
        before, self._before = self._before, now
        if before is None or before[0] != expected:
            self._settled = False
            return
        if not self._settled:
            self._settled = True
            return
        more, others = now[1] - before[1], now[2] - before[2]
        if more < 0 or others < 0 or (weight == 0 and more <= 0):
            return  # a counter was reset, or the mirror is not on yet
        requests, got = self._sums.get(expected, (0.0, 0.0))
        self._sums[expected] = (requests + more + others, got + more)

    def segments(self) -> tuple[ShareSegment, ...]:
        """One for each expected share."""
        return tuple(ShareSegment(requests, got, expected) for expected, (requests, got) in self._sums.items())
