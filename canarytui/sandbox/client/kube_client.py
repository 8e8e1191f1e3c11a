"""Requests to the sandbox's own API server through the official client.

Objects stay plain dicts, because the client has no models of custom resources. The server is our own on loopback, so
one kubeconfig with one token is enough: no proxy, no renewal.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from kubernetes.aio import client, config

from canarytui.sandbox.client.resources import ApiPath
from canarytui.sandbox.errors import RequestRefused, ServerUnreachable, UnusableConfig

MERGE_PATCH = "application/merge-patch+json"
_CONNECT_S = 5.0
_REQUEST_S = 10.0
_UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)


class KubeClient:
    """One API server as one user. Made by :func:`connect`; close it when done.

    Every request raises RequestRefused for an answer of 400 and up, and ServerUnreachable without a usable answer.
    """

    def __init__(self, api_client: Any) -> None:
        self._api = api_client

    @property
    def server(self) -> str:
        """The API server's URL."""
        return str(self._api.configuration.host)

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The object or list at `path`."""
        return await self._request("GET", path, query=query)

    async def create(self, path: str, obj: Mapping[str, Any]) -> dict[str, Any]:
        """POST `obj` to the collection or subresource at `path`; the answered object."""
        return await self._request("POST", path, obj)

    async def merge_patch(
        self, resource: ApiPath, namespace: str | None, name: str, patch: Mapping[str, Any], *, subresource: str = ""
    ) -> dict[str, Any]:
        """Apply a JSON merge patch; a ``uid`` or ``resourceVersion`` in its metadata is the precondition (409)."""
        return await self._request("PATCH", resource.path(namespace, name, subresource), patch)

    async def delete_now(self, resource: ApiPath, namespace: str | None, name: str, *, uid: str) -> None:
        """DELETE an object without grace period, provided it still has `uid`."""
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}
        await self._request("DELETE", resource.path(namespace, name), {**options, "preconditions": {"uid": uid}})

    async def watch(
        self, path: str, query: Mapping[str, str], silence_s: float
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Watch events at `path` until the server ends the watch; fails after `silence_s` seconds without one."""
        timeout = aiohttp.ClientTimeout(sock_connect=_CONNECT_S, sock_read=silence_s)
        response = await self._send("GET", path, None, {**query, "watch": "true"}, timeout)
        try:
            async for line in response.content:
                yield json.loads(line)
        except (*_UNREACHABLE, ValueError) as error:
            raise ServerUnreachable(f"The watch of {path} broke off: {error}") from error
        finally:
            response.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._api.close()

    async def _request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=_REQUEST_S, sock_connect=_CONNECT_S)
        try:
            async with await self._send(method, path, body, query or {}, timeout) as response:
                answer: dict[str, Any] = await response.json()
        except (*_UNREACHABLE, ValueError) as error:
            raise ServerUnreachable(f"{self.server} gave no usable answer to {method} {path}: {error}") from error
        return answer

    async def _send(
        self, method: str, path: str, body: Any, query: Mapping[str, str], limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        headers = {
            "Accept": "application/json",
            "Content-Type": MERGE_PATCH if method == "PATCH" else "application/json",
        }
        request = await self._api.param_serialize(
            method,
            path,
            query_params=list(query.items()),
            header_params=headers,
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            answer = await self._api.call_api(*request, _request_timeout=limits)
            response: aiohttp.ClientResponse = answer.response
            if response.status >= 400:
                async with response:
                    raise _refusal(response.status, await response.read())
        except _UNREACHABLE as error:
            raise ServerUnreachable(f"{self.server} does not answer: {error or type(error).__name__}") from error
        return response


async def connect(kubeconfig: Path) -> KubeClient:
    """A client for the current context of a sandbox's kubeconfig; sends no request.

    Raises:
        UnusableConfig: the file cannot be used.
    """
    # A proxy in the environment is for connections that leave this machine.
    configuration = client.Configuration(client_session_kwargs={"trust_env": False})
    try:
        await config.load_kube_config(str(kubeconfig), client_configuration=configuration, persist_config=False)
    except (OSError, ValueError, TypeError, yaml.YAMLError, config.ConfigException) as error:
        raise UnusableConfig(f"{kubeconfig} is no usable kubeconfig: {error}") from error
    api_client = client.ApiClient(configuration)
    api_client.user_agent = "canarytui-sandbox"
    return KubeClient(api_client)


def _refusal(code: int, body: bytes) -> RequestRefused:
    try:
        status = json.loads(body)
        return RequestRefused(code, str(status.get("reason") or ""), str(status["message"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return RequestRefused(code, "", body.decode("utf-8", "replace").strip()[:500] or f"HTTP {code}")
