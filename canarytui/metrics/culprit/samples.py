"""Whether series that exist have the samples that a query needs: scrapes in its window, requests, no resets."""

from __future__ import annotations

from canarytui.domain.sentences import culprit as words
from canarytui.metrics.culprit.asking import LATELY_S, Questions
from canarytui.metrics.culprit.cause import Cause, CauseKind
from canarytui.metrics.culprit.empty_selector import no_longer_scraped
from canarytui.metrics.culprit.query_parts import Selector, seconds

GROWTH = frozenset(("rate", "increase", "irate"))
DIFFERENCES = frozenset(("delta", "idelta", "deriv"))
_COUNTERS = ("_total", "_count", "_sum", "_bucket")
"""How names of counters end; a gauge may fall."""
_SCRAPES_WANTED = 4


async def why_no_samples(selector: Selector, questions: Questions, *, fixed_window: bool) -> Cause | None:
    """Why series that exist have too few samples in the selector's range; None where they have enough.

    `fixed_window`: the query as written does not take the check's interval.
    """
    if not selector.range_s or selector.function not in GROWTH | DIFFERENCES:
        return None
    count = await questions.samples(selector, selector.range_s)
    if count >= 2:
        return None
    earlier, last_s = await questions.samples(selector, LATELY_S), await questions.age_s(selector)
    if earlier < 2 or last_s is None:
        phrase = words.TOO_YOUNG.say(metric=selector.metric, function=f"{selector.function}()")
        return Cause(CauseKind.TOO_YOUNG, phrase, words.TOO_YOUNG_REMEDY.say(), selector.metric)
    first_s = await questions.first_age_s(selector)
    # At its beginning the window sees the sample before it, which is not among those that were counted.
    every_s = (first_s - last_s) / (earlier if first_s > LATELY_S else earlier - 1)
    if every_s <= 0 or last_s - selector.offset_s > 2.5 * every_s:
        return await no_longer_scraped(selector, await questions.any_labels(selector), last_s, questions)
    every, least = seconds(round(every_s)), seconds(round(every_s) * _SCRAPES_WANTED)
    window = seconds(selector.range_s)
    if fixed_window:
        phrase = words.NO_INTERVAL.say(window=window, metric=selector.metric, every=every)
        return Cause(CauseKind.NO_INTERVAL, phrase, words.NO_INTERVAL_REMEDY.say(least=least), selector.metric)
    phrase = words.WINDOW_SHORT.say(window=window, metric=selector.metric, every=every)
    return Cause(CauseKind.WINDOW_SHORT, phrase, words.WINDOW_SHORT_REMEDY.say(least=least), selector.metric)


async def why_no_growth(selector: Selector, questions: Questions) -> Cause | None:
    """The cause where no series of a counter increased in the selector's range; None where one did."""
    if selector.function not in GROWTH:
        return None
    grown = await questions.number(f"sum(increase({selector.over(selector.range_s)}))")
    if grown is None or grown > 0:
        return None
    count = await questions.number(f"count({selector.instant})") or 0.0
    fields = {"metric": selector.metric, "window": seconds(selector.range_s)}
    return Cause(
        CauseKind.NO_REQUESTS, words.NO_REQUESTS.say(count=f"{count:.0f}", **fields), words.NO_REQUESTS_REMEDY.say()
    )


async def reset_of(selector: Selector, questions: Questions, *, subtracts: bool) -> Cause | None:
    """The cause where a counter was reset in the window of a difference that does not allow for it."""
    if not selector.metric.endswith(_COUNTERS):
        return None
    if selector.function in DIFFERENCES and selector.range_s:
        window_s = selector.range_s
    elif subtracts and not selector.range_s and selector.offset_s > 0:
        window_s = selector.offset_s
    else:
        return None
    now = Selector(selector.metric, selector.matchers)
    resets = await questions.number(f"sum(resets({now.over(window_s)}))") or 0.0
    if resets < 1:
        return None
    phrase = words.RESET.say(metric=selector.metric, count=f"{resets:.0f}", window=seconds(window_s))
    return Cause(CauseKind.RESET, phrase, words.RESET_REMEDY.say(), selector.metric)
