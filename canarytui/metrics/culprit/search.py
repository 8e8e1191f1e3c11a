"""The search for what is to blame: the whole query, its selectors one by one, then what joins them.

A cause that is named is the cause: each was seen in an answer. Where none was, the diagnosis says what is known.
Called by the poller for a check without values, and by ``doctor``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from canarytui.domain.rollout.checks import number_text
from canarytui.domain.sentences import Phrase
from canarytui.domain.sentences import culprit as words
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError
from canarytui.metrics.culprit.asking import Ask, AskedEnough, Questions
from canarytui.metrics.culprit.cause import Cause, CauseKind, Diagnosis
from canarytui.metrics.culprit.empty_selector import why_empty
from canarytui.metrics.culprit.query_parts import Operation, QueryParts, Selector, query_parts
from canarytui.metrics.culprit.samples import reset_of, why_no_growth, why_no_samples
from canarytui.metrics.culprit.suspect import Suspect
from canarytui.metrics.culprit.units import wrong_unit
from canarytui.metrics.promql import UnreadableQuery
from canarytui.metrics.providers.prometheus_vector import PrometheusError, Sample

QUERIES_MOST = 60
_STATUS = re.compile(r"error response: Status (\d{3})")
_BAD_QUERY, _NOT_ALLOWED = ("400", "422"), ("401", "403")
"""What Prometheus answers to a query that it cannot evaluate, and what it or the API server before it answers to those
who may not ask."""
_PROBLEM_CHARS_MOST = 200
_PART_CHARS_MOST = 160


async def diagnose(suspect: Suspect, ask: Ask, *, most: int = QUERIES_MOST) -> Diagnosis:
    """What is wrong with a check. One that has a value, in the unit of its threshold, has no causes."""
    unit = wrong_unit(suspect.query, suspect.maximum)
    causes = [unit] if unit else []
    questions = Questions(ask, most)
    try:
        samples = await questions.vector(suspect.query)
    except CanarytuiError as error:
        return Diagnosis((_unanswered(error), *causes), asked=questions.asked)
    known: Phrase | None = None
    try:
        found, known = await _searched(suspect, samples, questions)
        causes = [*found, *causes]
    except UnreadableQuery:
        known = words.NOT_READ.say()
    except AskedEnough:
        known = words.STOPPED.say(asked=questions.asked, problem="")
    except CanarytuiError as error:
        known = words.STOPPED.say(asked=questions.asked, problem=_problem(error))
    return Diagnosis(_distinct(causes), known, questions.asked)


async def _searched(
    suspect: Suspect, samples: Sequence[Sample], questions: Questions
) -> tuple[list[Cause], Phrase | None]:
    has_value = bool(samples) and not math.isnan(samples[-1].value)
    several = [_several(samples)] if len(samples) > 1 else []
    parts = query_parts(suspect.query)
    if has_value:
        return [*several, *await _resets(parts, questions)], None
    found = await _of_selectors(suspect, parts, samples, questions)
    if not found:
        found = await _of_operations(parts, samples, questions)
    known = None if found else words.NOT_A_NUMBER.say() if samples else words.PARTS_HAVE_VALUES.say()
    return [*several, *found], known


async def _of_selectors(
    suspect: Suspect, parts: QueryParts, samples: Sequence[Sample], questions: Questions
) -> list[Cause]:
    found: list[Cause] = []
    there: list[Selector] = []
    for selector in parts.needed:
        if not await questions.vector(f"count({selector.instant})"):
            found += await why_empty(selector, questions, suspect.twins)
            continue
        few = await why_no_samples(selector, questions, fixed_window=not suspect.interval_used)
        if few:
            found.append(few)
        else:
            there.append(selector)
    if samples and not found:  # NaN: a sum of rates that is 0, or a quantile of no observations
        idle = [await why_no_growth(selector, questions) for selector in there]
        if all(idle):
            # Of numerator and denominator, the one with fewer matchers says it for both.
            both = [(each, cause) for each, cause in zip(there, idle, strict=True) if cause]
            found += [min(both, key=lambda each: len(each[0].matchers))[1]] if both else []
    return found


async def _of_operations(parts: QueryParts, samples: Sequence[Sample], questions: Questions) -> list[Cause]:
    if parts.le_lost:
        return [Cause(CauseKind.LE_LOST, words.LE_LOST.say(), words.LE_LOST_REMEDY.say())]
    if parts.calls & {"absent", "absent_over_time"} and not samples:
        return [Cause(CauseKind.ABSENT, words.ABSENT.say(), words.ABSENT_REMEDY.say())]
    for operation in reversed(parts.operations):  # the innermost first
        found = await (_zero_divisor if samples else _lost_between)(operation, questions)
        if found:
            return [found]
    return []


async def _zero_divisor(operation: Operation, questions: Questions) -> Cause | None:
    if operation.operator not in ("/", "%") or operation.right_number:
        return None
    right = await questions.vector(operation.right)
    if not right or any(sample.value != 0 for sample in right):
        return None
    phrase = words.ZERO_DIVISION.say(divisor=clean(operation.right, _PART_CHARS_MOST))
    return Cause(CauseKind.ZERO_DIVISION, phrase, words.ZERO_DIVISION_REMEDY.say())


async def _lost_between(operation: Operation, questions: Questions) -> Cause | None:
    if operation.left_number or operation.operator in ("or", "unless") or await questions.vector(operation.text):
        return None
    left = await questions.vector(operation.left)
    if not left:
        return None
    if operation.right_number:
        return _filtered(operation, left) if operation.filters else None
    right = await questions.vector(operation.right)
    if not right:
        return None
    if _labels(left) != _labels(right):
        phrase = words.LABELS_DIFFER.say(operator=operation.operator, left=_labels(left), right=_labels(right))
        return Cause(CauseKind.LABELS_DIFFER, phrase, words.LABELS_DIFFER_REMEDY.say())
    return _filtered(operation, left) if operation.filters else None


def _filtered(operation: Operation, left: Sequence[Sample]) -> Cause:
    phrase = words.FILTERED.say(
        left=clean(operation.left, _PART_CHARS_MOST),
        value=number_text(left[-1].value),
        operator=operation.operator,
        right=clean(operation.right, _PART_CHARS_MOST),
    )
    return Cause(CauseKind.FILTERED, phrase, words.FILTERED_REMEDY.say())


def _labels(samples: Sequence[Sample]) -> str:
    labels = {name: value for name, value in samples[0].labels.items() if name != "__name__"}
    return "{" + clean(", ".join(f'{name}="{value}"' for name, value in sorted(labels.items())), _PART_CHARS_MOST) + "}"


async def _resets(parts: QueryParts, questions: Questions) -> list[Cause]:
    subtracts = any(each.operator == "-" and not each.left_number for each in parts.operations)
    found = [await reset_of(selector, questions, subtracts=subtracts) for selector in (*parts.needed, *parts.optional)]
    return [cause for cause in found if cause]


def _unanswered(error: CanarytuiError) -> Cause:
    """The whole query has no answer: the server refuses it, does not let us ask, or is away."""
    status = _STATUS.match(str(error)) if isinstance(error, PrometheusError) else None
    if status and status[1] in _NOT_ALLOWED:
        phrase = words.FORBIDDEN.say(problem=_problem(error))
        return Cause(CauseKind.FORBIDDEN, phrase, words.FORBIDDEN_REMEDY.say())
    if isinstance(error, PrometheusError) and (status is None or status[1] in _BAD_QUERY):
        return Cause(CauseKind.REFUSED, words.REFUSED.say(problem=_problem(error)), words.REFUSED_REMEDY.say())
    phrase = words.UNREACHABLE.say(problem=_problem(error))
    return Cause(CauseKind.UNREACHABLE, phrase, words.UNREACHABLE_REMEDY.say())


def _several(samples: Sequence[Sample]) -> Cause:
    names = {name for sample in samples for name in sample.labels}
    differing = [name for name in sorted(names) if len({sample.labels.get(name) for sample in samples}) > 1]
    phrase = words.SEVERAL.say(count=len(samples), labels=clean(", ".join(differing), _PART_CHARS_MOST) or "nothing")
    return Cause(CauseKind.SEVERAL, phrase, words.SEVERAL_REMEDY.say())


def _distinct(causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """Each once: numerator and denominator usually fail alike."""
    return tuple({(cause.kind, cause.about): cause for cause in causes}.values())


def _problem(error: CanarytuiError) -> str:
    return clean(str(error), _PROBLEM_CHARS_MOST)
