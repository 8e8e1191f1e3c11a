"""Which queries measure a check, in Flagger's order, and what is filled into them."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.spec.analysis import Metric
from canarytui.domain.spec.canary import Canary
from canarytui.metrics.check_queries import CheckQuery, QuerySource, check_query, shown_source, sources_of
from canarytui.metrics.primary_queries import primary_query
from canarytui.metrics.template import TemplateError

BUILTIN, INLINE, TEMPLATE = QuerySource.BUILTIN, QuerySource.INLINE, QuerySource.TEMPLATE


def metric_and_canary(entry: dict[str, Any], **spec: Any) -> tuple[Metric, Canary]:
    fields = {
        "targetRef": {"kind": "Deployment", "name": "cart"},
        "service": {"port": 80, "name": "shop-cart"},
        "analysis": {"metrics": [entry]},
        **spec,
    }
    canary = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": fields})
    return canary.spec.analysis.metrics[0], canary


@pytest.mark.parametrize(
    ("entry", "sources"),
    [
        ({"name": "request-success-rate"}, (BUILTIN,)),
        ({"name": "request-duration"}, (BUILTIN,)),
        ({"name": "mine", "query": "up"}, (INLINE,)),
        ({"name": "mine", "templateRef": {"name": "t"}}, (TEMPLATE,)),
        ({"name": "mine"}, ()),
        ({"name": "request-duration", "query": "up", "templateRef": {"name": "t"}}, (BUILTIN, INLINE, TEMPLATE)),
    ],
)
def test_a_check_may_have_several_queries_and_the_last_is_shown(
    entry: dict[str, Any], sources: tuple[QuerySource, ...]
) -> None:
    metric, _ = metric_and_canary(entry)
    assert sources_of(metric) == sources
    assert shown_source(metric) == (sources[-1] if sources else None)


@pytest.mark.parametrize(
    ("name", "provider", "series", "factor"),
    [
        ("request-success-rate", "istio", "istio_requests_total", 1.0),
        ("request-duration", "istio", "istio_request_duration_milliseconds_bucket", 1.0),
        ("request-duration", "kubernetes", "http_request_duration_seconds_bucket", 1000.0),
    ],
)
def test_built_in_queries_follow_the_controllers_provider(name: str, provider: str, series: str, factor: float) -> None:
    metric, canary = metric_and_canary({"name": name})
    query = check_query(BUILTIN, canary, metric, mesh_provider=provider)
    assert (query.source, query.factor) == (BUILTIN, factor)
    assert series in query.text
    assert "[1m]" in query.text, "Flagger's default interval"


@pytest.mark.parametrize(
    ("provider", "series"),
    [
        ("appmesh", "envoy_cluster_upstream_rq"),
        ("appmesh:v1beta2", "envoy_cluster_upstream_rq"),
        ("gloo", "envoy_cluster_upstream_rq"),
        ("gatewayapi:v1", "http_request_duration_seconds_count"),
        ("traefik", "istio_requests_total"),
        ("contour", "istio_requests_total"),
        ("skipper", "istio_requests_total"),
        ("knative", "istio_requests_total"),
    ],
)
def test_a_service_as_target_has_istios_queries_unless_flagger_compares_by_prefix(provider: str, series: str) -> None:
    metric, canary = metric_and_canary({"name": "request-success-rate"}, provider=provider)
    raw = {**canary.raw, "spec": {**canary.raw["spec"], "targetRef": {"kind": "Service", "name": "cart"}}}
    assert series in check_query(BUILTIN, Canary.parse(raw), metric).text


def test_strict_looks_for_the_targets_series_where_flagger_does() -> None:
    metric, canary = metric_and_canary({"name": "request-success-rate"}, provider="traefik")
    assert "shop-shop-cart-canary" in check_query(BUILTIN, canary, metric).text
    assert "shop-cart-canary" in check_query(BUILTIN, canary, metric, strict=True).text


@pytest.mark.parametrize(
    ("provider", "series"),
    [("gloo", "envoy_cluster_upstream_rq"), ("contour", "istio_requests_total"), ("traefik", "istio_requests_total"),
     ("none-such", "istio_requests_total")],
)  # fmt: skip
def test_a_service_as_target_is_observed_as_istios_but_with_the_providers_that_flagger_knows_by_prefix(
    provider: str, series: str
) -> None:
    target = {"kind": "Service", "name": "cart"}
    metric, canary = metric_and_canary({"name": "request-success-rate"}, provider=provider, targetRef=target)
    assert f"rate( {series}{{ " in check_query(BUILTIN, canary, metric).text
    of_primary = primary_query(canary, "request-success-rate", provider)
    assert (of_primary is not None) == (provider == "gloo"), "what is not measured is not compared either"


@pytest.mark.parametrize(
    ("source", "interval", "strict", "filled"),
    [
        (INLINE, "30s", False, "30s"),
        (INLINE, "", False, "1m"),
        (INLINE, "", True, "1m"),
        (TEMPLATE, "", False, "1m"),
        (TEMPLATE, "", True, ""),
    ],
)
def test_the_interval_is_filled_in(source: QuerySource, interval: str, strict: bool, filled: str) -> None:
    text = "rate({{ target }}.{{ namespace }}[{{ interval }}])"
    metric, canary = metric_and_canary({"name": "mine", "interval": interval, "query": text})
    query = check_query(source, canary, metric, template={"spec": {"query": text}}, strict=strict)
    assert query == CheckQuery(source, f"rate(cart.shop[{filled}])")


@pytest.mark.parametrize("template", [None, {}, {"spec": None}, {"spec": {}}])
def test_a_template_without_a_query_asks_nothing(template: dict[str, Any] | None) -> None:
    metric, canary = metric_and_canary({"name": "mine", "templateRef": {"name": "t"}})
    assert check_query(TEMPLATE, canary, metric, template=template).text == ""


def test_what_cannot_be_rendered_is_raised() -> None:
    metric, canary = metric_and_canary({"name": "mine", "query": "{{ nothing }}"})
    with pytest.raises(TemplateError):
        check_query(INLINE, canary, metric)
