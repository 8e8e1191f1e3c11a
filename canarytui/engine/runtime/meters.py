"""The numbers behind ``/metrics``: Flagger's under Flagger's names, and a few of ours.

The exposition is prometheus_client's. What is counted is kept here, because its own instruments fix their labels when
they are made, add a ``_created`` series to each counter, and write ``le="1.0"`` where Flagger (Go) writes ``le="1"``.
Series of a canary that has gone go with it; Flagger's stay until it restarts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

Labels = tuple[tuple[str, str], ...]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What generate_latest writes."""
DURATION = "flagger_canary_duration_seconds"
LATENESS = "canarytui_tick_lateness_seconds"
_HELP = {
    "flagger_info": ("gauge", "1, with the controller's version and the provider of canaries that name none."),
    "flagger_canary_total": ("gauge", "How many canaries a namespace has."),
    "flagger_canary_status": ("gauge", "0 while a rollout is under way, 2 after it has failed, else 1."),
    "flagger_canary_weight": ("gauge", "Percent of the traffic that a workload gets."),
    "flagger_canary_metric_analysis": ("gauge", "The value that a check of the analysis has seen last."),
    "flagger_canary_successes_total": ("counter", "Rollouts that ended with a promotion."),
    "flagger_canary_failures_total": ("counter", "Rollouts that were taken back."),
    DURATION: ("histogram", "How long ticks took that came to the analysis."),
    LATENESS: ("histogram", "By how much ticks began later than they were due."),
    "canarytui_leader": ("gauge", "1 while this process controls canaries, 0 while it waits for its turn."),
}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_BOUNDS = (*(f"{bound:g}" for bound in _BUCKETS), "+Inf")


class Meters(Collector):
    """Gauges, counters and histograms."""

    def __init__(self) -> None:
        self._values: dict[str, dict[Labels, float]] = {}
        self._counts: dict[str, dict[Labels, list[float]]] = {}

    def set(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Set a gauge."""
        self._values.setdefault(name, {})[_key(labels)] = value

    def set_all(self, name: str, label: str, values: Mapping[str, float]) -> None:
        """Give a gauge these values of one label, and no others."""
        self._values[name] = {((label, key),): value for key, value in sorted(values.items())}

    def add(self, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Raise a counter."""
        values = self._values.setdefault(name, {})
        values[_key(labels)] = values.get(_key(labels), 0.0) + value

    def observe(self, name: str, seconds: float, labels: Mapping[str, str]) -> None:
        """Count a duration in a histogram."""
        counts = self._counts.setdefault(name, {}).setdefault(_key(labels), [0.0] * (len(_BOUNDS) + 1))
        for index, bound in enumerate(_BUCKETS):
            if seconds <= bound:
                counts[index] += 1
        counts[-2] += 1
        counts[-1] += seconds

    def forget(self, namespace: str, target: str) -> None:
        """Drop the series of a canary that has gone, by its target's name."""
        own = {("name", target), ("workload", target), ("workload", f"{target}-primary")}

        def stays(labels: Labels) -> bool:
            return ("namespace", namespace) not in labels or not own & set(labels)

        for name, values in self._values.items():
            self._values[name] = {labels: value for labels, value in values.items() if stays(labels)}
        for name, series in self._counts.items():
            self._counts[name] = {labels: counts for labels, counts in series.items() if stays(labels)}

    def exposition(self) -> bytes:
        """Everything in Prometheus' text format. May run in a thread beside the ticks, which go on counting."""
        return generate_latest(self)

    def collect(self) -> Iterator[Metric]:
        """The families that have a series, as prometheus_client takes them."""
        for name, values in tuple(self._values.items()):
            if values:
                family = _family(name)
                for labels, value in tuple(values.items()):
                    family.add_sample(name, dict(labels), value)
                yield family
        for name, series in tuple(self._counts.items()):
            if series:
                family = _family(name)
                for labels, counts in tuple(series.items()):
                    _add_histogram(family, dict(labels), tuple(counts))
                yield family


def _family(name: str) -> Metric:
    kind, help_text = _HELP.get(name, ("gauge", name))
    return Metric(name.removesuffix("_total") if kind == "counter" else name, help_text, kind)


def _add_histogram(family: Metric, labels: dict[str, str], counts: Sequence[float]) -> None:
    for bound, count in zip(_BOUNDS, counts, strict=False):
        family.add_sample(f"{family.name}_bucket", {**labels, "le": bound}, count)
    family.add_sample(f"{family.name}_sum", labels, counts[-1])
    family.add_sample(f"{family.name}_count", labels, counts[-2])


def _key(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))
