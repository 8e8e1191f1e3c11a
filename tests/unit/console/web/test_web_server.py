"""The server of the wall: one-time address, session, headers, assets, windows.

The windows' processes are small ones that speak as Textual's web driver does; the real wall is in
``tests/e2e/test_watch_served.py``.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from yarl import URL

from canarytui.console.themes import theme_named
from canarytui.console.web.address import LoopbackAddress
from canarytui.console.web.pages import PageColours, assets, wall_page
from canarytui.console.web.server import MOST_WINDOWS, WallServer
from canarytui.errors import UsageError

ECHO = """
import os, sys
def packet(kind, data): os.write(1, kind + len(data).to_bytes(4, "big") + data)
os.write(1, b"__GANGLION__\\n")
packet(b"D", b"pid %d %s" % (os.getpid(), os.environ["COLUMNS"].encode()))
packet(b"M", b'{"type": "open_url", "url": "http://evil.example"}')
while head := sys.stdin.buffer.read(5):
    data = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
    if b'"quit"' in data and "stubborn" not in sys.argv: break
    packet(b"D", head[:1] + data)
while "stubborn" in sys.argv: __import__("time").sleep(1)
"""
_OUTSIDE = re.compile(rb"""(?:https?|wss?):?//(?!www\.w3\.org/)[\w.-]+|url\(\s*["']?//|@import""")


class Served:
    """A server, what it printed, and a browser."""

    def __init__(self, browser: aiohttp.ClientSession) -> None:
        self.browser = browser
        self.told: list[str] = []

    @property
    def opened(self) -> str:
        """The last address that was printed."""
        return re.findall(r"http://\S+", "\n".join(self.told))[-1]

    @property
    def origin(self) -> str:
        return str(URL(self.opened).origin())

    async def open(self) -> None:
        async with self.browser.get(self.opened) as answer:
            assert answer.status == 200

    def window(self, path: str = "/ws?width=100&height=30", **headers: str) -> aiohttp.client._WSRequestContextManager:
        return self.browser.ws_connect(self.origin + path, headers={"Origin": self.origin, **headers})


@asynccontextmanager
async def served(*arguments: str) -> AsyncIterator[Served]:
    """A server on a free port, and a browser that has not been there yet."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        made, ended = Served(browser), asyncio.Event()
        server = WallServer(LoopbackAddress("127.0.0.1", 0), [sys.executable, "-c", ECHO, *arguments], made.told.append)
        task = asyncio.ensure_future(server.serve(ended))
        while not made.told:
            assert not task.done(), task.result()
            await asyncio.sleep(0.01)
        try:
            yield made
        finally:
            ended.set()
            await task


async def pid_in(window: aiohttp.ClientWebSocketResponse) -> int:
    return int((await window.receive_bytes(timeout=20)).split()[1])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid: int) -> None:
    for _ in range(500):
        if not is_alive(pid):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{pid} goes on")


async def test_the_address_works_once_and_gives_a_cookie_that_scripts_cannot_read() -> None:
    async with served() as wall:
        first = wall.opened
        async with wall.browser.get(wall.origin) as answer:
            assert answer.status == 403
            assert "Open the address" in await answer.text()
        async with wall.browser.head(first) as answer:
            assert answer.status == 405
        async with wall.browser.get(first, headers={"Sec-Fetch-Site": "cross-site"}) as answer:
            assert answer.status == 403
        async with wall.browser.get(first, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
        async with wall.browser.get(wall.origin) as answer:
            assert answer.status == 200
        async with wall.browser.get(first) as answer:
            assert answer.status == 403
            assert "used already" in await answer.text()
        assert wall.opened != first


async def test_foreign_hosts_and_origins_are_refused_with_a_session_too() -> None:
    async with served() as wall:
        await wall.open()
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
            async with wall.browser.get(wall.origin, headers=headers) as answer:
                assert answer.status == 403
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await wall.window(**headers)
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await wall.browser.ws_connect(f"{wall.origin}/ws")
        async with aiohttp.ClientSession() as stranger:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await stranger.ws_connect(f"{wall.origin}/ws", headers={"Origin": wall.origin})
        async with wall.browser.post(wall.origin) as answer:
            assert answer.status == 405


async def test_page_and_assets_come_from_here_alone_with_a_strict_policy() -> None:
    async with served() as wall:
        await wall.open()
        paths = {"/"}
        seen: set[str] = set()
        while paths - seen:
            path = min(paths - seen)
            seen.add(path)
            async with wall.browser.get(wall.origin + path) as answer:
                assert answer.status == 200, path
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'; script-src 'self';" in policy
                assert f"connect-src 'self' ws://{URL(wall.origin).authority}" in policy
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                body = await answer.read()
            if not path.endswith(".ttf"):
                text = body.replace(f"ws://{URL(wall.origin).authority}".encode(), b"")
                text = re.sub(rb"(?s)/\*.*?\*/", b"", text) if path.endswith(".css") else text
                assert _OUTSIDE.findall(text) == [], path
                paths |= {found.decode() for found in re.findall(rb"/static/[\w.-]+", body)}
        assert {path.removeprefix("/static/") for path in seen} - {"/"} == set(assets())
        async with wall.browser.get(f"{wall.origin}/static/..%2f..%2fpages.py") as answer:
            assert answer.status == 404
            assert "Content-Security-Policy" in answer.headers


def test_the_font_size_is_kept_in_bounds() -> None:
    assert 'data-font-size="64"' in wall_page("127.0.0.1:1", 10**9, PageColours())
    assert 'data-font-size="8"' in wall_page("127.0.0.1:1", 0, PageColours())


async def test_a_window_gets_pictures_and_gives_keys_and_its_size() -> None:
    async with served() as wall:
        await wall.open()
        async with wall.window() as window:
            said = await window.receive_bytes(timeout=20)
            assert said.endswith(b" 100")
            for strange in ('{"a": 1}', "no json", '["stdin", 5]', '["resize", {"width": "x"}]', "[]", '["stdin"]'):
                await window.send_str(strange)
            await window.send_json(["stdin", "ü"])
            assert await window.receive_bytes(timeout=20) == "Dü".encode()
            await window.send_json(["resize", {"width": 10**9, "height": 50}])
            assert await window.receive_bytes(timeout=20) == b'M{"type": "resize", "width": 1000, "height": 50}'
            await window.send_json(["ping", 5])
            assert await window.receive_json(timeout=20) == ["pong", 5]


async def test_a_closed_window_ends_its_process_and_windows_are_limited() -> None:
    async with served() as wall:
        await wall.open()
        windows = [await wall.window() for _ in range(MOST_WINDOWS)]
        pids = [await pid_in(window) for window in windows]
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await wall.window()
        async with wall.browser.get(wall.origin) as answer:
            assert answer.status == 503
        await windows[0].close()
        await gone(pids[0])
        async with wall.window() as window:
            pids.append(await pid_in(window))
    assert [pid for pid in pids if is_alive(pid)] == []


async def test_a_process_that_does_not_obey_is_ended_with_the_server() -> None:
    async with served("stubborn") as wall:
        await wall.open()
        window = await wall.window()
        pid = await pid_in(window)
    assert not is_alive(pid)


async def test_an_address_that_is_taken_is_one_sentence() -> None:
    async with served() as wall:
        port = URL(wall.origin).port
        assert port is not None
        server = WallServer(LoopbackAddress("127.0.0.1", port), ["true"], print)
        with pytest.raises(UsageError, match=rf"cannot listen on 127\.0\.0\.1:{port}: Address already in use\.$"):
            await server.serve(asyncio.Event())


def test_the_page_has_the_colours_of_the_theme() -> None:
    page = wall_page("127.0.0.1:1", 16, PageColours.of(theme_named("light", "")))
    assert 'style="background: #FFFFFF; color: #16202B"' in page
    assert PageColours.of(theme_named("ansi", "")) == PageColours(), "the browser terminal's own"
