"""Canary against primary: the verdict in numbers, what it rests on, and what it does not know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from canarytui.domain.sentences.sentence import NOTHING, Phrase, Sentence, joined
from canarytui.domain.statistics.verdict_kind import VerdictKind

if TYPE_CHECKING:
    from canarytui.domain.statistics.comparison import Comparison, Verdict
    from canarytui.domain.statistics.fixed_sample import FixedSampleTests
    from canarytui.domain.statistics.sample_ratio import SampleRatio

_ALWAYS = "bounds of the difference of both rates that hold at every tick together, at most 1 % false alarms a rollout"
WORSE = Sentence("judge.worse", "worse than primary by {low}–{high} points (sure)", evidence=_ALWAYS)
WORSE_LEAST = Sentence("judge.worse_least", "worse than primary by at least {low} points (sure)", evidence=_ALWAYS)
SLOWER = Sentence(
    "judge.slower",
    "slower than primary: {low}–{high} points more of its requests take over {bound} (sure)",
    evidence=_ALWAYS,
)
BETTER = Sentence("judge.better", "better than primary by {low}–{high} points (sure)", evidence=_ALWAYS)
NO_DIFFERENCE = Sentence("judge.no_difference", "no difference larger than {most} points", evidence=_ALWAYS)
NOT_WORSE = Sentence("judge.not_worse", "not worse than primary by more than {most} points", evidence=_ALWAYS)
PRIMARY_FAILS_TOO = Sentence(
    "judge.primary_fails_too",
    "primary fails too ({percent} %): probably not the new version",
    evidence="the primary's rate of failures is surely above the success check's threshold, and the canary's is not "
    "surely above the primary's",
)
TOO_FEW = Sentence(
    "judge.too_few",
    "not enough requests: about {time} at {weight} %",
    evidence="the bounds at the present requests a second and rates, projected",
    otherwise="judge.too_few_unknown",
)
MORE_MINUTES = Sentence("judge.more_minutes", "{minutes} more min", evidence="the projected time")
MORE_HOURS = Sentence("judge.more_hours", "{hours} more h", evidence="the projected time")
TOO_FEW_HERE = Sentence(
    "judge.too_few_here",
    "not enough requests: about {time}",
    evidence="the projected time; the weight is not known",
)
TOO_FEW_UNKNOWN = Sentence(
    "judge.too_few_unknown",
    "not enough requests for a verdict",
    evidence="the bounds are not narrow enough, and no time can be projected within a week",
)
NOT_COMPARABLE = Sentence(
    "judge.not_comparable", "no verdict: {why}", evidence="what is missing for a comparison with the primary"
)
CAVEAT = Sentence(
    "judge.caveat",
    "The primary is warm and larger, and requests are not independent of each other: a verdict is about the requests "
    "that were counted.",
    evidence="the assumptions of the bounds",
)
HELD_SHORTER = Sentence(
    "judge.held_shorter",
    "counted since {since} only, where the metrics server's data begin: the rollout began earlier",
    evidence="the earliest data in the metrics server's answer are later than the rollout's begin",
)
SHARE_OFF = Sentence(
    "judge.share_off",
    "the canary gets {observed} % of the requests, not {expected} %: keep-alive, session affinity or dead endpoints",
    evidence="two-sided z of its share, P below 0.001 and more than a tenth off",
)
SHARE_NOT_TESTED = Sentence(
    "judge.share_not_tested", "share not tested: {why}", evidence="the strategy does not fix a share"
)
BY_MATCH = Sentence(
    "judge.by_match", "A/B testing chooses requests by header or cookie", evidence="the analysis has match conditions"
)
BY_ITERATIONS = Sentence(
    "judge.by_iterations",
    "blue/green sends the canary no share of the users' requests",
    evidence="the analysis has iterations and no match conditions",
)
NO_WEIGHT = Sentence("judge.no_weight", "the canary has no weight now", evidence="weight 0 and no mirroring")
DIFFERENCE_95 = Sentence(
    "judge.difference_95",
    "difference of failures {low} to {high} points (95 %, Newcombe)",
    evidence="Newcombe's interval of the requests of both sides, counted once the rollout or step was over",
)
FISHER = Sentence("judge.fisher", "Fisher {p}", evidence="Fisher's exact test, two-sided, of the same requests")
RANKS = Sentence(
    "judge.ranks",
    "a canary's request is slower than a primary's in {above} % of pairs (Mann-Whitney {p})",
    evidence="the ranks of both histograms' buckets, ties counting half",
)
P99_RATIO = Sentence(
    "judge.p99_ratio",
    "P99 is {low}–{high} times the primary's",
    evidence="the limits of the buckets that hold P99 of each side with 95 % confidence",
)
P99_RATIO_LEAST = Sentence(
    "judge.p99_ratio_least",
    "P99 is at least {low} times the primary's",
    evidence="the limits of the buckets that hold P99 of each side with 95 % confidence",
)


FAILED = Sentence("judge.failed", "failed", evidence="the row of failed requests")
SLOWER_THAN = Sentence("judge.slower_than", "over {bound}", evidence="the row of requests slower than a bucket's bound")
RATE = Sentence("judge.rate", "{percent} % of {requests}", evidence="what was counted since the rollout began")


STALE = Sentence(
    "judge.stale",
    "{verdict} (stale: measured at {at})",
    evidence="the moment of the last answer, minutes ago",
)
LIST_STALE = Sentence("judge.list_stale", "stale: {verdict}", evidence="as judge.stale")
LIST_ONLY_STALE = Sentence("judge.list_only_stale", "stale", evidence="as judge.stale, where there is no room")


LIST_WORSE = Sentence("judge.list_worse", "worse", evidence=_ALWAYS)
LIST_SLOWER = Sentence("judge.list_slower", "slower", evidence=_ALWAYS)
LIST_PRIMARY_ILL = Sentence("judge.list_primary_ill", "primary ill", evidence="as judge.primary_fails_too")
LIST_FEW = Sentence("judge.list_few", "few requests", evidence="as judge.too_few")
LIST_NOT_WORSE = Sentence("judge.list_not_worse", "not worse by > {most}", evidence=_ALWAYS)
LIST_NO_DIFFERENCE = Sentence("judge.list_no_difference", "no difference > {most}", evidence=_ALWAYS)
LIST_BETTER = Sentence("judge.list_better", "better", evidence=_ALWAYS)
LIST_NO_DIFFERENCE_SHORT = Sentence("judge.list_no_difference_short", "diff ≤ {most}", evidence=_ALWAYS)
LIST_NOT_WORSE_SHORT = Sentence("judge.list_not_worse_short", "≤ {most} worse", evidence=_ALWAYS)
LIST_ORDER = (
    LIST_WORSE,
    LIST_SLOWER,
    LIST_PRIMARY_ILL,
    LIST_FEW,
    LIST_NOT_WORSE,
    LIST_NO_DIFFERENCE,
    LIST_BETTER,
)
"""What needs attention most first."""


def verdict_words(verdict: Verdict) -> Phrase:
    """The verdict in a column's width, without its numbers of confidence."""
    match verdict.kind:
        case VerdictKind.WORSE:
            return (LIST_WORSE if verdict.deciding.slower_than_ms is None else LIST_SLOWER).say()
        case VerdictKind.PRIMARY_FAILS_TOO:
            return LIST_PRIMARY_ILL.say()
        case VerdictKind.TOO_FEW:
            return LIST_FEW.say()
        case VerdictKind.BETTER:
            return LIST_BETTER.say()
    low, high = verdict.deciding.bounds.lower, verdict.deciding.bounds.upper
    most = max(-low, high)
    return (
        LIST_NO_DIFFERENCE.say(most=points(most))
        if most <= verdict.deciding.margin
        else LIST_NOT_WORSE.say(most=points(high))
    )


def verdict_phrase(verdict: Verdict, weight: int | None = None) -> Phrase:
    """The verdict in one clause; `weight` in percent, where the canary has one."""
    deciding = verdict.deciding
    if verdict.kind is VerdictKind.WORSE:
        return _worse(deciding)
    if verdict.kind is VerdictKind.PRIMARY_FAILS_TOO:
        return PRIMARY_FAILS_TOO.say(percent=number(deciding.primary.rate * 100))
    if verdict.kind is VerdictKind.TOO_FEW:
        return _too_few(verdict.remaining_s, weight)
    low, high = deciding.bounds.lower, deciding.bounds.upper
    if verdict.kind is VerdictKind.BETTER:
        return BETTER.say(low=points(-high, up=False), high=points(-low, up=True))
    most = max(-low, high)
    return NO_DIFFERENCE.say(most=points(most)) if most <= deciding.margin else NOT_WORSE.say(most=points(high))


def share_phrase(ratio: SampleRatio | None) -> Phrase:
    """What is wrong with the canary's share of the requests; nothing where nothing is."""
    if ratio is None or not ratio.mismatched:
        return NOTHING
    return SHARE_OFF.say(observed=number(ratio.observed * 100), expected=number(ratio.expected * 100))


def fixed_phrase(tests: FixedSampleTests) -> Phrase:
    """The classical tests, in one line."""
    low, high = tests.difference.lower * 100, tests.difference.upper * 100
    said = [DIFFERENCE_95.say(low=f"{low:+.2f}", high=f"{high:+.2f}")]
    if tests.fisher_p is not None:
        said.append(FISHER.say(p=p_value(tests.fisher_p)))
    if tests.ranks is not None:
        said.append(RANKS.say(above=f"{tests.ranks.above * 100:.0f}", p=p_value(tests.ranks.p_value)))
    ratio = tests.p99_ratio
    if ratio is not None and math.isfinite(ratio.upper):
        said.append(P99_RATIO.say(low=number(ratio.lower), high=number(ratio.upper)))
    elif ratio is not None and ratio.lower > 0:
        said.append(P99_RATIO_LEAST.say(low=number(ratio.lower)))
    return joined(*said)


def _worse(deciding: Comparison) -> Phrase:
    low = points(deciding.bounds.lower, up=False)
    high = points(deciding.bounds.upper, up=True)
    if deciding.slower_than_ms is not None:
        return SLOWER.say(low=low, high=high, bound=bound_text(deciding.slower_than_ms))
    return WORSE_LEAST.say(low=low) if deciding.bounds.upper >= 1 else WORSE.say(low=low, high=high)


def _too_few(remaining_s: float | None, weight: int | None) -> Phrase:
    if remaining_s is None:
        return TOO_FEW_UNKNOWN.say()
    minutes = max(math.ceil(remaining_s / 60), 1)
    time = MORE_MINUTES.say(minutes=minutes) if minutes < 120 else MORE_HOURS.say(hours=math.ceil(minutes / 60))
    return TOO_FEW.say(time=time, weight=weight) if weight else TOO_FEW_HERE.say(time=time)


def points(share: float, *, up: bool = True) -> str:
    """Percentage points, rounded away from what would claim too much."""
    value = share * 100
    places = 1 if value >= 1 else 2 if value >= 0.1 else 3
    scale = 10**places
    rounded = math.ceil(value * scale - 1e-9) if up else math.floor(value * scale + 1e-9)
    return f"{rounded / scale:.{places}f}".rstrip("0").rstrip(".")


def number(value: float) -> str:
    """Three significant digits at most."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def p_value(p: float) -> str:
    """``P = 0.02``."""
    return "P < 0.0001" if p < 0.0001 else f"P = {p:.2g}"


def bound_text(ms: float) -> str:
    """``500 ms`` or ``2.5 s``."""
    return f"{number(ms / 1000)} s" if ms >= 1000 else f"{number(ms)} ms"
