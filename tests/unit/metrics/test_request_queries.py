"""Requests of canary and primary, of every traffic provider's series: they agree with what the checks measure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest
from exported_series import Series, asked, measured_canary
from replacing import replace

from canarytui.domain.rollout.request_numbers import LatencyBuckets, RequestCounts, RequestTotals, Side
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.queries import RequestSeries
from canarytui.metrics.providers.prometheus_vector import Sample
from canarytui.metrics.request_queries import RequestQueries, request_queries
from canarytui.sandbox.prometheus.evaluate import Evaluator, parse
from canarytui.sandbox.prometheus.evaluate.values import VectorSample
from canarytui.sandbox.prometheus.exposition import make_labels
from canarytui.sandbox.prometheus.storage import SeriesStorage

NAMES = [each.name for each in registry.providers()]
REQUEST_LINE_MOST = 8000
ROUTER = {
    "metadata": {"annotations": {"flagger.app/primary-revision": "cart-00001"}},
    "status": {"latestCreatedRevisionName": "cart-00002"},
}
_SAMPLES = (("[0-9a-zA-Z]+(-[0-9a-zA-Z]+)", "5d9-x7k"), ("[0-9a-zA-Z-]+", "80"), ("(_[0-9]+)?", ""), ("(ew)?", ""))


def matching(selector: str) -> dict[str, str]:
    """Labels that a selector takes."""
    found: dict[str, str] = {}
    for label, operator, pattern in re.findall(r'(\w+)\s*(=~|!=|=)\s*"([^"]*)"', selector):
        if operator == "=~":
            for part, sample in _SAMPLES:
                pattern = pattern.replace(part, sample)
            pattern = pattern.replace(".*", "x").replace(".+", "x").split("|")[0]
        found[label] = pattern if operator != "!=" else "other"
    return found


def exported(series: RequestSeries, *, failing: float, le: tuple[str, str]) -> list[Series]:
    """Ten requests a second, of which `failing` fail; all take longer than the first bound, none longer than the
    second."""
    labels = matching(series.selector)
    label, pattern = series.failed
    bad = {series.code: "503", label: pattern.split("|")[0].replace("5.*", "503").replace("5..", "503")}
    good = {series.code: "200", label: "200" if label == series.code else "success"}
    if label == "grpc_code":
        good = {label: "OK"}
    counted = [({**labels, **good}, 10 - failing), ({**labels, **bad}, failing)]
    found: list[Series] = [(series.counter, each, rate) for each, rate in counted]
    timed = [({**matching(series.bucket_selector), series.code: "any"}, 10.0)]
    histograms = {series.bucket: timed}
    if series.counter.endswith("_count"):  # the histogram whose count it is has buckets of the same labels
        histograms[series.counter.removesuffix("_count") + "_bucket"] = counted
    for bucket, sides in histograms.items():
        for each, rate in sides:
            bounds = ((le[0], 0.0), (le[1], rate), ("+Inf", rate))
            found += [(bucket, {**each, "le": bound}, reached) for bound, reached in bounds]
    return found


def queries_of(canary: Canary, provider: str) -> RequestQueries:
    found = request_queries(canary, provider, ROUTER)
    assert found is not None, f"{provider} counts no requests: its record must say so, and this test"
    return found


def evaluated(series: list[Series], text: str, at_s: float = 60.0) -> list[Sample]:
    storage = SeriesStorage()
    for moment in range(0, 61, 10):
        for name, labels, rate in series:
            storage.append(make_labels({"__name__": name, **labels}), moment, rate * moment)
    return instant(storage, text, at_s)


def instant(storage: SeriesStorage, text: str, at_s: float) -> list[Sample]:
    found = Evaluator(storage, at_s).evaluate(parse(text))
    assert isinstance(found, list)
    return [Sample(dict(each.labels), each.value) for each in found if isinstance(each, VectorSample)]


def bare(name: str) -> str:
    return f"{name}:any" if name.startswith("smi:") else name


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_of_every_provider_agree_with_its_checks(name: str) -> None:
    canary = measured_canary(bare(name))
    queries = queries_of(canary, bare(name))
    in_seconds = queries.canary.bucket_ms > 1
    series = exported(queries.canary, failing=1.0, le=("0.1", "0.5") if in_seconds else ("100", "500"))
    if queries.primary is not None:
        series += exported(queries.primary, failing=4.0, le=("0.01", "0.05") if in_seconds else ("10", "50"))
    numbers = queries.numbers(evaluated(series, queries.window_query()))

    assert numbers.canary.rate.total == pytest.approx(10)
    assert numbers.canary.rate.failed == pytest.approx(1)
    assert numbers.canary.quantile_ms(0.5) == pytest.approx(300)
    record = registry.named(bare(name))
    assert record is not None
    if record.measured is None:  # the check's query takes its names from the router, which `asked` does not give it
        assert asked(canary, "request-success-rate", series) == pytest.approx(numbers.canary.rate.success_percent)
        if not record.queries.mean:
            assert asked(canary, "request-duration", series) == pytest.approx(numbers.canary.quantile_ms(0.99))
    if name == "apisix":  # one route holds both backends
        assert numbers.primary is None
        assert numbers.share_percent is None
        return
    assert numbers.primary is not None
    assert numbers.primary.rate.success_percent == pytest.approx(60)
    assert numbers.primary.quantile_ms(0.5) == pytest.approx(30)
    assert numbers.share_percent == pytest.approx(50)


@pytest.mark.parametrize("name", NAMES)
def test_every_query_fits_into_a_request_line(name: str) -> None:
    spec = {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "n" * 50}, "service": {"port": 80}}
    queries = queries_of(measured_canary(bare(name), **spec), bare(name))
    for text in (queries.past_query(), queries.total_query(86_400, 3600)):
        assert len(quote_plus(text)) < REQUEST_LINE_MOST


def test_what_is_not_measured_is_not_asked() -> None:
    assert request_queries(measured_canary("knative"), "knative", None) is None
    service = measured_canary("traefik", targetRef={"kind": "Service", "name": "cart"})
    queries = request_queries(service, "traefik")
    assert queries is not None
    assert queries.primary is None


def totals(samples: dict[str, list[tuple[float, float]]], window_s: float, ago_s: float, at_s: float) -> RequestCounts:
    """Of the canary, given (time, value) of its counters by code."""
    storage = SeriesStorage()
    queries = queries_of(measured_canary("traefik"), "traefik")
    for code, points in samples.items():
        labels = {"__name__": queries.canary.counter, **matching(queries.canary.selector), "code": code}
        for moment, value in points:
            storage.append(make_labels(labels), moment, value)
    return queries.totals(instant(storage, queries.total_query(window_s, ago_s), at_s))[Side.CANARY]


def test_totals_are_exact() -> None:
    lived = [(at, 1000.0 + at) for at in range(0, 601, 10)]
    appeared = [(at, 7.0 + (at - 450) / 10) for at in range(450, 601, 10)]
    counts = totals({"200": lived, "500": appeared}, 300, 0, 600)
    assert counts.by_code == {"200": 300.0, "500": 22.0}
    assert counts.failed == 22.0


def test_totals_of_a_rollout_that_is_over() -> None:
    lived = [(at, float(at)) for at in range(0, 601, 10)]
    assert totals({"200": lived}, 200, 300, 600).total == 200.0


def test_a_reset_loses_nothing_that_was_scraped() -> None:
    reset = [(at, float(at if at < 400 else at - 400)) for at in range(0, 601, 10)]
    assert totals({"200": reset}, 300, 0, 600).total == pytest.approx(300, abs=15)


def test_excess_over_the_primary() -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    canary = RequestCounts({"200": 900.0, "500": 100.0}, 100.0)
    found = RequestTotals(at, at, canary, RequestCounts({"200": 1980.0, "500": 20.0}, 20.0))
    assert found.excess_failures == pytest.approx(90)
    assert replace(found, primary=None).excess_failures is None


def test_classes_of_codes() -> None:
    counts = RequestCounts({"200": 3.0, "204": 1.0, "404": 2.0, "OK": 1.0, "": 1.0}, 0.0)
    assert counts.by_class() == {"no code": 1.0, "2xx": 4.0, "4xx": 2.0, "OK": 1.0}
    assert RequestCounts().success_percent is None


def test_quantiles_as_prometheus_has_them() -> None:
    buckets = LatencyBuckets(((100.0, 50.0), (500.0, 90.0), (float("inf"), 100.0)))
    assert buckets.quantile_ms(0.5) == 100.0
    assert buckets.quantile_ms(0.7) == pytest.approx(300)
    assert buckets.quantile_ms(0.99) == 500.0
    assert LatencyBuckets().quantile_ms(0.5) is None
