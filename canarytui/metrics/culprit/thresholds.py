"""Whether a check's threshold and its query fit together: units, and checks that cannot fail or cannot pass. Pure."""

from __future__ import annotations

import math

from canarytui.domain.rollout.checks import number_text
from canarytui.domain.sentences import Phrase
from canarytui.domain.sentences import culprit as words
from canarytui.metrics.culprit.cause import Cause, CauseKind
from canarytui.metrics.culprit.query_parts import Unreadable, query_parts
from canarytui.metrics.culprit.value_range import ValueRange, value_range

_LONG_S, _SHORT_MS = 30.0, 1.0
"""A threshold of more seconds, or of fewer milliseconds, was meant in the other unit."""


def unfit_threshold(query: str, minimum: float | None, maximum: float | None) -> Cause | None:
    """What is wrong with the threshold of a check with this rendered query; None when nothing is, or it cannot be
    told."""
    try:
        possible = value_range(query_parts(query).tree)
    except Unreadable:
        return None
    if minimum is None and maximum is None:
        return None  # a threshold that is not there is a matter of its own
    bound = _bound(minimum, maximum)
    for find in (_unit, _share, _impossible):
        found = find(possible, minimum, maximum, bound)
        if found is not None:
            return found
    return None


def _unit(possible: ValueRange, minimum: float | None, maximum: float | None, bound: str) -> Cause | None:
    highest = max(each for each in (minimum, maximum) if each is not None)
    if (possible.low, possible.high) == (0.0, 1.0) and highest > 1:
        return Cause(CauseKind.RATIO, words.RATIO.say(bound=bound), words.RATIO_REMEDY.say())
    if (possible.low, possible.high) == (0.0, 100.0) and minimum is not None and 0 < highest <= 1:
        return Cause(CauseKind.PERCENT, words.PERCENT.say(bound=bound), words.PERCENT_REMEDY.say())
    if possible.unit_s == 1 and maximum is not None and maximum >= _LONG_S:
        return Cause(CauseKind.SECONDS, words.SECONDS.say(bound=bound), words.SECONDS_REMEDY.say())
    if math.isclose(possible.unit_s, 0.001) and maximum is not None and 0 < maximum <= _SHORT_MS:
        return Cause(CauseKind.MILLISECONDS, words.MILLISECONDS.say(bound=bound), words.MILLISECONDS_REMEDY.say())
    return None


def _share(possible: ValueRange, minimum: float | None, maximum: float | None, bound: str) -> Cause | None:
    """A share whose matcher says the opposite of what its threshold expects."""
    share = possible.share
    if share is None or len(share.extra) != 1 or possible.low != 0 or possible.high != share.high:
        return None
    [matcher] = share.extra
    half = share.high / 2
    if not matcher.names_failures:
        return None
    remedy = words.COMPLEMENT_REMEDY.say(matcher=matcher, high=share.high)
    if matcher.negative and minimum is None and maximum is not None and maximum < half:
        phrase = words.COMPLEMENT.say(value=matcher.value, high=share.high, bound=bound)
        return Cause(CauseKind.COMPLEMENT, phrase, remedy)
    if not matcher.negative and maximum is None and minimum is not None and minimum > half:
        return Cause(CauseKind.COMPLEMENT, words.SHARE.say(value=matcher.value, bound=bound), remedy)
    return None


def _impossible(possible: ValueRange, minimum: float | None, maximum: float | None, bound: str) -> Cause | None:
    low, high = possible.low, possible.high
    kept = (minimum is None or low >= minimum) and (maximum is None or high <= maximum)
    if kept:
        phrase = words.CANNOT_FAIL.say(range=_range(possible), bound=bound)
        return Cause(CauseKind.CANNOT_FAIL, phrase, words.CANNOT_FAIL_REMEDY.say())
    if (minimum is not None and high < minimum) or (maximum is not None and low > maximum):
        phrase = words.CANNOT_PASS.say(range=_range(possible), bound=bound)
        return Cause(CauseKind.CANNOT_PASS, phrase, words.CANNOT_PASS_REMEDY.say())
    return None


def _range(possible: ValueRange) -> Phrase:
    if possible.low == possible.high:
        return words.EXACTLY.say(low=possible.low)
    if math.isinf(possible.high):
        return words.AT_LEAST.say(low=possible.low)
    return words.BETWEEN.say(low=possible.low, high=possible.high)


def _bound(minimum: float | None, maximum: float | None) -> str:
    texts = [f"min {number_text(minimum)}"] if minimum is not None else []
    return ", ".join([*texts, f"max {number_text(maximum)}"] if maximum is not None else texts)
