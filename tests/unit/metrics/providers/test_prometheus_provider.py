"""What the Prometheus provider sends, and what it makes of every kind of answer."""

from __future__ import annotations

import json
import math
import ssl
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme
from pytest_httpserver import HTTPServer

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import Answer, Availability, NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers import prometheus
from canarytui.metrics.providers.prometheus import PrometheusProvider

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def answer(kind: str, result: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": result}}


def vector(*values: Any) -> dict[str, Any]:
    return answer("vector", [{"metric": {"n": str(n)}, "value": [0, value]} for n, value in enumerate(values)])


def provider(cluster: Cluster, server: HTTPServer, **spec: Any) -> PrometheusProvider:
    return PrometheusProvider(cluster, ProviderSpec("prometheus", server.url_for("").rstrip("/"), **spec))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (vector("1.5", "2.5"), Value(2.5)),
        (vector("+Inf"), Value(math.inf)),
        (answer("scalar", [0, "7"]), Value(7.0)),
        (vector(), NoValues()),
        (vector("1", "NaN"), NoValues()),
        (vector("1", None), NoValues()),
        (vector(7), Value(7.0)),
        (vector("abc"), QueryFailed('strconv.ParseFloat: parsing "abc": invalid syntax')),
        (vector("1_0", "2"), QueryFailed('strconv.ParseFloat: parsing "1_0": invalid syntax')),
        (answer("matrix", []), QueryFailed("query returned multiple values")),
        (answer("vector", [{"metric": {}, "value": [0]}]), QueryFailed("query returned samples without a value")),
        (answer("vector", [{"metric": {}, "histogram": []}]), QueryFailed("query returned samples without a value")),
    ],
)
async def test_the_last_sample_is_the_value(
    lone_cluster: Cluster, httpserver: HTTPServer, said: dict[str, Any], expected: Answer
) -> None:
    httpserver.expect_request("/api/v1/query", query_string={"query": "sum( up )"}).respond_with_json(said)
    assert await provider(lone_cluster, httpserver).query("  sum(\n\tup ) ") == expected


@pytest.mark.parametrize("body", ["<html>", "[]", '{"status": "success"}', '{"status": "error", "data": {}}', ""])
async def test_who_answers_something_else_is_no_prometheus(
    lone_cluster: Cluster, httpserver: HTTPServer, body: str
) -> None:
    httpserver.expect_request("/api/v1/query").respond_with_data(body)
    failed = await provider(lone_cluster, httpserver).query("up")
    assert isinstance(failed, QueryFailed)
    assert failed.reason.endswith("did not answer like a Prometheus server")


@pytest.mark.parametrize(
    ("status", "line"), [(401, "401 Unauthorized"), (503, "503 Service Unavailable"), (599, "599")]
)
async def test_an_error_is_told_in_flaggers_words(
    lone_cluster: Cluster, httpserver: HTTPServer, status: int, line: str
) -> None:
    httpserver.expect_request("/api/v1/query").respond_with_data("no " + "x" * 5000, status=status)
    failed = await provider(lone_cluster, httpserver).query("up")
    assert isinstance(failed, QueryFailed)
    assert failed.reason.startswith(f"error response: Status {line}: no xxx")
    assert len(failed.reason) < 1100


async def test_a_refusal_by_the_api_server_is_its_message(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    """Cluster names go through the API server's proxy, which answers with a Status object."""
    status = {"kind": "Status", "apiVersion": "v1", "code": 403, "message": 'services "p" is forbidden'}
    httpserver.expect_request("/api/v1/query").respond_with_json(status, status=403)
    failed = await provider(lone_cluster, httpserver).query("up")
    assert isinstance(failed, QueryFailed)
    assert failed.reason == 'error response: Status 403 Forbidden: services "p" is forbidden'


async def test_an_error_does_not_show_what_we_were_let_in_with(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    said = "no Bearer S3CR3T, no S3CR3T%2Fpw, no key-of-ours for acme, and not YW5uOlMzQ1IzVC9wdw=="
    httpserver.expect_request("/api/v1/query").respond_with_data(said, status=401)
    headers = {"X-Scope-OrgID": "acme", "X-Key": "key-of-ours"}
    for credentials, shown in (
        ({"token": "S3CR3T\n", "password": "S3CR3T/pw"}, "no Bearer …, no …, no … for acme, and not YW5u"),
        ({"username": "ann", "password": "S3CR3T/pw"}, "no Bearer S3CR3T, no …, no … for acme, and not …"),
    ):
        asked = provider(lone_cluster, httpserver, credentials=credentials, headers=headers)
        failed = await asked.query("up")
        assert isinstance(failed, QueryFailed)
        assert failed.reason.startswith(f"error response: Status 401 Unauthorized: {shown}")


async def test_a_server_that_is_away_is_a_failed_request(lone_cluster: Cluster) -> None:
    failed = await PrometheusProvider(lone_cluster, ProviderSpec("prometheus", "http://127.0.0.1:9")).query("up")
    assert isinstance(failed, QueryFailed)
    assert failed.reason == f"request failed: {failed}"
    assert "cannot be reached" in str(failed)


async def test_an_answer_has_a_limit(
    lone_cluster: Cluster, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prometheus, "BYTES_MOST", 1000)
    httpserver.expect_request("/api/v1/query").respond_with_data(json.dumps(vector("1" * 2000)))
    assert isinstance(await provider(lone_cluster, httpserver).query("up"), QueryFailed)
    monkeypatch.setattr(prometheus, "BYTES_MOST", 10_000)
    monkeypatch.setattr(prometheus, "_VALUES_MOST", 5)
    failed = await provider(lone_cluster, httpserver).query("up")
    assert isinstance(failed, QueryFailed)
    assert "cannot be used" in failed.reason


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [
        (None, None),
        ({"token": " letmein\n", "username": "a", "password": "b"}, "Bearer letmein"),
        ({"username": "ann", "password": "pw"}, "Basic YW5uOnB3"),
    ],
)
async def test_credentials_and_headers_are_sent(
    lone_cluster: Cluster, httpserver: HTTPServer, credentials: dict[str, str] | None, sent: str | None
) -> None:
    httpserver.expect_request("/api/v1/query").respond_with_json(vector("1"))
    made = provider(lone_cluster, httpserver, credentials=credentials, headers={"X-Scope-OrgID": "shop, other"})
    assert await made.query("up") == Value(1.0)
    (request, _), *_ = httpserver.log
    assert request.headers.get("Authorization") == sent
    assert request.headers.getlist("X-Scope-OrgID") == ["shop, other"]


async def test_strict_mode_reads_as_flagger_does(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    """A number that is no text, and an answer without data, are no values; half a credential is none."""
    for said in (vector(7), {"status": "error", "error": "x"}, {"status": "success"}):
        httpserver.clear()
        httpserver.expect_request("/api/v1/query").respond_with_json(said)
        made = provider(lone_cluster, httpserver, strict=True, credentials={"username": "ann", "password": ""})
        assert await made.query("up") == NoValues()
        assert "Authorization" not in httpserver.log[-1][0].headers
    ours = provider(lone_cluster, httpserver, credentials={"username": "ann", "password": ""})
    assert isinstance(await ours.query("up"), QueryFailed)
    assert httpserver.log[-1][0].headers["Authorization"] == "Basic YW5uOg=="


async def test_a_token_takes_the_place_of_a_header(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/query").respond_with_json(vector("1"))
    made = provider(lone_cluster, httpserver, credentials={"token": "t"}, headers={"authorization": "Basic eA=="})
    assert [await made.query("up") for _ in range(2)] == [Value(1.0)] * 2
    assert [request.headers.getlist("Authorization") for request, _ in httpserver.log] == [["Bearer t"]] * 2


async def test_of_the_address_the_path_counts(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/thanos/api/v1/query", query_string={"query": "up"}).respond_with_json(vector("1"))
    address = httpserver.url_for("/thanos/?team=a")
    assert await PrometheusProvider(lone_cluster, ProviderSpec("prometheus", address)).query("up") == Value(1.0)


@pytest.mark.parametrize(("verify", "strict"), [(True, False), (False, False), (False, True)])
async def test_a_certificate_is_verified_unless_the_template_says_no(
    lone_cluster: Cluster, verify: bool, strict: bool
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with HTTPServer("127.0.0.1", ssl_context=tls) as server:
        server.expect_request("/api/v1/query").respond_with_json(vector("1"))
        made = provider(lone_cluster, server, verify_tls=verify, strict=strict)
        answer = await made.query("up")
    if verify:
        assert isinstance(answer, QueryFailed)
        assert "certificate" in answer.reason
    else:
        assert answer == Value(1.0)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (vector("1"), Availability()),
        (vector("2"), Availability("running query failed: no values found")),
        (vector(), Availability("running query failed: no values found")),
        (answer("matrix", []), Availability("running query failed: query returned multiple values")),
    ],
)
async def test_it_is_online_when_one_is_one(
    lone_cluster: Cluster, httpserver: HTTPServer, said: dict[str, Any], expected: Availability
) -> None:
    httpserver.expect_request("/api/v1/query", query_string={"query": "vector(1)"}).respond_with_json(said)
    assert await provider(lone_cluster, httpserver).is_online() == expected


async def test_the_past_is_that_of_the_last_series(lone_cluster: Cluster, httpserver: HTTPServer) -> None:
    asked = {"query": "up", "start": "1795694400.000", "end": "1795694400.000", "step": "10"}
    series = [
        {"metric": {"n": "0"}, "values": [[1, "9"]]},
        {"metric": {"n": "1"}, "values": [[-1, "0"], [10, "1.5"], [20, "NaN"], [1e12, "2"]]},
    ]
    httpserver.expect_request("/api/v1/query_range", query_string=asked).respond_with_json(answer("matrix", series))
    found = await provider(lone_cluster, httpserver).query_range("up", start=NOW, end=NOW, step_s=10)
    assert isinstance(found, QueryHistory)
    assert found.points[0] == (10.0, 1.5)
    assert len(found.points) == 2
    assert math.isnan(found.points[1][1])


@pytest.mark.parametrize(
    ("said", "end"),
    [
        (vector("1"), "answered a range query with vector"),
        (answer("matrix", [{"metric": {}}]), "query returned series without values"),
        (answer("matrix", [{"metric": {}, "values": [["x"]]}]), "query returned series without values"),
    ],
)
async def test_a_past_that_cannot_be_read_is_a_failure(
    lone_cluster: Cluster, httpserver: HTTPServer, said: dict[str, Any], end: str
) -> None:
    httpserver.expect_request("/api/v1/query_range").respond_with_json(said)
    failed = await provider(lone_cluster, httpserver).query_range("up", start=NOW, end=NOW, step_s=0)
    assert isinstance(failed, QueryFailed)
    assert failed.reason.endswith(end)


def test_what_cannot_be_asked_is_said_in_flaggers_words() -> None:
    error = PrometheusProvider.configuration_error
    assert error(ProviderSpec("prometheus")) == "prometheus endpoint  is not a valid URL"
    assert error(ProviderSpec("prometheus", "http://p.test")) == ""
    assert error(ProviderSpec("prometheus", "http://p.test", credentials={"token": "x"})) == ""
    lacking = "prometheus credentials does not contain a token, or username and password"
    for credentials in ({}, {"token": ""}, {"username": "ann"}):
        assert error(ProviderSpec("prometheus", "http://p.test", credentials=credentials)) == lacking
