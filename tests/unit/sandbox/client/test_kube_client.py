"""Requests to the sandbox's API server: what is sent, and what a refusal or a silence becomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from canarytui.sandbox.client.kube_client import KubeClient, connect
from canarytui.sandbox.client.resources import PODS
from canarytui.sandbox.errors import RequestRefused, ServerUnreachable, UnusableConfig
from canarytui.sandbox.servers import HttpServers, plain_server
from canarytui.sandbox.supervisor.kubeconfig import write_kubeconfig


class Recorder:
    """Answers from a list, and keeps what was asked."""

    def __init__(self) -> None:
        self.answers: list[web.StreamResponse] = []
        self.asked: list[tuple[str, str, str, str, Any]] = []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        headers = request.headers
        self.asked.append(
            (request.method, str(request.rel_url), headers["Authorization"], headers["Content-Type"], body)
        )
        return self.answers.pop(0)


@pytest.fixture
async def server() -> AsyncIterator[tuple[Recorder, str]]:
    recorder = Recorder()
    servers = HttpServers(lambda port: plain_server(recorder.handle))
    await servers.start([443])
    yield recorder, f"http://{servers.listens[443]}"
    await servers.abort()


@pytest.fixture
async def client(server: tuple[Recorder, str], tmp_path: Path) -> AsyncIterator[KubeClient]:
    write_kubeconfig(tmp_path / "kubeconfig", server[1], b"", {"kubelet": "secret"})
    made = await connect(tmp_path / "kubeconfig")
    yield made
    await made.close()


async def test_each_request_has_the_token_and_its_content_type(
    client: KubeClient, server: tuple[Recorder, str]
) -> None:
    recorder, url = server
    assert client.server == url
    recorder.answers = [web.json_response({"n": n}) for n in range(4)]
    assert await client.get("/version", {"a": "b c"}) == {"n": 0}
    assert await client.create(PODS.path("test"), {"kind": "Pod"}) == {"n": 1}
    assert await client.merge_patch(PODS, "test", "x", {"status": {}}, subresource="status") == {"n": 2}
    await client.delete_now(PODS, "test", "x", uid="u1")
    json, merge = "application/json", "application/merge-patch+json"
    options = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "preconditions": {"uid": "u1"}}
    assert recorder.asked == [
        ("GET", "/version?a=b%20c", "Bearer secret", json, None),
        ("POST", "/api/v1/namespaces/test/pods", "Bearer secret", json, {"kind": "Pod"}),
        ("PATCH", "/api/v1/namespaces/test/pods/x/status", "Bearer secret", merge, {"status": {}}),
        ("DELETE", "/api/v1/namespaces/test/pods/x", "Bearer secret", json, options),
    ]


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (
            web.json_response({"kind": "Status", "reason": "Conflict", "message": "changed"}, status=409),
            (409, "Conflict", "changed"),
        ),
        (web.Response(status=502, text=" Bad gateway\n"), (502, "", "Bad gateway")),
        (web.Response(status=500), (500, "", "HTTP 500")),
        (web.json_response([], status=404), (404, "", "[]")),
    ],
    ids=["status", "text", "nothing", "list"],
)
async def test_an_answer_of_400_and_up_is_the_servers_refusal(
    answer: web.Response, refused: tuple[int, str, str], client: KubeClient, server: tuple[Recorder, str]
) -> None:
    server[0].answers = [answer]
    with pytest.raises(RequestRefused) as found:
        await client.get("/version")
    assert (found.value.code, found.value.reason, str(found.value)) == refused


async def test_no_answer_and_no_json_are_unreachable(client: KubeClient, server: tuple[Recorder, str]) -> None:
    server[0].answers = [web.Response(text="{", content_type="application/json")]
    with pytest.raises(ServerUnreachable, match="gave no usable answer to GET /version"):
        await client.get("/version")


async def test_a_server_that_is_gone_is_unreachable(tmp_path: Path) -> None:
    write_kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:1", b"", {"kubelet": "secret"})
    client = await connect(tmp_path / "kubeconfig")
    with pytest.raises(ServerUnreachable, match=r"http://127\.0\.0\.1:1 does not answer"):
        await client.get("/version")
    await client.close()


async def test_watch_events_come_one_by_one_until_the_server_ends(
    client: KubeClient, server: tuple[Recorder, str]
) -> None:
    lines = b'{"type": "ADDED", "object": {"long": "' + b"x" * 300_000 + b'"}}\n{"type": "BOOKMARK", "object": {}}\n'
    server[0].answers = [web.Response(body=lines)]
    async with aclosing(client.watch("/api/v1/pods", {"resourceVersion": "7"}, 30)) as events:
        found = [event async for event in events]
    assert [event["type"] for event in found] == ["ADDED", "BOOKMARK"]
    assert server[0].asked[0][1] == "/api/v1/pods?resourceVersion=7&watch=true"


@pytest.mark.parametrize("cut", [b'{"type": "ADD', b"\xff\n"])
async def test_a_watch_that_breaks_off_is_unreachable(
    cut: bytes, client: KubeClient, server: tuple[Recorder, str]
) -> None:
    server[0].answers = [web.Response(body=cut)]
    async with aclosing(client.watch("/api/v1/pods", {}, 30)) as events:
        with pytest.raises(ServerUnreachable, match=r"The watch of /api/v1/pods broke off"):
            await anext(events)


async def test_a_watch_that_is_silent_for_too_long_is_given_up(
    client: KubeClient, server: tuple[Recorder, str]
) -> None:
    silence = asyncio.Event()

    class Silent(web.StreamResponse):
        async def prepare(self, request: web.BaseRequest) -> Any:
            writer = await super().prepare(request)
            await silence.wait()
            return writer

    server[0].answers = [Silent()]
    async with aclosing(client.watch("/api/v1/pods", {}, 0.05)) as events:
        with pytest.raises(ServerUnreachable):
            await anext(events)
    silence.set()


async def test_the_environments_proxy_is_not_asked(
    client: KubeClient, server: tuple[Recorder, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server[0].answers = [web.json_response({"ok": True})]
    assert await client.get("/version") == {"ok": True}


@pytest.mark.parametrize("text", ["", "clusters: [", "[]", yaml.safe_dump({"current-context": "x", "contexts": []})])
async def test_a_file_that_is_no_kubeconfig_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(UnusableConfig, match=f"{path} is no usable kubeconfig"):
        await connect(path)
