"""Follows an API server's redirects to the server itself, never away from it.

aiohttp would repeat a PATCH, its body and ``Impersonate-*`` included, wherever a 302 or 307 points. A write must never
reach another server than the kubeconfig's; what redirects is a proxy's or a VPN's login page.
"""

from __future__ import annotations

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from yarl import URL

from canarytui.domain.public_url import public_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


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


def _is_same_server(url: URL, location: str) -> bool:
    try:
        return url.join(URL(location, encoded=True)).origin() == url.origin()
    except ValueError:
        return False
