"""From Gateways and HTTPRoutes to a :class:`Configuration`, by the rules of the Gateway API.

Pure. A backend that cannot be used does not take the route away, as it does with Traefik's own objects: its share of
the requests is answered, by 500 when the reference is wrong, by 503 when no pod is ready. References to other
namespaces are refused: the sandbox has no ReferenceGrants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from canarytui.sandbox.gateway.configuration import (
    GATEWAY_API,
    Configuration,
    Definition,
    Failing,
    Filtered,
    GatewayRoute,
    Mirrored,
    Servers,
    Weighted,
)
from canarytui.sandbox.gateway.httproutes import statuses
from canarytui.sandbox.gateway.httproutes.attachment import (
    ENTRY_POINT,
    AttachedGateway,
    Parent,
    gateway_of,
    our_classes,
    parents,
)
from canarytui.sandbox.gateway.httproutes.filters import Filters, UnsupportedValue, read_filters, timeout_s
from canarytui.sandbox.gateway.httproutes.matching import (
    ANY_PATH,
    Precedence,
    host_rule,
    match_rule,
    path_prefix,
    precedence,
)
from canarytui.sandbox.gateway.middleware_config import GatewayWarning, notice
from canarytui.sandbox.gateway.provider import Addresses, normalize
from canarytui.sandbox.gateway.rules import All, Rule
from canarytui.sandbox.go_regexp import BadPattern
from canarytui.sandbox.values import ReadOnlyObject

_Rank = tuple[Precedence, str, str, int, int]


def build(
    classes: Iterable[ReadOnlyObject],
    gateways: Iterable[ReadOnlyObject],
    routes: Iterable[ReadOnlyObject],
    addresses: Addresses,
) -> Configuration:
    """The configuration for these objects, and what their statuses have to say."""
    ours = our_classes(classes)
    names = {str(each["metadata"]["name"]) for each in ours}
    served = [each for each in gateways if (each.get("spec") or {}).get("gatewayClassName") in names]
    known = {(found.namespace, found.name): found for found in map(gateway_of, served)}
    read = [_Route(route, parents(route, known), addresses) for route in routes]
    for route in read:
        route.build()
    ranked = sorted((each for route in read for each in route.routers), key=lambda each: each[0])
    return Configuration(
        routers=tuple(router for _, router in ranked),
        services={name: service for route in read for name, service in route.services.items()},
        notices=tuple(told for route in read if route.accepted for told in _not_played(route.obj)),
        rules=tuple(rule for route in read for rule in route.hosts),
        statuses=(
            *map(statuses.of_class, ours),
            *(statuses.of_gateway(each, gateway_of(each), _attached(read)) for each in served),
            *(statuses.of_route(route.obj, route.parents, route.unsupported, route.unresolved) for route in read),
        ),
    )


class _Route(Struct):
    """One HTTPRoute on its way into the configuration.

    `unsupported` is why it is not served at all; `unresolved` is what is wrong with its references, by reason.
    """

    obj: ReadOnlyObject
    parents: list[Parent]
    addresses: Addresses
    routers: list[tuple[_Rank, GatewayRoute]] = field(default_factory=list)
    services: dict[str, Definition] = field(default_factory=dict)
    hosts: list[Rule] = field(default_factory=list)
    unsupported: str = ""
    unresolved: tuple[str, str] | None = None

    @property
    def namespace(self) -> str:
        return str(self.obj["metadata"].get("namespace") or "")

    @property
    def accepted(self) -> list[Parent]:
        return [] if self.unsupported else [each for each in self.parents if each.listeners]

    def build(self) -> None:
        """Fill in routers, services and problems."""
        if not self.parents:
            return
        rules: Iterable[ReadOnlyObject] = (self.obj.get("spec") or {}).get("rules") or ({},)
        hosts = list(dict.fromkeys(host for each in self.accepted for host in each.hostnames))
        try:
            for index, rule in enumerate(rules):
                self._add_rule(index, rule, hosts)
        except (UnsupportedValue, BadPattern) as problem:
            self.unsupported = f"{problem}"
            self.routers, self.services = [], {}
        self.hosts = [named for host in hosts if (named := host_rule(host)) is not None]

    def _add_rule(self, index: int, rule: ReadOnlyObject, hosts: list[str]) -> None:
        metadata, timeout = self.obj["metadata"], timeout_s(rule)
        name = f"{self.namespace}/{metadata['name']}"
        age = (str(metadata.get("creationTimestamp") or ""), name)
        service: str | None = None
        for number, match in enumerate(rule.get("matches") or (ANY_PATH,)):
            prefix = path_prefix(match)
            filters = read_filters(rule.get("filters") or (), prefix, self._port())
            # Only filters of backends that replace a prefix differ from match to match.
            if service is None or _replaces_prefix(rule):
                service = self._service(f"httproute/{name}/{index}/{number}", rule, filters, prefix)
            wanted = match_rule(match)
            for host in hosts:
                named = host_rule(host)
                whole = wanted if named is None else All((named, wanted))
                shown = normalize(f"httproute-{name}-{index}-{number}")
                router = GatewayRoute(
                    shown, (ENTRY_POINT,), whole, 0, service, filters.middlewares, GATEWAY_API, timeout
                )
                self.routers.append(((precedence(host, match), *age, index, number), router))

    def _port(self) -> int:
        ports = [listener.port for parent in self.accepted for listener in parent.listeners]
        return ports[0] if ports else 80

    def _service(self, key: str, rule: ReadOnlyObject, filters: Filters, prefix: str | None) -> str:
        """The service for a rule, added with all that it leads to; names with slashes cannot be those of Services."""
        backends = rule.get("backendRefs") or ()
        entries = [
            (self._backend(f"{key}/{index}", backend, prefix), float(backend.get("weight", 1)))
            for index, backend in enumerate(backends)
        ]
        name = f"{key}/wrr"
        if not backends:
            self.services[name] = Failing(404)
        elif not any(weight > 0 for _, weight in entries):
            self.services[name] = Failing(500)
        else:
            self.services[name] = Weighted(tuple(entries))
        return self._mirrored(name, f"{key}/mirror", filters)

    def _backend(self, key: str, backend: ReadOnlyObject, prefix: str | None) -> str:
        name = self._reference(backend)
        filters = read_filters(backend.get("filters") or (), prefix, self._port())
        if filters.middlewares:
            self.services[f"{key}/filters"] = Filtered(name, filters.middlewares)
            name = f"{key}/filters"
        return self._mirrored(name, f"{key}/mirror", filters)

    def _mirrored(self, main: str, name: str, filters: Filters) -> str:
        if not filters.mirrors:
            return main
        copies = tuple((self._reference(mirror.reference), mirror.percent) for mirror in filters.mirrors)
        self.services[name] = Mirrored(main, copies)
        return name

    def _reference(self, reference: ReadOnlyObject) -> str:
        """The name of the service for one reference to a Service; what is wrong with it is kept for the status."""
        group, kind = str(reference.get("group") or ""), str(reference.get("kind") or "Service")
        namespace, name = str(reference.get("namespace") or self.namespace), str(reference.get("name") or "")
        port = reference.get("port")
        full_name = normalize(f"{namespace}-{name}-http-{port}")
        found = None
        if (group, kind) not in (("", "Service"), ("core", "Service")):
            self._unresolved("InvalidKind", f"{kind} {name} is no Service.")
        elif namespace != self.namespace:
            self._unresolved("RefNotPermitted", f"Service {namespace}/{name} is in another namespace.")
        elif port is None:
            self._unresolved("BackendNotFound", f"The reference to Service {namespace}/{name} has no port.")
        else:
            found = self.addresses(namespace, name, port)
            if found is None:
                self._unresolved("BackendNotFound", f"Service {namespace}/{name} or its port {port} does not exist.")
        if found:
            self.services[full_name] = Servers(tuple(found), provider=GATEWAY_API)
            return full_name
        status = 500 if found is None else 503
        self.services[f"{full_name}-{status}"] = Failing(status)
        return f"{full_name}-{status}"

    def _unresolved(self, reason: str, message: str) -> None:
        self.unresolved = self.unresolved or (reason, message)


def _not_played(route: ReadOnlyObject) -> list[GatewayWarning]:
    rules = (route.get("spec") or {}).get("rules") or ()
    fields = [field for field in ("retry", "sessionPersistence") if any(rule.get(field) for rule in rules)]
    return [
        notice(route, "NotPlayed", f"The sandbox's gateway does not play {field}: it has no effect.")
        for field in fields
    ]


def _replaces_prefix(rule: ReadOnlyObject) -> bool:
    return any("ReplacePrefixMatch" in str(each.get("filters")) for each in rule.get("backendRefs") or ())


def _attached(routes: Iterable[_Route]) -> Callable[[AttachedGateway, str], int]:
    accepted = [(parent.gateway, parent.listeners) for route in routes for parent in route.accepted]

    def count(gateway: AttachedGateway, listener: str) -> int:
        return sum(
            (found.namespace, found.name) == (gateway.namespace, gateway.name)
            and any(each.name == listener for each in listeners)
            for found, listeners in accepted
        )

    return count
