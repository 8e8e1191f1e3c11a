"""A small storage, and queries of it at one moment, for the tests of all parts of the evaluation."""

from __future__ import annotations

from typing import Any

from canarytui.sandbox.prometheus.evaluate import Evaluator, parse
from canarytui.sandbox.prometheus.evaluate.values import Range, VectorSample
from canarytui.sandbox.prometheus.exposition import Labels, make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage

AT_S = 100.0


def storage() -> SeriesStorage:
    """A counter of two pods that grows by 1 and 3 a second, a gauge, and a histogram; samples every 10 s up to 100."""
    made = SeriesStorage()
    for time_s in range(0, 101, 10):
        for pod, rate in (("a", 1.0), ("b", 3.0)):
            made.append(labels("requests_total", pod=pod, job="x"), time_s, rate * time_s)
        made.append(labels("temperature", pod="a"), time_s, 20.0 - time_s / 10)
    for bound, count in (("0.1", 50.0), ("0.5", 90.0), ("1", 100.0), ("+Inf", 100.0)):
        made.append(labels("seconds_bucket", le=bound), 100, count)
    return made


def labels(name: str, **values: str) -> Labels:
    return make_labels({"__name__": name, **values} if name else values)


def evaluated(query: str, at_s: float = AT_S) -> Any:
    """A number, a text, or {labels without the name: value or points}."""
    value = Evaluator(storage(), at_s).evaluate(parse(query))
    if not isinstance(value, list):
        return value
    return {
        ",".join(f"{name}={text}" for name, text in each.labels): each.value
        if isinstance(each, VectorSample)
        else each.points
        for each in value
        if isinstance(each, VectorSample | Range)
    }


def vector(*values: float, **more: str) -> list[VectorSample]:
    """Samples of the labels n=0, n=1 … and `more`."""
    return [VectorSample(labels("m", n=str(n), **more), float(value)) for n, value in enumerate(values)]


def window(*points: tuple[float, float]) -> Range:
    """A range over all of its points' time, one second beyond on both sides."""
    return Range(labels("m"), list(points), points[0][0] - 1, points[-1][0] + 1)
