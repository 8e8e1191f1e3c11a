"""Which location and which pods get a request, canaries included. Pure but for turns and chance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote

from msgspec import Struct

from canarytui.sandbox.gateway.ingress_table import CanaryShare, IngressLocation, IngressTable
from canarytui.sandbox.gateway.rules import GatewayRequest
from canarytui.sandbox.go_regexp import BadPattern, RegexpMatch, compile_pattern

_GROUP = re.compile(r"\$([1-9])")
_SAFE = "/:@!$&'()*+,;=~-._"


class SelectedUpstream(Struct, frozen=True):
    """Where a request goes: `addresses` are the pods in the order in which they are tried, `canary` the name of the
    canary's upstream, "" when the request is not the canary's."""

    upstream: str
    canary: str
    addresses: tuple[str, ...]


class UpstreamSelector:
    """Keeps whose turn it is. `chance` draws a whole number from 1 to what it is given."""

    def __init__(self, chance: Callable[[int], int]) -> None:
        self._chance = chance
        self._turns: Counter[str] = Counter()

    def choose(
        self, table: IngressTable, location: IngressLocation, request: GatewayRequest, cookies: Mapping[str, str]
    ) -> SelectedUpstream | None:
        """The pods for a request to `location`; None when there is none."""
        main = table.upstreams.get(location.upstream)
        if main is None or not main.addresses:
            return None
        canary = table.upstreams.get(main.canary)
        if canary is not None and canary.addresses and is_for_canary(main.share, request, cookies, self._chance):
            return SelectedUpstream(location.upstream, main.canary, self._turn(main.canary, canary.addresses))
        return SelectedUpstream(location.upstream, "", self._turn(location.upstream, main.addresses))

    def _turn(self, name: str, addresses: tuple[str, ...]) -> tuple[str, ...]:
        first = self._turns[name] % len(addresses)
        self._turns[name] += 1
        return addresses[first:] + addresses[:first]


def find_location(table: IngressTable, request: GatewayRequest) -> IngressLocation | None:
    """The location for a request; None if no Ingress has its host, or none of the host's its path."""
    host = table.host_of(request.host)
    if host is None:
        return None
    path = nginx_path(request.path)
    return next((each for each in table.hosts[host] if each.matches(path)), None)


def nginx_path(path: str) -> str:
    """A path as nginx compares it: decoded, with one slash for several."""
    decoded = unquote(path)
    while "//" in decoded:
        decoded = decoded.replace("//", "/")
    return decoded


def upstream_target(location: IngressLocation, target: str) -> str:
    """Path and query as a pod of `location` gets them; `target` is still encoded."""
    path, mark, query = target.partition("?")
    if not location.rewrite:
        return target
    decoded, pattern = nginx_path(path), compile_pattern(f"(?i){location.path}")
    found = pattern.search(decoded)
    if found is None:
        return target
    changed = quote(_filled(location.rewrite, found, pattern.groups), safe=_SAFE)
    return (changed if changed.startswith("/") else f"/{changed}") + mark + query


def _filled(template: str, found: RegexpMatch, groups: int) -> str:
    """`template` with each ``$1`` to ``$9`` replaced; unlike Go's, nginx's names of groups are one digit."""

    def group(number: int) -> str:
        return (found.group(number) or "") if number <= groups else ""

    return _GROUP.sub(lambda named: group(int(named[1])), template)


def is_for_canary(
    share: CanaryShare, request: GatewayRequest, cookies: Mapping[str, str], chance: Callable[[int], int]
) -> bool:
    """Whether the canary gets a request. What a header or a cookie leaves open, the next in order decides."""
    by = _by_header(share, request.headers.get(share.header) if share.header else None)
    if by is None:
        by = {"always": True, "never": False}.get(cookies.get(share.cookie, "")) if share.cookie else None
    return chance(share.total) <= share.weight if by is None else by


def _by_header(share: CanaryShare, value: str | None) -> bool | None:
    if value is None:
        return None
    if share.header_value:
        return True if value == share.header_value else None
    if share.header_pattern:
        try:
            return True if compile_pattern(share.header_pattern).search(value) is not None else None
        except BadPattern:
            return False
    return {"always": True, "never": False}.get(value)
