"""Every provider with an HTTP API × every kind of answer: what comes of it by default, and as Flagger takes it."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from replacing import replace
from rest_services import ALL, EMPTY, NAN, NOW_S, NULL, SECRETS, SERVICES, SEVERAL
from scripted_service import Scripted, ScriptedService, scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import Answer, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers import rest_provider
from canarytui.metrics.providers.base import MetricProvider
from canarytui.metrics.providers.registry import provider_class
from canarytui.metrics.providers.rest_provider import RestProvider

MODES = [(name, strict) for name in SERVICES for strict in (False, True)] + [("newrelic-nerdgraph", False)]
SHAPES = [(name, kind, strict) for name, strict in MODES for kind in ALL[name].bodies]


@pytest_asyncio.fixture
async def service() -> AsyncIterator[ScriptedService]:
    async with scripted() as served:
        yield served


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MetricProvider, "clock", staticmethod(lambda: NOW_S))


@pytest.fixture
def tried(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Notes which kind of answer a test tries, for the table at the end of the run."""
    name = request.node.callspec.params["name"]
    return lambda kind: record_property("metric provider", (name, kind, "N"))


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
async def test_a_value(
    lone_cluster: Cluster, service: ScriptedService, name: str, strict: bool, tried: Callable[[str], None]
) -> None:
    tried("value")
    provider = opened(lone_cluster, name, service.address, strict=strict)
    for value in (1.5, 0, -3):
        service.script = Scripted(ALL[name].good(value))
        assert await provider.query(ALL[name].query) == Value(value)
    assert await provider.is_online()
    for header, sent in ALL[name].headers.items():
        assert service.asked[0].headers.get(header) == sent


@pytest.mark.parametrize(("name", "kind", "strict"), SHAPES)
async def test_an_answer_of_every_shape(
    lone_cluster: Cluster, service: ScriptedService, name: str, kind: str, strict: bool, tried: Callable[[str], None]
) -> None:
    tried(kind)
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
    tried: Callable[[str], None],
) -> None:
    tried(str(status))
    caplog.set_level(logging.DEBUG)
    echoed = SECRETS if name == "graphite" else SECRETS[:2]
    said = " ".join(["no access with", *echoed, "see https://a.example/help?key=1"])
    service.script = Scripted(said, status, {"Retry-After": "30"})
    provider = opened(lone_cluster, name, service.address, strict=strict)
    failed = await provider.query(ALL[name].query)
    shown = " ".join(["no access with", *("…" for _ in echoed), "see https://a.example/…"])
    expected = ALL[name].refused[strict].format(body=shown, status=line)
    assert failed == QueryFailed(expected)
    assert len(service.asked) == 1, "nobody is asked again at once, whatever the Retry-After"
    offline = await provider.is_online()
    assert not offline
    for text in (failed.reason, str(failed), offline.problem, caplog.text, repr(provider.spec)):
        assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(("name", "strict"), MODES)
async def test_an_answer_that_is_malformed(
    lone_cluster: Cluster, service: ScriptedService, name: str, strict: bool, tried: Callable[[str], None]
) -> None:
    tried("malformed")
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
    lone_cluster: Cluster,
    service: ScriptedService,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    strict: bool,
    tried: Callable[[str], None],
) -> None:
    tried("slow")
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
    lone_cluster: Cluster,
    service: ScriptedService,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    strict: bool,
    tried: Callable[[str], None],
) -> None:
    tried("huge")
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
async def test_nobody_is_there(lone_cluster: Cluster, name: str, tried: Callable[[str], None]) -> None:
    tried("away")
    provider = opened(lone_cluster, name, "http://127.0.0.1:9")
    failed = await provider.query(ALL[name].query)
    assert isinstance(failed, QueryFailed)
    assert "cannot be reached" in failed.reason
    assert (await provider.is_online()).problem.endswith(failed.reason)


@pytest.mark.parametrize(("name", "strict"), MODES)
async def test_a_redirect_gets_no_credentials(
    lone_cluster: Cluster, service: ScriptedService, name: str, strict: bool, tried: Callable[[str], None]
) -> None:
    tried("redirect")
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
