"""Go's net/http error for a request without an answer, as Flagger reports it for webhooks.

Pure. Called by those who send webhooks and alerts, for strict mode.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp

from canarytui.domain.text.public_url import redacted_url

_CLIENTS_LIMIT = " (Client.Timeout exceeded while awaiting headers)"


def go_transport_error(method: str, url: str, error: BaseException, *, proxy: str = "", by_client: bool = True) -> str:
    """``Post "http://gate/": EOF`` and the like, from the causes of `error`.

    Userinfo and the query's values are not shown; Go leaves out the password only. `proxy` is the one that was asked,
    "" for none; `by_client`: the time limit is the HTTP client's, not the request's.
    """
    through = proxy and any(isinstance(each, aiohttp.ClientProxyConnectionError) for each in _chain(error))
    cause = f"proxyconnect tcp: {_cause(proxy, error)}" if through else _cause(url, error)
    if not by_client:
        cause = cause.removesuffix(_CLIENTS_LIMIT)
    return f'{method.capitalize()} "{redacted_url(url)}": {cause}'


def _cause(url: str, error: BaseException) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # such as http://[
        return str(error)
    for each in _chain(error):
        match each:
            case TimeoutError():
                return f"context deadline exceeded{_CLIENTS_LIMIT}"
            case socket.gaierror() | aiohttp.ClientConnectorDNSError():
                return f"dial tcp: lookup {host}: no such host"
            case ssl.SSLCertVerificationError():
                return f"tls: failed to verify certificate: x509: {_certificate(each)}"
            case ConnectionRefusedError():
                return f"dial tcp {_address(url)}: connect: connection refused"
            case ConnectionResetError() if not isinstance(each, aiohttp.ClientError):
                return "read: connection reset by peer"
            case aiohttp.ServerDisconnectedError():
                return "EOF"
    return str(error) or type(error).__name__


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    said = str(getattr(error, "verify_message", error))
    if "expired" in said:
        return "certificate has expired or is not yet valid"
    if "mismatch" in said.lower():
        return said
    return "certificate signed by unknown authority"


def _address(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and what it came from, the outermost first. aiohttp keeps the operating system's in an attribute."""
    found: BaseException | None = error
    while found is not None:
        yield found
        for name in ("os_error", "certificate_error"):
            inner = getattr(found, name, None)
            if isinstance(inner, BaseException):
                yield inner
        found = found.__cause__ or found.__context__
