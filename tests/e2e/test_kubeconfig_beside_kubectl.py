"""Kubeconfigs and environments, each with the real kubectl and with us: the same request, or both refuse."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kubeconfig_table import CASES, Case
from recording_server import Authority, Pair, Request, Server, serve
from replacing import replace

from canarytui.cluster.client import ClusterTarget, connect
from canarytui.errors import CanarytuiError

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Seen:
    """What one client did: whether it went, what arrived where, and what a plugin was told."""

    went: bool
    tls: tuple[Request, ...]
    plain: tuple[Request, ...]
    by_proxy: tuple[Request, ...]
    tunnels: tuple[str, ...]
    told: Any
    extra: str


class Rig:
    """The servers, and what the table's letters stand for."""

    def __init__(self, folder: Path) -> None:
        authority, other, clients = Authority(), Authority(), Authority()
        self.me, self.you = clients.pair("me"), clients.pair("you")
        self._ca = authority.pem
        pair = authority.pair("server", "127.0.0.1", "localhost", "api.example.test")
        self._ends = []
        self.tls = self._serve(folder / "tls", pair, clients.pem)
        self.plain = self._serve(folder / "plain")
        self.proxy = self._serve(folder / "proxy")
        self.tls_proxy = self._serve(folder / "tls-proxy", pair)
        self.proxy.port_behind = self.tls_proxy.port_behind = self.tls.port
        self._letters = {
            "S": f"https://127.0.0.1:{self.tls.port}",
            "H": f"http://127.0.0.1:{self.plain.port}",
            "P": f"http://127.0.0.1:{self.proxy.port}",
            "PORT": str(self.tls.port),
            "HPORT": str(self.plain.port),
            "PPORT": str(self.proxy.port),
            "TPORT": str(self.tls_proxy.port),
            "CA": _base64(authority.pem),
            "OTHER": _base64(other.pem),
            "CC": _base64(self.me.cert),
            "CK": _base64(self.me.key),
            "CERT": json.dumps(self.me.cert.decode())[1:-1],
            "KEY": json.dumps(self.me.key.decode())[1:-1],
        }

    def _serve(self, folder: Path, pair: Pair | None = None, clients: bytes = b"") -> Server:
        folder.mkdir()
        record, server = serve(folder, pair, clients=clients)
        self._ends.append(server)
        return record

    def stop(self) -> None:
        for server in self._ends:
            server.shutdown()
            server.server_close()

    def fill(self, text: str, folder: Path) -> str:
        letters = {**self._letters, "D": str(folder)}
        return re.sub("@([A-Z]+)@", lambda found: letters[found[1]], text)

    def lay_out(self, case: Case, folder: Path) -> dict[str, str]:
        """Write the case's files; its environment."""
        (folder / "ca.pem").write_bytes(self._ca)
        for name, pair in (("me", self.me), ("you", self.you)):
            (folder / f"{name}.crt").write_bytes(pair.cert)
            (folder / f"{name}.key").write_bytes(pair.key)
        for name, text in case.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.fill(text, folder))
            path.chmod(0o755 if name.endswith(".sh") else 0o600)
        said = {name: self.fill(value, folder) for name, value in case.environment.items()}
        return {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home"), **said}

    def seen(self, went: bool, folder: Path) -> Seen:
        """What has arrived since the last call."""
        info, extra = folder / "info", folder / "extra"
        assert not (folder / "terminal").exists()
        seen = Seen(
            went,
            tuple(map(_without_timeout, self.tls.requests)),
            tuple(map(_without_timeout, self.plain.requests)),
            tuple(map(_without_timeout, self.proxy.requests)),
            tuple(line.replace("?timeout=5s", "") for line in (*self.proxy.tunnels, *self.tls_proxy.tunnels)),
            json.loads(info.read_text()) if info.exists() else None,
            extra.read_text() if extra.exists() else "",
        )
        for record in (self.tls, self.plain, self.proxy, self.tls_proxy):
            record.forget()
        for path in (info, extra):
            path.unlink(missing_ok=True)
        return seen


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _without_timeout(request: Request) -> Request:
    """kubectl tells the server how long it waits."""
    return replace(request, target=request.target.replace("?timeout=5s", ""))


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    made = Rig(tmp_path_factory.mktemp("rig"))
    yield made
    made.stop()


def _kubectl(kubectl: str, case: Case, environment: dict[str, str], folder: Path, rig: Rig) -> tuple[bool, str]:
    options = ["--request-timeout=5s"]
    if case.context:
        options.append(f"--context={case.context}")
    if case.kubeconfig:
        options.append(f"--kubeconfig={rig.fill(case.kubeconfig, folder)}")
    ended = subprocess.run(
        [kubectl, *options, "get", "--raw", "/api"],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return ended.returncode == 0, ended.stderr


async def _ours(case: Case, folder: Path, rig: Rig) -> tuple[bool, str]:
    kubeconfig = rig.fill(case.kubeconfig, folder) or None
    try:
        cluster = await connect(ClusterTarget(kubeconfig=kubeconfig, context=case.context or None))
        try:
            await cluster.request("GET", "/api", timeout_s=5)
        finally:
            await cluster.close()
    except CanarytuiError as error:
        return False, str(error)
    return True, ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_same_request_or_both_refuse(
    case: Case, rig: Rig, kubectl_path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = rig.lay_out(case, tmp_path)
    went, complaint = _kubectl(kubectl_path, case, environment, tmp_path, rig)
    theirs = rig.seen(went, tmp_path)
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    went, sentence = asyncio.run(_ours(case, tmp_path, rig))
    ours = rig.seen(went, tmp_path)
    assert ours == theirs, (complaint, sentence)
    if not went:
        # What the case says, and every file that kubectl names; where the network fails, the context.
        named = {
            *(rig.fill(name, tmp_path) for name in case.names),
            *re.findall(re.escape(str(tmp_path)) + r"[\w./:-]*[\w]", complaint),
        } or {"context x at"}
        assert not [name for name in named if name not in sentence], (sentence, complaint)
        assert sentence.endswith((".", "?"))
        assert sentence.isprintable()


def test_the_table_is_as_long_as_promised() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
