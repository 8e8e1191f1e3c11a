"""Connects to an API server with the official client, and offers the few shapes of request that all rooms share.

Console, engine, command line and the sandbox's data plane all come through here. ``kubeconfig`` and ``identity`` read
what a kubeconfig says; ``transport`` sends with the official client (``kubernetes.aio``). Objects stay plain dicts: the
client has no model for canaries, and a watch must be cheap.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from canarytui.cluster.official_client import typed_client  # before aiohttp: see late_authorities

# isort: split
import aiohttp

from canarytui import __version__
from canarytui.cluster import bounded_responses as bounded
from canarytui.cluster.api_status import status_error
from canarytui.cluster.connection_errors import unreachable
from canarytui.cluster.credentials import source_of
from canarytui.cluster.identity import Identity, identifies, resolve
from canarytui.cluster.kubeconfig import load_kubeconfig
from canarytui.cluster.pod_identity import pod_identity
from canarytui.cluster.proxies import ProxyRules
from canarytui.cluster.request_log import SentRequest, request_log
from canarytui.cluster.request_rate import RequestRate
from canarytui.cluster.tls import authority_of, client_certificate_of
from canarytui.cluster.transport import Transport, transport_of
from canarytui.domain.sentences import answers as words
from canarytui.domain.text.bounded import OutOfBounds, parse_json
from canarytui.errors import AnswerTooLarge, ClusterUnreachable, ReadOnly

CONNECT_TIMEOUT_S = 5.0
SECRETS_OVER_HTTP = "CANARYTUI_CREDENTIALS_OVER_HTTP"
"""Environment variable that allows credentials over plain http; kubectl never sends them."""
_UNREACHABLE = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class ClusterTarget(Struct, frozen=True):
    """Which cluster: a kubeconfig file and context (None: kubectl's defaults), or the pod's own. `read_only` allows
    nothing but GET. With `terminal` a credential plugin may prompt, because no screen is up. `waiting` is called with
    what the first request waits for, and with "" when it no longer waits."""

    kubeconfig: str | None = None
    context: str | None = None
    in_cluster: bool = False
    read_only: bool = False
    terminal: bool = False
    waiting: Callable[[str], None] | None = None


class Cluster:
    """One API server, and who we are there. Made by :func:`connect`; close it when done.

    Attributes:
        pace: bounds the requests per second, None for as many as come.
        user: who acts, with whoever they impersonate, as the audit log names it.
        withheld: the kubeconfig has credentials, which are not sent because the server is asked by plain http.
        read_only: every request that could write is refused before it is sent.
        requests: the last ones that were sent.
        last_answer_at: the monotonic clock at the server's last sign of life, None before the first.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        context: str,
        namespace: str,
        user: str,
        in_cluster: bool = False,
        proxies: ProxyRules | None = None,
        withheld: bool = False,
    ) -> None:
        self._transport = transport
        self._proxies = proxies or ProxyRules()
        self.withheld = withheld
        self.context = context
        self.namespace = namespace
        self.user = user
        self.in_cluster = in_cluster
        self.pace: RequestRate | None = None
        self.read_only = False
        self.last_answer_at: float | None = None
        self.requests = request_log()
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    def session(self, *, keep_alive: bool) -> aiohttp.ClientSession:
        """A session for requests to anything but the API server: no cookies; the proxy goes with each request
        (:meth:`proxy_for`).

        The other side may close a kept-alive connection just as the next request goes out. Only idempotent requests
        survive that, so others get a fresh connection.
        """
        session = self._sessions.get(keep_alive)
        if session is None:
            session = self._sessions[keep_alive] = aiohttp.ClientSession(
                # No limit: one that hangs must not take the others' connections.
                connector=aiohttp.TCPConnector(force_close=not keep_alive, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": bounded.ACCEPTED},
                **bounded.SESSION,
            )
        return session

    def proxy_for(self, url: str) -> str | None:
        """The environment's proxy for a request to `url`; None for a direct connection. Raises ConfigError: it is
        unusable."""
        return self._proxies.proxy_for(url)

    def age_s(self) -> float | None:
        """Seconds since the server was last heard, None for never."""
        return None if self.last_answer_at is None else time.monotonic() - self.last_answer_at

    def typed_client(self) -> Any:
        """The official client's ``ApiClient``, for anything else that client offers; its requests are not paced."""
        return typed_client(self._transport)

    @property
    def server(self) -> str:
        """Base URL of the API server."""
        return str(self._transport.configuration.host)

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
            raise ClusterUnreachable(words.UNUSABLE.text(server=self.server, path=path, why=error)) from error
        except ValueError as error:
            raise ClusterUnreachable(words.NO_JSON.text(server=self.server, path=path)) from error
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
        until: re.Pattern[bytes] | None = None,
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Send one request and return (status, body, headers), whatever the status.

        The body may have `most` bytes, of which the first `keep` are returned; a stream is read `until` that matches.

        Raises:
            AnswerTooLarge: a body of more than `most` bytes.
            ClusterUnreachable: no answer.
        """
        timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_TIMEOUT_S)
        sent = self._begin(method, path, query, body, content_type)
        try:
            response = await self._send(method, path, query, body, content_type, headers, timeout)
            sent.answered(int(response.status))
            data = await bounded.read_body(response, most, keep=keep, until=until)
            sent.received(len(data))
            self.requests.end(sent)
            self.last_answer_at = time.monotonic()
            return int(response.status), data, dict(response.headers)
        except bounded.AnswerRefused as error:
            self.requests.end(sent, str(error))
            raise self._refused(path, error) from error
        except _UNREACHABLE as error:
            refused = self._unreachable(error)
            self.requests.end(sent, str(refused))
            raise refused from error
        except BaseException as error:
            self.requests.end(sent, type(error).__name__)
            raise

    def _begin(
        self, method: str, path: str, query: Mapping[str, str] | None, body: object, content_type: str | None
    ) -> SentRequest:
        asked = f"{path}?{urlencode(query, safe='/', quote_via=quote)}" if query else path
        return self.requests.begin(method, asked, body, content_type)

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
        sent = self._begin("GET", path, query, None, None)
        try:
            response = await self._send("GET", path, query, None, None, None, timeout)
        except _UNREACHABLE as error:
            refused = self._unreachable(error)
            self.requests.end(sent, str(refused))
            raise refused from error
        sent.answered(int(response.status))
        try:
            if response.status >= 400:
                raise status_error(response.status, await self._start_of(response))
            yield self._lines(path, response, sent)
        finally:
            self.requests.end(sent)
            response.close()

    async def _start_of(self, response: aiohttp.ClientResponse) -> bytes:
        most = bounded.REFUSAL_BYTES_MOST
        try:
            return await bounded.read_body(response, 16 * most, keep=most)
        except (bounded.AnswerRefused, *_UNREACHABLE):
            return b""

    async def _lines(self, path: str, response: aiohttp.ClientResponse, sent: SentRequest) -> AsyncIterator[bytes]:
        try:
            async for line in bounded.lines(response):
                sent.received(len(line) + 1)
                yield line
        except bounded.AnswerRefused as error:
            raise self._refused(path, error) from error
        except _UNREACHABLE as error:
            raise self._unreachable(error) from error

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
            raise ReadOnly(words.ONLY_READS.text(method=method, path=path))
        if self.pace is not None:
            await self.pace.wait()
        if isinstance(body, bytes) and "json" in (content_type or "application/json"):
            body = json.loads(body)  # the official client encodes JSON bodies itself
        sent = {"Accept": "application/json", "Accept-Encoding": bounded.ACCEPTED, **(headers or {})}
        if body is not None or content_type is not None:
            sent["Content-Type"] = content_type or "application/json"
        url = f"{self.server}{path}"
        if query:
            url += "?" + urlencode(query, safe="/", quote_via=quote)
        answer = await self._transport.request(method, url, headers=sent, body=body, _request_timeout=limits)
        response: aiohttp.ClientResponse = answer.response
        return response

    def _refused(self, path: str, error: bounded.AnswerRefused) -> AnswerTooLarge:
        return AnswerTooLarge(words.REFUSED.text(context=self.context, server=self.server, path=path, what=error))

    def _unreachable(self, error: BaseException) -> ClusterUnreachable:
        settings = self._transport.configuration
        return ClusterUnreachable(
            unreachable(
                error,
                context=self.context,
                server=self.server,
                tls_name=settings.tls_server_name,
                proxy=settings.proxy,
            )
        )

    async def close(self) -> None:
        """Close all connections; streams that are open end."""
        for session in self._sessions.values():
            await session.close()
        await self._transport.close()


async def connect(target: ClusterTarget) -> Cluster:
    """Read the configuration and make a client; sends no request.

    Raises:
        ConfigError: no kubeconfig, no such context, or a file that cannot be used.
    """
    cluster = await _connect(target)
    cluster.read_only = target.read_only
    return cluster


async def _connect(target: ClusterTarget) -> Cluster:
    if target.in_cluster:
        return _cluster(pod_identity(os.environ), target)
    config = load_kubeconfig(target.kubeconfig)
    over_http = os.environ.get(SECRETS_OVER_HTTP, "") not in ("", "0")
    return _cluster(resolve(config, target.context, secrets_over_http=over_http), target)


def _cluster(identity: Identity, target: ClusterTarget) -> Cluster:
    proxies = ProxyRules.of(os.environ)
    ca_data, authority = authority_of(identity.cluster, identity.cluster_name)

    def id_token() -> str:
        user = load_kubeconfig(target.kubeconfig).users.get(identity.user_name, identity.user)
        return user.auth_provider_config.get("id-token", "")

    transport = transport_of(
        identity,
        source_of(identity, ca_data, terminal=target.terminal, read_id_token=id_token, waiting=target.waiting),
        authority=authority,
        certificate=client_certificate_of(identity),
        proxy=identity.cluster.proxy_url or proxies.proxy_for(identity.server),
        user_agent=f"canarytui/{__version__}",
    )
    return Cluster(
        transport,
        context=identity.context,
        namespace=identity.namespace,
        user=identity.acts_as,
        in_cluster=target.in_cluster,
        proxies=proxies,
        withheld=not identity.secret_allowed and identifies(identity.user),
    )
