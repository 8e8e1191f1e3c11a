"""The Gateway API's filters: what happens to a request between an HTTPRoute's rule and a Service, and to the answer.

Pure. :mod:`.httproutes.filters` reads them from objects; the gateway runs them as it runs Traefik's middlewares.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from msgspec import Struct

from canarytui.sandbox.gateway.header_changes import HeaderChanges
from canarytui.sandbox.gateway.middlewares import GatewayAnswer, Passing

_SAFE = "/:@!$&'()*+,;=~-._"
_PORTS = {"http": 80, "https": 443}


class ModifyRequestHeaders(Struct, frozen=True):
    """RequestHeaderModifier."""

    changes: HeaderChanges

    def apply(self, request: Passing) -> GatewayAnswer | None:
        self.changes.apply_to(request.headers)
        if any(name.lower() == "host" for name, _ in (*self.changes.replaced, *self.changes.added)):
            request.host = request.headers.getall("Host")[-1]
        return None


class ModifyResponseHeaders(Struct, frozen=True):
    """ResponseHeaderModifier. Of two, that of the backend changes the answer first, then that of the rule."""

    changes: HeaderChanges

    def apply(self, request: Passing) -> GatewayAnswer | None:
        request.answer_edits.insert(0, self.changes)
        return None


class PathChange(Struct, frozen=True):
    """A new path. `prefix` is what the rule matched, None for ReplaceFullPath."""

    value: str
    prefix: str | None = None

    def of(self, path: str) -> str:
        """What becomes of `path`, which is percent-encoded."""
        new = quote(self.value, safe=_SAFE + "%")
        if self.prefix is None:
            return new if new.startswith("/") else f"/{new}"
        matched = self.prefix.rstrip("/")
        rest = path[len(matched) :] if path.startswith(matched) else quote(unquote(path)[len(matched) :], safe=_SAFE)
        joined = new.rstrip("/") + (rest if not rest or rest.startswith("/") else f"/{rest}")
        return joined if joined.startswith("/") else f"/{joined}"


class RewriteUrl(Struct, frozen=True):
    """URLRewrite: the Host header, the path, or both."""

    hostname: str = ""
    path: PathChange | None = None

    def apply(self, request: Passing) -> GatewayAnswer | None:
        if self.hostname:
            request.host = self.hostname
        if self.path is not None:
            request.path = self.path.of(request.path)
        return None


class RedirectRequest(Struct, frozen=True):
    """RequestRedirect. What is not given stays: host, path, and the listener's port unless the scheme is given."""

    status: int
    scheme: str = ""
    hostname: str = ""
    port: int | None = None
    path: PathChange | None = None
    listener_port: int = 80

    def apply(self, request: Passing) -> GatewayAnswer | None:
        scheme = self.scheme or "http"
        port = self.port or (_PORTS[scheme] if self.scheme else self.listener_port)
        host = self.hostname or _without_port(request.host)
        shown = "" if port == _PORTS[scheme] else f":{port}"
        path = request.path if self.path is None else self.path.of(request.path)
        return GatewayAnswer(self.status, f"{scheme}://{host}{shown}{path}{request.query}")


class ShareWithOrigins(Struct, frozen=True):
    """CORS: answers preflight requests of allowed origins, and says on other answers that the origin is allowed.

    A request of another origin passes unchanged: it is the browser that keeps its answer back.
    """

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    credentials: bool = False
    max_age_s: int = 5

    def apply(self, request: Passing) -> GatewayAnswer | None:
        origin = request.headers.get("Origin", "")
        if not origin or not any(_admits(allowed, origin) for allowed in self.origins):
            return None
        anyone = "*" in self.origins and not self.credentials
        shown = {"Access-Control-Allow-Origin": "*" if anyone else origin}
        if self.credentials:
            shown["Access-Control-Allow-Credentials"] = "true"
        wanted = request.headers.get("Access-Control-Request-Method", "")
        if request.method == "OPTIONS" and wanted:
            asked = request.headers.get("Access-Control-Request-Headers", "")
            shown |= {"Access-Control-Allow-Methods": self._list(self.methods, wanted)} if self.methods else {}
            shown |= {"Access-Control-Allow-Headers": self._list(self.headers, asked)} if self.headers else {}
            shown["Access-Control-Max-Age"] = str(self.max_age_s)
            request.answer_headers |= shown
            return GatewayAnswer(204)
        if self.exposed:
            shown["Access-Control-Expose-Headers"] = ", ".join(self.exposed)
        request.answer_headers |= shown
        if not anyone:
            request.answer_edits.append(HeaderChanges(added=(("Vary", "Origin"),)))
        return None

    def _list(self, allowed: tuple[str, ...], asked: str) -> str:
        """A list for the browser, which takes ``*`` literally when there are credentials."""
        return asked if "*" in allowed and self.credentials else ", ".join(allowed)


def _admits(allowed: str, origin: str) -> bool:
    """Whether `origin` is ``*``, the same, or below ``https://*.example.com``."""
    start, star, end = allowed.lower().partition("*")
    asked = origin.lower()
    if not star:
        return asked == start
    return asked.startswith(start) and asked.endswith(end) and len(asked) >= len(start) + len(end)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
