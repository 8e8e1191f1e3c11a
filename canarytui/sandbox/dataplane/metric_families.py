"""Counters, gauges and histograms that render in Prometheus' text format.

Used by the podinfo servers and the gateway, whose label sets are small and whose observations come at the
rate of requests: one dictionary lookup per observation, and no library that keeps a global registry.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Sequence

Labels = tuple[str, ...]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Family(ABC):
    """One metric name with its help text, type and label names."""

    type = "untyped"

    def __init__(self, name: str, help_text: str, label_names: Sequence[str] = ()) -> None:
        self.name = name
        self.help_text = help_text
        self.label_names = tuple(label_names)

    def render(self) -> Iterator[str]:
        """Lines of the text format, with HELP and TYPE in front; nothing while there is no sample."""
        samples = list(self._samples())
        if samples:
            yield f"# HELP {self.name} {self.help_text}"
            yield f"# TYPE {self.name} {self.type}"
            yield from samples

    @abstractmethod
    def _samples(self) -> Iterator[str]:
        """Lines of the samples, without comments."""

    def _labels(self, values: Labels, extra: str = "") -> str:
        pairs = [f'{name}="{_escape(value)}"' for name, value in zip(self.label_names, values, strict=True)]
        if extra:
            pairs.append(extra)
        return "{" + ",".join(pairs) + "}" if pairs else ""


class Counter(Family):
    """A sum that only grows."""

    type = "counter"

    def __init__(self, name: str, help_text: str, label_names: Sequence[str] = ()) -> None:
        super().__init__(name, help_text, label_names)
        self._values: dict[Labels, float] = {}

    def add(self, labels: Labels = (), amount: float = 1.0) -> None:
        self._values[labels] = self._values.get(labels, 0.0) + amount

    def value(self, labels: Labels = ()) -> float:
        return self._values.get(labels, 0.0)

    def _samples(self) -> Iterator[str]:
        for labels, value in self._values.items():
            yield f"{self.name}{self._labels(labels)} {number(value)}"


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
        self._texts = (*(number(bound) for bound in self._bounds), "+Inf")
        self._buckets: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def observe(self, labels: Labels, value: float) -> None:
        buckets = self._buckets.get(labels)
        if buckets is None:
            buckets = self._buckets[labels] = [0] * len(self._texts)
            self._sums[labels] = 0.0
        buckets[bisect_left(self._bounds, value)] += 1
        self._sums[labels] += value

    def _samples(self) -> Iterator[str]:
        for labels, buckets in self._buckets.items():
            total = 0
            for text, count in zip(self._texts, buckets, strict=True):
                total += count
                bound = f'le="{text}"'
                yield f"{self.name}_bucket{self._labels(labels, bound)} {total}"
            yield f"{self.name}_sum{self._labels(labels)} {number(self._sums[labels])}"
            yield f"{self.name}_count{self._labels(labels)} {total}"


def render(families: Sequence[Family]) -> str:
    """The whole exposition, ending in a newline."""
    return "\n".join(line for family in families for line in family.render()) + "\n"


def number(value: float) -> str:
    """As the text format writes it: no ``.0`` behind whole numbers."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
