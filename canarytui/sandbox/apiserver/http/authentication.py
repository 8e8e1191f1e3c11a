"""Authentication by bearer token."""

from __future__ import annotations

import hmac
from collections.abc import MutableMapping

from aiohttp import web

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.access.users import User

Tokens = MutableMapping[str, User]
"""Bearer token -> identity; tokens of service accounts are added while the server runs."""


def authenticate(request: web.Request, tokens: Tokens) -> User:
    """The user of the request's token; raises :class:`StatusError` 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = user_of(token.strip(), tokens) if scheme.lower() == "bearer" else None
    if found is None:
        raise errors.unauthorized()
    return found


def user_of(token: str, tokens: Tokens) -> User | None:
    """The user of a token, compared in constant time."""
    offered = token.encode()
    return next((user for known, user in tokens.items() if hmac.compare_digest(known.encode(), offered)), None)
