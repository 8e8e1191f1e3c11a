"""The API server's application: authenticate, authorize, route, and answer every failure with a Status.

Made by the supervisor (and by tests) around an :class:`~canarytui.sandbox.apiserver.api.Api`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.access.escalation import check_escalation, concerns_rights
from canarytui.sandbox.apiserver.access.rbac import Authorizer
from canarytui.sandbox.apiserver.access.reviews import Reviews, new_token
from canarytui.sandbox.apiserver.access.users import User
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.http import bodies, documents
from canarytui.sandbox.apiserver.http.answers import encoded, refusal
from canarytui.sandbox.apiserver.http.authentication import Tokens, authenticate, user_of
from canarytui.sandbox.apiserver.http.connect import ProxyConnector
from canarytui.sandbox.apiserver.http.impersonation import Right, impersonated
from canarytui.sandbox.apiserver.http.negotiation import NegotiatedKind, wanted
from canarytui.sandbox.apiserver.http.paths import ResourcePath, resource_path
from canarytui.sandbox.apiserver.http.requests import ResourceRequest, answer, request_verb
from canarytui.sandbox.apiserver.presentation.openapi import OpenApi

log = logging.getLogger(__name__)

_CONNECT = frozenset({"log", "exec", "attach", "portforward", "proxy"})
_CLIENT_GONE = 499
_REVIEW_GROUPS = frozenset({"authorization.k8s.io", "authentication.k8s.io"})


class ApiServer:
    """State shared by all requests; :meth:`handle` is the only route."""

    def __init__(self, api: Api, tokens: Tokens, secret: str, ready: Callable[[], bool]) -> None:
        self._api = api
        self._tokens = tokens
        self._ready = ready
        self._authorizer = Authorizer(api)
        self._reviews = Reviews(api, self._authorizer, self._issue, lambda token: user_of(token, tokens))
        self._connector = ProxyConnector(api, secret)
        self._openapi = OpenApi(api.registry)

    async def close(self, app: web.Application) -> None:
        """Called on application cleanup."""
        await self._connector.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; errors, also our own bugs, become a ``Status``."""
        try:
            return await self._answer(request)
        except StatusError as error:
            return refusal(error)
        except ConnectionError:
            return web.Response(status=_CLIENT_GONE)  # the client has disconnected
        except web.HTTPException:
            raise
        except Exception as error:
            log.exception("%s %s", request.method, request.rel_url.raw_path)
            return refusal(errors.internal(f"{type(error).__name__}: {error}"))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        parts = request.rel_url.raw_path.strip("/").split("/")
        if documents.is_public(parts):
            found = documents.document(self._api, self._openapi, request, parts, self._ready)
            if found is not None:
                return found
        user = impersonated(request.headers, authenticate(request, self._tokens), self._may_impersonate)
        if request.method in ("GET", "HEAD"):
            found = documents.document(self._api, self._openapi, request, parts, self._ready)
            if found is not None:
                return found
        path = resource_path(request.rel_url.raw_path, self._api.registry)
        return await self._resource(request, user, path)

    async def _resource(self, request: web.Request, user: User, path: ResourcePath) -> web.StreamResponse:
        rt = path.rt
        if rt.group in _REVIEW_GROUPS or (rt.plural, path.subresource) == ("serviceaccounts", "token"):
            return await self._review(request, user, path)
        if path.subresource in _CONNECT:
            self._authorize(user, _connect_verb(request.method, path.subresource), path)
            return await self._connector.handle(request, rt, path.namespace, path.name, path.subresource, path.rest)
        verb = request_verb(request.method, path, request.query)
        if not path.subresource and verb not in rt.verbs:
            raise errors.method_not_allowed(rt, verb)
        self._authorize(user, verb, path)
        form = wanted(request.headers.get("Accept", ""))
        may_create = partial(self._authorize, user, "create", path)
        return await answer(
            self._api, ResourceRequest(request, path, verb, form, self._admission(user, path), may_create)
        )

    def _admission(self, user: User, path: ResourcePath) -> Callable[[dict[str, Any]], None] | None:
        """The admission check of a write: for roles and bindings only."""
        if not concerns_rights(path.rt, user):
            return None
        return partial(check_escalation, self._api, self._authorizer, user, path.rt, path.namespace)

    async def _review(self, request: web.Request, user: User, path: ResourcePath) -> web.StreamResponse:
        if request.method != "POST":
            raise errors.method_not_allowed(path.rt, request.method.lower())
        self._authorize(user, "create", path)
        body = await bodies.read_object(request)
        plural = "serviceaccounts/token" if path.subresource else path.rt.plural
        reviewed = self._reviews.answer(user, plural, path.namespace, path.name, body)
        return encoded(reviewed, NegotiatedKind(), status=201)

    def _issue(self, account: User) -> str:
        token = new_token()
        self._tokens[token] = account
        return token

    def _authorize(self, user: User, verb: str, path: ResourcePath) -> None:
        rt = path.rt
        namespace = path.name if (rt.group, rt.plural) == ("", "namespaces") else path.namespace
        allowed, reason = self._authorizer.allowed(
            user, verb, rt.group, rt.plural, path.subresource, namespace, path.name
        )
        if allowed:
            return
        resource = f"{rt.plural}/{path.subresource}" if path.subresource else rt.plural
        scope = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
        why = f'User "{user.name}" cannot {verb} resource "{resource}" in API group "{rt.group}" {scope}'
        raise errors.forbidden(rt, path.name, f"{why}: {reason}" if reason else why)

    def _may_impersonate(self, user: User, right: Right) -> bool:
        allowed, _ = self._authorizer.allowed(
            user, "impersonate", right.group, right.resource, right.subresource, right.namespace, right.name
        )
        return allowed


def _connect_verb(method: str, subresource: str) -> str:
    """The RBAC verb: get for logs, create for interactive subresources."""
    if subresource == "log":
        return "get"
    if subresource in ("exec", "attach", "portforward"):
        return "create"
    return {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(method, "create")


def make_app(api: Api, *, users: Tokens, secret: str, ready: Callable[[], bool] = lambda: True) -> web.Application:
    """The API server's application. `users` maps bearer tokens to identities; `ready` answers ``/readyz``."""
    app = web.Application(client_max_size=bodies.BODY_BYTES_MOST)
    server = ApiServer(api, users, secret, ready)
    app.router.add_route("*", "/{path:.*}", server.handle)
    app.on_cleanup.append(server.close)
    return app
