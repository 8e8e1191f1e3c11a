"""An API server that answers as an enemy would, on a loopback socket and in a thread of its own, and kubeconfigs alike.

The thread lets the command line's `main` run as it is, event loop and all, in the test's own process.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hostile
from aiohttp import web

from canarytui.console.demo_fixture import canary_object, deployment_object

OSC52, TITLE, C1, FILLER = "\x1b]52;c;ZXZpbA==\x07", "\x1b]0;pwned\x07", "\x9b31m\x85\x9d0;x\x9c", "\u3164\u115f\u2800"
RAW = f"evil{OSC52}{TITLE}\x1b[2J{C1}\x7f\x00{hostile.BIDI}{FILLER}\r"
NAMES = ("cart", "cart\u200b", f"c{OSC52}t", f"c{C1}t", "c\u202ect", "c[bold]t[@click=app.quit]", "c\u3164t")
ANSWERS = ("objects", "forbidden", "broken", "garbage", "watch ends")


class HostileApi:
    """`answer` is how it answers from now on; `sent` counts its answers."""

    def __init__(self, spoilt: int) -> None:
        self.answer = "objects"
        self.sent = 0
        self.port = 0
        canaries = [canary_object("test", name, "Progressing", weight=20, failed=1) for name in NAMES]
        self._items: dict[str, list[dict[str, Any]]] = {
            "canaries": [*canaries, *hostile.canaries(spoilt, seed=7)],
            "deployments": [
                *(deployment_object("test", name, f"a/b:{RAW}", 1, 1) for name in NAMES),
                *hostile.workloads(spoilt, seed=8),
            ],
            "events": [event for event in hostile.events(12, seed=9) if len(str(event.get("message"))) < 10_000],
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.sent += 1
        if self.answer in ("forbidden", "broken"):
            code = 403 if self.answer == "forbidden" else 500
            said = {"kind": "Status", "status": "Failure", "reason": RAW, "message": f"no: {RAW}", "code": code}
            return _json(said, code)
        kind = request.path.rstrip("/").rpartition("/")[2]
        if self.answer == "own namespace only" and kind == "canaries":
            if "/namespaces/test/" not in request.path:
                return _json({"kind": "Status", "reason": "Forbidden", "message": "not all", "code": 403}, 403)
            return _json({"kind": "List", "metadata": {"resourceVersion": "1"}, "items": []})
        if self.answer == "garbage":
            return web.Response(body=RAW.encode() + b"\xff\xfe", content_type="application/json")
        if request.method == "POST" and kind == "selfsubjectaccessreviews":
            return _json({"kind": "SelfSubjectAccessReview", "status": {"allowed": True}}, 201)
        if request.method != "GET":
            return _json(
                {"kind": "Status", "status": "Failure", "reason": "Conflict", "message": RAW, "code": 409}, 409
            )
        if "watch" in request.query:
            return await self._watch(request)
        if kind in self._items or "limit" in request.query:
            return _json({"kind": "List", "metadata": {"resourceVersion": "1"}, "items": self._items.get(kind, [])})
        found = [each for each in self._items["canaries"] if each["metadata"].get("name") == kind]
        return _json(found[0]) if found else _json({"kind": "Status", "message": RAW, "code": 404}, 404)

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        with contextlib.suppress(ConnectionError):  # whoever asked may have ended meanwhile
            await response.prepare(request)
            if self.answer == "watch ends":
                line = {"type": "ERROR", "object": {"kind": "Status", "message": RAW, "code": 410}}
                await response.write(json.dumps(line).encode() + b"\n")
                return response
            await asyncio.sleep(30)
        return response


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), status=status, content_type="application/json")


@contextmanager
def serving(spoilt: int = 9) -> Iterator[HostileApi]:
    """A hostile API server at ``127.0.0.1:port`` until the end; `spoilt` objects have any field spoilt, beside those
    that have hostile names only."""
    api, loop = HostileApi(spoilt), asyncio.new_event_loop()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api.port = runner.addresses[0][1]

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, name="hostile-api")
    thread.start()
    try:
        yield api
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def kubeconfig(port: int, context: str = "kind", **user: Any) -> str:
    """One that works, with a context of any name."""
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": context,
        "clusters": [{"name": context, "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": context, "user": user or {"token": "t"}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context, "namespace": "test"}}],
    })  # fmt: skip


def broken_kubeconfigs(port: int) -> dict[str, bytes]:
    """Name to content of kubeconfigs that an enemy, or a broken disk, has written."""
    good = kubeconfig(port)
    return {
        "bytes": RAW.encode() + b"\xff\xfe\x00\x1b]52;c;eA==\x07",
        "no-yaml": f"a: [{RAW}\n\t- b: {{".encode(),
        "no-such-current": good.replace('"current-context": "kind"', f'"current-context": {json.dumps(RAW)}').encode(),
        "server": good.replace(f"http://127.0.0.1:{port}", json.dumps(f"http://{RAW}/")[1:-1]).encode(),
        "exec": kubeconfig(
            port, exec={"apiVersion": "client.authentication.k8s.io/v1", "command": f"no-{OSC52}", "installHint": RAW}
        ).encode(),
        "certificate": kubeconfig(port, **{"client-certificate-data": RAW, "client-key-data": RAW}).encode(),
        "token-file": kubeconfig(port, tokenFile=f"/nowhere/{OSC52}").encode(),
        "list": json.dumps([RAW]).encode(),
        "types": json.dumps({"contexts": RAW, "clusters": 5, "users": None, "current-context": [RAW]}).encode(),
    }
