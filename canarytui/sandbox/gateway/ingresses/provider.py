"""From Ingresses to the gateway's :class:`~..ingress_table.IngressTable`, by the rules of ingress-nginx. Pure.

Older Ingresses come first: of two with the same host, path and path type, the older one has it. A canary Ingress adds
no location: it needs another Ingress with the same host, path and path type, and shares that one's upstream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from canarytui.sandbox.gateway.configuration import Configuration, ObjectStatus
from canarytui.sandbox.gateway.ingress_table import IngressLocation, IngressTable, IngressUpstream, PathMatch
from canarytui.sandbox.gateway.ingresses.annotations import CLASS, canary_share, is_canary, problems, settings
from canarytui.sandbox.gateway.middleware_config import GatewayWarning, notice
from canarytui.sandbox.gateway.provider import Addresses
from canarytui.sandbox.go_regexp import BadPattern, compile_pattern
from canarytui.sandbox.values import ReadOnlyObject

CONTROLLER = "k8s.io/ingress-nginx"


class _Path(Struct, frozen=True):
    """One path of a rule, with the host in lower case."""

    ingress: ReadOnlyObject
    host: str
    path: str
    kind: str
    backend: ReadOnlyObject

    @property
    def key(self) -> tuple[str, str, str]:
        return self.host, self.path, self.kind

    @property
    def where(self) -> str:
        return f"host {self.host or '(any)'}, path {self.path} ({self.kind})"


def build(
    classes: Iterable[ReadOnlyObject], ingresses: Iterable[ReadOnlyObject], addresses: Addresses, address: str
) -> Configuration:
    """The table for these objects, with statuses that name `address`: none while it is "".

    An Ingress is ours when its class is one of ours: by the older annotation, else by ``spec.ingressClassName``.
    """
    names = {
        str(each["metadata"]["name"]) for each in classes if (each.get("spec") or {}).get("controller") == CONTROLLER
    }
    ours = sorted((each for each in ingresses if _class(each) in names), key=_age)
    builder = _TableBuilder(addresses)
    for ingress in ours:
        if not is_canary(ingress):
            builder.add(ingress)
    for ingress in ours:
        if is_canary(ingress):
            builder.add_canary(ingress)
    table = builder.table()
    load_balancer = {"loadBalancer": {"ingress": [{"ip": address}]}}
    return Configuration(
        notices=tuple(builder.notices),
        ingresses=table,
        statuses=tuple(ObjectStatus("Ingress", *_key(each), load_balancer) for each in ours if address),
    )


class _TableBuilder(Struct):
    addresses: Addresses
    upstreams: dict[str, IngressUpstream] = field(default_factory=dict)
    defaults: dict[str, IngressLocation] = field(default_factory=dict)
    paths: dict[tuple[str, str, str], _Path] = field(default_factory=dict)
    locations: dict[tuple[str, str, str], IngressLocation] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)
    patterned: set[str] = field(default_factory=set)
    notices: list[GatewayWarning] = field(default_factory=list)

    def add(self, ingress: ReadOnlyObject) -> None:
        """Add an Ingress that is no canary: its hosts, locations and upstreams."""
        self._tell(ingress, "NotPlayed", problems(ingress))
        spec = ingress.get("spec") or {}
        backend = spec.get("defaultBackend")
        root = self._location(_Path(ingress, "", "/", "Prefix", backend)) if backend else _ROOT
        if backend and not spec.get("rules"):
            self.defaults.setdefault("", root)
        for rule in spec.get("rules") or ():
            self.defaults.setdefault(_host(rule), root)
        wanted = settings(ingress)
        for path in _paths(ingress):
            if path.key not in self.locations:
                self.paths[path.key], self.locations[path.key] = path, self._location(path)
            if wanted.use_regex or wanted.rewrite not in ("", path.path):
                self.patterned.add(path.host)
        if spec.get("tls"):
            self._tell(ingress, "NotPlayed", ["The sandbox's gateway serves HTTP only: TLS has no effect."])

    def add_canary(self, ingress: ReadOnlyObject) -> None:
        """Have an Ingress share the upstreams of those with its hosts and paths."""
        self._tell(ingress, "NotPlayed", problems(ingress))
        name = "/".join(_key(ingress))
        for path in _paths(ingress):
            main = self.locations.get(path.key)
            if main is None or not main.upstream:
                self._tell(
                    ingress, "CanaryIgnored", [f"No other Ingress serves {path.where}: the canary has no effect there."]
                )
                continue
            upstream = self._upstream(path)
            if not upstream or upstream == main.upstream:
                continue
            known = self.canaries.setdefault(main.upstream, name)
            if known != name:
                self._tell(ingress, "CanaryIgnored", [f"{path.where} has a canary already, Ingress {known}."])
                continue
            shared = self.upstreams[main.upstream]
            self.upstreams[main.upstream] = replace(shared, canary=upstream, share=canary_share(ingress))

    def table(self) -> IngressTable:
        """The table of what was added; a path that is no pattern is left out where it would have to be one."""
        hosts: dict[str, list[IngressLocation]] = {host: [] for host in self.defaults}
        for (host, written, kind), location in self.locations.items():
            if host in self.patterned and (problem := _bad_pattern(written)):
                text = f"Path {written} is not served: {problem}."
                self._tell(self.paths[host, written, kind].ingress, "RouteDisabled", [text])
                continue
            doubled = (host, written.rstrip("/"), "Exact") in self.locations
            hosts[host] += _nginx_locations(location, kind, doubled=doubled)
        for host, root in self.defaults.items():
            if not any(each.path == "/" and each.match is PathMatch.PREFIX for each in hosts[host]):
                hosts[host].append(root)
        ordered = {host: _ordered(found, host in self.patterned) for host, found in hosts.items()}
        return IngressTable(ordered, self.upstreams)

    def _location(self, path: _Path) -> IngressLocation:
        wanted = settings(path.ingress)
        namespace, name = _key(path.ingress)
        upstream = self._upstream(path)
        if wanted.protocol != "HTTP":
            text = f"The sandbox's gateway speaks HTTP to pods, not {wanted.protocol}: its paths are answered by 503."
            self._tell(path.ingress, "RouteDisabled", [text])
            upstream = ""
        return IngressLocation(
            path=path.path,
            match=PathMatch.EXACT if path.kind == "Exact" else PathMatch.PREFIX,
            written=path.path,
            namespace=namespace,
            ingress=name,
            service=str((path.backend.get("service") or {}).get("name") or ""),
            upstream=upstream,
            rewrite="" if wanted.rewrite == path.path else wanted.rewrite,
            vhost=wanted.vhost,
            read_timeout_s=wanted.read_timeout_s,
            tries=wanted.tries,
        )

    def _upstream(self, path: _Path) -> str:
        """The name of the upstream for a backend, added; "" for one that is no Service."""
        namespace, _ = _key(path.ingress)
        service = path.backend.get("service") or {}
        port = service.get("port") or {}
        wanted = port.get("number") or port.get("name")
        if not service.get("name") or not wanted:
            self._tell(path.ingress, "RouteDisabled", [f"The backend for {path.where} is no port of a Service."])
            return ""
        name = f"{namespace}-{service['name']}-{wanted}"
        if name not in self.upstreams:
            found = self.addresses(namespace, str(service["name"]), wanted)
            self.upstreams[name] = IngressUpstream(tuple(found or ()))
        return name

    def _tell(self, ingress: ReadOnlyObject, reason: str, texts: Iterable[str]) -> None:
        for text in texts:
            told = notice(ingress, reason, text)
            if told not in self.notices:
                self.notices.append(told)


_ROOT = IngressLocation("/", PathMatch.PREFIX)


def _bad_pattern(path: str) -> str:
    """Why a path cannot be a pattern; "" if it can."""
    try:
        compile_pattern(f"(?i)^{path}")
    except BadPattern as problem:
        return str(problem)
    return ""


def _nginx_locations(location: IngressLocation, kind: str, *, doubled: bool) -> Iterator[IngressLocation]:
    """A path as nginx has it: a prefix is compared by segments, so /abc is ``/abc/`` and exactly ``/abc``.

    `doubled`: whether an Exact path has the latter already.
    """
    if kind != "Prefix" or location.path == "/":
        yield location
        return
    whole = location.path.rstrip("/")
    yield replace(location, path=f"{whole}/")
    if not doubled:
        yield replace(location, path=whole, match=PathMatch.EXACT)


def _ordered(locations: Iterable[IngressLocation], patterned: bool) -> tuple[IngressLocation, ...]:
    """First match first. As soon as one path of a host is a pattern or is rewritten, all are patterns, whatever their
    type: the longest first. Else exact ones come first, then the longest prefix."""
    longest = sorted(locations, key=lambda each: each.path, reverse=True)
    longest.sort(key=lambda each: -len(each.path))
    if patterned:
        return tuple(replace(each, match=PathMatch.PATTERN) for each in longest)
    return tuple(sorted(longest, key=lambda each: each.match is not PathMatch.EXACT))


def _paths(ingress: ReadOnlyObject) -> Iterator[_Path]:
    for rule in (ingress.get("spec") or {}).get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            kind = str(path.get("pathType") or "ImplementationSpecific")
            yield _Path(ingress, _host(rule), str(path.get("path") or "/"), kind, path.get("backend") or {})


def _host(rule: ReadOnlyObject) -> str:
    return str(rule.get("host") or "").lower()


def _class(ingress: ReadOnlyObject) -> str:
    annotations = ingress["metadata"].get("annotations") or {}
    return str(annotations.get(CLASS) or (ingress.get("spec") or {}).get("ingressClassName") or "")


def _key(ingress: ReadOnlyObject) -> tuple[str, str]:
    return str(ingress["metadata"].get("namespace") or ""), str(ingress["metadata"]["name"])


def _age(ingress: ReadOnlyObject) -> tuple[str, str, str]:
    return str(ingress["metadata"].get("creationTimestamp") or ""), *_key(ingress)
