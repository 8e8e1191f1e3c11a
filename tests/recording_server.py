"""A TLS server, a plain one and an HTTP proxy on loopback that note what a client of Kubernetes sends them.

Threads, not an event loop: kubectl is waited for while they answer, and so is a client in the test's own loop.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as PEM."""

    cert: bytes
    key: bytes


class Authority:
    """Signs certificates."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self.pem = self._authority.cert_pem.bytes()

    def pair(self, name: str, *hosts: str, ended_days_ago: int = 0) -> Pair:
        """A certificate for `name`, good for `hosts`."""
        ended = datetime.now(UTC) - timedelta(days=ended_days_ago) if ended_days_ago else None
        made = self._authority.issue_cert(*hosts, common_name=name, not_after=ended)
        return Pair(made.cert_chain_pems[0].bytes(), made.private_key_pem.bytes())


@dataclass(frozen=True)
class Request:
    """What identifies a request: where it went, and as whom."""

    method: str
    target: str
    host: str
    client: str
    """Common name of the client's certificate."""
    authorization: str
    impersonate: tuple[tuple[str, str], ...]
    server_name: str = ""
    """What the client asked for by SNI."""
    gzip: bool = False
    """Whether the answer may be compressed."""


@dataclass
class Server:
    """Answers every request with `status` and an empty API list. `valid` names the Authorization headers that are good;
    None: all are."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)
    """What a proxy was asked for: ``CONNECT host:port`` or ``GET url``, and its credentials."""
    port_behind: int = 0
    """Of a proxy: where all its tunnels lead."""
    valid: set[str] | None = None

    def forget(self) -> None:
        self.requests.clear()
        self.tunnels.clear()


def serve(
    folder: Path,
    pair: Pair | None,
    *,
    clients: bytes = b"",
    demand: bool = False,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> tuple[Server, Any]:
    """Start a server; TLS when it has a certificate. `clients` is the authority of client certificates, which are
    optional unless `demand` is set; `newest` is the TLS it speaks. Returns it and what ends it."""
    record = Server()
    handler = type("Handler", (_Handler,), {"record": record})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler, bind_and_activate=True)
    server.daemon_threads = True
    if pair is not None:
        context = _tls(folder, pair, clients, demand)
        context.maximum_version = newest
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that refuse our certificate
    record.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return record, server


def _tls(folder: Path, pair: Pair, clients: bytes, demand: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (folder / "served.pem").write_bytes(pair.cert + pair.key)
    context.load_cert_chain(folder / "served.pem")
    if clients:
        context.load_verify_locations(cadata=clients.decode())
        context.verify_mode = ssl.CERT_REQUIRED if demand else ssl.CERT_OPTIONAL
    context.sni_callback = _note_name
    return context


def _note_name(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
    connection.asked_for = name or ""


class _Handler(BaseHTTPRequestHandler):
    record: Server
    protocol_version = "HTTP/1.1"
    timeout = 20

    def _answer(self) -> None:
        if "://" in self.path:
            return self._forward()
        self.record.requests.append(self._facts())
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        good = self.record.valid is None or self.headers.get("Authorization", "") in self.record.valid
        status: Mapping[str, Any] = {"kind": "APIVersions", "versions": ["v1"]}
        if not good:
            status = {"kind": "Status", "status": "Failure", "reason": "Unauthorized", "message": "Unauthorized"}
        body = json.dumps(status).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer

    def _facts(self) -> Request:
        client = ""
        if isinstance(self.connection, ssl.SSLSocket):
            peer = self.connection.getpeercert() or {}
            subject = dict(pair[0] for pair in peer.get("subject", ()))
            client = str(subject.get("commonName", ""))
        impersonate = sorted(
            (name.lower(), value) for name, value in self.headers.items() if name.lower().startswith("impersonate-")
        )
        authorization = self.headers.get("Authorization", "")
        host = self.headers.get("Host", "")
        asked_for = getattr(self.connection, "asked_for", "")
        gzip = "gzip" in self.headers.get("Accept-Encoding", "")
        return Request(self.command, self.path, host, client, authorization, tuple(impersonate), asked_for, gzip)

    def do_CONNECT(self) -> None:
        """Whatever is asked for, the next hop is the server that the test has put behind."""
        self._note_tunnel()
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", self.record.port_behind)) as behind:
            _pump(self.connection, behind)
        self.close_connection = True

    def _forward(self) -> None:
        """A request through the proxy by plain HTTP: noted, and answered from here."""
        self._note_tunnel()
        self.path = "/" + self.path.split("://", 1)[1].partition("/")[2]
        self._answer()

    def _note_tunnel(self) -> None:
        credentials = self.headers.get("Proxy-Authorization", "")
        self.record.tunnels.append(f"{self.command} {self.path} {credentials}".rstrip())

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def _pump(one: socket.socket, other: socket.socket) -> None:
    both = {one: other, other: one}
    while True:
        # TLS may have read more than was taken from it.
        held = [side for side in both if isinstance(side, ssl.SSLSocket) and side.pending()]
        ready = held or select.select(list(both), [], [], 20)[0]
        if not ready:
            return
        for side in ready:
            try:
                data = side.recv(65536)
            except OSError:
                return
            if not data:
                return
            both[side].sendall(data)
