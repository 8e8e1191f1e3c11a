"""CloudWatch: the signed request, the credentials' chain, every answer; against moto too."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback_service import Asked, LoopbackService, Scripted, kind_of, loopback_service

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers import cloudwatch
from canarytui.metrics.providers.cloudwatch import ATTEMPTS, CloudWatchProvider

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
KEY, SECRET, SESSION = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", "session+token/="
METRIC = {"Namespace": "App", "MetricName": "Errors", "Dimensions": [{"Name": "app", "Value": "cart"}]}
QUERY = json.dumps([{"Id": "m1", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"}}])
NS = 'xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"'


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackService]:
    async with loopback_service() as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", made.address)
        yield made


async def at_once(seconds: float) -> None:
    assert 0 < seconds < 1


def provider(cluster: Cluster, *, strict: bool = False) -> CloudWatchProvider:
    made = CloudWatchProvider(cluster, ProviderSpec("cloudwatch", region="eu-west-1", interval="1m", strict=strict))
    made.clock = NOW.timestamp  # type: ignore[method-assign]
    made.pause = at_once  # type: ignore[method-assign]
    return made


def results(*series: tuple[object, ...], status: str = "Complete") -> Scripted:
    members = ""
    for values in series:
        moments = "".join(f"<member>2026-11-26T11:{59 - place}:00Z</member>" for place in range(len(values)))
        numbers = "".join(f"<member>{value}</member>" for value in values)
        members += (
            f"<member><Timestamps>{moments}</Timestamps><Values>{numbers}</Values><Label>l0</Label><Id>m1</Id>"
            f"<StatusCode>{status}</StatusCode></member>"
        )
    body = f"<GetMetricDataResponse {NS}><GetMetricDataResult><MetricDataResults>{members}</MetricDataResults>"
    return Scripted(body=f"{body}<Messages/></GetMetricDataResult></GetMetricDataResponse>".encode())


def error(status: int, code: str, message: str = "a message", **headers: str) -> Scripted:
    body = f"<ErrorResponse {NS}><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Scripted(status, f"{body}<RequestId>r-1</RequestId></ErrorResponse>".encode(), headers)


def refused(status: int, code: str) -> Answer:
    return QueryFailed(f"error requesting cloudwatch: {code}: a message\n\tstatus code: {status}, request id: r-1")


NO_RESULTS = NoValues(f"invalid response: {{\n\n}}: {NO_VALUES}")
NO_POINTS = NoValues(f'invalid reponse {{\n  Id: "m1",\n  Label: "l0",\n  StatusCode: "Complete"\n}}: {NO_VALUES}')
ANSWERS = [
    ("value", results((1.25, 7.5)), Value(1.25), 1),
    ("several: the first", results((2,), (9,)), Value(2), 1),
    ("no results", results(), NO_RESULTS, 1),
    ("null", results(()), NO_POINTS, 1),
    ("401", error(401, "UnrecognizedClientException"), refused(401, "UnrecognizedClientException"), 1),
    ("403", error(403, "AccessDenied"), refused(403, "AccessDenied"), 1),
    ("404", error(404, "ResourceNotFound"), refused(404, "ResourceNotFound"), 1),
    ("429", error(429, "Throttling", **{"Retry-After": "9"}), refused(429, "Throttling"), ATTEMPTS),
    ("500", error(500, "InternalServiceError"), refused(500, "InternalServiceError"), ATTEMPTS),
]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("name", "answer", "expected", "attempts"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_each_answer(
    lone_cluster: Cluster,
    service: LoopbackService,
    name: str,
    answer: Scripted,
    expected: Answer,
    attempts: int,
    strict: bool,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("metric provider", ("cloudwatch", kind_of(name), "N"))
    service.will_answer(answer)
    assert await provider(lone_cluster, strict=strict).query(QUERY) == expected
    assert len(service.asked) == attempts


async def test_a_fault_that_passes_is_not_seen(lone_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(error(503, "ServiceUnavailable"), results((3,)))
    assert await provider(lone_cluster).query(QUERY) == Value(3)


async def test_nan_and_refused_results_count_in_strict_mode_only(
    lone_cluster: Cluster, service: LoopbackService, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("cloudwatch", "nan", "N"))
    service.will_answer(results(("NaN",)))
    assert isinstance(await provider(lone_cluster).query(QUERY), NoValues)
    answer = await provider(lone_cluster, strict=True).query(QUERY)
    assert isinstance(answer, Value)
    assert math.isnan(answer.value)
    service.will_answer(results((5,), status="Forbidden"))
    assert await provider(lone_cluster).query(QUERY) == QueryFailed(
        "error requesting cloudwatch: result m1 is Forbidden"
    )
    assert await provider(lone_cluster, strict=True).query(QUERY) == Value(5)


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"<a/>", b"\xff", results(("x",)).body])
async def test_nonsense_is_a_failed_query(
    lone_cluster: Cluster, service: LoopbackService, body: bytes, record_property: Callable[[str, object], None]
) -> None:
    record_property("metric provider", ("cloudwatch", "malformed", "N"))
    service.will_answer(Scripted(body=body))
    answer = await provider(lone_cluster).query(QUERY)
    assert isinstance(answer, QueryFailed)
    assert answer.reason.startswith("error requesting cloudwatch: no answer of CloudWatch: ")


async def test_a_page_of_a_proxy_is_told(lone_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(Scripted(403, b"<html>Forbidden by policy"))
    assert "Forbidden by policy" in str(await provider(lone_cluster).query(QUERY))


async def test_huge_and_slow(
    record_property: Callable[[str, object], None],
    lone_cluster: Cluster,
    service: LoopbackService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind in ("huge", "slow"):
        record_property("metric provider", ("cloudwatch", kind, "N"))
    service.will_answer(Scripted(body=b" " * (3 << 20)))
    assert "MiB" in str(await provider(lone_cluster).query(QUERY))
    service.will_answer(Scripted(None))
    monkeypatch.setattr(cloudwatch, "DEADLINE_S", 0.5)
    for strict in (False, True):
        answer = await provider(lone_cluster, strict=strict).query(QUERY)
        assert answer == QueryFailed("error requesting cloudwatch: no answer within 0.5 s")


def key_of(*parts: str) -> bytes:
    key = f"AWS4{SECRET}".encode()
    for part in parts:
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def signature_of(asked: Asked) -> str:
    """As AWS documents Signature Version 4, without botocore."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/([^,]+), SignedHeaders=(\S+), Signature=\S+",
        asked.headers["Authorization"],
    )
    assert found
    key, scope, signed = found.groups()
    assert key == KEY
    assert set(signed.split(";")) >= {"content-type", "host", "x-amz-date"}
    headers = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in signed.split(";"))
    digest = hashlib.sha256(asked.body.encode()).hexdigest()
    canonical = hashlib.sha256("\n".join((asked.method, "/", "", headers, signed, digest)).encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{asked.headers['X-Amz-Date']}\n{scope}\n{canonical}"
    assert scope.split("/")[1:] == ["eu-west-1", "monitoring", "aws4_request"]
    return hmac.digest(key_of(*scope.split("/")), text.encode(), "sha256").hex()


@pytest.mark.parametrize("session", ["", SESSION])
async def test_the_request_and_its_signature(
    lone_cluster: Cluster, service: LoopbackService, monkeypatch: pytest.MonkeyPatch, session: str
) -> None:
    if session:
        monkeypatch.setenv("AWS_SESSION_TOKEN", session)
    service.will_answer(results((1,)))
    query = QUERY.replace('"Id"', '"id"').replace("Namespace", "NAMESPACE").replace('"Period"', '"x": 1, "period"')
    assert await provider(lone_cluster).query(query) == Value(1)
    asked = service.asked[0]
    assert (asked.method, asked.path, asked.parameters) == ("POST", "/", {})
    metric = "MetricDataQueries.member.1.MetricStat"
    assert {name: values[0] for name, values in parse_qs(asked.body).items()} == {
        "Action": "GetMetricData",
        "Version": "2010-08-01",
        "StartTime": "2026-11-26T11:50:00Z",
        "EndTime": "2026-11-26T12:00:00Z",
        "MaxDatapoints": "20",
        "MetricDataQueries.member.1.Id": "m1",
        f"{metric}.Period": "60",
        f"{metric}.Stat": "Sum",
        f"{metric}.Metric.Namespace": "App",
        f"{metric}.Metric.MetricName": "Errors",
        f"{metric}.Metric.Dimensions.member.1.Name": "app",
        f"{metric}.Metric.Dimensions.member.1.Value": "cart",
    }
    assert asked.headers["Authorization"].endswith(f"Signature={signature_of(asked)}")
    assert asked.headers.get("X-Amz-Security-Token", "") == session


async def test_credentials_come_from_a_profile(
    lone_cluster: Cluster, service: LoopbackService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    (tmp_path / "AWS_SHARED_CREDENTIALS_FILE").write_text(
        f"[ops]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "ops")
    service.will_answer(results((1,)))
    assert await provider(lone_cluster).query(QUERY) == Value(1)
    assert service.asked[0].headers["Authorization"].endswith(f"Signature={signature_of(service.asked[0])}")


async def test_without_credentials_nobody_is_asked(
    lone_cluster: Cluster, service: LoopbackService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    said = "error requesting cloudwatch: NoCredentialProviders: no valid providers in chain"
    assert await provider(lone_cluster).query(QUERY) == QueryFailed(said)
    assert (await provider(lone_cluster).is_online()).problem == said
    assert service.asked == []


async def test_a_profile_with_mfa_asks_nobody(
    lone_cluster: Cluster, service: LoopbackService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    (tmp_path / "AWS_CONFIG_FILE").write_text(
        "[profile ops]\nrole_arn = arn:aws:iam::123456789012:role/ops\nmfa_serial = arn:aws:iam::1:mfa/me\n"
        f"source_profile = base\n[profile base]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "ops")
    monkeypatch.setattr("getpass.getpass", lambda prompt: pytest.fail("the terminal is not ours"))
    said = str(await provider(lone_cluster).query(QUERY))
    assert said == "error requesting cloudwatch: no AWS credentials or endpoint: ValueError"


async def test_without_botocore_it_says_what_to_install(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    said = "error requesting cloudwatch: botocore is not installed: pip install 'canarytui[cloudwatch]'"
    assert await provider(lone_cluster).query(QUERY) == QueryFailed(said)


async def test_no_message_shows_a_secret(
    lone_cluster: Cluster, service: LoopbackService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION)
    echo = f"the canonical string should have been x-amz-security-token:{SESSION} {SECRET}"
    service.will_answer(error(403, "SignatureDoesNotMatch", echo))
    made = provider(lone_cluster)
    for said in (str(await made.query(QUERY)), (await made.is_online()).problem):
        assert "canonical string" in said
        assert SESSION not in said
        assert SECRET not in said


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (error(400, "ValidationError"), ""),
        (results(), ""),
        (error(403, "AccessDenied"), "AccessDenied: a message\n\tstatus code: 403, request id: r-1"),
        (error(500, "InternalServiceError"), "InternalServiceError: a message\n\tstatus code: 500, request id: r-1"),
    ],
)
async def test_online(lone_cluster: Cluster, service: LoopbackService, answer: Scripted, problem: str) -> None:
    service.will_answer(answer)
    found = await provider(lone_cluster).is_online()
    assert found.problem == (f"unexpected status code: {problem}" if problem else "")
    assert parse_qs(service.asked[0].body, keep_blank_values=True)["StartTime"] == ["0001-01-01T00:00:00Z"]


@pytest.mark.parametrize(
    "query",
    ["", "{", "3", "{}", "[3]", '["a"]', '[{"Id": 3}]', '[{"Expression": "m1"}]', '[{"Id": "a", "Period": "60"}]',
     "[" * 5000, '[{"Id": "a", "MetricStat": []}]'],
)  # fmt: skip
async def test_what_is_no_query_is_not_asked(lone_cluster: Cluster, service: LoopbackService, query: str) -> None:
    answer: Any = await provider(lone_cluster).query(query)
    assert answer.reason.startswith("error unmarshaling query: ")
    assert service.asked == []


async def test_a_region_is_no_way_to_another_host(lone_cluster: Cluster) -> None:
    spec = ProviderSpec("cloudwatch", region="x.attacker.example/?", interval="1m")
    said = str(await CloudWatchProvider(lone_cluster, spec).query(QUERY))
    assert said == "error requesting cloudwatch: no AWS credentials or endpoint: InvalidRegionError"


def test_what_the_template_must_have() -> None:
    errors = [
        CloudWatchProvider.configuration_error(ProviderSpec("cloudwatch", region=region, interval=interval))
        for region, interval in (("eu-west-1", "1m"), ("", "1m"), ("eu-west-1", ""))
    ]
    assert errors == ["", "region not specified", 'error parsing metric interval: time: invalid duration ""']


async def test_its_past(lone_cluster: Cluster, service: LoopbackService) -> None:
    service.will_answer(results((3, 2, 1)))
    past = await provider(lone_cluster).query_range(QUERY, start=NOW - timedelta(hours=1), end=NOW, step_s=10)
    assert isinstance(past, QueryHistory)
    assert past.points == tuple(((NOW - timedelta(minutes=back)).timestamp(), 4.0 - back) for back in (3, 2, 1))
    asked = parse_qs(service.asked[0].body)
    assert (asked["StartTime"], asked["ScanBy"]) == (["2026-11-26T11:00:00Z"], ["TimestampAscending"])


@pytest.fixture
def moto_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    yield f"http://{host}:{port}"
    server.stop()


async def test_against_moto(lone_cluster: Cluster, moto_endpoint: str) -> None:
    import botocore.session

    client = botocore.session.get_session().create_client("cloudwatch", region_name="eu-west-1")
    now = datetime.now(UTC)
    for value, back in ((4.0, 3), (8.0, 3), (5.0, 2)):
        data = {**METRIC, "Timestamp": now - timedelta(minutes=back), "Value": value}
        client.put_metric_data(Namespace=data.pop("Namespace"), MetricData=[data])
    made = provider(lone_cluster)
    made.clock = now.timestamp  # type: ignore[method-assign]
    assert await made.is_online()
    assert urlsplit(made.address).netloc == urlsplit(moto_endpoint).netloc
    assert await made.query(QUERY) == Value(5.0)
    assert isinstance(await made.query(QUERY.replace('"cart"', '"other"')), NoValues)
    past = await made.query_range(QUERY, start=now - timedelta(minutes=10), end=now, step_s=60)
    assert isinstance(past, QueryHistory)
    assert [value for _, value in past.points] == [12.0, 5.0]
