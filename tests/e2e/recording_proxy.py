"""A proxy in front of an API server that notes every request as RBAC sees it, and can invent conflicts."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

_CONNECTING = ("/proxy", "/log", "/exec")


@dataclass(frozen=True)
class Request:
    """`resource` with its subresource, ``pods/log``; `verb` as roles name it; `code` of the answer."""

    verb: str
    group: str
    resource: str
    namespace: str
    code: int
    path: str
    body: str = ""


class RecordingProxy:
    """Runs in a thread of its own, so that a test may block. Everything comes from one client.

    `conflicts`: the first ``update`` and ``patch`` of each resource is answered with 409, as if somebody else had
    been quicker.
    """

    def __init__(self, server: str, ca_pem: str, *, conflicts: bool = False) -> None:
        self._server = server
        self._tls = ssl.create_default_context(cadata=ca_pem)
        self._conflicts = conflicts
        self._refused: set[tuple[str, str]] = set()
        self.requests: list[Request] = []
        self.url = ""
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._up.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def rights(self) -> set[tuple[str, str, str]]:
        """(group, resource, verb) of every request."""
        return {(each.group, each.resource, each.verb) for each in self.requests}

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        app = web.Application(client_max_size=16 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
        async with aiohttp.ClientSession(timeout=timeout) as self._client:
            self._up.set()
            await self._end.wait()
        await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if self._conflicts and self._invents(request):
            self._note(request, 409, body)
            return web.json_response(_CONFLICT, status=409)
        headers = {k: v for k, v in request.headers.items() if k in ("Authorization", "Accept", "Content-Type")}
        async with self._client.request(
            request.method, self._server + request.path_qs, data=body or None, headers=headers, ssl=self._tls
        ) as answer:
            self._note(request, answer.status, body)
            response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response

    def _invents(self, request: web.Request) -> bool:
        seen = _seen(request)
        if seen is None or seen[0] not in ("update", "patch") or seen[2] in ("leases", "events"):
            return False
        key = (seen[0], seen[2])
        return key not in self._refused and not self._refused.add(key)  # type: ignore[func-returns-value]

    def _note(self, request: web.Request, code: int, body: bytes) -> None:
        seen = _seen(request)
        if seen is None:
            self.requests.append(Request(request.method.lower(), "", request.path, "", code, request.path_qs))
            return
        verb, group, resource, namespace = seen
        self.requests.append(
            Request(verb, group, resource, namespace, code, request.path_qs, body.decode("utf-8", "replace"))
        )
        for group, resource in _blocked_owners(body):
            # What the admission plugin OwnerReferencesPermissionEnforcement asks for.
            self.requests.append(Request("update", group, f"{resource}/finalizers", namespace, code, request.path_qs))


_CONFLICT = {
    "apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "Conflict", "code": 409,
    "message": "the object has been modified; please apply your changes to the latest version and try again",
}  # fmt: skip


def _seen(request: web.Request) -> tuple[str, str, str, str] | None:
    """(verb, group, resource, namespace), None for a path that is no resource's."""
    parts = request.path.strip("/").split("/")
    if parts[0] not in ("api", "apis") or len(parts) < 3:
        return None
    group, rest = ("", parts[2:]) if parts[0] == "api" else (parts[1], parts[3:])
    if not rest:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    named = len(rest) > 1
    resource = f"{rest[0]}/{rest[2]}" if len(rest) > 2 else rest[0]
    verb = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(request.method, "get")
    if verb == "get" and not named:
        verb = "watch" if request.query.get("watch") == "true" else "list"
    return verb, group, resource, namespace


def _blocked_owners(body: bytes) -> list[tuple[str, str]]:
    """(group, plural) of owners that a written object's owner references keep from being deleted."""
    try:
        sent: Any = json.loads(body)
        references = sent["metadata"].get("ownerReferences") or []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    plurals = {"Canary": "canaries"}
    return [
        (str(each["apiVersion"]).partition("/")[0], plurals[each["kind"]])
        for each in references
        if each.get("blockOwnerDeletion") and each["kind"] in plurals
    ]
