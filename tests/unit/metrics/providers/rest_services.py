"""How each metric service with an HTTP API answers, and what our providers make of it: data for
``test_rest_providers.py``."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from canarytui.metrics.answers import Answer, NoValues, QueryFailed, Value

NOW_S = 1_795_704_496.3
SECRET = "S3CR3T/k+y"
SECRETS = (SECRET, "S3CR3T%2Fk%2By", "Z3JhcGhpdGU6UzNDUjNUL2sreQ==")
"""As it is, in a URL, and in an Authorization header of Graphite's user."""
NULL, NAN, SEVERAL, EMPTY = "null", "nan", "several", "empty"


@dataclass
class RestService:
    """How one service is asked and answers: `good` makes an answer of a value, the others are answers as they are.

    `expected` are (default, strict) answers for the kinds where services differ; ``{body}`` is the answer's text.
    """

    type: str
    credentials: dict[str, str]
    good: Any
    bodies: dict[str, Any]
    expected: dict[str, tuple[Answer, Answer]]
    refused: tuple[str, str] = ("error response: {body}: {status}", "error response: {body}: {status}")
    headers: dict[str, str] = field(default_factory=dict)
    query: str = "errors"


def none_of(body: str = "{body}") -> NoValues:
    return NoValues(f"invalid response: {body}: no values found")


def no_json(text: str = "") -> QueryFailed:
    return QueryFailed(f"error unmarshaling result: {text}")


def datadog(*points: Any, more: tuple[Any, ...] = (), **other: Any) -> dict[str, Any]:
    series = [{"metric": "m", "interval": 60, "pointlist": list(points)}, *more]
    return {"status": "ok", "series": series, **other}


def point(minutes_ago: int, value: Any) -> list[Any]:
    return [int(NOW_S - 60 * minutes_ago) * 1000.0, value]


def csv(value: str, *, datatype: str = "double", more: str = "") -> str:
    lines = (
        f"#datatype,string,long,{datatype}",
        "#group,false,false,false",
        "#default,_result,,",
        ",result,table,_value",
        f",,0,{value}",
        more,
    )
    return "\r\n".join((*lines, ""))


def dynatrace(*series: Any) -> dict[str, Any]:
    return {"totalCount": 1, "result": [{"metricId": "m", "data": list(series)}]}


def values(*given: Any) -> dict[str, Any]:
    return {"dimensions": ["a"], "timestamps": [0] * len(given), "values": list(given)}


def nerdgraph(*results: Any) -> dict[str, Any]:
    return {"data": {"actor": {"account": {"nrql": {"results": list(results)}}}}}


SERVICES = {
    "datadog": RestService(
        "datadog",
        {"datadog_api_key": SECRET, "datadog_application_key": SECRET},
        lambda value: datadog(point(3, value), point(2, value), point(0, 99)),
        {
            EMPTY: {"status": "ok", "series": []},
            NULL: datadog(point(3, None), point(2, None)),
            NAN: '{"status": "ok", "series": [{"pointlist": [[1795704496000.0, NaN]]}]}',
            SEVERAL: datadog(point(2, 1.5), more=({"pointlist": [point(2, 7)]},)),
            "no-points": datadog(),
            "null-first": datadog(point(3, None), point(2, 2.5)),
            "old": datadog(point(9, 7), point(1, 1.5), point(0, 7)),
            "only-incomplete": datadog(point(0, 1.5)),
            "error": {"status": "error", "error": "bad query"},
            "broken-point": datadog([1795704496000.0]),
            "text": datadog(point(2, "1.5")),
            "infinite": '{"series": [{"pointlist": [[1795704376000, 1e999]]}]}',
            "enormous": '{"series": [{"pointlist": [[1795704376000, 1' + "0" * 400 + "]]}]}",
            "no-object": "[]",
            "nothing": "null",
        },
        {
            EMPTY: (none_of(), none_of()),
            NULL: (none_of(), Value(0.0)),
            NAN: (no_json("NaN is no JSON, '{body}'"), no_json("NaN is no JSON, '{body}'")),
            SEVERAL: (Value(1.5), Value(1.5)),
            "no-points": (none_of(), none_of()),
            "null-first": (Value(2.5), Value(0.0)),
            "old": (Value(1.5), Value(7.0)),
            "only-incomplete": (Value(1.5), Value(1.5)),
            "error": (QueryFailed("error response: {body}"), none_of()),
            "broken-point": (no_json("a point has no value, '{body}'"),) * 2,
            "text": (no_json("a value is no number, '{body}'"),) * 2,
            "infinite": (no_json("a number is too large, '{body}'"),) * 2,
            "enormous": (no_json("a number is too large, '{body}'"),) * 2,
            "no-object": (no_json("no JSON object, '{body}'"),) * 2,
            "nothing": (none_of(), none_of()),
        },
        headers={"DD-API-KEY": SECRET, "DD-APPLICATION-KEY": SECRET},
    ),
    "newrelic": RestService(
        "newrelic",
        {"newrelic_account_id": "1234567", "newrelic_query_key": SECRET},
        lambda value: {"results": [{"result": value}]},
        {
            EMPTY: {"results": []},
            NULL: {"results": [{"result": None}]},
            NAN: '{"results": [{"result": NaN}]}',
            SEVERAL: {"results": [{"result": 1}, {"result": 2}]},
            "percentile": {"results": [{"percentiles": {"95": 1.5}}]},
            "alias": {"results": [{"errors": 1.5}]},
            "two-numbers": {"results": [{"result": 1.5, "count": 2}]},
            "text": {"results": [{"result": "1.5"}]},
        },
        {
            EMPTY: (none_of(), none_of()),
            NULL: (none_of(), none_of()),
            NAN: (no_json("NaN is no JSON, '{body}'"),) * 2,
            SEVERAL: (QueryFailed("query returned multiple values"), none_of()),
            "percentile": (Value(1.5), none_of()),
            "alias": (Value(1.5), none_of()),
            "two-numbers": (QueryFailed("query returned multiple values"), Value(1.5)),
            "text": (no_json("a value is no number, '{body}'"),) * 2,
        },
        refused=("error response: {body}: {status}", "error response: {body}: %!w(<nil>)"),
        headers={"X-Query-Key": SECRET},
    ),
    "graphite": RestService(
        "graphite",
        {"username": "graphite", "password": SECRET},
        lambda value: [{"target": "t", "datapoints": [[99, 1], [value, 2], [None, 3]]}],
        {
            EMPTY: [],
            NULL: [{"target": "t", "datapoints": [[None, 1]]}],
            NAN: [{"target": "t", "datapoints": [["NaN", 1]]}],
            SEVERAL: [{"datapoints": [[7, 1]]}, {"datapoints": [[1.5, 1]]}, {"datapoints": [[None, 1]]}],
            "text": [{"datapoints": [["1.5", 1]]}],
            "words": [{"datapoints": [["many", 1]]}],
            "broken-point": [{"datapoints": [[1.5]]}],
            "no-list": {"error": "?"},
            "bare-nan": '[{"datapoints": [[NaN, 1]]}]',
        },
        {
            EMPTY: (NoValues(), NoValues()),
            NULL: (NoValues(), NoValues()),
            NAN: (none_of(), Value(math.nan)),
            SEVERAL: (Value(1.5), Value(1.5)),
            "text": (Value(1.5), Value(1.5)),
            "words": (no_json("a datapoint is no number, '{body}'"),) * 2,
            "broken-point": (no_json("a datapoint is no pair of value and time, '{body}'"),) * 2,
            "no-list": (no_json("no list of targets, '{body}'"),) * 2,
            "bare-nan": (no_json("NaN is no JSON, '{body}'"),) * 2,
        },
        refused=("error response: {body}",) * 2,
        headers={"Authorization": f"Basic {SECRETS[2]}"},
        query="target=errors&from=-5min",
    ),
    "influxdb": RestService(
        "influxdb",
        {"token": SECRET, "org": "shop"},
        lambda value: csv(str(value), more=",,0,99\r\n"),
        {
            EMPTY: "\r\n",
            NULL: csv(""),
            NAN: csv("NaN"),
            SEVERAL: csv("1.5", more=f"\r\n{csv('7')}"),
            "no-body": "",
            "no-rows": csv("x").replace(",,0,x\r\n", ""),
            "long": csv("7", datatype="long"),
            "text": csv("7", datatype="string"),
            "no-number": csv("1.2.3"),
            "error-table": "#datatype,string,long\r\n#default,,\r\n,error,reference\r\n,bad,897\r\n",
            "html": "<html></html>",
            "default": csv("").replace("#default,_result,,", "#default,_result,,2.5"),
            "no-value-column": csv("1.5").replace("_value", "other"),
        },
        {
            EMPTY: (NoValues(), Value(0.0)),
            NULL: (none_of("_value:,result:_result,table:0"),) * 2,
            NAN: (none_of("_value:NaN,result:_result,table:0"), Value(math.nan)),
            SEVERAL: (Value(1.5), Value(1.5)),
            "no-body": (NoValues(), Value(0.0)),
            "no-rows": (NoValues(), Value(0.0)),
            "long": (Value(7.0), QueryFailed("invalid response: _value:7,result:_result,table:0")),
            "text": (QueryFailed("invalid response: _value:7,result:_result,table:0"),) * 2,
            "no-number": (QueryFailed("invalid response: 1.2.3 is no number: {body}"), Value(0.0)),
            "error-table": (QueryFailed("invalid response: InfluxDB reports an error: {body}"), Value(0.0)),
            "html": (QueryFailed("invalid response: it is no annotated CSV: {body}"), Value(0.0)),
            "default": (Value(2.5), Value(2.5)),
            "no-value-column": (none_of("other:1.5,result:_result,table:0"),) * 2,
        },
        refused=("error accessing influxdb query api: {status}: {body}",) * 2,
        headers={"Authorization": f"Token {SECRET}"},
    ),
    "dynatrace": RestService(
        "dynatrace",
        {"dynatrace_token": SECRET},
        lambda value: dynatrace(values(99), values(value, 99)),
        {
            EMPTY: dynatrace(),
            NULL: dynatrace(values(None)),
            NAN: '{"result": [{"data": [{"values": [NaN]}]}]}',
            SEVERAL: dynatrace(values(7), values(1.5)),
            "no-result": {"totalCount": 0, "result": []},
            "no-values": dynatrace(values()),
            "text": dynatrace(values("1.5")),
            "no-object": "7",
        },
        {
            EMPTY: (none_of(), none_of()),
            NULL: (none_of(), Value(0.0)),
            NAN: (no_json("NaN is no JSON, '{body}'"),) * 2,
            SEVERAL: (Value(1.5), Value(1.5)),
            "no-result": (none_of(), none_of()),
            "no-values": (none_of(), none_of()),
            "text": (no_json("a value is no number, '{body}'"),) * 2,
            "no-object": (no_json("no JSON object, '{body}'"),) * 2,
        },
        refused=("error response: {body}: {status}", "error response: {body}: %!w(<nil>)"),
        headers={"Authorization": f"Api-Token {SECRET}"},
    ),
}
NERDGRAPH = RestService(
    "newrelic",
    {"newrelic_account_id": "1234567", "newrelic_user_key": SECRET},
    lambda value: nerdgraph({"count": value}),
    {
        EMPTY: nerdgraph(),
        NULL: nerdgraph({"average.duration": None}),
        NAN: '{"data": {"actor": {"account": {"nrql": {"results": [{"a": NaN}]}}}}}',
        SEVERAL: nerdgraph({"count": 1}, {"count": 2}),
        "percentile": nerdgraph({"percentile.duration": {"95": 1.5}}),
        "text": nerdgraph({"latest": "1.5"}),
        "error": {"errors": [{"message": "NRQL Syntax Error"}], "data": None},
        "no-account": {"data": {"actor": {"account": None}}},
    },
    {
        EMPTY: (none_of(), none_of()),
        NULL: (none_of(), none_of()),
        NAN: (no_json("NaN is no JSON, '{body}'"),) * 2,
        SEVERAL: (QueryFailed("query returned multiple values"),) * 2,
        "percentile": (Value(1.5),) * 2,
        "text": (no_json("a value is no number, '{body}'"),) * 2,
        "error": (QueryFailed("error response: {body}"),) * 2,
        "no-account": (none_of(),) * 2,
    },
    headers={"API-Key": SECRET},
)
"""Not in Flagger: there is one way only."""
ALL = {**SERVICES, "newrelic-nerdgraph": NERDGRAPH}
