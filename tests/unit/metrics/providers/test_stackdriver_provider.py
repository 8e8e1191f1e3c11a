"""Google Cloud Monitoring: PromQL and MQL, with a service account's key or the environment's credentials."""

from __future__ import annotations

import base64
import json
import logging
import math
import os
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from loopback_service import LoopbackService, Scripted, kind_of, loopback_service

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.stackdriver import HOST, SCOPE, StackdriverProvider

MQL = "fetch k8s_container | within 1m"
PROMQL = 'sum(rate(errors_total{app="cart"}[1m]))'
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
EMAIL = "flagger@demo.iam.gserviceaccount.com"
KEY = json.dumps(
    {
        "type": "service_account",
        "project_id": "other",
        "private_key_id": "kid1",
        "private_key": PEM,
        "client_email": EMAIL,
        "token_uri": "http://127.0.0.1:9/never-asked",
    }
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("GOOGLE_", "GCE_", "CLOUDSDK_", "GCLOUD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackService]:
    async with loopback_service() as made:
        monkeypatch.setattr(StackdriverProvider, "default_address", made.address)
        yield made


def provider(
    cluster: Cluster, *, strict: bool = False, credentials: dict[str, str] | None = None, address: str = ""
) -> StackdriverProvider:
    given = {"project": "demo", "serviceAccountKey": KEY} if credentials is None else credentials
    return StackdriverProvider(cluster, ProviderSpec("stackdriver", address, credentials=given or None, strict=strict))


def as_json(content: Any, code: int = 200, **headers: str) -> Scripted:
    return Scripted(code, json.dumps(content).encode(), headers)


def vector(*values: str) -> Scripted:
    result = [{"metric": {"n": str(place)}, "value": [1, value]} for place, value in enumerate(values)]
    return as_json({"status": "success", "data": {"resultType": "vector", "result": result}})


def series(*values: object) -> Scripted:
    return as_json({"timeSeriesData": [{"pointData": [{"values": [value]}]} for value in values]})


def google_error(code: int, status: str, message: str = "a message", **headers: str) -> Scripted:
    return as_json({"error": {"code": code, "status": status, "message": message}}, code, **headers)


def failed(reason: str) -> QueryFailed:
    return QueryFailed(f"error requesting stackdriver: {reason}")


def rpc(name: str, message: str = "a message") -> QueryFailed:
    return failed(f"rpc error: code = {name} desc = {message}")


NO_SERIES, NO_POINTS = NoValues(f"invalid response: <nil>: {NO_VALUES}"), NoValues(f"invalid response: : {NO_VALUES}")
MQL_ANSWERS: list[tuple[str, Scripted, Answer, Answer]] = [
    ("double", series({"doubleValue": 1.25}), Value(1.25), Value(1.25)),
    ("several: the first", series({"doubleValue": 2}, {"doubleValue": 9}), Value(2), Value(2)),
    ("int64 is text in JSON", series({"int64Value": "7"}), Value(7), Value(0)),
    ("no series", as_json({}), NO_SERIES, NO_SERIES),
    ("null", as_json(None), NO_SERIES, NO_SERIES),
    ("no points", as_json({"timeSeriesData": [{}]}), NO_POINTS, NO_POINTS),
    ("infinite", series({"doubleValue": "Infinity"}), Value(math.inf), Value(math.inf)),
    ("400", google_error(400, "INVALID_ARGUMENT"), *(rpc("InvalidArgument"),) * 2),
    ("401", google_error(401, "UNAUTHENTICATED"), *(rpc("Unauthenticated"),) * 2),
    ("403", google_error(403, "PERMISSION_DENIED"), *(rpc("PermissionDenied"),) * 2),
    ("404", google_error(404, "NOT_FOUND"), *(rpc("NotFound"),) * 2),
    ("429", google_error(429, "RESOURCE_EXHAUSTED", **{"Retry-After": "9"}), *(rpc("ResourceExhausted"),) * 2),
    ("499", google_error(499, "CANCELLED"), *(rpc("Canceled"),) * 2),
    ("500", google_error(500, "INTERNAL"), *(rpc("Internal"),) * 2),
    ("a page", Scripted(502, b"<html>bad gateway"), *(rpc("Unknown", "<html>bad gateway"),) * 2),
]


@pytest.mark.parametrize(("name", "answer", "ours", "flaggers"), MQL_ANSWERS, ids=[row[0] for row in MQL_ANSWERS])
async def test_each_answer_to_mql(
    lone_cluster: Cluster,
    service: LoopbackService,
    name: str,
    answer: Scripted,
    ours: Answer,
    flaggers: Answer,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("stackdriver", kind_of(name), "N"))
    service.will_answer(answer)
    assert await provider(lone_cluster).query(MQL) == ours
    assert await provider(lone_cluster, strict=True).query(MQL) == flaggers
    assert len(service.asked) == 2


async def test_nan_counts_in_strict_mode_only(
    lone_cluster: Cluster, service: LoopbackService, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("stackdriver", "nan", "N"))
    service.will_answer(series({"doubleValue": "NaN"}))
    assert isinstance(await provider(lone_cluster).query(MQL), NoValues)
    answer = await provider(lone_cluster, strict=True).query(MQL)
    assert isinstance(answer, Value)
    assert math.isnan(answer.value)


PROMQL_ANSWERS: list[tuple[str, Scripted, Answer]] = [
    ("value", vector("1.25"), Value(1.25)),
    ("several: the last", vector("1", "2"), Value(2)),
    ("empty", vector(), NoValues()),
    ("NaN", vector("NaN"), NoValues()),
    *(
        (str(code), google_error(code, status), failed(f"error response: Status {code} {phrase}: "))
        for code, status, phrase in (
            (401, "UNAUTHENTICATED", "Unauthorized"),
            (403, "PERMISSION_DENIED", "Forbidden"),
            (404, "NOT_FOUND", "Not Found"),
            (429, "RESOURCE_EXHAUSTED", "Too Many Requests"),
            (500, "INTERNAL", "Internal Server Error"),
        )
    ),
]


@pytest.mark.parametrize(("name", "answer", "expected"), PROMQL_ANSWERS, ids=[row[0] for row in PROMQL_ANSWERS])
async def test_each_answer_to_promql(
    lone_cluster: Cluster,
    service: LoopbackService,
    name: str,
    answer: Scripted,
    expected: Answer,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("stackdriver", kind_of(name), "N"))
    service.will_answer(answer)
    found = await provider(lone_cluster).query(PROMQL)
    if isinstance(expected, QueryFailed):
        assert isinstance(found, QueryFailed)
        assert found.reason == expected.reason + answer.body.decode()
    else:
        assert found == expected
    assert len(service.asked) == 1


@pytest.mark.parametrize("query", [MQL, PROMQL])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"<html>", b"[]", b'{"timeSeriesData": [{"pointData": [{"values": [{}]}]}]}']
)
async def test_nonsense_is_a_failed_query(
    lone_cluster: Cluster,
    service: LoopbackService,
    query: str,
    body: bytes,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("stackdriver", "malformed", "N"))
    service.will_answer(Scripted(body=body))
    assert isinstance(await provider(lone_cluster).query(query), QueryFailed)


@pytest.mark.parametrize("query", [MQL, PROMQL])
async def test_huge_and_slow(
    record_property: Callable[[str, object], None], lone_cluster: Cluster, service: LoopbackService, query: str
) -> None:
    for kind in ("huge", "slow"):
        record_property("metric provider", ("stackdriver", kind, "N"))
    service.will_answer(Scripted(body=b" " * (3 << 20)))
    assert "MiB" in str(await provider(lone_cluster).query(query))
    service.will_answer(Scripted(None))
    for strict in (False, True):
        made = provider(lone_cluster, strict=strict)
        assert await made._access()
        made.timeout_s = 0.3
        assert isinstance(await made.query(query), QueryFailed)


def claims_of(authorization: str) -> dict[str, Any]:
    """Of a token that the service account's key has signed."""
    kind, _, token = authorization.partition(" ")
    assert kind == "Bearer"
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    PRIVATE.public_key().verify(raw, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return dict(json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "==")))


async def test_the_requests_and_their_token(lone_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(vector("1"))
    made = provider(lone_cluster, credentials={"project": "demo:a/b", "serviceAccountKey": KEY})
    await made.query(PROMQL)
    service.answers = [series({"doubleValue": 1})]
    await made.query(MQL)
    await provider(lone_cluster, strict=True).query(PROMQL)
    first, second, third = service.asked
    assert (first.method, first.path) == ("GET", "/v1/projects/demo:a/b/location/global/prometheus/api/v1/query")
    assert first.parameters == {"query": PROMQL}
    assert (second.method, second.path) == ("POST", "/v3/projects/demo:a/b/timeSeries:query")
    assert (json.loads(second.body), json.loads(third.body)) == ({"query": MQL}, {"query": PROMQL})
    assert third.path == "/v3/projects/demo/timeSeries:query"
    claims = claims_of(first.headers["Authorization"])
    assert (claims["iss"], claims["sub"], claims["scope"]) == (EMAIL, EMAIL, SCOPE)
    assert first.headers["Authorization"] == second.headers["Authorization"], "a token is kept while it is good"


async def test_an_address_of_the_template_gets_no_token(lone_cluster: Cluster) -> None:
    async with loopback_service() as foreign:
        made = provider(lone_cluster, address=foreign.address)
        assert made.address == HOST
        assert foreign.asked == []


@pytest.mark.parametrize(
    ("text", "is_mql"),
    [(MQL, True), ("\n fetch gce_instance", True), ("{ fetch a; fetch b } | join", True), ("def @x = 1;", True),
     (PROMQL, False), ("fetch_total", False), ("rate(fetch[1m])", False), ('{__name__="fetch"}', False)],
)  # fmt: skip
def test_what_mql_is(lone_cluster: Cluster, text: str, is_mql: bool) -> None:
    assert provider(lone_cluster)._is_mql(text) is is_mql


async def test_the_metadata_server(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workload identity: no Secret, and Google tells project and token."""
    async with loopback_service() as metadata, loopback_service() as service:
        host = metadata.address.removeprefix("http://")
        monkeypatch.setenv("GCE_METADATA_IP", host)
        monkeypatch.setattr("google.auth.compute_engine._metadata._GCE_METADATA_HOST", host)  # read when imported
        monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", False)
        monkeypatch.setattr(StackdriverProvider, "default_address", service.address)
        google = {"Metadata-Flavor": "Google", "Content-Type": "application/json"}
        answers = {
            "token": as_json({"access_token": "from-metadata", "expires_in": 3600, "token_type": "Bearer"}, **google),
            "": as_json({"email": EMAIL, "scopes": [SCOPE]}, **google),
            "project-id": Scripted(body=b"found-project", headers={"Metadata-Flavor": "Google"}),
        }
        metadata.by_path = lambda path: answers.get(path.rpartition("/")[2], answers["project-id"])
        service.will_answer(vector("3"))
        assert await provider(lone_cluster, credentials={}).query(PROMQL) == Value(3)
        assert service.asked[0].path.startswith("/v1/projects/found-project/")
        assert service.asked[0].headers["Authorization"] == "Bearer from-metadata"


async def test_a_key_file_of_the_environment(
    lone_cluster: Cluster, service: LoopbackService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key.json").write_text("{}")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    said = str(await provider(lone_cluster, credentials={"project": "demo"}).query(PROMQL))
    assert said == "error requesting stackdriver: no Google credentials: DefaultCredentialsError"
    assert service.asked == []


@pytest.mark.parametrize(
    "key",
    ["{", "[]", "{}", KEY.replace("PRIVATE KEY", "PUBLIC KEY"), KEY.replace("MII", "XXX")],
    ids=["no JSON", "no object", "empty", "a public key", "broken"],
)
async def test_a_bad_key_is_told_without_its_text(lone_cluster: Cluster, service: LoopbackService, key: str) -> None:
    made = provider(lone_cluster, credentials={"project": "demo", "serviceAccountKey": key})
    for said in (str(await made.query(PROMQL)), (await made.is_online()).problem):
        assert said.startswith("error requesting stackdriver: serviceAccountKey is not a service account's key (")
        assert not any(line in said for line in PEM.splitlines())
    assert service.asked == []


async def test_without_google_auth_it_says_what_to_install(
    lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "google.auth.transport.requests", None)
    said = "google-auth is not installed: pip install 'canarytui[stackdriver]'"
    assert await provider(lone_cluster).query(PROMQL) == failed(said)


async def test_no_message_shows_a_secret(
    lone_cluster: Cluster, service: LoopbackService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = provider(lone_cluster)
    token = (await made._access()).token
    line = PEM.splitlines()[3]
    said = [repr(made.spec)]
    for answer in (google_error(401, "UNAUTHENTICATED", f"{token} {line}"), Scripted(500, f"{token} {line}".encode())):
        for query in (MQL, PROMQL):
            service.will_answer(answer)
            said += [str(await made.query(query)), (await made.is_online()).problem]
    everything = " ".join((*said, caplog.text))
    assert token not in everything
    assert line not in everything
    assert "…" in said[1]


@pytest.mark.parametrize(
    ("strict", "answer", "problem"),
    [
        (False, vector("1"), ""),
        (False, google_error(403, "PERMISSION_DENIED"), "running query failed: error response: Status 403 Forbidden: "),
        (True, google_error(400, "INVALID_ARGUMENT"), ""),
        (True, as_json({}), ""),
        (True, google_error(403, "PERMISSION_DENIED"), "unexpected status code: PermissionDenied"),
    ],
)
async def test_online(
    lone_cluster: Cluster, service: LoopbackService, strict: bool, answer: Scripted, problem: str
) -> None:
    service.will_answer(answer)
    found = (await provider(lone_cluster, strict=strict).is_online()).problem
    assert found.startswith(problem) if problem else found == ""
    asked = service.asked[0]
    assert (json.loads(asked.body) if strict else asked.parameters) == {"query": "" if strict else "vector(1)"}


async def test_its_past(lone_cluster: Cluster, service: LoopbackService) -> None:
    result = [{"metric": {}, "values": [[NOW.timestamp(), "1.5"]]}]
    service.will_answer(as_json({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    made, window = provider(lone_cluster), {"start": NOW - timedelta(minutes=5), "end": NOW}
    assert await made.query_range(PROMQL, **window, step_s=10) == QueryHistory(((NOW.timestamp(), 1.5),))
    assert service.asked[0].path == "/v1/projects/demo/location/global/prometheus/api/v1/query_range"
    assert await made.query_range(MQL, **window, step_s=10) == QueryHistory()
    service.will_answer(google_error(500, "INTERNAL"))
    assert isinstance(await made.query_range(PROMQL, **window, step_s=10), QueryFailed)


@pytest.mark.parametrize(
    ("credentials", "error"),
    [
        (None, ""),
        ({"project": "demo"}, ""),
        ({"serviceAccountKey": KEY}, "stackdriver credentials does not contain a project id"),
    ],
)
def test_what_the_secret_must_have(credentials: dict[str, str] | None, error: str) -> None:
    assert StackdriverProvider.configuration_error(ProviderSpec("stackdriver", credentials=credentials)) == error
