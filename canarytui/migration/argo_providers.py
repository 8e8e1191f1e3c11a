"""Metric services that both tools ask, field by field; what only one of them asks has no counterpart."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text


class MetricService(Struct, frozen=True):
    """One service.

    Attributes:
        flagger: its ``provider.type``.
        argo: its field in a metric's ``provider``.
        result: what Argo Rollouts calls the value in a condition.
        to_flagger: (``provider`` without its type, the query, what is lost as (field, what to do)).
        to_argo: the field's content, of ``provider`` and the query.
    """

    flagger: str
    argo: str
    result: str
    to_flagger: Callable[[KubernetesObject], tuple[dict[str, Any], str, list[tuple[str, str]]]]
    to_argo: Callable[[KubernetesObject, str], dict[str, Any]]


_SECRET = "its credentials: make a Secret beside the MetricTemplate with {keys}, and name it in spec.provider.secretRef"


def _prometheus(given: KubernetesObject) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
    made: dict[str, Any] = {}
    lost = []
    if given.get("address"):
        made["address"] = given["address"]
    else:
        lost.append(("address", "the controller's own Prometheus: write its address into spec.provider.address"))
    headers = {as_text(each.get("key")): [as_text(each.get("value"))] for each in as_mappings(given.get("headers"))}
    made |= {"headers": headers} if headers else {}
    made |= {"insecureSkipVerify": True} if given.get("insecure") else {}
    if given.get("authentication"):
        lost.append(("authentication", _SECRET.format(keys="token, or username and password")))
    lost += [(field, "no field of a MetricTemplate") for field in ("timeout", "rangeQuery") if given.get(field)]
    return made, as_text(given.get("query")), lost


def _to_prometheus(provider: KubernetesObject, query: str) -> dict[str, Any]:
    headers = [
        {"key": key, "value": value}
        for key, values in as_mapping(provider.get("headers")).items()
        for value in (values if isinstance(values, list) else [])
    ]
    return {
        **({"address": provider["address"]} if provider.get("address") else {}),
        **({"insecure": True} if provider.get("insecureSkipVerify") else {}),
        **({"headers": headers} if headers else {}),
        "query": query,
    }


def _datadog(given: KubernetesObject) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
    lost = [("secretRef", _SECRET.format(keys="datadog_api_key and datadog_application_key"))]
    unlike = ("queries", "formula", "aggregator")
    lost += [(field, "Flagger asks one query of the API v1") for field in unlike if given.get(field)]
    return {}, as_text(given.get("query")), lost


def _newrelic(given: KubernetesObject) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
    query, since, _ = as_text(given.get("query")).partition(" SINCE ")
    lost = [("profile", _SECRET.format(keys="newrelic_account_id and newrelic_query_key"))]
    lost += [("query", "SINCE … is left out: Flagger adds it, for the check's interval")] if since else []
    lost.append(("query", "Flagger wants one number, called result: SELECT … AS 'result'"))
    return {}, query.strip(), lost


def _cloudwatch(given: KubernetesObject) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
    queries = _with_keys(given.get("metricDataQueries"), str.capitalize)
    return {}, json.dumps(queries, indent=2), [("metricDataQueries", "write the region into spec.provider.region")]


def _to_cloudwatch(provider: KubernetesObject, query: str) -> dict[str, Any]:
    try:
        queries = json.loads(query)
    except ValueError:
        queries = []
    return {"metricDataQueries": _with_keys(queries, str.lower)}


def _with_keys(value: Any, first: Callable[[str], str]) -> Any:
    """Keys with their first letter as `first` makes it: Argo Rollouts writes ``metricStat``, AWS ``MetricStat``."""
    if isinstance(value, list):
        return [_with_keys(each, first) for each in value]
    if isinstance(value, Mapping):
        return {first(key[:1]) + key[1:]: _with_keys(each, first) for key, each in value.items()}
    return value


def _addressed(given: KubernetesObject) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
    return {"address": given.get("address") or ""}, as_text(given.get("query")), []


def _influxdb(given: KubernetesObject) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
    text = "write its address into spec.provider.address; " + _SECRET.format(keys="token and org")
    return {}, as_text(given.get("query")), [("profile", text)]


SERVICES_OF_BOTH = (
    MetricService("prometheus", "prometheus", "result[0]", _prometheus, _to_prometheus),
    MetricService("datadog", "datadog", "result", _datadog, lambda _, query: {"apiVersion": "v1", "query": query}),
    MetricService("newrelic", "newRelic", "result.result", _newrelic, lambda _, query: {"query": query}),
    MetricService("cloudwatch", "cloudWatch", "result[0].Values[0]", _cloudwatch, _to_cloudwatch),
    MetricService(
        "graphite",
        "graphite",
        "result[0]",
        _addressed,
        lambda provider, query: {"address": provider.get("address"), "query": query},
    ),
    MetricService("influxdb", "influxdb", "result[0]", _influxdb, lambda _, query: {"query": query}),
)


def of_argo(provider: KubernetesObject) -> MetricService | None:
    """The service of a metric's ``provider`` in an AnalysisTemplate; None for one that Flagger does not ask."""
    return next((each for each in SERVICES_OF_BOTH if each.argo in provider), None)


def of_flagger(type_: str) -> MetricService | None:
    """The service of a MetricTemplate's ``provider.type``; None for one that Argo Rollouts does not ask."""
    return next((each for each in SERVICES_OF_BOTH if each.flagger == type_), None)
