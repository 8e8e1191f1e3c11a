"""PromQL for the requests of canary and primary, and the numbers in its answers. Pure.

What both sides have in a window comes in one query, what they have had since the rollout began in another. Each part
of a query bears a label of its own (:data:`PART`), and ``or`` puts the parts side by side.

Totals are exact for counters that were not reset: ``increase()`` would extrapolate, and would miss what a counter has
when it first appears, which for errors of a canary is often most of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote_plus

from msgspec import Struct
from msgspec.structs import replace

from canarytui.domain.rollout.request_numbers import LatencyBuckets, RequestCounts, RequestNumbers, Side, SideNumbers
from canarytui.domain.spec.analysis import DEFAULT_METRIC_INTERVAL, Metric
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.queries import RequestSeries
from canarytui.domain.traffic.selection import observed_provider
from canarytui.metrics.builtin_queries import SUCCESS_RATE, filled
from canarytui.metrics.check_queries import observer_of, subject_of
from canarytui.metrics.providers.prometheus_vector import Sample

PART = "canarytui_part"
HELD = "held"
"""The part that says since when the server has any data at all."""
SCRAPES = "scrapes"
"""The part that says how often a counter was scraped in :data:`SCRAPES_S` seconds."""
SCRAPES_S = 300
_HELD = f'label_replace(count(up), "{PART}", "{HELD}", "", "")'

LENGTH_MOST = 6000
"""Characters of an encoded query: a request line of 8 KiB is the least that common proxies allow."""


class RequestQueries(Struct, frozen=True):
    """The queries of one canary; `primary` is None where the provider's metrics do not tell it from the canary."""

    canary: RequestSeries
    primary: RequestSeries | None
    window: str

    @property
    def sides(self) -> dict[Side, RequestSeries]:
        found = {Side.CANARY: self.canary}
        if self.primary is not None:
            found[Side.PRIMARY] = self.primary
        return found

    def window_query(self) -> str:
        """Requests a second by code, and histogram buckets, of both sides."""
        parts = []
        for side, series in self.sides.items():
            rate = f"rate({series.counter}{{{series.selector}}}[{self.window}])"
            parts.append(_part("rate", side, f"sum by ({', '.join(series.labels)}) ({rate})"))
            if series.bucket:
                rate = f"rate({series.bucket}{{{series.bucket_selector}}}[{self.window}])"
                parts.append(_part("buckets", side, f"sum by (le) ({rate})"))
        return " or ".join(parts)

    def past_query(self) -> str:
        """The same for a range, with the parts :data:`HELD` and :data:`SCRAPES`."""
        series = self.primary or self.canary
        count = f"max(count_over_time({series.counter}{{{series.selector}}}[{SCRAPES_S}s]))"
        return f'{self.window_query()} or {_HELD} or label_replace({count}, "{PART}", "{SCRAPES}", "", "")'

    def total_query(self, window_s: float, ago_s: float = 0.0, late_s: float = 0.0) -> str:
        """Requests by code of both sides in the `window_s` seconds that ended `ago_s` seconds ago. The canary's last
        ones, after which it gets no more, may have been scraped up to `late_s` later."""
        parts = []
        for side, series in self.sides.items():
            late = min(late_s, ago_s) if side is Side.CANARY else 0.0
            grown = _grown(f"{series.counter}{{{series.selector}}}", window_s + late, ago_s - late)
            parts.append(_part("total", side, f"sum by ({', '.join(series.labels)}) ({grown})"))
        return " or ".join(parts)

    def total_held_query(self, window_s: float) -> str:
        """:meth:`total_query` for a range, with the part :data:`HELD`."""
        return f"{self.total_query(window_s)} or {_HELD}"

    def total_buckets_query(self, window_s: float, ago_s: float = 0.0, late_s: float = 0.0) -> str:
        """The histogram of the same requests; "" where the provider has none."""
        parts = []
        for side, series in self.sides.items():
            if series.bucket:
                late = min(late_s, ago_s) if side is Side.CANARY else 0.0
                grown = _grown(f"{series.bucket}{{{series.bucket_selector}}}", window_s + late, ago_s - late)
                parts.append(_part("total_buckets", side, f"sum by (le) ({grown})"))
        return " or ".join(parts)

    def held_query(self, window_s: float) -> str:
        """Whether the server has data from `window_s` seconds ago."""
        return f'label_replace(count(up{_offset(window_s)}), "{PART}", "{HELD}", "", "")'

    def held_points_query(self, window_s: float, point_s: float) -> str:
        """At how many of the moments in the last `window_s` seconds, `point_s` apart, the server has data."""
        points = f"count_over_time(count(up)[{_ms(window_s)}:{_ms(point_s)}])"
        return f'label_replace({points}, "{PART}", "{HELD}", "", "")'

    def held_points(self, samples: Iterable[Sample]) -> int:
        """What :meth:`held_points_query` was answered."""
        return max((int(sample.value) for sample in samples if sample.labels.get(PART) == HELD), default=0)

    def held(self, samples: Iterable[Sample]) -> bool:
        """What :meth:`held_query` was answered."""
        return any(sample.labels.get(PART) == HELD for sample in samples)

    def numbers(self, samples: Iterable[Sample]) -> RequestNumbers:
        """What :meth:`window_query` was answered."""
        rates, buckets = self._by_part(samples, "rate"), self._by_part(samples, "buckets")
        sides = {
            side: SideNumbers(counts_of(series, rates[side]), buckets_of(series, buckets[side]))
            for side, series in self.sides.items()
        }
        return RequestNumbers(sides[Side.CANARY], sides.get(Side.PRIMARY))

    def totals(self, samples: Iterable[Sample]) -> dict[Side, RequestCounts]:
        """What :meth:`total_query` was answered."""
        found = self._by_part(samples, "total")
        return {side: counts_of(series, found[side]) for side, series in self.sides.items()}

    def total_buckets(self, samples: Iterable[Sample]) -> dict[Side, LatencyBuckets]:
        """What :meth:`total_buckets_query` was answered."""
        found = self._by_part(samples, "total_buckets")
        return {side: buckets_of(series, found[side]) for side, series in self.sides.items()}

    def _by_part(self, samples: Iterable[Sample], what: str) -> dict[Side, list[Sample]]:
        found: dict[Side, list[Sample]] = {side: [] for side in self.sides}
        for sample in samples:
            name, _, side = str(sample.labels.get(PART, "")).partition("/")
            if name == what and side in found and math.isfinite(sample.value):
                found[Side(side)].append(sample)
        return found


def request_queries(canary: Canary, provider: str, router: Mapping[str, Any] | None = None) -> RequestQueries | None:
    """The queries for a canary; None where the provider counts no requests, or while `router`, from which some
    providers' series have their names, is not known.

    `provider` is whose metrics are asked, see :func:`canarytui.domain.traffic.selection.metrics_provider_of`. The
    window is that of the success check.
    """
    record = registry.like(provider)
    names = registry.measured(provider, router)
    if record is not None and record.measured is not None and not (names and names[0]):
        return None
    observer = observer_of(canary, provider)
    series = observer.queries.requests
    if series is None:
        return None
    checks = (metric.interval for metric in canary.spec.analysis.metrics if metric.name == SUCCESS_RATE)
    window = next(filter(None, checks), DEFAULT_METRIC_INTERVAL)
    metric = Metric(SUCCESS_RATE, window, None, False, None, None, "", "", "", {})
    subject = subject_of(canary, metric, names=names)

    def of(found: RequestSeries) -> RequestSeries:
        return replace(
            found,
            selector=filled(found.selector, subject),
            bucket_selector=filled(found.bucket_selector, subject),
        )

    other = observer.of_primary()
    told = other is not None and (record is None or record.measured is None or bool(names and names[1]))
    if canary.spec.target.is_service and observed_provider(canary, provider) != provider:
        told = False  # asked as another provider's, of which no primary is known
    primary = other.queries.requests if other is not None and told else None
    return RequestQueries(of(series), of(primary) if primary is not None else None, window)


def joined_queries(queries: Iterable[str]) -> list[str]:
    """As few queries as can be sent: each part bears its own label, so ``or`` puts them side by side."""
    found: list[str] = []
    for query in queries:
        together = f"{found[-1]} or {query}" if found else query
        if found and len(quote_plus(together)) <= LENGTH_MOST:
            found[-1] = together
        else:
            found.append(query)
    return found


def _part(what: str, side: Side, vector: str) -> str:
    return f'label_replace({vector}, "{PART}", "{what}/{side}", "", "")'


def _grown(counter: str, window_s: float, ago_s: float) -> str:
    """By how much each counter has grown: from what it was, or from nothing where it did not exist; by
    ``increase()`` where it was reset."""
    window, ago, before = f"[{_ms(window_s)}]", _offset(ago_s), _offset(ago_s + window_s)
    last = f"last_over_time({counter}{window}{ago})"
    unbroken = f"(resets({counter}{window}{ago}) == 0)"
    return f"((({last} - ({counter}{before}) >= 0) or {last}) and {unbroken}) or increase({counter}{window}{ago})"


def _ms(seconds: float) -> str:
    return f"{max(round(seconds * 1000), 1)}ms"


def _offset(seconds: float) -> str:
    return f" offset {_ms(seconds)}" if seconds > 0 else ""


def counts_of(series: RequestSeries, samples: Iterable[Sample]) -> RequestCounts:
    """The samples' values by response code."""
    by_code: dict[str, float] = {}
    failed = 0.0
    label, pattern = series.failed
    failure = re.compile(pattern)
    for sample in samples:
        code = str(sample.labels.get(series.code, ""))
        by_code[code] = by_code.get(code, 0.0) + sample.value
        if failure.fullmatch(str(sample.labels.get(label, ""))):
            failed += sample.value
    return RequestCounts(by_code, failed)


def buckets_of(series: RequestSeries, samples: Iterable[Sample]) -> LatencyBuckets:
    """The samples' values by bound, in ms; never falling."""
    found: dict[float, float] = {}
    for sample in samples:
        try:
            bound = float(str(sample.labels.get("le", ""))) * series.bucket_ms
        except ValueError:
            continue
        if not math.isnan(bound):
            found[bound] = found.get(bound, 0.0) + sample.value  # "1" and "1.0" of two versions are one bound
    rising: list[tuple[float, float]] = []
    for bound, count in sorted(found.items()):
        # Counters that were scraped at different moments may fall a little; Prometheus evens that out, too.
        rising.append((bound, max(count, rising[-1][1]) if rising else count))
    return LatencyBuckets(tuple(rising))
