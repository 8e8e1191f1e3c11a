"""One exchange of curl's over real sockets: answers, proxies, and what fails with which exit code."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from canarytui.sandbox.loadtester.curl_cookies import CookieJar
from canarytui.sandbox.loadtester.curl_options import parse
from canarytui.sandbox.loadtester.curl_request import first_request
from canarytui.sandbox.loadtester.curl_transfer import Failed, Transfer, exchange


@contextmanager
def answering(serve: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """A server of one connection; `serve` gets it with the request's head."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            connection, _ = listening.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65536)
                serve(connection, head)

        thread = threading.Thread(target=run)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


def fetch(line: str, *, most_s: float | None = None) -> Transfer:
    options, now = parse(line.split()), time.monotonic()
    request = first_request(options, options.urls[0])
    return exchange(options, request, CookieJar(options), None if most_s is None else now + most_s, now)


def sends(*pieces: bytes) -> Callable[[socket.socket, bytes], None]:
    def serve(connection: socket.socket, head: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return serve


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello"


def test_an_answer_is_read_with_its_head_and_sizes() -> None:
    with answering(sends(OK)) as address:
        made = fetch(f"-d abc http://{address}/x")
    assert (made.status, made.body, made.size, made.sent, made.header("x-a")) == (200, b"hello", 5, 3, "b")
    assert made.head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"{made.remote[0]}:{made.remote[1]}" == address
    assert made.connected


def test_a_compressed_answer_is_opened() -> None:
    packed = gzip.compress(b"hello")
    with answering(sends(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", packed)) as address:
        assert fetch(f"--compressed http://{address}/").body == b"hello"


@pytest.mark.parametrize(
    ("options", "line"),
    [("", b"GET http://name.test/a HTTP/1.1"), ("--noproxy other", b"GET http://name.test/a HTTP/1.1")],
)
def test_a_proxy_is_sent_the_whole_url(options: str, line: bytes) -> None:
    heads: list[bytes] = []

    def serve(connection: socket.socket, head: bytes) -> None:
        heads.append(head)
        connection.sendall(OK)

    with answering(serve) as address:
        assert fetch(f"{options} -x {address} http://name.test/a").status == 200
    assert heads[0].split(b"\r\n")[0] == line


def test_a_name_is_resolved_as_told() -> None:
    with answering(sends(OK)) as address:
        port = address.rpartition(":")[2]
        assert fetch(f"--noproxy * --resolve name.test:{port}:127.0.0.1 http://name.test:{port}/").status == 200


@pytest.mark.parametrize(
    ("pieces", "code", "said"),
    [
        ((), 52, "Empty reply from server"),
        ((b"nonsense\r\n\r\n",), 1, "Received HTTP/0.9 when not allowed"),
    ],
)
def test_what_is_no_answer_has_curls_exit_code(pieces: tuple[bytes, ...], code: int, said: str) -> None:
    with answering(sends(*pieces)) as address, pytest.raises(Failed) as found:
        fetch(f"http://{address}/")
    assert (found.value.code, str(found.value)) == (code, said)


def test_an_answer_that_is_cut_is_noted() -> None:
    with answering(sends(OK[:-2])) as address:
        made = fetch(f"http://{address}/")
    assert made.broken is not None
    assert made.broken[0] == 18


@pytest.mark.parametrize(("line", "code"), [("http://127.0.0.1:1/", 7), ("ftp://127.0.0.1/", 1)])
def test_what_cannot_be_connected_to(line: str, code: int) -> None:
    with pytest.raises(Failed) as found:
        fetch(line)
    assert found.value.code == code


def test_a_deadline_ends_the_wait() -> None:
    release = threading.Event()

    def serve(connection: socket.socket, head: bytes) -> None:
        release.wait(10)

    with answering(serve) as address:
        with pytest.raises(Failed, match="Operation timed out after") as found:
            fetch(f"http://{address}/", most_s=0.1)
        release.set()
    assert found.value.code == 28
