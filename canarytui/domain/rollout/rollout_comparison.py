"""Canary against primary in the requests of one rollout: verdict, share, classical tests, and its cost. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from canarytui.domain.rollout.burn_rate import BurnPair, burn_phrase
from canarytui.domain.rollout.checks import SUCCESS_CHECK
from canarytui.domain.rollout.request_numbers import LatencyBuckets, RequestCounts, RequestNumbers, RequestTotals
from canarytui.domain.rollout.rollout_cost import RolloutCost, cost_details, cost_of, cost_phrase, success_target
from canarytui.domain.rollout.share_segments import expected_share
from canarytui.domain.rollout.step_cost import StepCost
from canarytui.domain.sentences import judge as words
from canarytui.domain.sentences import numbers as numbers_words
from canarytui.domain.sentences.sentence import Phrase
from canarytui.domain.spec.canary import Canary
from canarytui.domain.statistics.comparison import ILL_FROM, JudgeSettings, SideSample, Verdict, compare
from canarytui.domain.statistics.fixed_sample import FixedSampleTests, fixed_sample_tests
from canarytui.domain.statistics.proportions import Events
from canarytui.domain.statistics.sample_ratio import SampleRatio, ShareSegment, sample_ratio
from canarytui.domain.statistics.verdict_kind import VerdictKind


@dataclass(frozen=True)
class ComparedRollout:
    """`verdict` is None where there is nothing to compare, and `why_none` says why. `fixed` is there once the rollout
    is over. `weight` is in percent."""

    verdict: Verdict | None
    why_none: str = ""
    ratio: SampleRatio | None = None
    untested: str = ""
    """Why the share of requests says nothing; "" where it does, or will once enough was counted."""
    fixed: FixedSampleTests | None = None
    cost: RolloutCost | None = None
    weight: int = 0
    held_since: datetime | None = None
    """Since when the metrics server has data, where that is later than the rollout's begin."""
    stale_since: datetime | None = None
    """When it was measured, where that is so long ago that it may no longer be so; in the zone in which it is said."""

    def in_zone(self, zone: tzinfo | None) -> ComparedRollout:
        """The same, whose times are said in `zone`."""
        return replace(self, stale_since=self.stale_since.astimezone(zone)) if self.stale_since is not None else self

    @property
    def phrase(self) -> Phrase:
        """The verdict, or why there is none."""
        if self.verdict is None:
            return words.NOT_COMPARABLE.say(why=self.why_none)
        said = words.verdict_phrase(self.verdict, self.weight)
        if self.stale_since is not None:
            return words.STALE.say(verdict=said, at=f"{self.stale_since:%H:%M:%S}")
        return said

    @property
    def cost_text(self) -> str:
        """What the rollout has cost so far; "" where that is not counted."""
        return cost_phrase(self.cost).text if self.cost is not None else ""

    @property
    def burn_text(self) -> str:
        """How fast the service burns its error budget, over the pairs of windows; "" where that is not known."""
        cost = self.cost
        if cost is None or cost.slo is None or not cost.burn_pairs:
            return ""
        return burn_phrase(cost.burn_pairs, cost.slo).text

    @property
    def cost_details(self) -> tuple[str, ...]:
        """The cost by step and the burn rates, a line each."""
        return cost_details(self.cost) if self.cost is not None else ()

    @property
    def so_far(self) -> str:
        """Verdict and cost in one line, shown before a decision; "" where nothing was counted."""
        return "; ".join(filter(None, [self.phrase.text if self.verdict is not None else "", self.cost_text]))

    @property
    def urgent(self) -> str:
        """What somebody who looks at the rollout has to know first; "" for nothing."""
        parts = []
        if self.verdict is not None and self.verdict.kind in (VerdictKind.WORSE, VerdictKind.PRIMARY_FAILS_TOO):
            parts.append(self.phrase.text)
        share = words.share_phrase(self.ratio).text
        return "; ".join([*parts, share] if share else parts)


def compare_rollout(
    canary: Canary,
    totals: RequestTotals | None,
    latest: RequestNumbers | None,
    weight: int,
    shares: Iterable[ShareSegment] = (),
    problem: str = "",
    steps: tuple[StepCost, ...] = (),
    burn_pairs: tuple[BurnPair, ...] = (),
) -> ComparedRollout:
    """Of what was counted since the rollout began; `problem` says why something is missing, "" if nothing is."""
    cost = cost_of(canary, totals, latest, steps, burn_pairs) if totals is not None else None
    held_since = totals.since if totals is not None and totals.since > totals.began else None
    if totals is None or totals.primary is None:
        why = problem or (numbers_words.NO_BEGIN.text() if latest is not None else numbers_words.NOT_ASKED_YET.text())
        return ComparedRollout(None, why, cost=cost, weight=weight, held_since=held_since)
    sides = (_sample(totals.canary, totals.canary_buckets), _sample(totals.primary, totals.primary_buckets))
    over = totals.until is not None
    expected = expected_share(canary, weight)
    going = latest if not over else None
    verdict = compare(
        *sides,
        judge_settings(canary),
        canary_per_s=going.canary.rate.total if going is not None else 0.0,
        primary_per_s=going.primary.rate.total if going is not None and going.primary is not None else 0.0,
    )
    return ComparedRollout(
        verdict,
        ratio=sample_ratio(shares),
        untested=expected.text if isinstance(expected, Phrase) else "",
        fixed=fixed_sample_tests(*sides) if over else None,
        cost=cost,
        weight=weight,
        held_since=held_since,
    )


def judge_settings(canary: Canary) -> JudgeSettings:
    """A side is ill from where the canary's own success check fails."""
    target = success_target(canary, SUCCESS_CHECK)
    return JudgeSettings(ill_from=1 - target if target is not None else ILL_FROM)


def _sample(counts: RequestCounts, buckets: LatencyBuckets) -> SideSample:
    return SideSample(Events(min(max(counts.failed, 0.0), counts.total), counts.total), buckets.cumulative)
