"""Built-in queries asked of series as an exporter writes them: counters of a minute, scraped every 10 seconds."""

from __future__ import annotations

from canarytui.domain.spec.canary import Canary
from canarytui.metrics.check_queries import QuerySource, check_query
from canarytui.metrics.primary_queries import primary_query
from canarytui.sandbox.prometheus.evaluate import Evaluator, parse
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage

_SCRAPES = range(0, 61, 10)
Series = tuple[str, dict[str, str], float]
"""Name, labels, and by how much the counter grows in a second."""


def asked(canary: Canary, check: str, series: list[Series], *, of_primary: bool = False) -> float | None:
    """What a built-in check measures, in its own unit; None where it finds no series."""
    [metric] = [each for each in canary.spec.analysis.metrics if each.name == check]
    if of_primary:
        question = primary_query(canary, check, canary.spec.provider)
        assert question is not None
        text, factor = question
    else:
        query = check_query(QuerySource.BUILTIN, canary, metric)
        text, factor = query.text, query.factor
    storage = SeriesStorage()
    for at_s in _SCRAPES:
        for name, labels, rate in series:
            storage.append(make_labels({"__name__": name, **labels}), at_s, rate * at_s)
    found = Evaluator(storage, _SCRAPES[-1]).evaluate(parse(text))
    if not found:
        return None
    assert isinstance(found, list)
    [sample] = found
    return round(sample.value * factor, 6)


def measured_canary(provider: str, **spec: object) -> Canary:
    """The canary cart in shop, whose Service is called shop-cart, with both built-in checks."""
    checks = ("request-success-rate", "request-duration")
    metrics = [{"name": name, "interval": "1m", "thresholdRange": {"max": 500}} for name in checks]
    given = {
        "provider": provider,
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
        "service": {"name": "shop-cart", "port": 80},
        "analysis": {"interval": "10s", "metrics": metrics},
        **spec,
    }
    return Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": given})
