"""Redirects: an API server's are followed to the server itself only, those of other services without our credentials.

aiohttp would repeat a PATCH, its body and ``Impersonate-*`` included, wherever a 302 or 307 points. A write must never
reach another server than the kubeconfig's; what redirects is a proxy's or a VPN's login page. With a request to a
metric service it drops ``Authorization`` when the host changes, but not the header in which a vendor takes its keys.
"""

from __future__ import annotations

from collections.abc import Iterable

import aiohttp
from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse
from yarl import URL

from canarytui.domain.text.public_url import public_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PUBLIC = frozenset({"accept", "content-type", "user-agent"})


class RedirectedAway(aiohttp.ClientError):
    """The answer points to another server, `place` of it is fit to be shown; nothing was sent there."""

    def __init__(self, status: int, place: str) -> None:
        self.status = status
        self.place = place
        super().__init__(f"HTTP {status} to {place}")


async def stay(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """A middleware of ``aiohttp.ClientSession``. Raises RedirectedAway."""
    response = await handler(request)
    location = response.headers.get("Location") or response.headers.get("URI")
    if response.status in _REDIRECTS and location and not _is_same_server(request.url, location):
        response.close()
        raise RedirectedAway(response.status, public_url(location))
    return response


def without_credentials_elsewhere(first: str, headers: Iterable[str]) -> ClientMiddlewareType:
    """A middleware of one request to `first`: `headers`, which its caller gave, reach no other server by a redirect."""
    home = URL(first)
    private = [name for name in headers if name.lower() not in _PUBLIC]

    async def send(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if not _is_home(home, request.url):
            for name in private:
                request.headers.pop(name, None)
        return await handler(request)

    return send


def _is_home(home: URL, url: URL) -> bool:
    """The same server, or its encrypted port."""
    if url.origin() == home.origin():
        return True
    return url.host == home.host and (home.scheme, url.scheme) == ("http", "https") and url.is_default_port()


def _is_same_server(url: URL, location: str) -> bool:
    try:
        return url.join(URL(location, encoded=True)).origin() == url.origin()
    except ValueError:
        return False
