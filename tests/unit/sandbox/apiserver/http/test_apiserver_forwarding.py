"""Logs, streams and proxied requests end at the kubelet or the pod, with the sandbox's secret and no credentials."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.api import MERGE_PATCH, Api
from canarytui.sandbox.apiserver.http.server import make_app
from canarytui.sandbox.constants import LISTEN_ANNOTATION, SECRET_HEADER

PODS = "/api/v1/namespaces/test/pods"


@dataclass
class Backend:
    """A server in place of a kubelet and a pod: it notes what it is asked, and echoes."""

    asked: list[web.Request] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if request.headers.get("Upgrade"):
            socket = web.WebSocketResponse(protocols=["v5.channel.k8s.io"])
            await socket.prepare(request)
            await socket.send_bytes(b"\x01" + await socket.receive_bytes())
            await socket.close()
            return socket
        return web.Response(text=f"{request.method} {request.path_qs} {await request.text()}", status=self.status)

    status = 200


@dataclass
class Forwarding:
    api: Api
    backend: Backend
    client: TestClient[Any, Any]

    async def get(self, path: str) -> tuple[int, str]:
        answer = await self.client.get(path)
        return answer.status, await answer.text()


@pytest.fixture
async def forwarding() -> AsyncIterator[Forwarding]:
    backend, api = Backend(), Api()
    other = web.Application()
    other.router.add_route("*", "/{path:.*}", backend.answer)
    async with TestServer(other) as server:
        _fill(api, server.port or 0)
        app = make_app(api, users={"root": user("root", MASTERS)}, secret="the-secret")
        async with TestClient(TestServer(app), headers={"Authorization": "Bearer root"}) as client:
            yield Forwarding(api, backend, client)


def _fill(api: Api, port: int) -> None:
    def rt(plural: str) -> Any:
        return api.registry.find("", plural)

    api.create(rt("namespaces"), None, {"metadata": {"name": "test"}})
    api.create(rt("nodes"), None, {"metadata": {"name": "n"}})
    endpoint = {"status": {"daemonEndpoints": {"kubeletEndpoint": {"Port": port}}}}
    api.patch(rt("nodes"), None, "n", endpoint, MERGE_PATCH, subresource="status")
    containers = [{"name": "app", "image": "a", "ports": [{"name": "http", "containerPort": 8080}]}]
    listens = json.dumps({"8080": f"127.0.0.1:{port}"})
    metadata = {"name": "p", "labels": {"app": "a"}, "annotations": {LISTEN_ANNOTATION: listens}}
    api.create(rt("pods"), "test", {"metadata": metadata, "spec": {"nodeName": "n", "containers": containers}})
    spec = {"selector": {"app": "a"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}
    api.create(rt("services"), "test", {"metadata": {"name": "s"}, "spec": spec})
    address = {"ip": "10.0.0.1", "targetRef": {"kind": "Pod", "name": "p", "namespace": "test"}}
    subsets = [{"addresses": [address], "ports": [{"name": "http", "port": 8080}]}]
    api.create(rt("endpoints"), "test", {"metadata": {"name": "s"}, "subsets": subsets})


async def test_logs_come_from_the_kubelet(forwarding: Forwarding) -> None:
    assert await forwarding.get(f"{PODS}/p/log?tailLines=1") == (200, "GET /containerLogs/test/p/app?tailLines=1 ")
    (asked,) = forwarding.backend.asked
    assert (asked.headers[SECRET_HEADER], "Authorization" in asked.headers) == ("the-secret", False)
    forwarding.backend.status = 400
    status, text = await forwarding.get(f"{PODS}/p/log?previous=true")
    assert (status, json.loads(text)["reason"]) == (400, "BadRequest")


async def test_a_stream_is_passed_both_ways(forwarding: Forwarding) -> None:
    url = f"{PODS}/p/exec?command=sh&stdin=true"
    async with forwarding.client.ws_connect(url, protocols=["v5.channel.k8s.io"]) as socket:
        await socket.send_bytes(b"hello")
        assert await socket.receive_bytes() == b"\x01hello"
        assert socket.protocol == "v5.channel.k8s.io"
    (asked,) = forwarding.backend.asked
    assert asked.path_qs == "/exec/test/p/app?command=sh&input=true"
    status, text = await forwarding.get(f"{PODS}/p/exec?command=sh")
    assert (status, "upgrade request required" in text) == (400, True)


@pytest.mark.parametrize(
    "path",
    [
        f"{PODS}/p/proxy",
        f"{PODS}/p:http/proxy",
        "/api/v1/namespaces/test/services/s:http/proxy",
        "/api/v1/nodes/n/proxy",
    ],
)
async def test_requests_are_proxied_to_pods_services_and_nodes(forwarding: Forwarding, path: str) -> None:
    answer = await forwarding.client.post(f"{path}/a%20b?c=d", data=b"body")
    assert (answer.status, await answer.text()) == (200, "POST /a%20b?c=d body")
    (asked,) = forwarding.backend.asked
    assert asked.headers[SECRET_HEADER] == "the-secret"
    assert "Authorization" not in asked.headers


async def test_what_cannot_be_reached_is_named(forwarding: Forwarding) -> None:
    status, text = await forwarding.get(f"{PODS}/p:9999/proxy/")
    assert (status, json.loads(text)["message"]) == (503, "no server listens on port '9999' of pod \"p\"")
    status, text = await forwarding.get("/api/v1/namespaces/test/services/s:81/proxy/")
    assert (status, json.loads(text)["message"]) == (503, 'no service port 81 found for service "s"')
    gone = {"metadata": {"annotations": {LISTEN_ANNOTATION: json.dumps({"8080": f"127.0.0.1:{unused_port()}"})}}}
    forwarding.api.patch(forwarding.api.registry.find("", "pods"), "test", "p", gone, MERGE_PATCH)
    status, text = await forwarding.get(f"{PODS}/p/proxy/")
    assert (status, "error trying to reach service" in text) == (503, True)
