"""The gateway's configuration as values: routers in order of priority, and the services that they lead to.

:mod:`.provider` builds it from API objects, :mod:`.selection` runs it. A service whose definition is unchanged
keeps its state (whose turn it is) when others change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from canarytui.sandbox.gateway.ingress_table import IngressTable
from canarytui.sandbox.gateway.middleware_config import GatewayWarning
from canarytui.sandbox.gateway.middlewares import Middleware
from canarytui.sandbox.gateway.rules import Rule

PROVIDER = "kubernetescrd"
GATEWAY_API = "kubernetesgateway"


class Sticky(Struct, frozen=True):
    """Session affinity by a cookie; `max_age_s` None means a session cookie."""

    cookie: str
    path: str = "/"
    domain: str = ""
    secure: bool = False
    http_only: bool = False
    same_site: str = ""
    max_age_s: int | None = None


class Servers(Struct, frozen=True):
    """Pods behind one Service port: the level that Traefik's service metrics are about."""

    addresses: tuple[str, ...]
    sticky: Sticky | None = None
    pass_host: bool = True
    provider: str = PROVIDER


class Weighted(Struct, frozen=True):
    """Other services by name, with their weights."""

    entries: tuple[tuple[str, float], ...]
    sticky: Sticky | None = None


class Mirrored(Struct, frozen=True):
    """A main service whose requests are copied to others, each for a percentage of them."""

    main: str
    mirrors: tuple[tuple[str, float], ...]
    body: bool = True
    max_body: int = -1


class Filtered(Struct, frozen=True):
    """A service with filters of its own: those of one of an HTTPRoute's backends."""

    service: str
    filters: tuple[Middleware, ...]


class Failing(Struct, frozen=True):
    """In place of a service that cannot be used: the status that every request to it gets."""

    status: int


Definition = Servers | Weighted | Mirrored | Filtered | Failing


class GatewayRoute(Struct, frozen=True):
    """One rule of an IngressRoute or HTTPRoute; `entry_points` empty means all, `timeout_s` None any time."""

    name: str
    entry_points: tuple[str, ...]
    rule: Rule
    priority: int
    service: str
    middlewares: tuple[Middleware, ...] = ()
    provider: str = PROVIDER
    timeout_s: float | None = None


class ObjectStatus(Struct, frozen=True):
    """What the gateway has to say in the status of an object (`kind`: HTTPRoute, Gateway, GatewayClass, Ingress): the
    parts that are its own. Conditions are without ``lastTransitionTime``."""

    kind: str
    namespace: str
    name: str
    parts: Mapping[str, Any]


class Configuration(Struct, frozen=True):
    """Routers, highest priority first; services by name without ``@provider``; what is unusable, and why.

    `rules` holds those of unusable routers as well: their hosts are still the gateway's. `ingresses` is what a pod of
    ingress-nginx follows; the rest is for one of Traefik.
    """

    routers: tuple[GatewayRoute, ...] = ()
    services: Mapping[str, Definition] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notices: tuple[GatewayWarning, ...] = ()
    rules: tuple[Rule, ...] = ()
    statuses: tuple[ObjectStatus, ...] = ()
    ingresses: IngressTable = field(default_factory=IngressTable)

    def followed_by(self, other: Configuration) -> Configuration:
        """Both; where routers of both match, those of this one win. Ingresses are those of the one that has any."""
        return replace(
            self,
            routers=self.routers + other.routers,
            services={**self.services, **other.services},
            problems=self.problems + other.problems,
            notices=self.notices + other.notices,
            rules=self.rules + other.rules,
            statuses=self.statuses + other.statuses,
            ingresses=other.ingresses if other.ingresses.hosts else self.ingresses,
        )
