"""Why a server gave no answer, in one sentence that says what to do about it."""

from __future__ import annotations

import asyncio
import errno
import os
from urllib.parse import urlsplit

import aiohttp

from canarytui.cluster.proxies import without_credentials
from canarytui.cluster.tls import tls_trouble
from canarytui.domain.plaintext import clean


def unreachable(error: BaseException, *, context: str, server: str, tls_name: str | None, proxy: str | None) -> str:
    """The sentence about the API server of `context` that failed with `error`; TLS is told apart from the network.

    `tls_name` is whose certificate is expected, None for the host's of `server`.
    """
    what = f"The API server of context {clean(context, 100)} at {clean(server, 200)}"
    through = f" through the proxy {clean(without_credentials(proxy), 200)}" if proxy else ""
    if trouble := tls_trouble(error, tls_name or _host(server)):
        return f"{what} cannot be talked to{through} by TLS: {trouble}" + ("" if trouble.endswith("?") else ".")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"{what} cannot be reached{through}: the proxy answered {error.status} {clean(error.message, 100)}."
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return (
            f"{what} cannot be reached{through} ({_cause(error)}): check proxy-url in the kubeconfig, or HTTPS_PROXY "
            "and NO_PROXY."
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return (
            f"{what} cannot be reached{through}: the name {clean(error.host, 200)} cannot be resolved "
            f"({_cause(error)}): check server in the kubeconfig, DNS, and that the VPN is up."
        )
    if server.startswith("http:") and isinstance(error, aiohttp.ServerDisconnectedError):
        return f"{what} hung up on plain http ({_cause(error)}): should server in the kubeconfig begin with https://?"
    if server.startswith("https:") and _cut_off(error):
        return (
            f"{what} cannot be reached{through} ({_cause(error)}): it closed the connection; it may be restarting, "
            "or refuse your client certificate, or miss one."
        )
    return (
        f"{what} cannot be reached{through} ({_cause(error)}): "
        "check that the cluster is running and that the network or VPN is up."
    )


def _cut_off(error: BaseException) -> bool:
    """Whether the server went away under a request: with TLS 1.3 a certificate is refused after the handshake, and the
    words that say so can get lost."""
    cause = getattr(error, "os_error", error)
    return isinstance(cause, BrokenPipeError | ConnectionResetError) or (
        isinstance(cause, OSError) and cause.errno in (errno.EPIPE, errno.ECONNRESET)
    )


def _cause(error: BaseException) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        known = errno.errorcode.get(error.os_error.errno or 0)
        return os.strerror(error.os_error.errno) if known and error.os_error.errno else clean(error.os_error, 300)
    return clean(str(error) or type(error).__name__, 300)


def _host(server: str) -> str:
    try:
        return urlsplit(server).hostname or server
    except ValueError:
        return server
