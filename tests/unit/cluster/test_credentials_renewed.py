"""Credentials that stop being good: asked for again after a 401, once for each answer, and never sent when missing."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_with_tokens import answer, calls, exec_user, write_config
from recording_server import Server, serve

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.credentials import TokenFile
from canarytui.errors import ApiStatusError, ConfigError, NoCredentials


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    record, running = serve(tmp_path, None)
    yield record
    running.shutdown()
    running.server_close()


async def _connected(folder: Path, server: Server, user: dict[str, object]) -> Cluster:
    return await connect(ClusterTarget(kubeconfig=str(write_config(folder, f"http://127.0.0.1:{server.port}", user))))


def _good(server: Server, *tokens: str) -> None:
    server.valid = {f"Bearer {token}" for token in tokens}


def _sent(server: Server) -> list[str]:
    return [request.authorization.removeprefix("Bearer ") for request in server.requests]


async def test_a_plugin_without_an_expiry_is_asked_once_and_again_after_a_401(tmp_path: Path, server: Server) -> None:
    (tmp_path / "token").write_text("one")
    _good(server, "one")
    cluster = await _connected(tmp_path, server, exec_user(tmp_path, answer(token="$(cat token)")))
    for _ in range(3):
        await cluster.request("GET", "/api")
    assert calls(tmp_path) == 1
    (tmp_path / "token").write_text("two")
    _good(server, "two")
    await cluster.request("PATCH", "/api", body={"a": 1}, content_type="application/merge-patch+json")
    assert calls(tmp_path) == 2
    assert _sent(server)[3:] == ["one", "two"]
    await cluster.request("GET", "/api")
    assert calls(tmp_path) == 2
    await cluster.close()


async def test_a_stream_is_opened_again_with_new_credentials(tmp_path: Path, server: Server) -> None:
    (tmp_path / "token").write_text("one")
    _good(server, "two")
    cluster = await _connected(tmp_path, server, exec_user(tmp_path, answer(token="$(cat token; printf two > token)")))
    async with cluster.stream("/api") as lines:
        assert [line async for line in lines]
    assert _sent(server) == ["one", "two"]
    await cluster.close()


async def test_requests_that_are_refused_together_share_one_question(tmp_path: Path, server: Server) -> None:
    (tmp_path / "token").write_text("one")
    _good(server, "one")
    cluster = await _connected(tmp_path, server, exec_user(tmp_path, f"sleep 0.2\n{answer(token='$(cat token)')}"))
    await asyncio.gather(*(cluster.request("GET", "/api") for _ in range(8)))
    assert calls(tmp_path) == 1
    (tmp_path / "token").write_text("two")
    _good(server, "two")
    await asyncio.gather(*(cluster.request("GET", "/api") for _ in range(8)))
    assert calls(tmp_path) == 2
    await cluster.close()


async def test_a_plugin_whose_new_token_is_refused_too_is_left_alone(tmp_path: Path, server: Server) -> None:
    _good(server)
    cluster = await _connected(tmp_path, server, exec_user(tmp_path, answer(token="bad")))
    for _ in range(5):
        with pytest.raises(ApiStatusError, match="Unauthorized"):
            await cluster.request("GET", "/api")
    assert calls(tmp_path) == 2, "at first, and once more after the first 401"
    assert len(server.requests) == 6
    await cluster.close()


async def test_what_has_expired_is_asked_for_again(tmp_path: Path, server: Server) -> None:
    user = exec_user(tmp_path, answer(token="old", expirationTimestamp="2001-01-01T00:00:00Z"))
    cluster = await _connected(tmp_path, server, user)
    await cluster.request("GET", "/api")
    exec_user(tmp_path, answer(token="new", expirationTimestamp="2101-01-01T00:00:00Z"))
    for _ in range(3):
        await cluster.request("GET", "/api")
    assert _sent(server) == ["old", "new", "new", "new"]
    assert calls(tmp_path) == 2
    await cluster.close()


async def test_nothing_is_sent_without_credentials(tmp_path: Path, server: Server) -> None:
    script = "printf 'the session\\033[31m has\\033]52;c;eA==\\007 ended\\n' >&2; exit 3"
    cluster = await _connected(tmp_path, server, exec_user(tmp_path, script))
    for _ in range(3):
        with pytest.raises(
            NoCredentials, match=r"plugin\.sh of user me failed with exit code 3: the session has ended\."
        ):
            await cluster.request("GET", "/api")
    with pytest.raises(NoCredentials):
        async with cluster.stream("/api"):
            pass
    assert server.requests == []
    assert calls(tmp_path) == 1, "a plugin that failed is left alone for a while"
    await cluster.close()


async def test_a_plugin_that_fails_after_a_401_is_what_the_person_reads(tmp_path: Path, server: Server) -> None:
    _good(server, "one")
    cluster = await _connected(tmp_path, server, exec_user(tmp_path, answer(token="one")))
    await cluster.request("GET", "/api")
    _good(server)
    exec_user(tmp_path, "echo log in again >&2; exit 1")
    with pytest.raises(NoCredentials, match="log in again"):
        await cluster.request("GET", "/api")
    await cluster.close()


async def test_a_token_of_the_kubeconfig_is_refused_once(tmp_path: Path, server: Server) -> None:
    _good(server)
    cluster = await _connected(tmp_path, server, {"token": "t"})
    with pytest.raises(ApiStatusError):
        await cluster.request("GET", "/api")
    assert _sent(server) == ["t"]
    await cluster.close()


async def test_a_token_file_is_trimmed_and_read_again_after_a_401(tmp_path: Path, server: Server) -> None:
    (tmp_path / "token").write_text("one\n")
    _good(server, "one")
    cluster = await _connected(tmp_path, server, {"tokenFile": "token"})
    await cluster.request("GET", "/api")
    (tmp_path / "token").write_text(" two\n\n")
    _good(server, "two")
    await cluster.request("GET", "/api")
    assert _sent(server) == ["one", "one", "two"]
    _good(server)
    with pytest.raises(ApiStatusError):
        await cluster.request("GET", "/api")
    assert _sent(server)[3:] == ["two"], "the file has nothing new to try"
    await cluster.close()


async def test_a_token_file_is_read_again_within_a_minute(tmp_path: Path) -> None:
    path, now = tmp_path / "token", [0.0]
    path.write_text("one")
    source = TokenFile(str(path), clock=lambda: now[0])
    assert (await source.current()).authorization == "Bearer one"
    path.write_text("two")
    now[0] = 40.0
    assert (await source.current()).authorization == "Bearer one"
    now[0] = 60.0
    assert (await source.current()).authorization == "Bearer two"
    path.unlink()
    now[0] = 120.0
    assert (await source.current()).authorization == "Bearer two", "the last one is better than none"


async def test_a_token_file_that_could_hang_is_refused(tmp_path: Path, server: Server) -> None:
    os.mkfifo(tmp_path / "token")
    with pytest.raises(ConfigError, match="not a regular file"):
        await _connected(tmp_path, server, {"tokenFile": "token"})


async def test_an_id_token_is_read_again_from_the_kubeconfig_that_kubectl_keeps_fresh(
    tmp_path: Path, server: Server
) -> None:
    def user(expires: float) -> dict[str, object]:
        claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
        return {"auth-provider": {"name": "oidc", "config": {"id-token": f"e30.{claims}.c2ln"}}}

    cluster = await _connected(tmp_path, server, user(time.time() - 60))
    with pytest.raises(NoCredentials, match=r"id-token of user me .* has expired: run any kubectl command"):
        await cluster.request("GET", "/api")
    assert server.requests == []
    write_config(tmp_path, f"http://127.0.0.1:{server.port}", user(time.time() + 600))
    await cluster.request("GET", "/api")
    assert len(server.requests) == 1
    await cluster.close()


async def test_what_the_first_request_waits_for_is_told_until_the_plugin_has_answered(
    tmp_path: Path, server: Server
) -> None:
    (tmp_path / "token").write_text("one")
    _good(server, "one")
    user = exec_user(tmp_path, answer(token="$(cat token)"))
    config = write_config(tmp_path, f"http://127.0.0.1:{server.port}", user)
    told: list[str] = []
    cluster = await connect(ClusterTarget(kubeconfig=str(config), waiting=told.append))
    await cluster.request("GET", "/api")
    assert told == [f"the credential plugin {tmp_path}/plugin.sh", ""]
    (tmp_path / "token").write_text("two")
    _good(server, "two")
    await cluster.request("GET", "/api")
    assert [each for each in told if each] == told[:1], "a screen that shows canaries is not connecting"
    await cluster.close()
