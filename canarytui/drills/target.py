"""Where a drill's requests go: host, path prefix, gateway and load tester, all from the canary's own objects.

Nothing is typed in: a host is this canary's if a route leads from it to the canary's routing object or Service, or if
the canary's own load test sends to it. Pure.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from canarytui.domain.sentences.drill_plan import ITS_LOAD_TEST
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.values import as_mapping
from canarytui.drills.request_whitelist import bad_path, valid_address, valid_host


class TargetAddress(Struct, frozen=True):
    """One address of a canary: requests for `host` below `prefix` ("" or ``/api``); `source` names its object."""

    host: str
    prefix: str = ""
    tls: bool = False
    source: str = ""


class DrillTarget(Struct, frozen=True):
    """`places` are this canary's, the best known first. `gateway` (``host[:port]``) is where their requests go in
    the cluster when its own load test names one, else "" (the host itself). `tester_url`: its load tester's, or ""."""

    namespace: str
    name: str
    places: tuple[TargetAddress, ...] = ()
    gateway: str = ""
    tester_url: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that is this canary's."""
        return tuple(dict.fromkeys(place.host for place in self.places))

    def place(self, host: str = "") -> TargetAddress | None:
        """The place of `host`, the first without one; None when the host is not this canary's."""
        return next((place for place in self.places if host in ("", place.host)), None)


def find_target(canary: Canary, routes: Iterable[Mapping[str, Any]]) -> DrillTarget:
    """`routes` are objects of the canary's namespace, or of none, of the kinds that providers name as entrances."""
    places = [place for route in routes for place in route_places(route, _names(canary))]
    commands = [words for words in map(_hey_words, _load_hooks(canary)) if words]
    gateway = ""
    for words in commands:
        host, url = option(words, "-host"), _split(words[-1])
        where = url.netloc
        if valid_host(host):
            places.append(TargetAddress(host, source=ITS_LOAD_TEST.text()))
            gateway = gateway or (where if valid_address(where) else "")
        elif not host and url.scheme in ("http", "https") and valid_host(url.hostname or ""):
            places.append(TargetAddress(url.hostname or "", tls=url.scheme == "https", source=ITS_LOAD_TEST.text()))
    known = {place.host: place for place in reversed(places)}
    ordered = tuple(known[host] for host in dict.fromkeys(place.host for place in places))
    return DrillTarget(canary.namespace, canary.name, ordered, gateway, tester_url(canary))


def _split(text: str) -> SplitResult:
    """The parts of `text`; empty ones if it is no URL, such as ``http://[``."""
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


def route_places(route: Mapping[str, Any], names: frozenset[str]) -> list[TargetAddress]:
    """The places in one object of an entrance that lead to any of `names` (routing object or Service)."""
    kind, api_version, spec = str(route.get("kind")), route.get("apiVersion"), as_mapping(route.get("spec"))
    found = [
        reached
        for entrance in registry.entrances()
        if any(each.kind == kind and api_version in (None, each.api_version) for each in entrance.resources)
        for reached in entrance.read(route if entrance.whole else spec, names)
    ]
    name = as_mapping(route.get("metadata")).get("name")
    return [
        TargetAddress(each.host, each.prefix, each.tls, f"{kind} {name}")
        for each in dict.fromkeys(found)
        if valid_host(each.host) and (not each.prefix or not bad_path(each.prefix))
    ]


def _names(canary: Canary) -> frozenset[str]:
    names: tuple[str, ...] = (canary.apex_name, canary.primary_service_name, canary.canary_service_name)
    if registry.of_target(canary) is not None:
        names = (canary.target_name,)  # it has no Services of Flagger's
    return frozenset((*names, *(f"{name}.{canary.namespace}" for name in names)))


def _load_hooks(canary: Canary) -> Sequence[Mapping[str, Any]]:
    return [hook.metadata for hook in canary.spec.analysis.webhooks]


def _hey_words(metadata: Mapping[str, Any]) -> list[str]:
    try:
        words = shlex.split(str(metadata.get("cmd") or ""))
    except ValueError:
        return []
    return words if words[:1] == ["hey"] and len(words) > 1 else []


def option(words: Sequence[str], name: str) -> str:
    """The value of one of hey's flags in a command's words; "" without it."""
    return next((after for word, after in pairwise(words) if word in (name, f"-{name}")), "")
