"""The kinds of answers that every metric provider is tried with, for Prometheus; strict mode takes them alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scripted_service import Scripted, scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import Answer, NoValues, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers import prometheus
from canarytui.metrics.providers.prometheus import PrometheusProvider

SECRET = "S3CR3T"


def vector(*values: Any) -> dict[str, Any]:
    result = [{"metric": {}, "value": [0, value]} for value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def refusal(line: str) -> QueryFailed:
    return QueryFailed(f"error response: Status {line}: no …")


ANSWERS: dict[str, tuple[Scripted, Answer | str]] = {
    "value": (Scripted(vector("1.5")), Value(1.5)),
    "empty": (Scripted(vector()), NoValues()),
    "null": (Scripted(vector(None)), NoValues()),
    "nan": (Scripted(vector("NaN")), NoValues()),
    "several": (Scripted(vector("7", "1.5")), Value(1.5)),
    "401": (Scripted(f"no {SECRET}", 401), refusal("401 Unauthorized")),
    "403": (Scripted(f"no {SECRET}", 403), refusal("403 Forbidden")),
    "404": (Scripted(f"no {SECRET}", 404), refusal("404 Not Found")),
    "429": (Scripted(f"no {SECRET}", 429, {"Retry-After": "30"}), refusal("429 Too Many Requests")),
    "500": (Scripted(f"no {SECRET}", 500), refusal("500 Internal Server Error")),
    "malformed": (Scripted("<html>"), "did not answer like a Prometheus server"),
    "slow": (Scripted(vector("1.5"), wait_s=30), "cannot be reached: no answer in time"),
    "huge": (Scripted("x" * 5000), "answered with more than 4 KiB"),
}


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("strict", [False, True])
async def test_an_answer_of_every_kind(
    lone_cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    kind: str,
    strict: bool,
) -> None:
    record_property("metric provider", ("prometheus", kind, "N"))
    monkeypatch.setattr(prometheus, "BYTES_MOST", 4096)
    script, expected = ANSWERS[kind]
    if script.wait_s:
        monkeypatch.setattr(PrometheusProvider, "timeout_s", 0.05)
    async with scripted() as service:
        service.script = script
        spec = ProviderSpec("prometheus", service.address, credentials={"token": SECRET}, strict=strict)
        got = await PrometheusProvider(lone_cluster, spec).query("up")
        assert [request.headers["Authorization"] for request in service.asked] == [f"Bearer {SECRET}"]
    if isinstance(expected, str):
        assert isinstance(got, QueryFailed)
        assert expected in got.reason
    else:
        assert got == expected


async def test_a_redirect_gets_no_token(lone_cluster: Cluster, record_property: Callable[[str, object], None]) -> None:
    record_property("metric provider", ("prometheus", "redirect", "N"))
    async with scripted() as service, scripted() as other:
        service.script = Scripted("", 307, {"Location": f"{other.address}/elsewhere"})
        other.script = Scripted(vector("1.5"))
        headers = {"X-Scope-OrgID": "tenant-1"}
        spec = ProviderSpec("prometheus", service.address, headers=headers, credentials={"token": SECRET})
        assert await PrometheusProvider(lone_cluster, spec).query("up") == Value(1.5)
        (request,) = other.asked
    assert "Authorization" not in request.headers
    assert "X-Scope-OrgID" not in request.headers


async def test_nobody_is_there(lone_cluster: Cluster, record_property: Callable[[str, object], None]) -> None:
    record_property("metric provider", ("prometheus", "away", "N"))
    failed = await PrometheusProvider(lone_cluster, ProviderSpec("prometheus", "http://127.0.0.1:9")).query("up")
    assert isinstance(failed, QueryFailed)
    assert "cannot be reached" in failed.reason
