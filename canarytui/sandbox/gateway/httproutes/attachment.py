"""Which HTTPRoutes a Gateway of ours serves, for which hosts, and why not when it does not.

A Gateway is ours when its class names our controller. Listeners are HTTP on the entry point ``web``: port 80, as its
Service has it, or 8000, as its container has it and as genuine Traefik asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from canarytui.sandbox.values import ReadOnlyObject

CONTROLLER = "traefik.io/gateway-controller"
GROUP = "gateway.networking.k8s.io"
ENTRY_POINT = "web"
LISTENER_PORTS = (80, 8000)


class Listener(Struct, frozen=True):
    """`hostname` is "" for all; `problem` is the reason and the sentence why it is not served, None if it is."""

    name: str
    port: int
    hostname: str
    namespaces: str
    kinds: tuple[str, ...]
    problem: tuple[str, str] | None

    def admits(self, route_namespace: str, gateway_namespace: str) -> bool:
        """Whether routes of that namespace may attach."""
        same = self.namespaces == "Same" and route_namespace == gateway_namespace
        return (same or self.namespaces == "All") and (not self.kinds or "HTTPRoute" in self.kinds)


class AttachedGateway(Struct, frozen=True):
    """A Gateway of one of our classes."""

    namespace: str
    name: str
    listeners: tuple[Listener, ...]


class Parent(Struct, frozen=True):
    """What became of one of a route's parentRefs to a Gateway of ours; `listeners` empty when it is not accepted."""

    reference: ReadOnlyObject
    gateway: AttachedGateway
    listeners: tuple[Listener, ...]
    hostnames: tuple[str, ...]
    reason: str
    message: str


def our_classes(classes: Iterable[ReadOnlyObject]) -> list[ReadOnlyObject]:
    """The GatewayClasses that our controller serves."""
    return [each for each in classes if (each.get("spec") or {}).get("controllerName") == CONTROLLER]


def gateway_of(obj: ReadOnlyObject) -> AttachedGateway:
    """A Gateway object read."""
    listeners = (obj.get("spec") or {}).get("listeners") or ()
    return AttachedGateway(
        str(obj["metadata"].get("namespace") or ""), str(obj["metadata"]["name"]), tuple(map(_listener, listeners))
    )


def parents(route: ReadOnlyObject, gateways: Mapping[tuple[str, str], AttachedGateway]) -> list[Parent]:
    """One entry for each parentRef that names a Gateway of ours."""
    namespace = str(route["metadata"].get("namespace") or "")
    spec = route.get("spec") or {}
    found = []
    for reference in spec.get("parentRefs") or ():
        if (reference.get("group", GROUP), reference.get("kind", "Gateway")) != (GROUP, "Gateway"):
            continue
        gateway = gateways.get((str(reference.get("namespace") or namespace), str(reference.get("name"))))
        if gateway is not None:
            found.append(_parent(reference, gateway, namespace, tuple(spec.get("hostnames") or ())))
    return found


def intersection(wanted: str, offered: str) -> str | None:
    """The host that a route's `wanted` and a listener's `offered` hostname have in common; "" is any, None is none."""
    if not offered or not wanted:
        return (wanted or offered).lower()
    wanted, offered = wanted.lower(), offered.lower()
    if wanted == offered or _below(wanted, offered):
        return wanted
    return offered if _below(offered, wanted) else None


def _below(host: str, wildcard: str) -> bool:
    return wildcard.startswith("*.") and host.endswith(wildcard[1:]) and len(host) > len(wildcard) - 1


def _listener(spec: ReadOnlyObject) -> Listener:
    port, protocol = int(spec.get("port") or 0), str(spec.get("protocol") or "")
    allowed = spec.get("allowedRoutes") or {}
    namespaces = str((allowed.get("namespaces") or {}).get("from") or "Same")
    problem = None
    if protocol != "HTTP":
        problem = ("UnsupportedProtocol", f"The sandbox's gateway serves HTTP only, not {protocol}.")
    elif port not in LISTENER_PORTS:
        problem = ("PortUnavailable", f"The sandbox's gateway listens at port 80 (8000 in its pod), not at {port}.")
    elif namespaces == "Selector":
        problem = ("Invalid", "The sandbox's gateway does not read selectors of namespaces: use All or Same.")
    kinds = tuple(str(kind.get("kind")) for kind in allowed.get("kinds") or ())
    return Listener(str(spec.get("name")), port, str(spec.get("hostname") or ""), namespaces, kinds, problem)


def _parent(reference: ReadOnlyObject, gateway: AttachedGateway, namespace: str, wanted: tuple[str, ...]) -> Parent:
    def refused(reason: str, message: str) -> Parent:
        return Parent(reference, gateway, (), (), reason, message)

    section, port = reference.get("sectionName"), reference.get("port")
    where = f"Gateway {gateway.namespace}/{gateway.name}"
    named = [each for each in gateway.listeners if section in (None, each.name) and port in (None, each.port)]
    if not named:
        return refused("NoMatchingParent", f"{where} has no listener of that name and port.")
    served = [each for each in named if each.problem is None]
    if not served:
        return refused("NoMatchingParent", f"{where} serves none of these listeners; its status says why.")
    admitting = [each for each in served if each.admits(namespace, gateway.namespace)]
    if not admitting:
        return refused("NotAllowedByListeners", f"No listener of {where} admits HTTPRoutes of namespace {namespace}.")
    hosts = {
        each.name: [host for name in wanted or ("",) if (host := intersection(name, each.hostname)) is not None]
        for each in admitting
    }
    matching = tuple(each for each in admitting if hosts[each.name])
    if not matching:
        return refused("NoMatchingListenerHostname", f"No listener of {where} has one of the route's hostnames.")
    found = dict.fromkeys(host for each in matching for host in hosts[each.name])
    return Parent(reference, gateway, matching, tuple(found), "Accepted", "The gateway serves the route.")
