"""Why a server gave no answer, in one sentence with the remedy."""

from __future__ import annotations

import asyncio
import errno
import os
from urllib.parse import urlsplit

import aiohttp

from canarytui.cluster.redirects import RedirectedAway
from canarytui.cluster.tls import tls_trouble
from canarytui.domain.sentences import unreachable as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url


def unreachable(error: BaseException, *, context: str, server: str, tls_name: str | None, proxy: str | None) -> str:
    """The sentence about the API server of `context` that failed with `error`; tells TLS from the network.

    `tls_name` is the name expected in its certificate, None for the host of `server`.
    """
    what = words.API_SERVER.text(context=clean(context, 100), server=clean(server, 200))
    through = words.THROUGH_PROXY.text(proxy=clean(place_url(proxy), 200)) if proxy else ""
    if trouble := tls_trouble(error, tls_name or _host(server)):
        return words.TLS.text(server=what, through=through, trouble=trouble) + ("" if trouble.endswith("?") else ".")
    if isinstance(error, RedirectedAway):
        return words.REDIRECTED.text(server=what, through=through, status=error.status, place=clean(error.place, 200))
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return words.PROXY_ANSWERED.text(
            server=what, through=through, status=error.status, said=clean(error.message, 100)
        )
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return words.PROXY_UNREACHABLE.text(server=what, through=through, why=_cause(error))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return words.NAME.text(server=what, through=through, host=clean(error.host, 200), why=_cause(error))
    if server.startswith("http:") and isinstance(error, aiohttp.ServerDisconnectedError):
        return words.HUNG_UP.text(server=what, why=_cause(error))
    if server.startswith("https:") and _cut_off(error):
        return words.CLOSED.text(server=what, through=through, why=_cause(error))
    return words.UNREACHABLE.text(server=what, through=through, why=_cause(error))


def _cut_off(error: BaseException) -> bool:
    """Whether the server went away during a request: TLS 1.3 refuses a certificate after the handshake, and the alert
    that says so can get lost."""
    cause = getattr(error, "os_error", error)
    return isinstance(cause, BrokenPipeError | ConnectionResetError) or (
        isinstance(cause, OSError) and cause.errno in (errno.EPIPE, errno.ECONNRESET)
    )


def _cause(error: BaseException) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return words.TIMED_OUT.text()
    if isinstance(error, aiohttp.ClientConnectorError):
        known = errno.errorcode.get(error.os_error.errno or 0)
        return os.strerror(error.os_error.errno) if known and error.os_error.errno else clean(error.os_error, 300)
    return clean(str(error) or type(error).__name__, 300)


def _host(server: str) -> str:
    try:
        return urlsplit(server).hostname or server
    except ValueError:
        return server
