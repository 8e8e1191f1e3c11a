"""Canary against primary, where a canary opts in: a tick at which it is surely worse counts as a failed check.

Pure: the queries are yielded as effects. The verdict comes from the bounds that hold at every tick together
(:mod:`canarytui.domain.statistics.comparison`). Flagger knows nothing of it, so strict mode never asks.
"""

from __future__ import annotations

from datetime import datetime

from canarytui.domain.rollout.request_numbers import LatencyBuckets, RequestTotals, Side
from canarytui.domain.rollout.rollout_comparison import ComparedRollout, compare_rollout
from canarytui.domain.sentences import check_queries
from canarytui.domain.sentences import numbers as words
from canarytui.domain.spec.judge_annotations import HALT, JUDGE_ANNOTATION, PASS, judge_opt_in
from canarytui.domain.statistics.verdict_kind import VerdictKind
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic.selection import metrics_provider_of
from canarytui.engine.decide.burn_rates import burn_rates
from canarytui.engine.decide.checks import split_object
from canarytui.engine.decide.effects import AskSamples, Decision
from canarytui.engine.decide.tick import Tick
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.check_queries import QuerySource, sources_of
from canarytui.metrics.provider_spec import PROMETHEUS, provider_type
from canarytui.metrics.providers.prometheus_vector import Sample
from canarytui.metrics.request_queries import RequestQueries, joined_queries, request_queries

_SINCE, _COMPARED = "compared since", "compared"
_WHY_MOST = 160


def restart(tick: Tick) -> None:
    """A rollout begins: what was counted before is not about this revision."""
    tick.notes.pop(_SINCE, None)
    tick.notes.pop(_COMPARED, None)


def await_traffic(tick: Tick) -> None:
    """The canary has no traffic yet: its requests count from here.

    Known to this process only. A controller that takes over in mid-rollout counts from its first tick, because the
    status does not say when the revision's first request came.
    """
    restart(tick)
    tick.notes[_SINCE] = tick.now


def last_comparison(tick: Tick) -> ComparedRollout | None:
    """What was measured last in this rollout; None where the canary does not opt in."""
    found = tick.notes.get(_COMPARED)
    return found if isinstance(found, ComparedRollout) else None


def measure(tick: Tick) -> Decision[None]:
    """Compare both sides and keep that for :func:`passes` and for alerts; nothing where the canary does not opt in."""
    if tick.settings.strict:
        return
    opted = judge_opt_in(tick.canary)
    for annotation, value in opted.unknown:
        known = HALT if annotation == JUDGE_ANNOTATION else f"{PASS} or {HALT}"
        text = f"annotation {annotation} of {tick.canary.full_name} is ignored: {clean(value, 40)!r} is not {known}"
        yield from tick.warn_once(text)
    tick.notes.pop(_COMPARED, None)
    if opted.halts_when_worse:
        tick.notes[_COMPARED] = yield from _compared(tick, tick.notes.setdefault(_SINCE, tick.now))


def passes(tick: Tick) -> Decision[bool]:
    """Whether the analysis goes on, by what :func:`measure` found. Too few requests pass."""
    compared = last_comparison(tick)
    if compared is None:
        return True
    if compared.verdict is None:
        if judge_opt_in(tick.canary).halts_without_verdict:
            yield from tick.warn(
                f"Halt {tick.canary.full_name} advancement no verdict on canary against primary: {compared.why_none}"
            )
            return False
        yield from tick.warn_once(
            f"{tick.canary.full_name} is not compared with its primary, no verdict: {compared.why_none}"
        )
        return True
    if compared.verdict.kind is VerdictKind.WORSE:
        yield from tick.warn(f"Halt {tick.canary.full_name} advancement canary is {compared.phrase.text}")
        return False
    return True


def _compared(tick: Tick, since: datetime) -> Decision[ComparedRollout]:
    weight = tick.weights.canary
    other = _other_services(tick)
    if other:
        return ComparedRollout(None, f"its checks ask {other}, not Prometheus", weight=weight)
    provider = metrics_provider_of(tick.canary, tick.settings.mesh_provider)
    queries = request_queries(tick.canary, provider, split_object(tick))
    if queries is None:
        return ComparedRollout(None, words.NOT_COUNTED.text(provider=clean(provider, 40)), weight=weight)
    if queries.primary is None:
        return ComparedRollout(None, check_queries.PRIMARY_UNTOLD.text(), weight=weight)
    window_s = (tick.now - since).total_seconds()
    answer = yield from _samples(tick, queries, window_s)
    if isinstance(answer, str):
        return ComparedRollout(None, answer, weight=weight)
    if not queries.held(answer):
        # Counters that the server lost would count with all that they have ever counted.
        tick.notes[_SINCE] = tick.now
        return ComparedRollout(None, "Prometheus has no data from when counting began, it begins again", weight=weight)
    numbers, totals, buckets = queries.numbers(answer), queries.totals(answer), queries.total_buckets(answer)
    rates = [numbers.canary.rate, *([numbers.primary.rate] if numbers.primary is not None else [])]
    if not any(each.by_code for each in (*rates, *totals.values())):
        return ComparedRollout(None, "Prometheus has no counter of its requests", weight=weight)
    counted = RequestTotals(
        since,
        since,
        totals[Side.CANARY],
        totals[Side.PRIMARY],
        canary_buckets=buckets[Side.CANARY],
        primary_buckets=buckets.get(Side.PRIMARY, LatencyBuckets()),
    )
    pairs = yield from burn_rates(tick, queries)
    return compare_rollout(tick.canary, counted, numbers, weight, burn_pairs=pairs)


def _samples(tick: Tick, queries: RequestQueries, window_s: float) -> Decision[list[Sample] | str]:
    """The counters of both sides, or why they could not be had."""
    asked = [queries.window_query(), queries.held_query(window_s), queries.total_query(window_s)]
    asked += filter(None, [queries.total_buckets_query(window_s)])
    found: list[Sample] = []
    for query in joined_queries(asked):
        answer: list[Sample] | QueryFailed = yield AskSamples(tick.metric_server, query)
        if isinstance(answer, QueryFailed):
            return clean(answer.reason, _WHY_MOST)
        found += answer
    return found


def _other_services(tick: Tick) -> str:
    """The metric services that all checks ask, "" where one asks Prometheus or the canary names one."""
    metrics = tick.canary.spec.analysis.metrics
    if tick.canary.spec.metrics_server or not metrics:
        return ""
    found = set()
    for metric in metrics:
        namespace = metric.template_namespace or tick.canary.namespace
        template = tick.cluster_view.get("MetricTemplate", namespace, metric.template_name)
        if sources_of(metric) != (QuerySource.TEMPLATE,) or template is None:
            return ""
        found.add(provider_type(template))
    return "" if PROMETHEUS in found else ", ".join(sorted(clean(each, 40) for each in found))
