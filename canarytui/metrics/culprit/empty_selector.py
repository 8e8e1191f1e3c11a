"""Why a selector finds no series: no such metric, a label, a value, or a target that is no longer scraped."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from msgspec.structs import replace

from canarytui.domain.sentences import NOTHING, Phrase, joined
from canarytui.domain.sentences import culprit as words
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import short_duration
from canarytui.metrics.culprit.asking import PAST_S, Questions, fits
from canarytui.metrics.culprit.cause import Cause, CauseKind
from canarytui.metrics.culprit.query_parts import LabelMatcher, Selector, seconds
from canarytui.metrics.culprit.suspect import Twins

_SHOWN = 4
_ALIKE = 0.85
"""How much of two names is equal where one is taken for the other."""
_CHARS_MOST = 120
_SET_BY_SCRAPES = frozenset(("namespace", "pod", "service", "container", "endpoint", "node", "job", "instance"))
_NOT_SHOWN = frozenset(("__name__", "le", "instance", "job"))


async def why_empty(selector: Selector, questions: Questions, twins: Twins) -> list[Cause]:
    """Causes why `selector` finds no series now."""
    single: dict[LabelMatcher, list[str]] = {}
    for matcher in selector.matchers:
        values = await questions.values(selector.without(matcher), matcher.name)
        if values:
            single[matcher] = values
    if len(single) == 1:
        [(matcher, values)] = single.items()
        return [await _one(selector, matcher, values, questions, twins)]
    if single:
        gone = await _gone(selector, questions)
        return [gone] if gone else [_never_together(selector, single)]
    if not selector.metric:
        return []
    if not await questions.vector(f"count({selector.bare().instant})"):
        gone = await _gone(selector.bare(), questions)
        return [gone or await _no_metric(selector.metric, questions)]
    return await _several(selector, questions, twins)


async def _several(selector: Selector, questions: Questions, twins: Twins) -> list[Cause]:
    """More than one matcher is wrong: those that fit no series of the metric at all."""
    bare = selector.bare()
    by_label = {matcher.name: await questions.values(bare, matcher.name) for matcher in selector.matchers}
    wrong = [each for each in selector.matchers if not any(fits(each, value) for value in by_label[each.name])]
    right = selector.without(*wrong)
    found = []
    for matcher in wrong:
        values = await questions.values(right, matcher.name) or by_label[matcher.name]
        suspected = replace(right, matchers=(*right.matchers, matcher))
        found.append(await _one(suspected, matcher, values, questions, twins))
    return found


async def _one(
    selector: Selector, matcher: LabelMatcher, values: list[str], questions: Questions, twins: Twins
) -> Cause:
    """The cause where `matcher` alone leaves nothing, of series that have these `values` of its label."""
    rest = selector.without(matcher)
    if matcher.dashboard_variable and not matcher.negative:
        return _unfilled(selector.metric, matcher)
    if values == [""] and not matcher.negative:
        return await _no_label(rest, matcher, questions)
    about = f"{selector.metric} {matcher}"
    fields = {"metric": selector.metric, "values": _listed(values), "matcher": _text(matcher)}
    if matcher.negative:
        phrase = words.ALL_LEFT_OUT.say(**fields, label=matcher.name)
        return Cause(CauseKind.ALL_LEFT_OUT, phrase, words.ALL_LEFT_OUT_REMEDY.say(), about)
    gone = await _gone(selector, questions)
    if gone and gone.kind is CauseKind.TARGET_DOWN:
        return gone
    for own, primary in twins:
        twin = LabelMatcher(matcher.name, matcher.operator, matcher.value.replace(own, primary, 1))
        if own in matcher.value and any(fits(twin, value) for value in values):
            phrase = words.NO_CANARY_SERIES.say(metric=selector.metric)
            return Cause(CauseKind.NO_CANARY_SERIES, phrase, words.NO_CANARY_SERIES_REMEDY.say(), selector.metric)
    if gone:  # not before: series of an earlier rollout are gone, too, while the primary's are there
        return gone
    if matcher.names_failures and all(value.isdigit() for value in values):
        phrase = words.NONE_YET.say(**fields)
        return Cause(CauseKind.NONE_YET, phrase, words.NONE_YET_REMEDY.say(), about)
    renamed = await _renamed(rest, matcher, values, questions)
    if renamed is not None:
        return renamed
    if "namespace" in matcher.name:
        phrase = words.WRONG_NAMESPACE.say(**fields)
        return Cause(CauseKind.WRONG_NAMESPACE, phrase, words.WRONG_NAMESPACE_REMEDY.say(), about)
    phrase = words.WRONG_VALUE.say(**fields)
    return Cause(CauseKind.WRONG_VALUE, phrase, words.WRONG_VALUE_REMEDY.say(label=matcher.name), about)


def _unfilled(metric: str, matcher: LabelMatcher) -> Cause:
    variable = clean(matcher.dashboard_variable, _CHARS_MOST)
    phrase = words.DASHBOARD_VARIABLE.say(metric=metric, matcher=_text(matcher), variable=variable)
    remedy = words.DASHBOARD_VARIABLE_REMEDY.say(variable=variable)
    return Cause(CauseKind.DASHBOARD_VARIABLE, phrase, remedy, f"{metric} {matcher}")


async def _renamed(rest: Selector, matcher: LabelMatcher, values: list[str], questions: Questions) -> Cause | None:
    """Whether the series have what is looked for in ``exported_NAME``: a scrape renames labels that it sets itself."""
    exported = f"exported_{matcher.name}"
    if matcher.name not in _SET_BY_SCRAPES:
        return None
    fitting = next((value for value in await questions.values(rest, exported) if value and fits(matcher, value)), "")
    if not fitting:
        return None
    found = f'{exported}="{clean(fitting, _CHARS_MOST)}"'
    fields = {"metric": rest.metric, "matcher": _text(matcher), "label": matcher.name, "values": _listed(values)}
    return Cause(
        CauseKind.RENAMED_LABEL,
        words.RENAMED_LABEL.say(**fields, found=found),
        words.RENAMED_LABEL_REMEDY.say(exported=exported),
        f"{rest.metric} {matcher}",
    )


async def _no_label(rest: Selector, matcher: LabelMatcher, questions: Questions) -> Cause:
    labels = await questions.any_labels(rest)
    names = [name for name in labels if name not in _NOT_SHOWN]
    known = {each.name for each in rest.matchers}
    other = next((name for name in names if name not in known and fits(matcher, labels[name])), "")
    fields = {"metric": rest.metric, "label": matcher.name}
    if other:
        phrase = words.LABEL_FITS.say(**fields, other=f'{other}="{clean(labels[other], _CHARS_MOST)}"')
    else:
        phrase = words.LABEL_MISSING.say(**fields, labels=_listed(sorted(names), quoted=False))
    return Cause(
        CauseKind.LABEL_MISSING,
        phrase,
        words.LABEL_MISSING_REMEDY.say(metric=rest.metric),
        f"{rest.metric} {matcher.name}",
    )


def _never_together(selector: Selector, single: dict[LabelMatcher, list[str]]) -> Cause:
    namespaces = [each for each in single if "namespace" in each.name]
    parts: list[Phrase] = []
    for matcher, values in single.items():
        others = " and ".join(_text(each) for each in single if each is not matcher)
        parts.append(words.HAS_VALUES.say(matcher=others, label=matcher.name, values=_listed(values)))
    phrase = words.NEVER_TOGETHER.say(
        metric=selector.metric, matchers=" and ".join(map(_text, single)), found=joined(*parts, by=", ")
    )
    kind = CauseKind.WRONG_NAMESPACE if len(namespaces) == 1 and len(single) == 2 else CauseKind.NEVER_TOGETHER
    return Cause(kind, phrase, words.NEVER_TOGETHER_REMEDY.say(), selector.metric)


async def _no_metric(metric: str, questions: Questions) -> Cause:
    prefix = metric.partition("_")[0] + "_"
    names = await questions.metrics_like(prefix)
    close = difflib.get_close_matches(metric, names, n=3, cutoff=_ALIKE)
    if names and not close:
        listed = _listed(sorted(names), quoted=False)
        phrase = words.METRIC_UNSEEN.say(metric=metric, prefix=prefix, names=listed)
        return Cause(CauseKind.METRIC_UNSEEN, phrase, words.METRIC_UNSEEN_REMEDY.say(), metric)
    alike = (
        words.THERE_IS.say(names=_listed(close, quoted=False)) if close else words.NOTHING_LIKE_IT.say(prefix=prefix)
    )
    phrase = words.METRIC_MISSING.say(metric=metric, similar=alike)
    return Cause(CauseKind.METRIC_MISSING, phrase, words.METRIC_MISSING_REMEDY.say(metric=metric), metric)


async def _gone(selector: Selector, questions: Questions) -> Cause | None:
    """Whether there were such series in the last hour, and their target is no longer scraped."""
    labels = await questions.past_labels(selector)
    if labels is None:
        return None
    return await no_longer_scraped(selector, labels, await questions.past_age_s(selector), questions)


async def no_longer_scraped(
    selector: Selector, labels: dict[str, str], age_s: float | None, questions: Questions
) -> Cause:
    """The cause for series with `labels` whose last sample is `age_s` old."""
    place = [LabelMatcher(name, "=", str(labels[name])) for name in ("job", "instance") if labels.get(name)]
    target = clean("/".join(each.value for each in place), _CHARS_MOST)
    age = short_duration(age_s) if age_s is not None else seconds(PAST_S)
    about, fields = f"{selector.metric} {target}", {"metric": selector.metric, "age": age}
    if not place:
        return Cause(CauseKind.STALE, words.STALE_HERE.say(**fields), words.STALE_REMEDY.say(), about)
    up = await questions.number(f"max({Selector('up', tuple(place)).instant})")
    if up is None:
        phrase = words.TARGET_GONE.say(**fields, target=target)
        return Cause(CauseKind.TARGET_GONE, phrase, words.TARGET_GONE_REMEDY.say(), about)
    if up == 0:
        since = words.LAST_SAMPLE.say(**fields) if age_s is not None else NOTHING
        phrase = words.TARGET_DOWN.say(target=target, since=since)
        return Cause(CauseKind.TARGET_DOWN, phrase, words.TARGET_DOWN_REMEDY.say(), about)
    phrase = words.STALE.say(**fields, target=target)
    return Cause(CauseKind.STALE, phrase, words.STALE_REMEDY.say(), about)


def _text(matcher: LabelMatcher) -> str:
    return clean(str(matcher), _CHARS_MOST)


def _listed(values: Sequence[str], *, quoted: bool = True) -> Phrase | str:
    texts = [clean(value, _CHARS_MOST) for value in values if value]
    shown = ", ".join(f'"{each}"' if quoted else each for each in texts[:_SHOWN])
    if len(texts) > _SHOWN:
        return words.AND_MORE.say(listed=shown, more=len(texts) - _SHOWN)
    return shown
