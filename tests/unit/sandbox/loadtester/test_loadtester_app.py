"""The load tester's HTTP interface over a real socket, as Flagger and people with curl use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.loadtester.app import make_app

Client = TestClient[Any, Any]
SECRET = {SECRET_HEADER: "s3cret"}
CANARY = {"name": "podinfo", "namespace": "test"}


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
async def tester(tmp_path: Path, log: list[str]) -> AsyncIterator[Client]:
    shims = tmp_path / "shims"
    app = make_app(secret="s3cret", proxy_url="http://127.0.0.1:9", shim_dir=shims, log=log.append, namespace="test")
    async with TestClient(TestServer(app)) as client:
        yield client


def payload(**metadata: str) -> dict[str, object]:
    return {**CANARY, "phase": "Progressing", "metadata": metadata}


async def test_bash_waits_and_tells_the_outcome(tester: Client) -> None:
    good = await tester.post("/", json=payload(type="bash", cmd="echo token | grep token"), headers=SECRET)
    assert (good.status, await good.text()) == (200, "")
    told = await tester.post("/", json=payload(type="bash", cmd="echo hi", returnCmdOutput="true"), headers=SECRET)
    assert await told.text() == "hi\n"
    bad = await tester.post("/", json=payload(type="bash", cmd="echo no; exit 3"), headers=SECRET)
    assert bad.status == 500
    assert await bad.text() == "command echo no; exit 3 failed: no\n: exit status 3"


async def test_cmd_runs_in_the_background_and_once(tester: Client, log: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = f"echo x >> {out}; sleep 0.3; echo done"
    for _ in range(3):
        answer = await tester.post("/", json=payload(cmd=command, logCmdOutput="true"), headers=SECRET)
        assert answer.status == 202
    async with asyncio.timeout(10):
        while "done" not in log:  # noqa: ASYNC110 - the log is a plain list
            await asyncio.sleep(0.02)
    assert out.read_text() == "x\n"


async def test_commands_need_the_secret_and_gates_do_not(tester: Client) -> None:
    refused = await tester.post("/", json=payload(type="bash", cmd="id"))
    assert refused.status == 403
    assert (await tester.post("/gate/approve")).status == 200


@pytest.mark.parametrize("space", ["gate", "rollback"])
async def test_gates_are_closed_until_opened_and_know_their_canary(tester: Client, space: str) -> None:
    async def check(name: str) -> tuple[int, str]:
        answer = await tester.post(f"/{space}/check", json={**CANARY, "name": name})
        return answer.status, await answer.text()

    assert await check("podinfo") == (403, "Forbidden")
    assert (await tester.post(f"/{space}/open", json=CANARY)).status == 202
    assert await check("podinfo") == (200, "Approved")
    assert await check("other") == (403, "Forbidden")
    other = "rollback" if space == "gate" else "gate"
    assert (await tester.post(f"/{other}/check", json=CANARY)).status == 403
    assert (await tester.post(f"/{space}/close", json=CANARY)).status == 202
    assert await check("podinfo") == (403, "Forbidden")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({**CANARY}, "metadata not found in payload"),
        (payload(type="cmd", x="y"), "cmd not found in metadata"),
        (payload(type="smoke", cmd="x"), "unknown task type smoke"),
    ],
)
async def test_payloads_that_cannot_be_meant(tester: Client, body: dict[str, object], text: str) -> None:
    answer = await tester.post("/", json=body, headers=SECRET)
    assert (answer.status, await answer.text()) == (400, text)


async def test_the_fixed_answers(tester: Client) -> None:
    assert (await tester.get("/healthz")).status == 200
    halt = await tester.post("/gate/halt")
    assert (halt.status, await halt.text()) == (403, "Forbidden")
    broken = await tester.post("/gate/check", data=b"{")
    assert broken.status == 400


PAGES = [
    {"Origin": "https://evil.example", "Content-Type": "text/plain"},
    {"Origin": "null", "Content-Type": "text/plain"},
    {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded"},
    {"Sec-Fetch-Mode": "no-cors", "Content-Type": "text/plain"},
    {"Host": "evil.example"},
    {"Host": "evil.example:8080", "Origin": "http://evil.example:8080", "Content-Type": "application/json"},
]


@pytest.mark.parametrize("headers", PAGES)
@pytest.mark.parametrize("space", ["gate", "rollback"])
async def test_no_web_page_opens_or_closes_a_gate(
    tester: Client, log: list[str], space: str, headers: dict[str, str]
) -> None:
    body = '{"name": "podinfo", "namespace": "test"}'
    assert (await tester.post(f"/{space}/open", data=body)).status == 202
    assert (await tester.post(f"/{space}/close", data=body, headers=headers)).status == 403
    assert (await tester.post(f"/{space}/check", data=body)).status == 200
    assert (await tester.post(f"/{space}/close", data=body)).status == 202
    assert (await tester.post(f"/{space}/open", data=body, headers=headers)).status == 403
    assert (await tester.post(f"/{space}/check", data=body)).status == 403
    assert sum(line.startswith("warning refused POST") for line in log) == 2


@pytest.mark.parametrize("headers", PAGES)
async def test_no_web_page_runs_a_command_though_the_browsers_proxy_adds_the_secret(
    tester: Client, tmp_path: Path, headers: dict[str, str]
) -> None:
    body = json.dumps(payload(type="bash", cmd=f"touch {tmp_path}/made"))
    assert (await tester.post("/", data=body, headers={**SECRET, **headers})).status == 403
    assert not (tmp_path / "made").exists()


async def test_a_payload_nested_deeply_is_refused_and_the_load_tester_lives(tester: Client) -> None:
    deep = b'{"metadata":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    for path in ("/", "/gate/open"):
        answer = await tester.post(path, data=deep, headers=SECRET)
        assert answer.status == 400
        assert "exceeded max depth" in await answer.text()
    assert (await tester.get("/healthz")).status == 200
