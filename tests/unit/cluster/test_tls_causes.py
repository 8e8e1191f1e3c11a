"""What is wrong with TLS is named, and a client certificate that changes on disk is shown."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from api_with_tokens import answer, exec_user, write_config
from recording_server import Authority, Pair, Server, serve

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.errors import ClusterUnreachable, ConfigError

AUTHORITY, CLIENTS = Authority(), Authority()
GOOD = AUTHORITY.pair("server", "127.0.0.1")

Serve = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Serve]:
    running = []

    def start(pair: Pair | None, *, demand: bool = False, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Server:
        record, server = serve(tmp_path, pair, clients=CLIENTS.pem, demand=demand, newest=newest)
        running.append(server)
        return record

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


async def _connected(
    folder: Path, server: Server, user: dict[str, Any] | None = None, ca: Authority = AUTHORITY, **cluster: Any
) -> Cluster:
    trusted = {"certificate-authority-data": base64.b64encode(ca.pem).decode(), **cluster}
    config = write_config(folder, f"https://127.0.0.1:{server.port}", user or {"token": "t"}, trusted)
    return await connect(ClusterTarget(kubeconfig=str(config)))


async def _refusal(cluster: Cluster) -> str:
    with pytest.raises(ClusterUnreachable) as refused:
        await cluster.request("GET", "/api")
    await cluster.close()
    assert "VPN" not in str(refused.value)
    return str(refused.value)


async def test_an_unknown_authority(tmp_path: Path, start: Serve) -> None:
    said = await _refusal(await _connected(tmp_path, start(GOOD), ca=Authority()))
    assert "signed by an unknown authority: check certificate-authority" in said


async def test_another_hosts_certificate(tmp_path: Path, start: Serve) -> None:
    said = await _refusal(await _connected(tmp_path, start(AUTHORITY.pair("server", "elsewhere.example"))))
    assert "its certificate is not for 127.0.0.1" in said
    assert "tls-server-name" in said


async def test_an_expired_certificate(tmp_path: Path, start: Serve) -> None:
    said = await _refusal(await _connected(tmp_path, start(AUTHORITY.pair("server", "127.0.0.1", ended_days_ago=2))))
    assert "its certificate has expired" in said


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_client_certificate_that_is_missing_or_refused(
    tmp_path: Path, start: Serve, newest: ssl.TLSVersion
) -> None:
    server = start(GOOD, demand=True, newest=newest)
    # With TLS 1.3 the server refuses after the handshake: its words may arrive, or the connection is just cut.
    cut = "" if newest is ssl.TLSVersion.TLSv1_2 else "closed the connection; .* client certificate"
    said = await _refusal(await _connected(tmp_path, server))
    assert re.search("requires a client certificate|" + (cut or "requires"), said), said
    for pair, why in (
        (Authority().pair("stranger"), "rejects your client certificate: check"),
        (CLIENTS.pair("me", ended_days_ago=2), "rejects your client certificate, which has expired"),
    ):
        _write(tmp_path, pair)
        user = {"client-certificate": "me.crt", "client-key": "me.key"}
        said = await _refusal(await _connected(tmp_path, server, user))
        assert re.search(f"{why}|{cut or why}", said), said


async def test_a_server_that_does_not_speak_tls(tmp_path: Path, start: Serve) -> None:
    assert "does not speak TLS" in await _refusal(await _connected(tmp_path, start(None)))


async def test_a_proxy_that_is_not_there_is_named_without_its_password(tmp_path: Path, start: Serve) -> None:
    said = await _refusal(await _connected(tmp_path, start(GOOD), **{"proxy-url": "http://us:secret@127.0.0.1:9"}))
    assert "through the proxy http://127.0.0.1:9" in said
    assert "secret" not in said


def _write(folder: Path, pair: Pair) -> None:
    (folder / "me.crt").write_bytes(pair.cert)
    (folder / "me.key").write_bytes(pair.key)


async def test_a_client_certificate_that_changes_on_disk_is_shown(tmp_path: Path, start: Serve) -> None:
    server = start(GOOD)
    _write(tmp_path, CLIENTS.pair("one"))
    cluster = await _connected(tmp_path, server, {"client-certificate": "me.crt", "client-key": "me.key"})
    await cluster.request("GET", "/api")
    second = CLIENTS.pair("two")
    (tmp_path / "me.crt").write_bytes(second.cert)  # half of the change: the key is still the first one's
    await cluster.request("GET", "/api")
    (tmp_path / "me.key").write_bytes(second.key)
    await cluster.request("GET", "/api")
    assert [request.client for request in server.requests] == ["one", "one", "two"]
    await cluster.close()


async def test_a_plugins_new_certificate_is_shown_after_a_401(tmp_path: Path, start: Serve) -> None:
    server = start(GOOD)
    for name in ("one", "two"):
        _write(tmp_path, CLIENTS.pair(name))
        text = answer(token=name, clientCertificateData="@C@", clientKeyData="@K@")
        for letter, file in (("@C@", "me.crt"), ("@K@", "me.key")):
            text = text.replace(letter, (tmp_path / file).read_text().replace("\n", "\\n"))
        user = exec_user(tmp_path, text.replace("<<E", "<<'E'"))
        if name == "one":
            cluster = await _connected(tmp_path, server, user)
            await cluster.request("GET", "/api")
            server.valid = {"Bearer two"}
    await cluster.request("GET", "/api")
    shown = [(request.client, request.authorization) for request in server.requests]
    assert shown == [("one", "Bearer one"), ("one", "Bearer one"), ("two", "Bearer two")]
    await cluster.close()


async def test_no_key_is_left_on_disk_and_an_encrypted_one_asks_nobody(tmp_path: Path, start: Serve) -> None:
    from cryptography.hazmat.primitives import serialization

    pair = CLIENTS.pair("me")
    key = serialization.load_pem_private_key(pair.key, None)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    _write(tmp_path, Pair(pair.cert, encrypted))
    with pytest.raises(ConfigError, match="the key is encrypted"):
        await _connected(tmp_path, start(GOOD), {"client-certificate": "me.crt", "client-key": "me.key"})
    assert not _keys_held()


def _keys_held() -> list[str]:
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except OSError:
            continue  # the folder's own, which is closed by now
    return [target for target in found if "client certificate" in target]


async def test_a_server_that_hangs_up_in_the_handshake(tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    said = await _refusal(await _connected(tmp_path, Server(port=port)))
    assert "closed the connection" in said
    server.close()
