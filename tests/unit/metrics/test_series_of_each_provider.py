"""Each provider's built-in checks, asked of what its exporter writes: the canary's requests are measured, no others."""

from __future__ import annotations

import pytest
from promql_samples import answer
from provider_expositions import CANARY, EXPORTERS, MEAN_MS, P99_MS, PRIMARY, RATE_PERCENT, measured_canary

from canarytui.domain.traffic import registry
from canarytui.metrics.builtin_queries import DURATION, SUCCESS_RATE
from canarytui.metrics.check_queries import QuerySource, check_query
from canarytui.metrics.primary_queries import primary_query

EACH = pytest.mark.parametrize("name", [each.name for each in registry.providers()])


def test_every_provider_has_an_exporter() -> None:
    assert EXPORTERS.keys() == {each.name for each in registry.providers()}


@EACH
def test_the_built_in_checks_measure_the_canary(name: str) -> None:
    canary, exporter, record = measured_canary(name), EXPORTERS[name], registry.named(name)
    assert record is not None
    asked = [
        check_query(QuerySource.BUILTIN, canary, check, mesh_provider=name, router=exporter.router)
        for check in canary.spec.analysis.metrics
    ]
    rate, duration = (answer(each.text, *exporter.exporters()) * each.factor for each in asked)
    assert rate == pytest.approx(RATE_PERCENT[CANARY])
    assert duration == pytest.approx((MEAN_MS if record.queries.mean else P99_MS)[CANARY])


@EACH
def test_the_same_of_the_primary(name: str) -> None:
    canary, exporter, record = measured_canary(name), EXPORTERS[name], registry.named(name)
    assert record is not None
    wanted = {SUCCESS_RATE: RATE_PERCENT, DURATION: MEAN_MS if record.queries.mean else P99_MS}
    for check, value in wanted.items():
        asked = primary_query(canary, check, name, router=exporter.router)
        assert (asked is None) == (PRIMARY not in exporter.series), "one series holds both"
        if asked is not None:
            text, factor = asked
            assert answer(text, *exporter.exporters()) * factor == pytest.approx(value[PRIMARY])
