"""Which pod gets a request: the running state behind a :class:`Configuration`.

Pure but for the turns that it counts. The gateway asks :class:`BackendSelector` for every request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct, field

from canarytui.sandbox.gateway.balancer import WeightedRoundRobin
from canarytui.sandbox.gateway.configuration import (
    PROVIDER,
    Configuration,
    Definition,
    Failing,
    Filtered,
    GatewayRoute,
    Mirrored,
    Servers,
    Sticky,
    Weighted,
)
from canarytui.sandbox.gateway.middlewares import Middleware
from canarytui.sandbox.gateway.rules import GatewayRequest, matches


class SelectedBackend(Struct):
    """Where a request goes.

    Attributes:
        service: name of the server-level service, without ``@provider``; the metrics' label.
        address: ``127.0.0.1:PORT`` of the pod; "" when `failure` is the status to answer instead.
        cookies: ``Set-Cookie`` values for the answer.
        mirrors: choices for copies of the request.
        mirror_body: whether copies carry the body, of at most `mirror_max_body` bytes (-1: any).
        filters: what the chosen backend's own filters do with the request.
    """

    service: str
    address: str
    pass_host: bool = True
    cookies: list[str] = field(default_factory=list)
    mirrors: list[SelectedBackend] = field(default_factory=list)
    mirror_body: bool = True
    mirror_max_body: int = -1
    filters: tuple[Middleware, ...] = ()
    provider: str = PROVIDER
    failure: int = 0


class BackendSelector:
    """Applies configurations; services that did not change keep their turns."""

    def __init__(self) -> None:
        self._configuration = Configuration()
        self._turns: dict[str, WeightedRoundRobin[str]] = {}
        self._mirrored: dict[str, _MirrorCounts] = {}

    @property
    def configuration(self) -> Configuration:
        return self._configuration

    def apply(self, configuration: Configuration) -> None:
        """Use `configuration` from the next request on."""
        before = self._configuration.services
        for name in before:
            if configuration.services.get(name) != before[name]:
                self._turns.pop(name, None)
                self._mirrored.pop(name, None)
        self._configuration = configuration

    def find(self, entry_point: str, request: GatewayRequest) -> GatewayRoute | None:
        """The router with the highest priority whose rule matches."""
        for router in self._configuration.routers:
            if router.entry_points and entry_point not in router.entry_points:
                continue
            if matches(router.rule, request):
                return router
        return None

    def choose(self, service: str, cookies: Mapping[str, str]) -> SelectedBackend | None:
        """A pod for one request to `service`; None when no server is available."""
        definition = self._configuration.services.get(service)
        match definition:
            case None:
                return None
            case Servers():
                return self._choose_server(service, definition, cookies)
            case Weighted():
                return self._choose_weighted(service, definition, cookies)
            case Mirrored():
                return self._choose_mirrored(service, definition, cookies)
            case Filtered(inner, filters):
                choice = self.choose(inner, cookies)
                if choice is not None:
                    choice.filters = (*filters, *choice.filters)
                return choice
            case Failing(status):
                return SelectedBackend(service, "", failure=status)

    def _choose_server(self, name: str, servers: Servers, cookies: Mapping[str, str]) -> SelectedBackend | None:
        address, set_cookie = self._turn(name, servers, servers.sticky, cookies)
        if address is None:
            return None
        return SelectedBackend(name, address, servers.pass_host, set_cookie, provider=servers.provider)

    def _choose_weighted(self, name: str, weighted: Weighted, cookies: Mapping[str, str]) -> SelectedBackend | None:
        child, set_cookie = self._turn(name, weighted, weighted.sticky, cookies)
        choice = self.choose(child, cookies) if child is not None else None
        if choice is not None:
            choice.cookies += set_cookie
        return choice

    def _choose_mirrored(self, name: str, mirrored: Mirrored, cookies: Mapping[str, str]) -> SelectedBackend | None:
        choice = self.choose(mirrored.main, cookies)
        if choice is None:
            return None
        counts = self._mirrored.setdefault(name, _MirrorCounts())
        choice.mirror_body, choice.mirror_max_body = mirrored.body, mirrored.max_body
        for target in counts.next(mirrored.mirrors):
            copy = self.choose(target, {})
            if copy is not None and not copy.failure:
                choice.mirrors.append(copy)
        return choice

    def _turn(
        self, name: str, definition: Definition, sticky: Sticky | None, cookies: Mapping[str, str]
    ) -> tuple[str | None, list[str]]:
        turns = self._turns.get(name)
        if turns is None:
            turns = self._turns[name] = WeightedRoundRobin(_entries(definition))
        if sticky is None:
            return turns.next(), []
        wanted = cookies.get(sticky.cookie)
        for item, weight in _entries(definition):
            if wanted is not None and weight > 0 and wanted == cookie_value(item):
                return item, []
        chosen = turns.next()
        return chosen, [] if chosen is None else [set_cookie(sticky, cookie_value(chosen))]


class _MirrorCounts(Struct):
    total: int = 0
    sent: dict[str, int] = field(default_factory=dict)

    def next(self, mirrors: tuple[tuple[str, float], ...]) -> list[str]:
        """Which mirrors get this request, so that each has had its percentage of all requests so far."""
        self.total += 1
        active = []
        for target, percent in mirrors:
            sent = self.sent.get(target, 0)
            if sent * 100 < self.total * percent:
                self.sent[target] = sent + 1
                active.append(target)
        return active


def cookie_value(item: str) -> str:
    """The value of a sticky cookie: identifies the chosen item without revealing its address."""
    return hashlib.sha256(item.encode()).hexdigest()[:16]


def set_cookie(sticky: Sticky, value: str) -> str:
    """The ``Set-Cookie`` header's value."""
    parts = [f"{sticky.cookie}={value}", f"Path={sticky.path}"]
    if sticky.domain:
        parts.append(f"Domain={sticky.domain}")
    if sticky.max_age_s is not None:
        parts.append(f"Max-Age={sticky.max_age_s}")
    if sticky.http_only:
        parts.append("HttpOnly")
    if sticky.secure:
        parts.append("Secure")
    if sticky.same_site:
        parts.append(f"SameSite={sticky.same_site.capitalize()}")
    return "; ".join(parts)


def _entries(definition: Definition) -> list[tuple[str, float]]:
    match definition:
        case Servers(addresses):
            return [(address, 1.0) for address in addresses]
        case Weighted(entries):
            return list(entries)
        case Mirrored(main):
            return [(main, 1.0)]
        case Filtered(service):
            return [(service, 1.0)]
        case Failing():
            return []
