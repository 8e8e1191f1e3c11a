"""From IngressRoutes and TraefikServices to a :class:`Configuration`, by the rules of Traefik's kubernetescrd provider.

Pure. Two of its rules matter to canaries. When one listed Service has no ready endpoints, the whole TraefikService
is left out (Traefik's default, ``allowEmptyServices`` off), and with it every router that leads there: the answer
is 404. That is why Flagger lists the canary only while it has weight. And a service's name in the metrics is
``<namespace>-<service>-<port>``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

from canarytui.sandbox.gateway.configuration import (
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
from canarytui.sandbox.gateway.middleware_config import MiddlewareError, Middlewares, notice
from canarytui.sandbox.gateway.rules import Rule, RuleError, parse
from canarytui.sandbox.values import ReadOnlyObject

Addresses = Callable[[str, str, str | int], list[str] | None]
"""(namespace, service, port) -> ready addresses; None when there is no such Service or port."""

_NOT_NAME = re.compile(r"[^\w]+|_+")


class _Unusable(Exception):
    """A reference that cannot be followed."""


def build(
    routes: Iterable[ReadOnlyObject],
    traefik_services: Iterable[ReadOnlyObject],
    addresses: Addresses,
    middlewares: Iterable[ReadOnlyObject] = (),
) -> Configuration:
    """The configuration for these objects; of two with one name, the later wins."""
    found = {(str(obj["metadata"].get("namespace") or ""), str(obj["metadata"]["name"])): obj for obj in middlewares}
    return _Builder(addresses, Middlewares(found)).build(routes, traefik_services)


def normalize(name: str) -> str:
    """A name as Traefik writes it: runs of anything but letters and digits become one dash."""
    return "-".join(part for part in _NOT_NAME.split(name) if part)


def rule_key(namespace: str, route_name: str, rule: str) -> str:
    """The name of a router, and of the service that a route with several services makes."""
    digest = hashlib.sha256(rule.encode()).hexdigest()[:20]
    return normalize(f"{namespace}-{route_name}-{digest}")


class _Builder:
    def __init__(self, addresses: Addresses, middlewares: Middlewares) -> None:
        self._addresses = addresses
        self._middlewares = middlewares
        self._services: dict[str, Definition] = {}
        self._problems: list[str] = []
        self._rules: list[Rule] = []

    def build(self, routes: Iterable[ReadOnlyObject], traefik_services: Iterable[ReadOnlyObject]) -> Configuration:
        for service in traefik_services:
            self._add_traefik_service(service)
        routers = [router for route in routes for router in self._routers(route)]
        usable = [router for router in routers if self._leads_somewhere(router.service, ())]
        self._problems += [
            f"the service {router.service}@kubernetescrd of router {router.name} does not exist"
            for router in routers
            if router not in usable
        ]
        usable.sort(key=lambda router: -router.priority)
        return Configuration(
            tuple(usable), self._services, tuple(self._problems), tuple(self._middlewares.notices), tuple(self._rules)
        )

    def _add_traefik_service(self, obj: ReadOnlyObject) -> None:
        namespace, name = str(obj["metadata"].get("namespace") or ""), str(obj["metadata"]["name"])
        spec = obj.get("spec") or {}
        try:
            if weighted := spec.get("weighted"):
                self._services[normalize(f"{namespace}-{name}")] = self._weighted(namespace, name, weighted)
            elif mirroring := spec.get("mirroring"):
                self._services[normalize(f"{namespace}-{name}")] = self._mirrored(namespace, mirroring)
            else:
                raise _Unusable("it has neither weighted nor mirroring")
            if any(entry.get("middlewares") for entry in (weighted or {}).get("services") or ()):
                self._tell(obj, "NotPlayed", "The sandbox's gateway does not play middlewares of services.")
        except _Unusable as problem:
            self._services.pop(normalize(f"{namespace}-{name}"), None)
            self._problems.append(f"TraefikService {namespace}/{name}: {problem}")

    def _weighted(self, namespace: str, name: str, spec: ReadOnlyObject) -> Weighted:
        entries = [
            (
                self._reference(namespace, service),
                float(1 if service.get("weight") is None else service["weight"]),
            )
            for service in spec.get("services") or ()
        ]
        return Weighted(tuple(entries), sticky(spec.get("sticky"), f"{namespace}-{name}"))

    def _mirrored(self, namespace: str, spec: ReadOnlyObject) -> Mirrored:
        mirrors = [
            (self._reference(namespace, mirror), int(mirror.get("percent") or 0))
            for mirror in spec.get("mirrors") or ()
        ]
        body = spec.get("mirrorBody")
        limit = spec.get("maxBodySize")
        return Mirrored(
            self._reference(namespace, spec),
            tuple(mirrors),
            True if body is None else bool(body),
            -1 if limit is None else int(limit),
        )

    def _routers(self, route: ReadOnlyObject) -> Iterable[GatewayRoute]:
        namespace, name = str(route["metadata"].get("namespace") or ""), str(route["metadata"]["name"])
        spec = route.get("spec") or {}
        for entry in spec.get("routes") or ():
            text = str(entry.get("match") or "")
            key = rule_key(namespace, name, text)
            try:
                rule = parse(text)
                self._rules.append(rule)
                service = self._route_service(namespace, key, entry.get("services") or ())
                middlewares = self._middlewares.resolve(entry.get("middlewares") or (), namespace)
            except (_Unusable, RuleError, MiddlewareError) as problem:
                self._problems.append(f"IngressRoute {namespace}/{name}, route {text}: {problem}")
                if not isinstance(problem, _Unusable):  # a Service without ready pods usually recovers within seconds
                    self._tell(route, "RouteDisabled", f"Route {text} is not served: {problem}.")
                continue
            if any(service.get("middlewares") for service in entry.get("services") or ()):
                self._tell(route, "NotPlayed", f"The sandbox's gateway does not play middlewares of services ({text}).")
            priority = int(entry.get("priority") or 0) or len(text)
            yield GatewayRoute(key, tuple(spec.get("entryPoints") or ()), rule, priority, service, middlewares)

    def _tell(self, obj: ReadOnlyObject, reason: str, text: str) -> None:
        told = notice(obj, reason, text)
        if told not in self._middlewares.notices:
            self._middlewares.notices.append(told)

    def _route_service(self, namespace: str, key: str, services: Iterable[ReadOnlyObject]) -> str:
        listed = list(services)
        if not listed:
            raise _Unusable("it lists no service")
        if len(listed) > 1:
            self._services[key] = self._weighted(namespace, key, {"services": listed})
            return key
        if listed[0].get("kind") == "TraefikService":
            return self._reference(namespace, listed[0])
        self._services[key] = self._servers(namespace, listed[0])
        return key

    def _reference(self, namespace: str, entry: ReadOnlyObject) -> str:
        """The name of the service that `entry` refers to; a core Service is added under its name."""
        where = str(entry.get("namespace") or namespace)
        name = str(entry.get("name") or "")
        if where != namespace:
            raise _Unusable(f"{where}/{name} is in another namespace, which cross-namespace rules forbid")
        if entry.get("kind") == "TraefikService":
            return normalize(f"{where}-{name}")
        full_name = normalize(f"{where}-{name}-{entry.get('port', '')}")
        self._services[full_name] = self._servers(where, entry)
        return full_name

    def _servers(self, namespace: str, entry: ReadOnlyObject) -> Servers:
        where, name, port = (
            str(entry.get("namespace") or namespace),
            str(entry.get("name")),
            entry.get("port"),
        )
        if where != namespace:
            raise _Unusable(f"{where}/{name} is in another namespace, which cross-namespace rules forbid")
        if port is None:
            raise _Unusable(f"service port not defined for {where}/{name}")
        found = self._addresses(where, name, port)
        if found is None:
            raise _Unusable(f"service {where}/{name} or its port {port} not found")
        if not found:
            raise _Unusable(f"subset not found for {where}/{name}: no ready endpoints")
        pass_host = entry.get("passHostHeader")
        return Servers(
            tuple(found),
            sticky(entry.get("sticky"), f"{where}-{name}-{port}"),
            True if pass_host is None else bool(pass_host),
        )

    def _leads_somewhere(self, name: str, above: tuple[str, ...]) -> bool:
        definition = self._services.get(name)
        if definition is None or name in above:
            return False
        match definition:
            case Servers() | Failing():
                return True
            case Filtered(inner):
                return self._leads_somewhere(inner, (*above, name))
            case Weighted(entries):
                return all(self._leads_somewhere(child, (*above, name)) for child, _ in entries)
            case Mirrored(main, mirrors):
                children = (main, *(child for child, _ in mirrors))
                return all(self._leads_somewhere(child, (*above, name)) for child in children)


def sticky(spec: ReadOnlyObject | None, owner: str) -> Sticky | None:
    """Cookie settings; without a name it is derived from the owner's, as Traefik does."""
    if not spec or spec.get("cookie") is None:
        return None
    cookie = spec["cookie"]
    name = str(cookie.get("name") or "") or "_" + hashlib.sha1(owner.encode()).hexdigest()[:5]
    max_age = cookie.get("maxAge")
    return Sticky(
        name,
        str(cookie.get("path") or "/"),
        str(cookie.get("domain") or ""),
        bool(cookie.get("secure")),
        bool(cookie.get("httpOnly")),
        str(cookie.get("sameSite") or ""),
        int(max_age) if max_age else None,
    )
