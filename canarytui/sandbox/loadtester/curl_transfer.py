"""One request and its answer, for our own curl: direct, through an HTTP proxy, or through a proxy's tunnel."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import socket
import ssl
import time
import zlib
from fnmatch import fnmatch
from typing import Any
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct, field

from canarytui.sandbox.loadtester.curl_cookies import CookieJar
from canarytui.sandbox.loadtester.curl_options import CurlOptions
from canarytui.sandbox.loadtester.curl_request import CurlRequest
from canarytui.sandbox.output import tell

_CHUNK = 64 * 1024
_CONNECT_S = 300.0
_PORTS = {"http": 80, "https": 443}


class Failed(Exception):
    """A transfer that failed: curl's exit code, and ``str`` is its sentence."""

    def __init__(self, code: int, sentence: str, transfer: Transfer | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.transfer = transfer


class Transfer(Struct):
    """The result of one exchange; times are seconds since the command began this URL."""

    url: str = ""
    method: str = "GET"
    status: int = 0
    head: bytes = b""
    body: bytes = b""
    size: int = 0
    sent: int = 0
    answer: Any = None
    location: str = ""
    redirects: int = 0
    connected: bool = False
    remote: tuple[str, int] = ("", 0)
    local: tuple[str, int] = ("", 0)
    resolved_s: float = 0.0
    connected_s: float = 0.0
    first_byte_s: float = 0.0
    total_s: float = 0.0
    broken: tuple[int, str] | None = field(default=None)

    def header(self, name: str) -> str:
        """A header of the answer, "" without one."""
        return str(self.answer.headers.get(name, "")) if self.answer is not None else ""


def exchange(
    options: CurlOptions, request: CurlRequest, cookies: CookieJar, deadline: float | None, began: float
) -> Transfer:
    """Send `request` and read the answer.

    Args:
        options: of the command.
        request: what to send.
        cookies: those to send along.
        deadline: by ``time.monotonic()``, None for none.
        began: when the command began this URL, by the same clock.

    Raises:
        Failed: no complete response head arrived.
    """
    parts = urlsplit(request.url)
    if parts.scheme not in _PORTS:
        raise Failed(1, f'Protocol "{parts.scheme}" not supported or disabled in libcurl')
    transfer = Transfer(url=request.url)
    proxy = _proxy(options, parts)
    try:
        connection = _connect(options, parts, proxy, deadline, began, transfer)
    except TimeoutError as error:
        raise Failed(28, _timed_out(began, 0), transfer) from error
    with contextlib.closing(connection):
        try:
            _send(options, request, cookies, connection, _target(parts, proxy))
            transfer.sent = len(request.body or b"")
            connection.settimeout(_left(deadline))
            answer = http.client.HTTPResponse(connection, method=request.method)
            answer.begin()
        except TimeoutError as error:
            transfer.total_s = time.monotonic() - began
            raise Failed(28, _timed_out(began, 0), transfer) from error
        except http.client.RemoteDisconnected as error:
            raise Failed(52, "Empty reply from server", transfer) from error
        except http.client.BadStatusLine as error:
            raise Failed(1, "Received HTTP/0.9 when not allowed", transfer) from error
        except (OSError, http.client.HTTPException) as error:
            raise Failed(56, f"Recv failure: {getattr(error, 'strerror', None) or error}", transfer) from error
        _read(options, answer, connection, deadline, began, transfer)
    return transfer


def _proxy(options: CurlOptions, parts: SplitResult) -> SplitResult | None:
    given = options.values.get("proxy")
    host = parts.hostname or ""
    for name in options.values.get("noproxy", "").replace(",", " ").split():
        if name == "*" or host == name.lstrip(".") or fnmatch(host, f"*.{name.lstrip('.')}"):
            return None
    return urlsplit(given if "://" in given else f"http://{given}") if given else None


def _target(parts: SplitResult, proxy: SplitResult | None) -> str:
    path = parts._replace(scheme="", netloc="").geturl() or "/"
    if proxy is None or parts.scheme == "https":
        return path
    return f"http://{parts.netloc.rpartition('@')[2]}{path}"


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _timed_out(began: float, received: int) -> str:
    since_ms = (time.monotonic() - began) * 1000
    return f"Operation timed out after {since_ms:.0f} milliseconds with {received} bytes received"


def _connect(
    options: CurlOptions,
    parts: SplitResult,
    proxy: SplitResult | None,
    deadline: float | None,
    began: float,
    transfer: Transfer,
) -> socket.socket:
    hop = proxy or parts
    host, port = hop.hostname or "", hop.port or _PORTS.get(hop.scheme, 80)
    if proxy is None:
        host = _resolved(options, host, port)
    family = socket.AF_INET if "ipv4" in options.switches else socket.AF_INET6 if "ipv6" in options.switches else 0
    try:
        found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        words = "Could not resolve proxy" if proxy else "Could not resolve host"
        raise Failed(5 if proxy else 6, f"{words}: {hop.hostname}", transfer) from error
    transfer.resolved_s = time.monotonic() - began
    verbose = _verbose(options)
    for kind, _, _, _, address in found:
        connection = socket.socket(kind, socket.SOCK_STREAM)
        verbose(f"*   Trying {address[0]}:{port}...")
        try:
            limits = [options.number("connect-timeout", _CONNECT_S) or _CONNECT_S, _left(deadline)]
            connection.settimeout(min(limit for limit in limits if limit is not None))
            connection.connect(address)
            break
        except OSError as error:
            connection.close()
            last = error
    else:
        since = (time.monotonic() - began) * 1000
        if isinstance(last, TimeoutError):
            raise Failed(28, f"Connection timed out after {since:.0f} milliseconds", transfer) from last
        sentence = f"Failed to connect to {hop.hostname} port {port} after {since:.0f} ms: Couldn't connect to server"
        raise Failed(7, sentence, transfer) from last
    transfer.connected, transfer.connected_s = True, time.monotonic() - began
    transfer.remote, transfer.local = connection.getpeername()[:2], connection.getsockname()[:2]
    verbose(f"* Connected to {hop.hostname} ({transfer.remote[0]}) port {port} (#0)")
    connection.settimeout(_left(deadline))
    if parts.scheme == "https":
        return _secured(options, connection, parts, proxy, transfer)
    return connection


def _resolved(options: CurlOptions, host: str, port: int) -> str:
    for entry in options.resolve:
        name, _, rest = entry.lstrip("+").partition(":")
        wanted, _, address = rest.partition(":")
        if name in (host, "*") and wanted == str(port):
            return address.split(",")[0].strip("[]")
    return host


def _secured(
    options: CurlOptions, connection: socket.socket, parts: SplitResult, proxy: SplitResult | None, transfer: Transfer
) -> socket.socket:
    if proxy is not None:
        _open_tunnel(connection, f"{parts.hostname}:{parts.port or 443}", transfer)
    file = options.values.get("cacert")
    try:
        context = ssl.create_default_context(cafile=file)
    except OSError as error:
        raise Failed(77, f"error setting certificate file: {file}", transfer) from error
    if "insecure" in options.switches:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        return context.wrap_socket(connection, server_hostname=parts.hostname)
    except ssl.SSLCertVerificationError as error:
        sentence = (
            f"SSL certificate problem: {error.verify_message}\n"
            "More details here: https://curl.se/docs/sslcerts.html\n\n"
            "curl failed to verify the legitimacy of the server and therefore could not\n"
            "establish a secure connection to it. To learn more about this situation and\n"
            "how to fix it, please visit the web page mentioned above."
        )
        raise Failed(60, sentence, transfer) from error
    except TimeoutError as error:
        raise Failed(28, "SSL connection timeout", transfer) from error
    except OSError as error:
        raise Failed(35, f"OpenSSL SSL_connect: {getattr(error, 'reason', None) or error}", transfer) from error


def _open_tunnel(connection: socket.socket, target: str, transfer: Transfer) -> None:
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    answer = http.client.HTTPResponse(connection, method="CONNECT")
    try:
        answer.begin()
    except (OSError, http.client.HTTPException) as error:
        raise Failed(56, "Proxy CONNECT aborted", transfer) from error
    if answer.status != 200:
        raise Failed(56, f"CONNECT tunnel failed, response {answer.status}", transfer)


def _send(
    options: CurlOptions, request: CurlRequest, cookies: CookieJar, connection: socket.socket, target: str
) -> None:
    headers = list(request.headers)
    if cookie := cookies.header(request.url):
        headers.append(("Cookie", cookie))
    if target.startswith("http://"):
        headers.append(("Proxy-Connection", "Keep-Alive"))
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    for line in lines[:-1]:
        _verbose(options)(f"> {line}")
    connection.sendall("\r\n".join(lines).encode("utf-8", "surrogateescape") + (request.body or b""))


def _read(
    options: CurlOptions,
    answer: http.client.HTTPResponse,
    connection: socket.socket,
    deadline: float | None,
    began: float,
    transfer: Transfer,
) -> None:
    transfer.answer, transfer.status, transfer.first_byte_s = answer, answer.status, time.monotonic() - began
    version = "1.0" if answer.version == 10 else "1.1"
    headers = [f"{name}: {value}" for name, value in answer.headers.items()]
    lines = [f"HTTP/{version} {answer.status} {answer.reason}", *headers, ""]
    transfer.head = "".join(f"{line}\r\n" for line in lines).encode("latin-1", "replace")
    for line in lines:
        _verbose(options)(f"< {line}")
    chunks: list[bytes] = []
    try:
        while True:
            connection.settimeout(_left(deadline))
            chunk = answer.read1(_CHUNK)
            if not chunk:
                break
            chunks.append(chunk)
        missing = answer.length or 0
        if missing and transfer.status not in (204, 304):
            transfer.broken = (18, f"transfer closed with {missing} bytes remaining to read")
    except TimeoutError:
        transfer.broken = (28, _timed_out(began, sum(map(len, chunks))))
    except http.client.IncompleteRead:
        transfer.broken = (18, "transfer closed with outstanding read data remaining")
    except OSError as error:
        transfer.broken = (56, f"Recv failure: {error.strerror or error}")
    raw = b"".join(chunks)
    transfer.size = len(raw)
    transfer.body = _plain(raw, transfer.header("Content-Encoding")) if "compressed" in options.switches else raw
    transfer.total_s = time.monotonic() - began


def _plain(data: bytes, encoding: str) -> bytes:
    try:
        if encoding in ("gzip", "x-gzip"):
            return gzip.decompress(data)
        return zlib.decompress(data) if encoding == "deflate" else data
    except (OSError, EOFError, zlib.error) as error:
        raise Failed(61, "Error while processing content unencoding") from error


def _verbose(options: CurlOptions) -> Any:
    if "verbose" not in options.switches:
        return lambda line: None
    return tell
