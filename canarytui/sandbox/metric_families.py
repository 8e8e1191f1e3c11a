"""Counters, gauges and histograms of the podinfo servers and the gateway, in the exposition of prometheus_client.

What is counted is kept here: observations come at the rate of requests, one dictionary lookup each, where the library's
instruments take a lock; and they write ``le="5.0"`` where podinfo and Traefik, in Go, write ``le="5"``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

Labels = tuple[str, ...]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What generate_latest writes."""


class Family(ABC):
    """One metric name with its help text, type and label names."""

    type = "untyped"

    def __init__(self, name: str, help_text: str, label_names: Sequence[str] = ()) -> None:
        self.name = name
        self.help_text = help_text
        self.label_names = tuple(label_names)

    def metric(self) -> Metric:
        """The family as prometheus_client takes it."""
        name = self.name.removesuffix("_total") if self.type == "counter" else self.name
        made = Metric(name, self.help_text, self.type)
        for sample, labels, value in self._samples():
            made.add_sample(sample, labels, value)
        return made

    @abstractmethod
    def _samples(self) -> Iterator[tuple[str, dict[str, str], float]]:
        """(name, labels, value) of each."""

    def _named(self, values: Labels) -> dict[str, str]:
        return dict(zip(self.label_names, values, strict=True))


class Counter(Family):
    """A sum that only grows; its name ends in ``_total``."""

    type = "counter"

    def __init__(self, name: str, help_text: str, label_names: Sequence[str] = ()) -> None:
        super().__init__(name, help_text, label_names)
        self._values: dict[Labels, float] = {}

    def add(self, labels: Labels = (), amount: float = 1.0) -> None:
        self._values[labels] = self._values.get(labels, 0.0) + amount

    def _samples(self) -> Iterator[tuple[str, dict[str, str], float]]:
        for labels, value in self._values.items():
            yield self.name, self._named(labels), value


class Gauge(Counter):
    """A value that goes both ways."""

    type = "gauge"

    def set(self, value: float, labels: Labels = ()) -> None:
        self._values[labels] = value


class Histogram(Family):
    """Observations in cumulative buckets, with sum and count."""

    type = "histogram"

    def __init__(self, name: str, help_text: str, label_names: Sequence[str], upper_bounds: Sequence[float]) -> None:
        super().__init__(name, help_text, label_names)
        self._bounds = tuple(upper_bounds)
        self._texts = (*(f"{bound:g}" for bound in self._bounds), "+Inf")
        self._buckets: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def observe(self, labels: Labels, value: float) -> None:
        buckets = self._buckets.get(labels)
        if buckets is None:
            buckets = self._buckets[labels] = [0] * len(self._texts)
            self._sums[labels] = 0.0
        buckets[bisect_left(self._bounds, value)] += 1
        self._sums[labels] += value

    def _samples(self) -> Iterator[tuple[str, dict[str, str], float]]:
        for values, buckets in self._buckets.items():
            labels = self._named(values)
            total = 0
            for text, count in zip(self._texts, buckets, strict=True):
                total += count
                yield f"{self.name}_bucket", {**labels, "le": text}, total
            yield f"{self.name}_sum", labels, self._sums[values]
            yield f"{self.name}_count", labels, total


class _Families(Collector):
    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        for family in self._families:
            made = family.metric()
            if made.samples:
                yield made


def render(families: Sequence[Family]) -> bytes:
    """The exposition of the families that have a sample."""
    return generate_latest(_Families(families))
