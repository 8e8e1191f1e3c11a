"""Ingresses as ingress-nginx reads them, as values: hosts with their locations, upstreams, canaries' shares.

:mod:`.ingresses.provider` builds the table from API objects, :mod:`.ingresses.selection` runs it. A canary belongs to
the upstream (namespace, Service, port), not to the location: where several locations have one upstream, all of them
share it with the canary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from canarytui.sandbox.go_regexp import compile_pattern

_LABEL = re.compile(r"[\w-]+")


class CanaryShare(Struct, frozen=True):
    """Which requests a canary Ingress gets: by header, else by cookie, else by weight (of `total`)."""

    header: str = ""
    header_value: str = ""
    header_pattern: str = ""
    cookie: str = ""
    weight: int = 0
    total: int = 100


class IngressUpstream(Struct, frozen=True):
    """The ready pods of a Service port. `canary` is the upstream that gets `share` of the requests, "" for none."""

    addresses: tuple[str, ...]
    canary: str = ""
    share: CanaryShare = CanaryShare()


class PathMatch(Enum):
    """How a location's path is compared."""

    EXACT = "exact"
    PREFIX = "prefix"
    PATTERN = "pattern"


class IngressLocation(Struct, frozen=True):
    """One location of a host.

    Attributes:
        path: what a request's path is compared with.
        written: the path as the Ingress has it.
        ingress: "" for a host's default location, as with `namespace` and `service`.
        upstream: the name of its upstream; "" where there is none: 404, or 503 if an Ingress asked for it.
        rewrite: what the matching path becomes, with ``$1`` for groups; "" to leave it.
        vhost: the Host header for the pods; "" for the client's.
        read_timeout_s: how long a pod may be silent.
        tries: how many pods are tried when one does not answer.
    """

    path: str
    match: PathMatch
    written: str = "/"
    namespace: str = ""
    ingress: str = ""
    service: str = ""
    upstream: str = ""
    rewrite: str = ""
    vhost: str = ""
    read_timeout_s: float = 60.0
    tries: int = 3

    def matches(self, path: str) -> bool:
        """Whether a request for `path` (decoded) belongs here."""
        if self.match is PathMatch.EXACT:
            return path == self.path
        if self.match is PathMatch.PREFIX:
            return path.startswith(self.path)
        return compile_pattern(f"(?i)^{self.path}").search(path) is not None


class IngressTable(Struct, frozen=True):
    """Hosts with their locations, first match first ("" is for all other hosts), and upstreams by name."""

    hosts: Mapping[str, tuple[IngressLocation, ...]] = field(default_factory=dict)
    upstreams: Mapping[str, IngressUpstream] = field(default_factory=dict)

    def host_of(self, host: str) -> str | None:
        """The key in `hosts` for a request: the host itself, else its wildcard, else ""; None if nothing has it."""
        label, _, rest = host.partition(".")
        wildcard = f"*.{rest}" if _LABEL.fullmatch(label) else host
        return next((each for each in (host, wildcard, "") if each in self.hosts), None)
