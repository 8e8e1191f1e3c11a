"""Requests forwarded to a pod: log, exec, attach, port-forward, and HTTP through the pods/services proxy.

Logs and streams are the kubelet's, found through the Node object; proxied HTTP goes to where the pod really
listens. The sandbox's secret is added on the way, the caller's credentials are not passed on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.backends import find_service_port, pod_address, service_backends
from canarytui.sandbox.background import in_background
from canarytui.sandbox.constants import SECRET_HEADER

_HOP_HEADERS = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "expect", "host", "authorization", "content-length", "content-encoding",
})  # fmt: skip
_STREAMS = {"exec": "exec", "attach": "attach", "portforward": "portForward"}
_CHUNK = 64 * 1024


class ProxyConnector:
    """Holds the HTTP client and the round-robin state of each service."""

    def __init__(self, api: Api, secret: str) -> None:
        self._api = api
        self._secret = secret
        self._session: aiohttp.ClientSession | None = None
        self._turn = 0

    async def close(self) -> None:
        """Close connections to kubelets and pods."""
        if self._session is not None:
            await self._session.close()

    async def handle(
        self,
        request: web.Request,
        rt: ResourceType,
        namespace: str | None,
        name: str,
        subresource: str,
        rest: str,
    ) -> web.StreamResponse:
        """Forward to the kubelet or the pod; raises :class:`StatusError`."""
        if subresource == "proxy":
            return await self._proxy(request, self._target(rt, namespace, name), rest)
        pod = self._api.get(rt, namespace, name)
        if subresource == "log":
            return await self._log(request, pod)
        return await self._stream(request, pod, subresource)

    # -- the kubelet's

    async def _log(self, request: web.Request, pod: Mapping[str, Any]) -> web.StreamResponse:
        container = chosen_container(pod, request.query.get("container", ""))
        meta = pod["metadata"]
        path = f"/containerLogs/{meta['namespace']}/{meta['name']}/{container}"
        url = self._kubelet(pod).with_path(path).with_query(_without(request, "container"))
        try:
            async with self._client().get(url, headers=self._headers()) as answer:
                if answer.status != 200:
                    text = (await answer.text()).strip()
                    raise _kubelet_error(answer.status, text)
                response = web.StreamResponse(headers={"Content-Type": "text/plain"})
                response.enable_chunked_encoding()
                await response.prepare(request)
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
                await response.write_eof()
                return response
        except aiohttp.ClientConnectorError as error:
            raise errors.internal(f'Get "{url}": {error.os_error.strerror or error}') from error

    async def _stream(self, request: web.Request, pod: Mapping[str, Any], subresource: str) -> web.StreamResponse:
        meta = pod["metadata"]
        path = f"/{_STREAMS[subresource]}/{meta['namespace']}/{meta['name']}"
        if subresource != "portforward":
            path += f"/{chosen_container(pod, request.query.get('container', ''))}"
        query = [(_KUBELET_NAMES.get(key, key), value) for key, value in request.query.items() if key != "container"]
        url = self._kubelet(pod).with_path(path).with_query(query)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise errors.bad_request("you must specify at least 1 of stdin, stdout, stderr; upgrade request required")
        protocols = [
            each.strip() for each in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if each.strip()
        ]
        try:
            kubelet = await self._client().ws_connect(
                url, protocols=protocols, headers=self._headers(), max_msg_size=0, autoclose=False
            )
        except aiohttp.WSServerHandshakeError as error:
            raise _kubelet_error(error.status, error.message) from error
        except aiohttp.ClientConnectorError as error:
            raise errors.internal(f"error dialing backend: {error}") from error
        async with kubelet:
            chosen = [kubelet.protocol] if kubelet.protocol else []
            client = web.WebSocketResponse(protocols=chosen, max_msg_size=0, autoclose=False)
            await client.prepare(request)
            await _between(client, kubelet)
            return client

    def _kubelet(self, pod: Mapping[str, Any]) -> URL:
        node_name = (pod.get("spec") or {}).get("nodeName")
        if not node_name:
            why = f"pod {pod['metadata']['name']} does not have a host assigned"
            raise errors.bad_request(why)
        return self._kubelet_of(node_name)

    def _kubelet_of(self, node_name: str) -> URL:
        node = self._api.get(self._api.registry.get("", "v1", "nodes"), None, node_name)
        status = node.get("status") or {}
        port = ((status.get("daemonEndpoints") or {}).get("kubeletEndpoint") or {}).get("Port")
        if not port:
            raise errors.internal(f"node {node_name} does not say where its kubelet listens")
        return URL.build(scheme="http", host="127.0.0.1", port=int(port))

    # -- the pod's own server

    def _target(self, rt: ResourceType, namespace: str | None, name: str) -> str:
        """Origin ``http://127.0.0.1:PORT`` behind ``[scheme:]name[:port]`` of a node, pod or service."""
        scheme, plain, port = split_target(name, rt.singular)
        if rt.plural == "nodes":
            return str(self._kubelet_of(plain).origin())
        return f"{scheme}://{self._address(rt, namespace, plain, port, name)}"

    def _address(self, rt: ResourceType, namespace: str | None, plain: str, port: str, name: str) -> str:
        obj = self._api.get(rt, namespace, plain)
        if rt.plural == "pods":
            container: Mapping[str, Any] = next((c for c in obj["spec"].get("containers") or () if c.get("ports")), {})
            default = str(container["ports"][0]["containerPort"]) if container else ""
            address = pod_address(obj, port or default)
            if address is None:
                raise _unavailable(f'no server listens on port {port or default!r} of pod "{plain}"')
            return address
        if find_service_port(obj, port) is None:
            if port.isdigit():
                raise _unavailable(f'no service port {port} found for service "{plain}"')
            raise _unavailable(f'no endpoints available for service "{name}"')
        endpoints = self._api.find(self._api.registry.get("", "v1", "endpoints"), namespace, plain)
        pods = self._api.registry.get("", "v1", "pods")
        backends = service_backends(obj, endpoints, lambda ns, pod: self._api.find(pods, ns, pod), port)
        if not backends:
            raise _unavailable(f'no endpoints available for service "{name}"')
        self._turn += 1
        return backends[self._turn % len(backends)].address

    async def _proxy(self, request: web.Request, origin: str, rest: str) -> web.StreamResponse:
        query = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
        url = URL(f"{origin}{rest or '/'}{query}", encoded=True)
        headers = CIMultiDict((k, v) for k, v in request.headers.items() if k.lower() not in _HOP_HEADERS)
        headers[SECRET_HEADER] = self._secret
        body = request.content if request.body_exists else None
        if body is not None and request.content_length is not None:
            # Keep a known length: the body is passed on as it is, not chunked.
            headers["Content-Length"] = str(request.content_length)
        try:
            # Like Kubernetes' proxy, does not verify a pod's certificate.
            async with self._client().request(
                request.method, url, headers=headers, data=body, allow_redirects=False, ssl=False
            ) as answer:
                kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _HOP_HEADERS]
                response = web.StreamResponse(status=answer.status, headers=CIMultiDict(kept))
                await response.prepare(request)
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    await response.write(chunk)
                await response.write_eof()
                return response
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise _unavailable(f"error trying to reach service: {error}") from error

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
            self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=True)
        return self._session

    def _headers(self) -> dict[str, str]:
        return {SECRET_HEADER: self._secret}


_KUBELET_NAMES = {"stdin": "input", "stdout": "output", "stderr": "error"}


def split_target(name: str, kind: str) -> tuple[str, str, str]:
    """Scheme, name and port of ``[scheme:]name[:port]``; raises :class:`StatusError` 400 for another form."""
    parts = name.split(":")
    if len(parts) < 3:
        parts = ["", *parts, ""][:3]
    if len(parts) != 3 or not parts[1] or parts[0] not in ("", "http", "https"):
        raise errors.bad_request(f'invalid {kind} request "{name}"')
    return parts[0] or "http", parts[1], parts[2]


def chosen_container(pod: Mapping[str, Any], asked: str) -> str:
    """The container that a request is for; raises :class:`StatusError` 400 if ambiguous."""
    spec, meta = pod.get("spec") or {}, pod["metadata"]
    names = [c["name"] for c in spec.get("containers") or ()]
    starting = [c["name"] for c in spec.get("initContainers") or ()]
    if asked:
        if asked in (*names, *starting):
            return asked
        raise errors.bad_request(f"container {asked} is not valid for pod {meta['name']}")
    default = (meta.get("annotations") or {}).get("kubectl.kubernetes.io/default-container")
    if default in names:
        return str(default)
    if len(names) == 1:
        return str(names[0])
    listed = " ".join(names)
    inits = f" or one of the init containers: [{' '.join(starting)}]" if starting else ""
    why = f"a container name must be specified for pod {meta['name']}, choose one of: [{listed}]{inits}"
    raise errors.bad_request(why)


def _without(request: web.Request, name: str) -> list[tuple[str, str]]:
    return [(key, value) for key, value in request.query.items() if key != name]


def _kubelet_error(status: int, text: str) -> errors.StatusError:
    if status == 404:
        return errors.StatusError(404, "NotFound", f"the server could not find the requested resource ({text})")
    if status == 400:
        return errors.bad_request(text)
    return errors.internal(f"unable to upgrade connection: {text}" if status != 500 else text)


def _unavailable(message: str) -> errors.StatusError:
    return errors.StatusError(503, "ServiceUnavailable", message)


async def _between(client: web.WebSocketResponse, kubelet: aiohttp.ClientWebSocketResponse) -> None:
    """Pass messages both ways until either side closes."""
    to_kubelet = in_background(_copy(client, kubelet), "connection to a kubelet")
    to_client = in_background(_copy(kubelet, client), "connection to a client")
    try:
        await asyncio.wait((to_kubelet, to_client), return_when=asyncio.FIRST_COMPLETED)
        if to_client.done():
            await client.close(code=kubelet.close_code or 1000)
    finally:
        for task in (to_kubelet, to_client):
            task.cancel()
        await asyncio.gather(to_kubelet, to_client, return_exceptions=True)


Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _copy(source: Socket, sink: Socket) -> None:
    try:
        async for message in source:
            if message.type is aiohttp.WSMsgType.BINARY:
                await sink.send_bytes(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                await sink.send_str(message.data)
            else:
                return
    except (ConnectionError, aiohttp.ClientError):
        return
