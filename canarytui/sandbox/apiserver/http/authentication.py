"""Who is asking: bearer tokens, and impersonation by those who may."""

from __future__ import annotations

import hmac
from collections.abc import MutableMapping
from typing import Protocol

from aiohttp import web

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.users import AUTHENTICATED, User

Tokens = MutableMapping[str, User]
"""Bearer token -> identity; tokens of service accounts are added while the server runs."""


class MayImpersonate(Protocol):
    """Whether `user` may act as the named ``users`` or ``groups``."""

    def __call__(self, user: User, resource: str, name: str) -> bool: ...


def authenticate(request: web.Request, tokens: Tokens) -> User:
    """The user that the request's token belongs to; raises :class:`StatusError` 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = user_of(token.strip(), tokens) if scheme.lower() == "bearer" else None
    if found is None:
        raise errors.unauthorized()
    return found


def user_of(token: str, tokens: Tokens) -> User | None:
    """Whose token it is, compared in constant time."""
    offered = token.encode()
    return next((user for known, user in tokens.items() if hmac.compare_digest(known.encode(), offered)), None)


def impersonated(request: web.Request, user: User, allowed: MayImpersonate) -> User:
    """The user named by ``Impersonate-User`` and ``-Group`` headers (``kubectl --as``), else `user`.

    Raises:
        StatusError: 403 when `user` may not.
    """
    name = request.headers.get("Impersonate-User")
    if not name:
        return user
    groups = tuple(request.headers.getall("Impersonate-Group", ()))
    _check(allowed, user, "users", name)
    for group in groups:
        _check(allowed, user, "groups", group)
    extra = () if AUTHENTICATED in groups else (AUTHENTICATED,)
    return User(name, request.headers.get("Impersonate-Uid", ""), (*groups, *extra))


def _check(allowed: MayImpersonate, user: User, resource: str, name: str) -> None:
    if allowed(user, resource, name):
        return
    raise errors.StatusError(
        403,
        "Forbidden",
        f'{resource} "{name}" is forbidden: User "{user.name}" cannot impersonate resource "{resource}" '
        'in API group "" at the cluster scope',
        {"name": name, "kind": resource},
    )
