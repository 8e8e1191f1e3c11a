"""A Prometheus in the test's own process: series as exporters write them, scraped, and the sandbox's evaluator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from canarytui.metrics.culprit.asking import Ask
from canarytui.metrics.providers.prometheus_vector import PrometheusError, Sample
from canarytui.sandbox.prometheus.evaluate import Evaluator, QueryError, parse
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.exposition import parse as samples_of
from canarytui.sandbox.prometheus.storage import SeriesStorage

LASTS_S, SCRAPE_S = 900, 15
Growth = Callable[[float], float | None]
"""The value after so many seconds; None where the series is not exported then."""


def grows(rate: float = 5.0, *, since_s: float = 0.0, until_s: float = LASTS_S) -> Growth:
    """A counter that grows by `rate` in a second, exported between two moments."""
    return lambda at_s: rate * (at_s - since_s) + 7 if since_s <= at_s <= until_s else None


def stands(value: float = 7.0) -> Growth:
    """A counter, or a gauge, that does not change."""
    return lambda at_s: value


@dataclass
class Scraped:
    """`exports` are lines of an exposition without their value, and how they grow; `down`: up is 0 at the end."""

    exports: Sequence[tuple[str, Growth]]
    job: str = "pods"
    instance: str = "10.0.0.7:9797"
    scrape_s: int = SCRAPE_S
    down: bool = False
    forgotten: bool = False
    storage: SeriesStorage = field(default_factory=SeriesStorage)

    def ask(self) -> Ask:
        added = {"job": self.job, "instance": self.instance}
        for at_s in range(0, LASTS_S + 1, self.scrape_s):
            text = "\n".join(f"{line} {value}" for line, growth in self.exports if (value := growth(at_s)) is not None)
            for labels, value, _ in samples_of(text):
                self.storage.append(make_labels({**added, **dict(labels)}), at_s, value)
            if not self.forgotten or at_s < LASTS_S - 500:
                up = 0.0 if self.down and at_s > LASTS_S - 500 else 1.0
                self.storage.append(make_labels({"__name__": "up", **added}), at_s, up)
        return self._answer

    async def _answer(self, query: str) -> list[Sample]:
        try:
            found = Evaluator(self.storage, float(LASTS_S)).evaluate(parse(query))
        except QueryError as error:
            raise PrometheusError(str(error)) from error
        if isinstance(found, float):
            return [Sample({}, found)]
        assert isinstance(found, list), found
        return [Sample(dict(sample.labels), sample.value) for sample in found]
