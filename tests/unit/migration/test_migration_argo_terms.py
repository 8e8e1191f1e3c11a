"""Conditions, arguments, durations and metric services of Argo Rollouts, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.migration.argo_arguments import argument_values, to_arguments, to_variables
from canarytui.migration.argo_conditions import condition_of, range_of
from canarytui.migration.argo_providers import SERVICES_OF_BOTH, of_argo, of_flagger
from canarytui.migration.argo_steps import duration_s, flagger_interval


@pytest.mark.parametrize(
    ("success", "failure", "limits", "lost", "strict"),
    [
        ("result[0] >= 0.95", "", {"min": 0.95}, (), False),
        ("result <= 500", "", {"max": 500.0}, (), False),
        ("result[0] > 0.95", "", {"min": 0.95}, (), True),
        ("result[0] >= 0.9 && result[0] <= 1", "", {"min": 0.9, "max": 1.0}, (), False),
        ("(result[0] >= 0.9) && (result[0] <= 1)", "", {"min": 0.9, "max": 1.0}, (), False),
        ("result == 0", "", {"min": 0.0, "max": 0.0}, (), False),
        ("", "result[0] < 0.95", {"min": 0.95}, (), False),
        ("", "result[0] >= 5 || result[0] < 1", {"min": 1.0, "max": 5.0}, (), True),
        ("default(result, 0) < 0.05", "", {"max": 0.05}, (), True),
        ("asFloat(result[0]) >= 1e-3", "", {"min": 0.001}, (), False),
        ("result.successRate >= 0.95", "", {"min": 0.95}, (), False),
        ("len(result) == 0 || result[0] < 5", "", {}, ("len(result) == 0 || result[0] < 5",), False),
        ("all(result, # > 1)", "", {}, ("all(result, # > 1)",), False),
        ("result[0] >= 0.9 && len(result) > 0", "", {"min": 0.9}, ("len(result) > 0",), False),
        ("result == 'true'", "", {}, ("result == 'true'",), False),
        ("", "", {}, (), False),
    ],
)
def test_conditions(success: str, failure: str, limits: dict[str, float], lost: tuple[str, ...], strict: bool) -> None:
    found = range_of(success, failure)
    assert (dict(found.range), found.lost, found.strict) == (limits, lost, strict)


@pytest.mark.parametrize("limits", [{"min": 99.0}, {"max": 0.05}, {"min": 0.1, "max": 1e6}, {"min": -1.5}])
def test_a_range_comes_back_out_of_its_condition(limits: dict[str, float]) -> None:
    for service in SERVICES_OF_BOTH:
        assert dict(range_of(condition_of(limits, service.result), "").range) == limits


def test_arguments_become_variables() -> None:
    values = argument_values(
        [{"name": "service-name"}, {"name": "namespace", "value": "test"}, {"name": "hash"}],
        [{"name": "service-name", "value": "web"}, {"name": "hash", "valueFrom": {"podTemplateHashValue": "Latest"}}],
    )
    query = 'x{a="{{args.service-name}}",n="{{ args.namespace }}",h="{{args.hash}}"}'
    text, variables, unknown, interval = to_variables(query, values, {"namespace": "test"})
    assert text == 'x{a="{{ variables.serviceName }}",n="{{ namespace }}",h="{{ variables.hash }}"}'
    assert variables == {"serviceName": "web", "hash": "SET-ME"}
    assert (unknown, interval) == (["hash"], "")


def test_variables_become_arguments() -> None:
    text, arguments, left = to_arguments(
        '{{ target }} {{variables.a}} {{ index variables "b-c" }} {{ unknown }}', {"target": "web"}, {"a": "1"}
    )
    assert text == '{{args.target}} {{args.a}} {{ index variables "b-c" }} {{ unknown }}'
    assert arguments == [{"name": "target", "value": "web"}, {"name": "a", "value": "1"}]
    assert left == ['{{ index variables "b-c" }}', "{{ unknown }}"]


@pytest.mark.parametrize(("given", "seconds"), [(30, 30.0), ("30", 30.0), ("10m", 600.0), ("1h", 3600.0), ("x", None)])
def test_durations(given: object, seconds: float | None) -> None:
    assert duration_s(given) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(3600, "60m"), (90, "90s"), (60, "1m"), (10, "10s")])
def test_intervals_have_the_form_that_the_crd_wants(seconds: float, text: str) -> None:
    assert flagger_interval(seconds) == text


@pytest.mark.parametrize(
    ("argo", "type_", "query"),
    [
        ({"datadog": {"apiVersion": "v1", "query": "avg:x{*}"}}, "datadog", "avg:x{*}"),
        ({"newRelic": {"profile": "p", "query": "FROM T SELECT x SINCE 5 minutes ago"}}, "newrelic", "FROM T SELECT x"),
        ({"graphite": {"address": "http://g", "query": "target=x&from=-5min"}}, "graphite", "target=x&from=-5min"),
        ({"influxdb": {"profile": "p", "query": 'from(bucket: "b")'}}, "influxdb", 'from(bucket: "b")'),
    ],
)
def test_metric_services(argo: dict[str, Any], type_: str, query: str) -> None:
    service = of_argo(argo)
    assert service is not None
    assert service == of_flagger(type_)
    _, text, _ = service.to_flagger(argo[service.argo])
    assert text == query
    assert service.to_argo({"address": "http://g"}, query)["query"] == query


def test_cloudwatchs_keys_are_those_of_each_tool() -> None:
    service = of_argo({"cloudWatch": {}})
    assert service is not None
    asked = {"metricDataQueries": [{"id": "rate", "metricStat": {"period": 60, "stat": "p95"}, "returnData": True}]}
    _, query, _ = service.to_flagger(asked)
    assert '"MetricStat"' in query
    assert service.to_argo({}, query) == asked


@pytest.mark.parametrize("provider", [{"web": {}}, {"job": {}}, {"kayenta": {}}, {}])
def test_what_flagger_does_not_ask(provider: dict[str, Any]) -> None:
    assert of_argo(provider) is None
