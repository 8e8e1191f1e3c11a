"""Whom a drill is sent to: host, path prefix, gateway and load tester, all from the canary's own objects.

Nothing is typed in by a person: a host is this canary's when a route leads from it to the canary's router object or
service, or when the canary's own load test sends to it. Pure.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import SplitResult, urlsplit

from canarytui.domain.canary import Canary
from canarytui.domain.sentences.drill_plan import ITS_LOAD_TEST
from canarytui.drills.wire import bad_path, valid_address, valid_host

_HOST_RULE = re.compile(r"\bHost\(([^)]*)\)")
_PREFIX_RULE = re.compile(r"\bPathPrefix\(\s*[`'\"]([^`'\"]+)[`'\"]\s*\)")
_QUOTED = re.compile(r"[`'\"]([^`'\"]+)[`'\"]")


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a canary: requests for `host` below `prefix` ("" or ``/api``), and which object says so."""

    host: str
    prefix: str = ""
    tls: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """`places` are this canary's, the best known first. `gateway` (``host[:port]``) is where their requests go in
    the cluster when its own load test names one, else "" (the host itself). `tester_url`: its load tester's, or ""."""

    namespace: str
    name: str
    places: tuple[Place, ...] = ()
    gateway: str = ""
    tester_url: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that is this canary's."""
        return tuple(dict.fromkeys(place.host for place in self.places))

    def place(self, host: str = "") -> Place | None:
        """The place of `host`, the first without one; None when the host is not this canary's."""
        return next((place for place in self.places if host in ("", place.host)), None)


def find_target(canary: Canary, routes: Iterable[Mapping[str, Any]]) -> Target:
    """`routes` are objects of the canary's namespace: IngressRoutes, VirtualServices, Ingresses, HTTPRoutes."""
    places = [place for route in routes for place in route_places(route, _names(canary))]
    commands = [words for words in map(_hey_words, _load_hooks(canary)) if words]
    gateway = ""
    for words in commands:
        host, url = option(words, "-host"), _split(words[-1])
        where = url.netloc
        if valid_host(host):
            places.append(Place(host, source=ITS_LOAD_TEST.text()))
            gateway = gateway or (where if valid_address(where) else "")
        elif not host and url.scheme in ("http", "https") and valid_host(url.hostname or ""):
            places.append(Place(url.hostname or "", tls=url.scheme == "https", source=ITS_LOAD_TEST.text()))
    known = {place.host: place for place in reversed(places)}
    ordered = tuple(known[host] for host in dict.fromkeys(place.host for place in places))
    return Target(canary.namespace, canary.name, ordered, gateway, tester_url(canary))


def _split(text: str) -> SplitResult:
    """`text` in its parts; empty ones where it is no URL, such as ``http://[``."""
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")


def tester_url(canary: Canary) -> str:
    """Address of the load tester that the canary's own rollout webhook uses; "" without one."""
    for hook in canary.spec.analysis.webhooks:
        if hook.type in ("", "rollout") and _hey_words(hook.metadata):
            parts = _split(hook.url)
            if parts.scheme in ("http", "https") and valid_address(parts.netloc):
                return f"{parts.scheme}://{parts.netloc}/"
    return ""


def route_places(route: Mapping[str, Any], names: frozenset[str]) -> list[Place]:
    """The places of one route object that lead to any of `names` (router object or service)."""
    kind, spec = str(route.get("kind") or "IngressRoute"), _mapping(route.get("spec"))
    reader = {"IngressRoute": _ingress_route, "VirtualService": _virtual_service, "Ingress": _ingress,
              "HTTPRoute": _http_route}.get(kind)  # fmt: skip
    found = reader(spec, names) if reader is not None else []
    name = _mapping(route.get("metadata")).get("name")
    return [
        Place(host, prefix, tls, f"{kind} {name}")
        for host, prefix, tls in found
        if valid_host(host) and (not prefix or not bad_path(prefix))
    ]


_Found = list[tuple[str, str, bool]]


def _ingress_route(spec: Mapping[str, Any], names: frozenset[str]) -> _Found:
    found: _Found = []
    for rule in _objects(spec.get("routes")):
        if not any(service.get("name") in names for service in _objects(rule.get("services"))):
            continue
        match = str(rule.get("match") or "")
        prefix = _PREFIX_RULE.search(match)
        for hosts in _HOST_RULE.findall(match):
            found += [(host, _prefix(prefix[1] if prefix else ""), "tls" in spec) for host in _QUOTED.findall(hosts)]
    return found


def _virtual_service(spec: Mapping[str, Any], names: frozenset[str]) -> _Found:
    leads = any(
        str(_mapping(route.get("destination")).get("host") or "").split(".")[0] in names
        for rule in _objects(spec.get("http"))
        for route in _objects(rule.get("route"))
    )
    return [(host, "", False) for host in _texts(spec.get("hosts"))] if leads else []


def _ingress(spec: Mapping[str, Any], names: frozenset[str]) -> _Found:
    found: _Found = []
    secured = {host for tls in _objects(spec.get("tls")) for host in _texts(tls.get("hosts"))}
    for rule in _objects(spec.get("rules")):
        for path in _objects(_mapping(rule.get("http")).get("paths")):
            service = _mapping(_mapping(path.get("backend")).get("service"))
            if service.get("name") in names:
                host = str(rule.get("host") or "")
                found.append((host, _prefix(str(path.get("path") or "")), host in secured))
    return found


def _http_route(spec: Mapping[str, Any], names: frozenset[str]) -> _Found:
    leads = any(
        backend.get("name") in names
        for rule in _objects(spec.get("rules"))
        for backend in _objects(rule.get("backendRefs"))
    )
    return [(host, "", False) for host in _texts(spec.get("hostnames"))] if leads else []


def _names(canary: Canary) -> frozenset[str]:
    return frozenset({canary.apex_name, canary.primary_service_name, canary.canary_service_name})


def _load_hooks(canary: Canary) -> Sequence[Mapping[str, Any]]:
    return [hook.metadata for hook in canary.spec.analysis.webhooks]


def _hey_words(metadata: Mapping[str, Any]) -> list[str]:
    try:
        words = shlex.split(str(metadata.get("cmd") or ""))
    except ValueError:
        return []
    return words if words[:1] == ["hey"] and len(words) > 1 else []


def option(words: Sequence[str], name: str) -> str:
    """The value of a flag of hey's in a command's words; "" without it."""
    return next((after for word, after in pairwise(words) if word in (name, f"-{name}")), "")


def _prefix(path: str) -> str:
    return path.rstrip("/")


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
