"""Every provider with an HTTP API × every kind of answer: what comes of it by default, and as Flagger takes it."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio
from scripted_service import Scripted, ScriptedService, scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import Answer, NoValues, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers import rest_provider
from canarytui.metrics.providers.base import MetricProvider
from canarytui.metrics.providers.registry import provider_class
from canarytui.metrics.providers.rest_provider import RestProvider

NOW_S = 1_795_704_496.3
SECRET = "S3CR3T/k+y"
SECRETS = (SECRET, "S3CR3T%2Fk%2By", "Z3JhcGhpdGU6UzNDUjNUL2sreQ==")
"""As it is, in a URL, and in an Authorization header of Graphite's user."""
NULL, NAN, SEVERAL, EMPTY = "null", "nan", "several", "empty"


@dataclass
class Service:
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
    "datadog": Service(
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
            "no-object": (no_json("no JSON object, '{body}'"),) * 2,
            "nothing": (none_of(), none_of()),
        },
        headers={"DD-API-KEY": SECRET, "DD-APPLICATION-KEY": SECRET},
    ),
    "newrelic": Service(
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
    "graphite": Service(
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
    "influxdb": Service(
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
    "dynatrace": Service(
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
NERDGRAPH = Service(
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
SHAPES = [(name, kind) for name, service in ALL.items() for kind in service.bodies]
MODES = [(name, strict) for name in SERVICES for strict in (False, True)] + [("newrelic-nerdgraph", False)]


@pytest_asyncio.fixture
async def service() -> AsyncIterator[ScriptedService]:
    async with scripted() as served:
        yield served


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MetricProvider, "clock", staticmethod(lambda: NOW_S))


def opened(cluster: Cluster, name: str, address: str, *, strict: bool = False, **changes: Any) -> MetricProvider:
    service = ALL[name]
    spec = ProviderSpec(service.type, address, credentials=service.credentials, interval="1m", strict=strict)
    spec = replace(spec, **changes)
    assert provider_class(service.type).configuration_error(spec) == ""
    return provider_class(service.type)(cluster, spec)


def filled(answer: Answer, body: str) -> Answer:
    if isinstance(answer, Value):
        return answer
    return replace(answer, reason=answer.reason.replace("{body}", body))


def same(got: Answer, expected: Answer) -> bool:
    if isinstance(got, Value) and isinstance(expected, Value) and math.isnan(expected.value):
        return math.isnan(got.value)
    return got == expected


@pytest.mark.parametrize(("name", "strict"), MODES)
async def test_a_value(lone_cluster: Cluster, service: ScriptedService, name: str, strict: bool) -> None:
    provider = opened(lone_cluster, name, service.address, strict=strict)
    for value in (1.5, 0, -3):
        service.script = Scripted(ALL[name].good(value))
        assert await provider.query(ALL[name].query) == Value(value)
    assert await provider.is_online()
    for header, sent in ALL[name].headers.items():
        assert service.asked[0].headers.get(header) == sent


@pytest.mark.parametrize(("name", "kind"), SHAPES)
@pytest.mark.parametrize("strict", [False, True])
async def test_an_answer_of_every_shape(
    lone_cluster: Cluster, service: ScriptedService, name: str, kind: str, strict: bool
) -> None:
    if name == "newrelic-nerdgraph" and strict:
        strict = False
    service.script = Scripted(ALL[name].bodies[kind])
    expected = filled(ALL[name].expected[kind][strict], service.script.text)
    got = await opened(lone_cluster, name, service.address, strict=strict).query(ALL[name].query)
    assert same(got, expected), got


def test_every_service_has_every_kind_of_answer() -> None:
    for name, service in ALL.items():
        assert set(service.bodies) == set(service.expected) > {EMPTY, NULL, NAN, SEVERAL}, name


@pytest.mark.parametrize(("name", "strict"), MODES)
@pytest.mark.parametrize(
    ("status", "line"),
    [
        (401, "401 Unauthorized"),
        (403, "403 Forbidden"),
        (404, "404 Not Found"),
        (429, "429 Too Many Requests"),
        (500, "500 Internal Server Error"),
        (599, "599"),
    ],
)
async def test_a_refusal_is_told_without_our_credentials(
    lone_cluster: Cluster,
    service: ScriptedService,
    caplog: pytest.LogCaptureFixture,
    name: str,
    strict: bool,
    status: int,
    line: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    said = " ".join(["no access with", *SECRETS[:2], "see https://a.example/help?key=1"])
    service.script = Scripted(said, status, {"Retry-After": "30"})
    provider = opened(lone_cluster, name, service.address, strict=strict)
    failed = await provider.query(ALL[name].query)
    shown = "no access with … … see https://a.example/…"
    expected = ALL[name].refused[strict].format(body=shown, status=line)
    assert failed == QueryFailed(expected)
    assert len(service.asked) == 1, "nobody is asked again at once, whatever the Retry-After"
    offline = await provider.is_online()
    assert not offline
    for text in (failed.reason, str(failed), offline.problem, caplog.text, repr(provider.spec)):
        assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(("name", "strict"), MODES)
async def test_an_answer_that_is_malformed(
    lone_cluster: Cluster, service: ScriptedService, name: str, strict: bool
) -> None:
    provider = opened(lone_cluster, name, service.address, strict=strict)
    for body in ("<html>", "{", "[" * 5000, "\x00", '{"a"', "7,"):
        service.script = Scripted(body)
        got = await provider.query(ALL[name].query)
        if (name, strict) == ("influxdb", True):
            assert got == Value(0.0), "so does Flagger"
        else:
            assert isinstance(got, QueryFailed)
            assert body[:900] in got.reason


@pytest.mark.parametrize(("name", "strict"), MODES)
async def test_a_service_that_is_slow(
    lone_cluster: Cluster, service: ScriptedService, monkeypatch: pytest.MonkeyPatch, name: str, strict: bool
) -> None:
    service.script = Scripted(ALL[name].good(1.5), wait_s=30)
    provider = opened(lone_cluster, name, service.address, strict=strict)
    assert provider.timeout_s == (15.0 if name == "influxdb" else 5.0), "as Flagger waits"
    monkeypatch.setattr(type(provider), "timeout_s", 0.05)
    failed = await provider.query(ALL[name].query)
    assert isinstance(failed, QueryFailed)
    assert failed.reason == f"request failed: {failed}"
    assert str(failed).endswith("cannot be reached: no answer in time")
    assert not await provider.is_online()


@pytest.mark.parametrize(("name", "strict"), MODES)
async def test_an_answer_that_is_huge(
    lone_cluster: Cluster, service: ScriptedService, monkeypatch: pytest.MonkeyPatch, name: str, strict: bool
) -> None:
    monkeypatch.setattr(rest_provider, "BYTES_MOST", 1000)
    service.script = Scripted("x" * 2000)
    failed = await opened(lone_cluster, name, service.address, strict=strict).query(ALL[name].query)
    assert isinstance(failed, QueryFailed)
    assert failed.reason.startswith("request failed: ")
    service.script = Scripted("x" * 900, 500)
    failed = await opened(lone_cluster, name, service.address, strict=strict).query(ALL[name].query)
    assert isinstance(failed, QueryFailed)
    assert len(failed.reason) < 1100


@pytest.mark.parametrize("name", ALL)
async def test_nobody_is_there(lone_cluster: Cluster, name: str) -> None:
    provider = opened(lone_cluster, name, "http://127.0.0.1:9")
    failed = await provider.query(ALL[name].query)
    assert isinstance(failed, QueryFailed)
    assert "cannot be reached" in failed.reason
    assert (await provider.is_online()).problem.endswith(failed.reason)


@pytest.mark.parametrize(("name", "strict"), MODES)
async def test_a_redirect_gets_no_credentials(
    lone_cluster: Cluster, service: ScriptedService, name: str, strict: bool
) -> None:
    async with scripted() as other:
        other.script = Scripted(ALL[name].good(1.5))
        service.script = Scripted("", 307, {"Location": f"{other.address}/elsewhere"})
        await opened(lone_cluster, name, service.address, strict=strict).query(ALL[name].query)
        assert other.asked, "it is followed"
        for request in other.asked:
            shown = f"{dict(request.headers)} {request.path} {dict(request.query)} {request.body}"
            assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize(
    ("type_", "credentials", "said"),
    [
        ("datadog", None, "datadog credentials does not contain datadog_api_key"),
        ("datadog", {"datadog_api_key": "a"}, "datadog credentials does not contain datadog_application_key"),
        ("newrelic", None, "newrelic credentials does not contain the key 'newrelic_account_id'"),
        (
            "newrelic",
            {"newrelic_account_id": "1"},
            "newrelic credentials does not contain the key ''newrelic_query_key",
        ),
        (
            "newrelic",
            {"newrelic_account_id": "mine", "newrelic_user_key": "k"},
            "newrelic credentials: 'newrelic_account_id' is not the number of an account",
        ),
        ("graphite", {}, "graphite credentials does not contain a username"),
        ("graphite", {"username": "a"}, "graphite credentials does not contain a password"),
        ("graphite", None, ""),
        ("influxdb", {}, "influxdb credentials does not contain an authentication token"),
        ("influxdb", {"token": "a"}, "influxdb credentials does not contain an organisation"),
        ("influxdb", None, ""),
        ("dynatrace", None, "dynatrace credentials does not contain dynatrace_token"),
    ],
)
def test_what_a_secret_lacks(type_: str, credentials: dict[str, str] | None, said: str) -> None:
    spec = ProviderSpec(type_, "http://a.example", credentials=credentials, interval="1m")
    assert provider_class(type_).configuration_error(spec) == said


@pytest.mark.parametrize("name", ["datadog", "newrelic", "dynatrace", "newrelic-nerdgraph"])
@pytest.mark.parametrize("interval", ["", "1min", "90"])
def test_an_interval_that_is_none(name: str, interval: str) -> None:
    spec = ProviderSpec(ALL[name].type, "http://a.example", credentials=ALL[name].credentials, interval=interval)
    said = f'error parsing metric interval: time: invalid duration "{interval}"'
    assert provider_class(spec.type).configuration_error(spec) == said


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        ("graphite", "graphite endpoint  is not a valid URL"),
        ("influxdb", "influxdb endpoint is not set"),
        ("dynatrace", "dynatrace endpoint is not set"),
    ],
)
def test_who_has_no_address(type_: str, said: str) -> None:
    spec = ProviderSpec(type_, "", credentials=SERVICES[type_].credentials, interval="1m")
    assert provider_class(type_).configuration_error(spec) == said


@pytest.mark.parametrize("name", ALL)
def test_certificates_are_checked_unless_the_template_says_otherwise(lone_cluster: Cluster, name: str) -> None:
    unchecked = opened(lone_cluster, name, "https://a.example", verify_tls=False)
    strict = opened(lone_cluster, name, "https://a.example", verify_tls=False, strict=name != "newrelic-nerdgraph")
    assert isinstance(unchecked, RestProvider)
    assert isinstance(strict, RestProvider)
    assert not unchecked.verifies_tls
    assert strict.verifies_tls is (name not in ("graphite", "newrelic-nerdgraph")), "Flagger obeys it for graphite only"
    assert opened(lone_cluster, name, "https://a.example").verifies_tls  # type: ignore[attr-defined]
