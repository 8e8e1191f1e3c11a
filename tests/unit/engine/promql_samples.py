"""Built-in queries tried on samples: two minutes of expositions, scraped every five seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from canarytui.sandbox.prometheus.evaluate.evaluator import Evaluator, parse
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.exposition import parse as samples_of
from canarytui.sandbox.prometheus.storage import SeriesStorage

Exposition = Callable[[int], str]
"""The text that is exported after so many seconds."""

_BEGIN_S, _LASTS_S, _SCRAPE_S = 1000, 120, 5


def answer(query: str, *exporters: tuple[Exposition, Mapping[str, str]]) -> float:
    """The one value of `query` at the end. Each exporter comes with the labels that a scrape adds to its series."""
    storage = SeriesStorage()
    for after_s in range(0, _LASTS_S + _SCRAPE_S, _SCRAPE_S):
        for exposition, added in exporters:
            for labels, value, _ in samples_of(exposition(after_s)):
                storage.append(make_labels({**dict(labels), **added}), _BEGIN_S + after_s, value)
    found = Evaluator(storage, float(_BEGIN_S + _LASTS_S)).evaluate(parse(query))
    assert isinstance(found, list), found
    [sample] = found
    return float(sample.value)
