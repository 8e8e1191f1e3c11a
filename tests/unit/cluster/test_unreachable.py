"""Why a server gave no answer: one sentence that names context, server and proxy."""

from __future__ import annotations

import errno
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from canarytui.cluster.connection_errors import unreachable
from canarytui.cluster.redirects import RedirectedAway

KEY = ConnectionKey("api.example", 443, True, True, None, None, None)


def _dns() -> aiohttp.ClientConnectorDNSError:
    return aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known"))


@pytest.mark.parametrize(
    ("error", "proxy", "said"),
    [
        (TimeoutError(), None, "time"),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "x")), None, "Connection refused"),
        (_dns(), None, "api.example"),
        (RedirectedAway(302, "https://login.example"), None, "https://login.example"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), None, "reset"),
        (aiohttp.ClientProxyConnectionError(KEY, OSError(errno.ECONNREFUSED, "x")), "http://proxy:3128", "proxy:3128"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), None, "TLS"),
    ],
)
def test_each_cause_has_its_sentence(error: BaseException, proxy: str | None, said: str) -> None:
    if isinstance(error, ssl.SSLError):
        error.reason = "WRONG_VERSION_NUMBER"
    told = unreachable(error, context="lab", server="https://api.example", tls_name=None, proxy=proxy)
    assert said in told
    assert "lab" in told
    assert "https://api.example" in told
    assert told.endswith((".", "?"))
    assert "\n" not in told


def test_the_causes_are_told_apart() -> None:
    errors = (TimeoutError(), _dns(), RedirectedAway(302, "https://login.example"), ConnectionResetError("reset"))
    told = {unreachable(each, context="c", server="https://a", tls_name=None, proxy=None) for each in errors}
    assert len(told) == len(errors)
