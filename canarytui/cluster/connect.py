"""Connecting to an API server with the official client, and the few request shapes that all rooms share.

The console, the engine, the command line and the sandbox's data plane all come through here. The official
client (``kubernetes.aio``) reads the kubeconfig, speaks TLS and authenticates (tokens, certificates, exec
plugins); objects stay plain dicts, because canaries have no model in it and a watch must be cheap.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import getproxies

import aiohttp
from kubernetes.aio import client, config

from canarytui import __version__
from canarytui.cluster import bounded
from canarytui.cluster.pace import Pace
from canarytui.domain.bounded_text import OutOfBounds, parse_json
from canarytui.errors import AnswerTooLarge, ApiStatusError, ClusterUnreachable, ConfigError, ReadOnly

CONNECT_TIMEOUT_S = 5.0
_TOKEN_REFRESH_S = 60.0
_CAUSE_CHARS_MOST = 300
"""A cause may quote what the other side sent."""
_UNREACHABLE = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Target:
    """Which cluster: a kubeconfig file and context, None meaning kubectl's defaults, or the pod's own. With `read_only`
    no request but GET is ever sent."""

    kubeconfig: str | None = None
    context: str | None = None
    in_cluster: bool = False
    read_only: bool = False


class Cluster:
    """One API server, and who we are there. Made by :func:`connect`; close it when done.

    Attributes:
        pace: bounds the requests per second, None for as many as come.
        read_only: every request that could write is refused before it is sent.
        heard_at: the monotonic clock at the server's last sign of life, None before the first.
    """

    def __init__(
        self,
        api_client: Any,
        *,
        context: str,
        namespace: str,
        user: str,
        in_cluster: bool = False,
        refresher: asyncio.Task[None] | None = None,
    ) -> None:
        self._client = api_client
        self._refresher = refresher
        self.context = context
        self.namespace = namespace
        self.user = user
        self.in_cluster = in_cluster
        self.pace: Pace | None = None
        self.read_only = False
        self.heard_at: float | None = None
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    def session(self, *, keep_alive: bool) -> aiohttp.ClientSession:
        """For requests to others than the API server: no cookies, proxies as the environment says.

        A connection that is kept alive may be closed by the other side just when the next request goes out, which
        only an idempotent request survives: others take a fresh one.
        """
        session = self._sessions.get(keep_alive)
        if session is None:
            session = self._sessions[keep_alive] = aiohttp.ClientSession(
                # Without a limit: who hangs must not take the connections of the others.
                connector=aiohttp.TCPConnector(force_close=not keep_alive, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": bounded.ACCEPTED},
                **bounded.SESSION,
                trust_env=bool(getproxies()),
            )
        return session

    def age_s(self) -> float | None:
        """Seconds since the server was last heard, None for never."""
        return None if self.heard_at is None else time.monotonic() - self.heard_at

    @property
    def api_client(self) -> Any:
        """The official client's ``ApiClient``, for what else that client offers; requests by it are not paced."""
        return self._client

    @property
    def server(self) -> str:
        """Base URL of the API server."""
        return str(self._client.configuration.host)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content_type: str | None = None,
        timeout_s: float = 10.0,
        most: int = bounded.API_BYTES_MOST,
    ) -> dict[str, Any]:
        """Send one request and return the answered object; `most` bounds the bytes of the answer.

        Raises:
            ApiStatusError: any answer of 400 and up, with the server's own message.
            AnswerTooLarge: an answer of more than `most` bytes.
            ClusterUnreachable: no answer.
        """
        status, data, received = await self.request_raw(
            method, path, query=query, body=body, content_type=content_type, timeout_s=timeout_s, most=most
        )
        if status >= 400:
            raise status_error(status, data, received)
        try:
            answer = parse_json(data) if data else {}
        except OutOfBounds as error:
            raise ClusterUnreachable(f"What {self.server}{path} answered cannot be used: {error}.") from error
        except ValueError as error:
            raise ClusterUnreachable(
                f"{self.server}{path} did not answer with JSON: is that a Kubernetes API server?"
            ) from error
        return answer if isinstance(answer, dict) else {"items": answer}

    async def request_raw(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 10.0,
        most: int = bounded.API_BYTES_MOST,
        keep: int | None = None,
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Send one request and return (status, body, headers), whatever the status.

        Of a body of at most `most` bytes the first `keep` are returned.

        Raises:
            AnswerTooLarge: a body of more than `most` bytes.
            ClusterUnreachable: no answer.
        """
        timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_TIMEOUT_S)
        try:
            response = await self._send(method, path, query, body, content_type, headers, timeout)
            data = await bounded.read_body(response, most, keep=keep)
            self.heard_at = time.monotonic()
            return int(response.status), data, dict(response.headers)
        except bounded.AnswerRefused as error:
            raise self._refused(path, error) from error
        except _UNREACHABLE as error:
            raise self._unreachable(error) from error

    @asynccontextmanager
    async def stream(
        self, path: str, *, query: Mapping[str, str] | None = None, idle_timeout_s: float | None = None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a long answer (a watch, a followed log) as an iterator of lines without their newline.

        `idle_timeout_s` bounds the silence between two pieces; None waits for ever.

        Raises:
            ApiStatusError, ClusterUnreachable: on opening, and the latter also while iterating.
        """
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S, sock_read=idle_timeout_s)
        try:
            response = await self._send("GET", path, query, None, None, None, timeout)
        except _UNREACHABLE as error:
            raise self._unreachable(error) from error
        try:
            if response.status >= 400:
                raise status_error(response.status, await self._start_of(response))
            yield self._lines(path, response)
        finally:
            response.close()

    async def _start_of(self, response: aiohttp.ClientResponse) -> bytes:
        most = bounded.REFUSAL_BYTES_MOST
        try:
            return await bounded.read_body(response, 16 * most, keep=most)
        except (bounded.AnswerRefused, *_UNREACHABLE):
            return b""

    async def _lines(self, path: str, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        # aiohttp's own readline refuses lines over 64 KiB; an object may have 1.5 MiB.
        pending: list[bytes] = []
        waiting = 0
        try:
            async for chunk in bounded.body_pieces(response, None):
                *complete, rest = chunk.split(b"\n")
                for line in complete:
                    yield b"".join([*pending, line])
                    pending.clear()
                    waiting = 0
                if rest:
                    pending.append(rest)
                    waiting += len(rest)
                if waiting > bounded.LINE_BYTES_MOST:
                    most = f"{bounded.LINE_BYTES_MOST // bounded.MIB} MiB"
                    raise bounded.AnswerRefused(f"sent a line of more than {most}, which is the most that is read")
        except bounded.AnswerRefused as error:
            raise self._refused(path, error) from error
        except _UNREACHABLE as error:
            raise self._unreachable(error) from error
        if pending:
            yield b"".join(pending)

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: object,
        content_type: str | None,
        headers: Mapping[str, str] | None,
        limits: aiohttp.ClientTimeout,
    ) -> aiohttp.ClientResponse:
        if self.read_only and method != "GET":
            raise ReadOnly(f"{method} {path} was not sent: this connection only reads.")
        if self.pace is not None:
            await self.pace.wait()
        if isinstance(body, bytes) and "json" in (content_type or "application/json"):
            body = json.loads(body)  # the official client encodes JSON bodies itself
        header_params = {"Accept": "application/json", "Accept-Encoding": bounded.ACCEPTED, **(headers or {})}
        if body is not None or content_type is not None:
            header_params["Content-Type"] = content_type or "application/json"
        verb, url, header_params, _, _ = await self._client.param_serialize(
            method,
            path,
            query_params=list((query or {}).items()),
            header_params=header_params,
            auth_settings=["BearerToken"],
        )
        answer = await self._client.rest_client.request(
            verb, url, headers=header_params, body=body, _request_timeout=limits
        )
        response: aiohttp.ClientResponse = answer.response
        return response

    def _refused(self, path: str, error: bounded.AnswerRefused) -> AnswerTooLarge:
        return AnswerTooLarge(f"The API server of context {self.context} at {self.server}{path} {error}.")

    def _unreachable(self, error: BaseException) -> ClusterUnreachable:
        cause = " ".join(str(error).split())[:_CAUSE_CHARS_MOST] or type(error).__name__
        if isinstance(error, asyncio.TimeoutError):
            cause = "no answer in time"
        return ClusterUnreachable(
            f"The API server of context {self.context} at {self.server} cannot be reached ({cause}): "
            "check that the cluster is running and that the network or VPN is up."
        )

    async def close(self) -> None:
        """Close all connections; streams that are open end."""
        if self._refresher is not None:
            self._refresher.cancel()
        for session in self._sessions.values():
            await session.close()
        await self._client.close()


def status_error(code: int, data: bytes, headers: Mapping[str, str] | None = None) -> ApiStatusError:
    """The error that an answer of 400 and up stands for: a Status object, or any other text."""
    asked = next((value for name, value in (headers or {}).items() if name.lower() == "retry-after"), "")
    retry_after_s = float(asked) if asked.isdigit() else None  # a date, which API servers do not send, counts as none
    try:
        status = parse_json(data)
        message, reason = str(status["message"]), str(status.get("reason", ""))
    except (ValueError, KeyError, TypeError):
        message, reason = data.decode("utf-8", "replace").strip()[:500] or f"HTTP {code}", ""
    return ApiStatusError(code, reason, message, retry_after_s)


async def connect(target: Target) -> Cluster:
    """Read the configuration and make a client; sends no request.

    Raises:
        ConfigError: no kubeconfig, no such context, or a file that cannot be used.
    """
    cluster = await _connect(target)
    cluster.read_only = target.read_only
    return cluster


async def _connect(target: Target) -> Cluster:
    configuration = client.Configuration()
    # None, not 0, which the client's retries take for "without end" on every answer of 500 and up: whoever asks is
    # told what happened, and does not hang in silent retries.
    configuration.retries = None
    configuration.connection_pool_maxsize = 0  # without a limit, as behind a service proxy somebody may hang
    if target.in_cluster:
        return _connect_in_cluster(configuration)
    source = target.kubeconfig or config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    _check_files(source)
    try:
        loader = await config.load_kube_config(
            config_file=target.kubeconfig,
            context=target.context,
            client_configuration=configuration,
            persist_config=False,
        )
    except Exception as error:  # the loader lets YAML, OS, TLS and plugin errors through as they are
        raise ConfigError(_config_sentence(source, target.context, error)) from error
    current = loader.current_context
    settings = current.get("context", {})
    refresher = asyncio.create_task(config.kube_config.refresh_token(loader, configuration, _TOKEN_REFRESH_S))
    return Cluster(
        _api_client(configuration),
        context=str(current.get("name", "")),
        namespace=str(settings.get("namespace") or "default"),
        user=str(settings.get("user", "")),
        refresher=refresher,
    )


def _connect_in_cluster(configuration: Any) -> Cluster:
    try:
        config.load_incluster_config(client_configuration=configuration)
    except Exception as error:
        raise ConfigError(f"The pod's service account cannot be used: {error}.") from error
    namespace_file = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
    namespace = namespace_file.read_text().strip() if namespace_file.exists() else "default"
    return Cluster(
        _api_client(configuration),
        context="in-cluster",
        namespace=namespace,
        user="serviceaccount",
        in_cluster=True,
    )


def _api_client(configuration: Any) -> Any:
    # Where the environment names a proxy, the client must look at it, which costs a thread for every request.
    configuration.client_session_kwargs = {"trust_env": bool(getproxies()), **bounded.SESSION}
    api_client = client.ApiClient(configuration)
    api_client.user_agent = f"canarytui/{__version__}"
    return api_client


def _check_files(source: str) -> None:
    files = [Path(part).expanduser() for part in source.split(":") if part]
    if not any(file.is_file() for file in files):
        names = ", ".join(str(file) for file in files) or "~/.kube/config"
        raise ConfigError(
            f"There is no kubeconfig at {names}: name one with --kubeconfig or $KUBECONFIG, "
            "or try `canarytui demo`, which needs no cluster."
        )


def _config_sentence(source: str, context: str | None, error: Exception) -> str:
    if context:
        return (
            f"The context {context} cannot be used from the kubeconfig {source} ({error}): "
            "`kubectl config get-contexts` lists the ones there are."
        )
    return f"The kubeconfig {source} cannot be used ({error}): check it with `kubectl config view`."
