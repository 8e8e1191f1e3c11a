"""What our own curl sends: method, headers and body, from its options. Files are read, nothing is sent."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path
from urllib.parse import quote_plus, unquote, urlsplit

from msgspec import Struct, field

from canarytui.sandbox.loadtester.curl_options import CurlOptions, CurlUsageError

VERSION = "7.88.1"
_UNRESERVED = "-._~"


class BadUrl(ValueError):
    """Not a URL."""


class CurlRequest(Struct):
    """One request; `body` None means that there is none."""

    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None


def normal_url(url: str) -> str:
    """With a scheme and a path; raises BadUrl."""
    full = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(full)
        port = parts.port
    except ValueError as error:
        raise BadUrl(url) from error
    if not parts.hostname or port == 0 or any(character in parts.netloc for character in " \\"):
        raise BadUrl(url)
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def first_request(options: CurlOptions, url: str) -> CurlRequest:
    """The request that the options ask for.

    Raises:
        CurlUsageError: options that do not go together.
        BadUrl: not a URL.
    """
    if options.data and "head" in options.switches and "get" not in options.switches:
        raise CurlUsageError("You can only select one HTTP request method!")
    full = normal_url(url)
    body = _data(options) if options.data else None
    method = "GET"
    if "get" in options.switches:
        if body is not None:
            parts = urlsplit(full)
            full = parts._replace(query="&".join(filter(None, (parts.query, body.decode(errors="replace"))))).geturl()
        body = None
    if "head" in options.switches:
        method = "HEAD"
    elif body is not None:
        method = "POST"
    request = CurlRequest(options.values.get("request", method), full, [], body)
    _set_headers(options, request)
    return request


def _set_headers(options: CurlOptions, request: CurlRequest) -> None:
    parts = urlsplit(request.url)
    host = parts.netloc.rpartition("@")[2]
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    named: list[tuple[str, str]] = [("Host", host.removesuffix(default) if default else host)]
    credentials = options.values.get("user")
    if credentials is None and parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    if credentials is not None:
        full = credentials if ":" in credentials else f"{credentials}:"
        named.append(("Authorization", "Basic " + base64.b64encode(full.encode()).decode()))
    named.append(("User-Agent", options.values.get("user-agent", f"curl/{VERSION}")))
    as_json = any(kind == "json" for kind, _ in options.data)
    named.append(("Accept", "application/json" if as_json else "*/*"))
    if "compressed" in options.switches:
        named.append(("Accept-Encoding", "deflate, gzip"))
    if options.values.get("referer"):
        named.append(("Referer", options.values["referer"]))
    if request.body is not None:
        named.append(("Content-Length", str(len(request.body))))
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        named.append(("Content-Type", kind))
    request.headers = [pair for pair in named if pair[1]]
    for line in _header_lines(options.headers):
        _set_header(request, line)


def _header_lines(given: list[str]) -> list[str]:
    lines = []
    for line in given:
        if line.startswith("@"):
            with contextlib.suppress(OSError):
                lines += Path(line[1:]).read_text(errors="replace").splitlines()
        else:
            lines.append(line)
    return lines


def _set_header(request: CurlRequest, line: str) -> None:
    """``Name: value`` replaces what curl sends by default, ``Name:`` removes it, ``Name;`` sends it empty."""
    name, colon, value = line.partition(":")
    if not colon:
        name, semicolon, rest = line.partition(";")
        if semicolon and not rest.strip():
            request.headers.append((name, ""))
        return
    own = {"host", "user-agent", "accept", "accept-encoding", "content-type", "authorization", "referer",
           "content-length"}  # fmt: skip
    if name.lower() in own:
        request.headers = [pair for pair in request.headers if pair[0].lower() != name.lower()]
    if value.strip():
        request.headers.append((name, value.strip()))


def _data(options: CurlOptions) -> bytes:
    parts: list[tuple[str, bytes]] = [(kind, _part(kind, value)) for kind, value in options.data]
    joined = b""
    for index, (kind, part) in enumerate(parts):
        joined += (b"" if index == 0 or kind == "json" else b"&") + part
    return joined


def _part(kind: str, value: str) -> bytes:
    if kind == "data-urlencode":
        return _urlencoded(value)
    if kind == "data-raw" or not value.startswith("@"):
        return value.encode()
    data = _file(value[1:])
    return data if kind in ("data-binary", "json") else data.translate(None, b"\r\n\0")


def _urlencoded(value: str) -> bytes:
    marks = [value.find(mark) for mark in "=@" if mark in value]
    if not marks:
        return _quoted(value.encode())
    at = min(marks)
    name, mark, rest = value[:at], value[at], value[at + 1 :]
    content = _quoted(rest.encode() if mark == "=" else _file(rest))
    return f"{name}=".encode() + content if name else content


def _quoted(data: bytes) -> bytes:
    return quote_plus(data, safe=_UNRESERVED).encode()


def _file(name: str) -> bytes:
    try:
        return Path("/dev/stdin" if name == "-" else name).read_bytes()
    except OSError:
        return b""  # as curl, which warns
