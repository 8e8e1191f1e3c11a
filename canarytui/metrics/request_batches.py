"""One PromQL query for the requests of many canaries of one provider, and its answer split by canary. Pure.

Canaries whose series differ only in the values of labels share a query: what is equal in all selectors stays, each
other label becomes an anchored alternation, and the answer is grouped by it. Such a selector may match more than was
asked for (the name of one canary with the namespace of another), so each sample is held against every canary's own
selectors. A query stays within the length of a request line that proxies take.

What grew between two moments is asked, not what was counted since a rollout began: all canaries then have the same
window, whenever their rollouts began.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote_plus

from msgspec import Struct

from canarytui.domain.rollout.request_numbers import LatencyBuckets, RequestCounts, Side
from canarytui.metrics.promql import parsed
from canarytui.metrics.providers.prometheus_vector import Sample, SampleSeries
from canarytui.metrics.request_queries import HELD, LENGTH_MOST, PART, RequestQueries, buckets_of, counts_of

_COUNTS, _BUCKETS = "counts", "buckets"
_TOKEN = re.compile(r"\.[+*]|[\w./:@,-]|\[[\w-]+\][+*]?|\((?:[\w-]|\[[\w-]+\][+*]?)+\)\??", re.ASCII)
"""The parts of a selector's value that are joined: names, and what the providers' records write between them. An
unusual name, which could make a regular expression costly, is not joined."""


class SelectorMatcher(Struct, frozen=True):
    """`operator` is one of ``=``, ``!=``, ``=~``, ``!~``."""

    label: str
    operator: str
    value: str

    def fits(self, value: str) -> bool:
        """Whether a series with this value of the label is selected."""
        negative = self.operator[0] == "!"
        if self.operator in ("=", "!="):
            return (value == self.value) is not negative
        return (re.fullmatch(self.value, value) is not None) is not negative


class BatchShape(Struct, frozen=True):
    """What the canaries of a query have in common."""

    counter: str
    labels: tuple[str, ...]
    failed: tuple[str, str]
    bucket: str
    bucket_ms: float
    selected: frozenset[str]
    """The labels in the selectors of both."""


@dataclass(frozen=True, eq=False)
class BatchMember:
    """One canary's series: the matchers of each side, of the counter and of the histogram."""

    queries: RequestQueries
    shape: BatchShape
    counts: dict[Side, tuple[SelectorMatcher, ...]]
    buckets: dict[Side, tuple[SelectorMatcher, ...]]


class GrownRequests:
    """What one canary's counters and histograms have grown by: adds up over windows that follow each other."""

    def __init__(self) -> None:
        self._grown: dict[tuple[Side, str, tuple[tuple[str, str], ...]], float] = {}

    def add(self, side: Side, what: str, labels: tuple[tuple[str, str], ...], value: float) -> None:
        key = (side, what, labels)
        self._grown[key] = self._grown.get(key, 0.0) + value

    def merge(self, other: GrownRequests) -> None:
        """Add what `other` has."""
        for key, value in other._grown.items():
            self.add(*key, value)

    def counts(self, side: Side, queries: RequestQueries) -> RequestCounts:
        return counts_of(queries.sides[side], self._samples(side, _COUNTS))

    def buckets(self, side: Side, queries: RequestQueries) -> LatencyBuckets:
        return buckets_of(queries.sides[side], self._samples(side, _BUCKETS))

    def _samples(self, side: Side, what: str) -> list[Sample]:
        wanted = ((labels, value) for (of, part, labels), value in self._grown.items() if (of, part) == (side, what))
        return [Sample(dict(labels), value) for labels, value in wanted]


@dataclass(frozen=True)
class RequestBatch:
    """The queries of some canaries of one shape, all with the same windows."""

    members: tuple[BatchMember, ...]
    shape: BatchShape = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.members[0].shape)

    def queries(self, window_s: float) -> tuple[str, ...]:
        """By how much everything has grown in the last `window_s` seconds, and whether the server has data from their
        begin: one query, or two where histograms do not fit beside."""
        ago = f"{max(round(window_s * 1000), 1)}ms"
        held = f'label_replace(count(up offset {ago}), "{PART}", "{HELD}", "", "")'
        counts = f"{self._grown(_COUNTS, self._counts_selector, ago)} or {held}"
        if not self.shape.bucket:
            return (counts,)
        buckets = self._grown(_BUCKETS, self._buckets_selector, ago)
        both = f"{counts} or {buckets}"
        return (both,) if len(quote_plus(both)) <= LENGTH_MOST else (counts, buckets)

    @property
    def fits(self) -> bool:
        """Whether each query is short enough to be sent."""
        return all(len(quote_plus(query)) <= LENGTH_MOST for query in self.queries(_WIDE_S))

    def held(self, samples: Iterable[Sample]) -> bool:
        """Whether the server has data from the window's begin."""
        return any(sample.labels.get(PART) == HELD for sample in samples)

    def split(self, samples: Iterable[Sample]) -> list[GrownRequests]:
        """The answer by canary, in their order."""
        found = [GrownRequests() for _ in self.members]
        for sample in samples:
            what = str(sample.labels.get(PART, ""))
            if what in (_COUNTS, _BUCKETS) and math.isfinite(sample.value):
                kept = (*self.shape.labels, "le") if what == _COUNTS else ("le",)
                labels = tuple((name, str(sample.labels[name])) for name in kept if name in sample.labels)
                for place, side in self._owners(what, sample):
                    found[place].add(side, what, labels, sample.value)
        return found

    def _owners(self, what: str, sample: Sample) -> Iterable[tuple[int, Side]]:
        grouped = self._counts_selector[1] if what == _COUNTS else self._buckets_selector[1]
        values = tuple(str(sample.labels.get(label, "")) for label in grouped)
        known = self._known.get((what, values))
        if known is None:
            of = dict(zip(grouped, values, strict=True))
            known = self._known[what, values] = tuple(
                (place, side)
                for place, member in enumerate(self.members)
                for side, matchers in (member.counts if what == _COUNTS else member.buckets).items()
                if all(each.fits(of[each.label]) for each in matchers if each.label in of)
            )
        return known

    @cached_property
    def _known(self) -> dict[tuple[str, tuple[str, ...]], tuple[tuple[int, Side], ...]]:
        return {}

    @cached_property
    def _counts_selector(self) -> tuple[str, tuple[str, ...]]:
        return _common([tuple(each.counts.values()) for each in self.members])

    @cached_property
    def _buckets_selector(self) -> tuple[str, tuple[str, ...]]:
        return _common([tuple(each.buckets.values()) for each in self.members])

    def _grown(self, what: str, selected: tuple[str, tuple[str, ...]], ago: str) -> str:
        """From what each counter was, or from nothing where it did not exist or was reset."""
        selector, grouped = selected
        counted = self.shape.labels if what == _COUNTS else ("le",)
        series = f"{self.shape.counter if what == _COUNTS else self.shape.bucket}{{{selector}}}"
        last = f"last_over_time({series}[{ago}])"
        grown = f"({last}-({series} offset {ago}<={last})or {last})"
        by = ",".join(dict.fromkeys((*counted, *grouped)))
        return f'label_replace(sum by({by}){grown},"{PART}","{what}","","")'


_WIDE_S = 9_999_999.0
"""A window as long as one is written."""


@functools.lru_cache(maxsize=1024)
def batch_member(queries: RequestQueries) -> BatchMember | None:
    """The canary as part of a batch; None where its selectors cannot be joined with others, or the provider's metrics
    do not tell its primary."""
    if queries.primary is None:
        return None
    counts, buckets = {}, {}
    for side, series in queries.sides.items():
        counts[side] = _matchers(series.counter, series.selector)
        buckets[side] = _matchers(series.bucket, series.bucket_selector) if series.bucket else ()
    every = [*counts.values(), *buckets.values()]
    if None in every or not all(counts.values()):
        return None
    series = queries.canary
    shape = BatchShape(
        series.counter,
        series.labels,
        series.failed,
        series.bucket,
        series.bucket_ms,
        frozenset(each.label for side in every for each in side or ()),
    )
    return BatchMember(
        queries,
        shape,
        {side: found for side, found in counts.items() if found is not None},
        {side: found for side, found in buckets.items() if found},
    )


@functools.lru_cache(maxsize=64)
def request_batches(members: tuple[BatchMember, ...], most: int) -> tuple[tuple[int, ...], ...]:
    """The places of `members`, all of one shape, in as few batches as fit into a request line each, of `most` at most.
    One that does not fit by itself is in a batch of its own."""
    found: list[tuple[int, ...]] = []
    first = 0
    while first < len(members):
        low, high = 1, min(most, len(members) - first)
        while low < high:
            middle = (low + high + 1) // 2
            fits = RequestBatch(members[first : first + middle]).fits
            low, high = (middle, high) if fits else (low, middle - 1)
        found.append(tuple(range(first, first + low)))
        first += low
    return tuple(found)


def by_moment(answer: Iterable[SampleSeries]) -> dict[float, list[Sample]]:
    """The vectors of a matrix, by time."""
    found: dict[float, list[Sample]] = {}
    for series in answer:
        for at, value in series.points:
            found.setdefault(at, []).append(Sample(series.labels, value))
    return found


_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def _matchers(metric: str, selector: str) -> tuple[SelectorMatcher, ...] | None:
    try:
        tree = parsed(f"{metric}{{{selector}}}")
    except ValueError:
        return None
    found = []
    for each in tree.matchers.matchers:
        operator = _OPERATORS.get(str(each.op).rpartition(".")[2])
        if operator is None or _tokens(each.value) is None:
            return None
        found.append(SelectorMatcher(each.name, operator, each.value))
    return tuple(found) if len({each.label for each in found}) == len(found) else None


def _tokens(value: str) -> tuple[str, ...] | None:
    """Its parts, none of which can be divided; None where it has others than :data:`_TOKEN` knows."""
    found = tuple(_TOKEN.findall(value))
    return found if "".join(found) == value else None


def _common(members: Sequence[tuple[tuple[SelectorMatcher, ...], ...]]) -> tuple[str, tuple[str, ...]]:
    """A selector that selects all that the members' sides select, and the labels by which they differ."""
    every = [side for sides in members for side in sides]
    parts, differing = [], []
    for label in dict.fromkeys(each.label for side in every for each in side):
        found = [next((each for each in side if each.label == label), None) for side in every]
        alike = set(found)
        one = found[0]
        if len(alike) == 1 and one is not None:
            parts.append(f'{label}{one.operator}"{one.value}"')
            continue
        differing.append(label)
        if all(each is not None and each.operator in ("=", "=~") for each in found):
            values = [_patterns(sides, label) for sides in members]
            parts.append(f'{label}=~"{_alternation(values)}"')
    return ",".join(parts), tuple(differing)


def _patterns(sides: Iterable[Iterable[SelectorMatcher]], label: str) -> tuple[tuple[str, ...], ...]:
    """Of one member, each once."""
    return tuple(dict.fromkeys(_pattern(each) for side in sides for each in side if each.label == label))


def _pattern(matcher: SelectorMatcher) -> tuple[str, ...]:
    tokens = _tokens(matcher.value) or ()
    if matcher.operator == "=~":
        return tokens
    return tuple("[.]" if each == "." else each for each in tokens)


def _alternation(values: Sequence[tuple[tuple[str, ...], ...]]) -> str:
    """One regular expression for the patterns of all members. Where each member has the same endings after what is
    its own (``-canary``, ``-primary``), they are written once."""
    flat = list(dict.fromkeys(each for of_one in values for each in of_one))
    shortest = _factored(flat)
    heads, tails = [], set()
    for of_one in values:
        shared = _shared(of_one)
        heads.append(of_one[0][:shared])
        tails.add(tuple(sorted(each[shared:] for each in of_one)))
    if len(tails) == 1:
        both = _factored(list(dict.fromkeys(heads))) + _factored(list(*tails))
        if len(quote_plus(both)) < len(quote_plus(shortest)):
            return both
    return shortest


def _factored(patterns: Sequence[tuple[str, ...]]) -> str:
    """``shop-(?:cart|web)-80``: what they begin and end with is written once."""
    if len(patterns) == 1:
        return "".join(patterns[0])
    begin = _shared(patterns)
    rests = [each[begin:] for each in patterns]
    end = _shared([each[::-1] for each in rests])
    middles = ["".join(each[: len(each) - end]) for each in rests]
    tail = "".join(rests[0][len(rests[0]) - end :])
    return f"{''.join(patterns[0][:begin])}(?:{'|'.join(middles)}){tail}"


def _shared(patterns: Sequence[tuple[str, ...]]) -> int:
    """How many parts all of them begin with."""
    shortest = min(map(len, patterns))
    return next((at for at in range(shortest) if len({each[at] for each in patterns}) > 1), shortest)
