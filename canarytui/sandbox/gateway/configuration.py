"""The gateway's configuration as values: routers in order of priority, and the services that they lead to.

:mod:`.provider` builds it from API objects, :mod:`.selection` runs it. A service whose definition is unchanged
keeps its state (whose turn it is) when others change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from canarytui.sandbox.gateway.middleware_config import Notice
from canarytui.sandbox.gateway.middlewares import Middleware
from canarytui.sandbox.gateway.rules import Rule

PROVIDER = "kubernetescrd"


@dataclass(frozen=True, slots=True)
class Sticky:
    """Session affinity by a cookie; `max_age_s` None means a session cookie."""

    cookie: str
    path: str = "/"
    domain: str = ""
    secure: bool = False
    http_only: bool = False
    same_site: str = ""
    max_age_s: int | None = None


@dataclass(frozen=True, slots=True)
class Servers:
    """Pods behind one Service port: the level that Traefik's service metrics are about."""

    addresses: tuple[str, ...]
    sticky: Sticky | None = None
    pass_host: bool = True


@dataclass(frozen=True, slots=True)
class Weighted:
    """Other services by name, with their weights."""

    entries: tuple[tuple[str, float], ...]
    sticky: Sticky | None = None


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A main service whose requests are copied to others, each for a percentage of them."""

    main: str
    mirrors: tuple[tuple[str, int], ...]
    body: bool = True
    max_body: int = -1


Definition = Servers | Weighted | Mirrored


@dataclass(frozen=True, slots=True)
class Router:
    """One rule of an IngressRoute; `entry_points` empty means all."""

    name: str
    entry_points: tuple[str, ...]
    rule: Rule
    priority: int
    service: str
    middlewares: tuple[Middleware, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """Routers, highest priority first; services by name without ``@provider``; what is unusable, and why.

    `rules` holds those of unusable routers as well: their hosts are still the gateway's.
    """

    routers: tuple[Router, ...] = ()
    services: Mapping[str, Definition] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    rules: tuple[Rule, ...] = ()
