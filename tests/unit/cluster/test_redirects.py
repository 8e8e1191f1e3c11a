"""What redirects an API server's requests gets none of them: no write, no token, no name that is impersonated."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from api_with_tokens import write_config
from yarl import URL

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.lost_answers import lost_words, was_sent
from canarytui.cluster.redirects import without_credentials_elsewhere
from canarytui.cluster.service_http import fetch
from canarytui.errors import ClusterUnreachable


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PATCH", "POST", "PUT", "DELETE"])
async def test_nothing_follows_to_another_server(tmp_path: Path, method: str, status: int) -> None:
    reached: list[str] = []

    async def other(request: web.Request) -> web.Response:
        reached.append(request.method)
        return web.json_response({"metadata": {"name": "cart"}})

    async def away(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": f"{login}sso/S3CR3T?next=S3CR3T"})

    there, here = web.Application(), web.Application()
    there.router.add_route("*", "/{path:.*}", other)
    here.router.add_route("*", "/{path:.*}", away)
    async with TestServer(there) as elsewhere, TestServer(here) as server:
        login = str(elsewhere.make_url("/"))
        user: dict[str, object] = {"as": "ann"}
        cluster = await connect(ClusterTarget(kubeconfig=str(write_config(tmp_path, str(server.make_url("")), user))))
        body = None if method == "GET" else {"spec": {"suspend": True}}
        with pytest.raises(ClusterUnreachable) as refused:
            await cluster.request(method, "/apis/x", body=body)
        await cluster.close()
    assert reached == []
    assert f"with HTTP {status}, which points to another server ({login}…), and nothing was sent" in str(refused.value)
    assert "S3CR3T" not in str(refused.value)
    assert was_sent(refused.value), "a proxy may have passed it on all the same: the object tells"
    assert lost_words(refused.value) == "it points to another server"


@pytest.mark.parametrize("location", ["/there", "there"])
async def test_a_redirection_to_the_server_itself_is_followed(tmp_path: Path, location: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/here":
            return web.Response(status=307, headers={"Location": location})
        return web.json_response({"asked": request.method, "path": request.path})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        cluster = await connect(
            ClusterTarget(kubeconfig=str(write_config(tmp_path, str(server.make_url("")), {"as": "ann"})))
        )
        assert await cluster.request("PATCH", "/here", body={}) == {"asked": "PATCH", "path": "/there"}
        await cluster.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("elsewhere", [True, False])
async def test_the_credentials_of_a_service_follow_to_itself_only(
    lone_cluster: Cluster, status: int, elsewhere: bool
) -> None:
    sent = {"DD-API-KEY": "S3CR3T", "Authorization": "Token S3CR3T", "X-Query-Key": "S3CR3T", "Content-Type": "a/b"}
    got: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        got.append({name: value for name, value in request.headers.items() if name in sent})
        return web.Response(text="there")

    async def away(request: web.Request) -> web.Response:
        return web.Response(
            status=status, headers={"Location": str((other if elsewhere else service).make_url("/there"))}
        )

    there, here = web.Application(), web.Application()
    there.router.add_route("*", "/there", answer)
    here.router.add_route("*", "/there", answer)
    here.router.add_route("*", "/here", away)
    async with TestServer(there) as other, TestServer(here) as service:
        assert await fetch(lone_cluster, "GET", str(service.make_url("/here")), headers=sent) == (200, b"there")
    assert got == [{"Content-Type": "a/b"} if elsewhere else sent]


@pytest.mark.parametrize(
    ("home", "to", "kept"),
    [
        ("http://a.example/here", "http://a.example/other", True),
        ("http://a.example/here", "https://a.example/", True),
        ("http://a.example/here", "https://a.example:8443/", False),
        ("http://a.example/here", "http://a.example:8080/", False),
        ("http://a.example/here", "http://b.example/", False),
        ("https://a.example/here", "http://a.example/", False),
    ],
)
async def test_a_server_is_itself_on_its_encrypted_port(home: str, to: str, kept: bool) -> None:
    class Request:
        url = URL(to)
        headers: ClassVar = {"X-Key": "S3CR3T"}

    async def handler(request: Any) -> Any:
        return dict(request.headers)

    middleware = without_credentials_elsewhere(home, ["X-Key"])
    assert await middleware(cast(Any, Request()), handler) == ({"X-Key": "S3CR3T"} if kept else {})
