"""The server of the wall: a page, its assets, a websocket for each window. Nothing in it or its processes writes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from canarytui.console.web.access import WallAccess
from canarytui.console.web.address import LoopbackAddress
from canarytui.console.web.pages import FONT, PLAIN, PageColours, assets, security_headers, wall_page
from canarytui.console.web.window import show_wall
from canarytui.console.web.window_process import WindowProcess
from canarytui.domain.sentences import browser_wall as words
from canarytui.domain.text.plain import clean
from canarytui.errors import UsageError
from canarytui.whole_number import whole_number

MOST_WINDOWS = 4
"""Each is a process that watches the cluster."""

_MESSAGE_BYTES = 64 << 10
_HEARTBEAT_S = 15.0
_SHUTDOWN_S = 10.0
_COLUMNS, _LINES = 80, 24


class WallServer:
    """`command` draws one window's wall; `tell` prints a line where the person who started us reads it. `colours` are
    the wall's own."""

    def __init__(
        self,
        address: LoopbackAddress,
        command: Sequence[str],
        tell: Callable[[str], None],
        colours: PageColours = PLAIN,
    ) -> None:
        self._address = address
        self._command = tuple(command)
        self._tell = tell
        self._colours = colours
        self._assets = assets()
        self._windows: set[web.WebSocketResponse] = set()
        self._opening = 0
        self._access = WallAccess(frozenset())
        self._origin = ""
        self._cookie = ""

    async def serve(self, ended: asyncio.Event) -> None:
        """Serve until `ended` is set; then every window's process has ended, too.

        Raises:
            UsageError: the address cannot be listened on.
        """
        app = web.Application(middlewares=[self._guarded()], client_max_size=1024)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/open/{token}", self._open, allow_head=False),
                web.get("/static/{name}", self._asset),
                web.get("/ws", self._window, allow_head=False),
            ]
        )
        app.on_shutdown.append(self._close_windows)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._address.host, self._address.port)
            try:
                await site.start()
            except OSError as error:
                authority = self._address.authority(self._address.port)
                problem = clean(os.strerror(error.errno) if error.errno else error, 200)
                raise UsageError(words.CANNOT_LISTEN.text(address=authority, problem=problem)) from error
            self._know_address(runner.addresses[0][1])
            self._tell(words.OPEN.text(url=self._url()))
            await ended.wait()
        finally:
            await runner.cleanup()

    def _know_address(self, port: int) -> None:
        authority = self._address.authority(port)
        self._origin, self._cookie = f"http://{authority}", f"canarytui-wall-{port}"  # cookies know no ports
        self._access = WallAccess(frozenset({authority, f"localhost:{port}"}))

    def _url(self) -> str:
        return f"{self._origin}/open/{self._access.token}"

    def _guarded(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Refuse what is not our own browser's; our headers on every answer."""
            objection = self._access.objection(request.headers, websocket=request.path == "/ws")
            if objection:
                return _said(403, words.FOREIGN.text(problem=objection), request)
            if not request.path.startswith("/open/") and not self._access.admits(request.cookies.get(self._cookie, "")):
                return _said(403, words.NO_SESSION.text(), request)
            try:
                answer = await handler(request)
            except web.HTTPException as error:
                return _said(error.status, error.reason, request)
            if not answer.prepared:
                answer.headers.update(security_headers(request.host))
            return answer

        return guard

    async def _open(self, request: web.Request) -> web.Response:
        """The address that works once: a session for the browser, and the next address for the terminal."""
        session = self._access.exchange(request.match_info["token"])
        if session is None:
            return _said(403, words.USED.text(), request)
        self._tell(words.NEXT.text(url=self._url()))
        answer = web.Response(status=303, headers={"Location": "/"})
        answer.set_cookie(self._cookie, session, path="/", httponly=True, samesite="Strict")
        return answer

    async def _page(self, request: web.Request) -> web.Response:
        if self._is_full:
            return _said(503, words.FULL.text(most=MOST_WINDOWS), request)
        size = whole_number(request.query.get("fontsize", "")) or FONT
        return web.Response(text=wall_page(request.host, size, self._colours), content_type="text/html")

    async def _asset(self, request: web.Request) -> web.Response:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        return web.Response(body=asset.content, content_type=asset.content_type)

    @property
    def _is_full(self) -> bool:
        return len(self._windows) + self._opening >= MOST_WINDOWS

    async def _window(self, request: web.Request) -> web.StreamResponse:
        if self._is_full:
            return _said(503, words.FULL.text(most=MOST_WINDOWS), request)
        self._opening += 1
        websocket = web.WebSocketResponse(heartbeat=_HEARTBEAT_S, max_msg_size=_MESSAGE_BYTES)
        try:
            await websocket.prepare(request)
            self._windows.add(websocket)
        finally:
            self._opening -= 1
        try:
            columns = whole_number(request.query.get("width", "")) or _COLUMNS
            lines = whole_number(request.query.get("height", "")) or _LINES
            process = await WindowProcess.start(self._command, columns, lines)
            try:
                await show_wall(websocket, process)
            finally:
                await asyncio.shield(asyncio.ensure_future(process.end()))
        finally:
            self._windows.discard(websocket)
            await websocket.close()
        return websocket

    async def _close_windows(self, _: web.Application) -> None:
        for websocket in list(self._windows):
            await websocket.close(code=1001)


def _said(status: int, sentence: str, request: web.Request) -> web.Response:
    return web.Response(status=status, text=f"{sentence}\n", headers=security_headers(""))
