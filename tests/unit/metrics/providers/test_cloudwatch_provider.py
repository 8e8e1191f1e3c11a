"""CloudWatch: the signed request, the credentials' chain, what is no query; against moto too."""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cloudwatch_service import KEY, METRIC, QUERY, SECRET, SESSION, error, provider, results
from loopback_service import Asked, LoopbackService

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.cloudwatch import CloudWatchProvider

pytestmark = pytest.mark.usefixtures("aws_environment")


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
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, monkeypatch: pytest.MonkeyPatch, session: str
) -> None:
    if session:
        monkeypatch.setenv("AWS_SESSION_TOKEN", session)
    cloudwatch_service.will_answer(results((1,)))
    query = QUERY.replace('"Id"', '"id"').replace("Namespace", "NAMESPACE").replace('"Period"', '"x": 1, "period"')
    assert await provider(lone_cluster).query(query) == Value(1)
    asked = cloudwatch_service.asked[0]
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
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    (tmp_path / "AWS_SHARED_CREDENTIALS_FILE").write_text(
        f"[ops]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "ops")
    cloudwatch_service.will_answer(results((1,)))
    assert await provider(lone_cluster).query(QUERY) == Value(1)
    assert (
        cloudwatch_service.asked[0]
        .headers["Authorization"]
        .endswith(f"Signature={signature_of(cloudwatch_service.asked[0])}")
    )


async def test_without_credentials_nobody_is_asked(
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    said = "error requesting cloudwatch: NoCredentialProviders: no valid providers in chain"
    assert await provider(lone_cluster).query(QUERY) == QueryFailed(said)
    assert (await provider(lone_cluster).is_online()).problem == said
    assert cloudwatch_service.asked == []


async def test_a_profile_with_mfa_asks_nobody(
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION)
    echo = f"the canonical string should have been x-amz-security-token:{SESSION} {SECRET}"
    cloudwatch_service.will_answer(error(403, "SignatureDoesNotMatch", echo))
    made = provider(lone_cluster)
    for said in (str(await made.query(QUERY)), (await made.is_online()).problem):
        assert "canonical string" in said
        assert SESSION not in said
        assert SECRET not in said


@pytest.mark.parametrize(
    "query",
    ["", "{", "3", "{}", "[3]", '["a"]', '[{"Id": 3}]', '[{"Expression": "m1"}]', '[{"Id": "a", "Period": "60"}]',
     "[" * 5000, '[{"Id": "a", "MetricStat": []}]'],
)  # fmt: skip
async def test_what_is_no_query_is_not_asked(
    lone_cluster: Cluster, cloudwatch_service: LoopbackService, query: str
) -> None:
    answer: Any = await provider(lone_cluster).query(query)
    assert answer.reason.startswith("error unmarshaling query: ")
    assert cloudwatch_service.asked == []


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
