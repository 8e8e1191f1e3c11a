"""Who may see the wall in a browser, and where it may listen."""

from __future__ import annotations

import pytest

from canarytui.console.web.access import MOST_SESSIONS, WallAccess
from canarytui.console.web.address import LoopbackAddress, loopback_address
from canarytui.errors import UsageError

HOST = "127.0.0.1:8000"


def access() -> WallAccess:
    return WallAccess(frozenset({HOST, "localhost:8000"}))


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ("localhost:0", "127.0.0.1", 0),
        ("127.8.9.1:65535", "127.8.9.1", 65535),
        ("[::1]:80", "::1", 80),
    ],
)
def test_loopback_is_listened_on(text: str, host: str, port: int) -> None:
    assert loopback_address(text) == LoopbackAddress(host, port)


@pytest.mark.parametrize(
    "text", ["0.0.0.0:80", "[::]:80", "192.168.1.4:80", "wall.example.com:80", "127.0.0.1.nip.io:1"]
)
def test_every_other_host_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(UsageError, match=r"loopback only: .* `ssh -L"):
        loopback_address(text)


@pytest.mark.parametrize("text", ["", "8000", ":8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"such as 127\.0\.0\.1:8000"):
        loopback_address(text)


def test_an_address_works_once_and_sessions_are_limited() -> None:
    wall = access()
    first = wall.token
    session = wall.exchange(first)
    assert session is not None
    assert wall.admits(session)
    assert wall.exchange(first) is None
    assert wall.exchange("é") is None
    assert not wall.admits("")
    for _ in range(MOST_SESSIONS):
        wall.exchange(wall.token)
    assert not wall.admits(session)


@pytest.mark.parametrize(
    ("headers", "websocket"),
    [
        ({"Host": HOST}, False),
        ({"Host": "LOCALHOST:8000"}, False),
        ({"Host": HOST, "Origin": f"http://{HOST}"}, True),
        ({"Host": HOST, "Sec-Fetch-Site": "none"}, False),
        ({"Host": HOST, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"}, True),
    ],
)
def test_the_walls_own_browser_is_let_in(headers: dict[str, str], websocket: bool) -> None:
    assert access().objection(headers, websocket=websocket) == ""


@pytest.mark.parametrize(
    ("headers", "websocket"),
    [
        ({}, False),
        ({"Host": "evil.example:8000"}, False),
        ({"Host": "127.0.0.1:9000"}, False),
        ({"Host": HOST, "Origin": "http://evil.example"}, False),
        ({"Host": HOST, "Origin": "http://localhost:8000"}, True),
        ({"Host": HOST, "Origin": "null"}, True),
        ({"Host": HOST}, True),
        ({"Host": HOST, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Host": HOST, "Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_others_are_not(headers: dict[str, str], websocket: bool) -> None:
    assert access().objection(headers, websocket=websocket) != ""
