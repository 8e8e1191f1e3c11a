"""The official client's REST layer with an identity: renewed credentials, impersonation, proxy, TLS.

Every request of the program to an API server goes through here, typed ones included.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any

import aiohttp
from multidict import CIMultiDict

from canarytui.background import in_background
from canarytui.cluster import bounded_responses as bounded
from canarytui.cluster.credential import Credential, Pair
from canarytui.cluster.credentials import CredentialSource
from canarytui.cluster.identity import Identity
from canarytui.cluster.late_authorities import authorities_later
from canarytui.cluster.official_client import Configuration, RESTClientObject
from canarytui.cluster.redirects import stay
from canarytui.cluster.tls import ClientCertificate, load_pair
from canarytui.cluster.tls_buffers import small_read_buffers
from canarytui.domain.sentences import credentials as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError, NoCredentials

_RETIRED_S = 30.0
"""How long requests under way may keep using connections with the previous client certificate."""


class Transport(RESTClientObject):  # type: ignore[misc]  # the official client is untyped
    """Sends as `identity`. After a 401 the credentials are renewed and the request is sent once more."""

    def __init__(
        self,
        configuration: Any,
        identity: Identity,
        source: CredentialSource,
        certificate: ClientCertificate | None,
        user_agent: str,
    ) -> None:
        """Raises ConfigError: a client certificate that cannot be used."""
        small_read_buffers()
        with authorities_later():
            super().__init__(configuration)
        self.ssl_context.hostname_checks_common_name = False
        self._identity = identity
        self._source = source
        self._user_agent = user_agent
        self._certificate = certificate
        self._pair: Pair | None = None
        self.pool_manager: aiohttp.ClientSession | None
        self._retired: dict[aiohttp.ClientSession, asyncio.TimerHandle] = {}
        self._closing: set[asyncio.Task[None]] = set()
        if certificate is not None:
            self._pair = certificate.read()
            certificate.use(self.ssl_context, self._pair)

    async def request(
        self,
        method: Any,
        url: Any,
        headers: Any = None,
        body: Any = None,
        post_params: Any = None,
        _request_timeout: Any = None,
    ) -> Any:
        """Like the official client's. Raises NoCredentials: nothing was sent."""
        credential = await self._source.current()
        answer = await self._send(credential, method, url, headers, body, post_params, _request_timeout)
        if answer.status != 401 or not await self._renewed(credential, answer):
            return answer
        credential = await self._source.current()
        return await self._send(credential, method, url, headers, body, post_params, _request_timeout)

    async def _renewed(self, refused: Credential, answer: Any) -> bool:
        """Whether to send once more; `answer` is dropped then."""
        try:
            renewed = await self._source.renew(refused)
        except BaseException:
            answer.response.close()
            raise
        if renewed:
            answer.response.release()
        return renewed

    async def _send(self, credential: Credential, method: Any, url: Any, headers: Any, *rest_of_it: Any) -> Any:
        self._show_certificate(credential)
        sent: CIMultiDict[str] = CIMultiDict(headers or {})
        sent["User-Agent"] = self._user_agent
        if credential.authorization and "Authorization" not in sent:
            sent["Authorization"] = credential.authorization
        for name, value in self._identity.impersonation:
            sent.add(name, value)
        if self._identity.cluster.disable_compression:
            sent["Accept-Encoding"] = "identity"
        return await super().request(method, url, sent, *rest_of_it)

    def _show_certificate(self, credential: Credential) -> None:
        """Use the current client certificate for new connections."""
        if self._certificate is not None:
            if self._certificate.changed():
                # Half of a new pair may be there: keep the old one until both fit.
                with suppress(ConfigError):
                    pair = self._certificate.read()
                    if pair != self._pair:
                        self._certificate.use(self._fresh_context(), pair)
                        self._renew_connections(pair)
            return
        if credential.pair is not None and credential.pair != self._pair:
            try:
                load_pair(self._fresh_context(), credential.pair)
            except (ssl.SSLError, ValueError, OSError) as error:
                raise NoCredentials(words.BAD_PAIR.text(user=clean(self._identity.user_name, 100))) from error
            self._renew_connections(credential.pair)

    @staticmethod
    def _fresh_context() -> ssl.SSLContext:
        """A scratch context to try a pair in, so that one that does not fit spoils nothing."""
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def _renew_connections(self, pair: Pair) -> None:
        load_pair(self.ssl_context, pair)
        self._pair = pair
        session, self.pool_manager = self.pool_manager, None
        if session is not None:
            later = asyncio.get_running_loop().call_later(_RETIRED_S, self._close_later, session)
            self._retired[session] = later

    def _close_later(self, session: aiohttp.ClientSession) -> None:
        self._retired.pop(session, None)
        task = in_background(session.close(), "closing")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close all connections and end a running plugin."""
        await self._source.close()
        for session, later in self._retired.items():
            later.cancel()
            await session.close()
        self._retired.clear()
        await super().close()


def transport_of(
    identity: Identity,
    source: CredentialSource,
    *,
    authority: str | None,
    certificate: ClientCertificate | None,
    proxy: str | None,
    user_agent: str,
) -> Transport:
    """A transport for `identity`. Raises ConfigError: a client certificate that cannot be used."""
    configuration = Configuration()
    # None, not 0, which the client takes for endless silent retries of every answer of 500 and up: whoever
    # sent the request must learn what happened.
    configuration.retries = None
    configuration.host = identity.server
    configuration.verify_ssl = not identity.cluster.insecure
    # As Go does, which checks chains, names and dates, but not every rule of RFC 5280.
    configuration.disable_strict_ssl_verification = True
    configuration.ca_cert_data = authority
    configuration.tls_server_name = identity.cluster.tls_server_name if identity.tls else None
    configuration.proxy = proxy
    configuration.connection_pool_maxsize = 0  # no limit: someone behind a service proxy may hang
    configuration.client_session_kwargs = {"trust_env": False, "middlewares": (stay,), **bounded.SESSION}
    return Transport(configuration, identity, source, certificate, user_agent)
