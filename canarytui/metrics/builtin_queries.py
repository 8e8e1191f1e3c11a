"""The PromQL of the two built-in checks, filled in from the records of the traffic providers.

Pure. The engine asks these queries; the console shows them and draws their history. ``success_rate`` is in
percent, ``duration`` in milliseconds (after :attr:`ProviderQueries.duration_factor`).
"""

from __future__ import annotations

import re

from msgspec import Struct

from canarytui.domain.traffic import istio, registry
from canarytui.domain.traffic.queries import BuiltinQueries

SUCCESS_RATE = "request-success-rate"
DURATION = "request-duration"

PODS_OF_DEPLOYMENT = "[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"
PODS_OF_DAEMONSET = "[0-9a-zA-Z]+"


class Subject(Struct, frozen=True):
    """What is measured: the target's and the service's name, where, and the window (``1m``).

    `routed` is the name from which proxies make theirs for the canary's Service, "": the service's. `pods` matches
    the part of a pod's name that follows the target's.
    """

    namespace: str
    target: str
    service: str
    ingress: str
    route: str
    interval: str
    routed: str = ""
    pods: str = PODS_OF_DEPLOYMENT
    primary_route: str = ""


class ProviderQueries(Struct, frozen=True):
    """Asks one provider's queries about a subject."""

    queries: BuiltinQueries

    @property
    def duration_factor(self) -> float:
        """Makes milliseconds of what :meth:`duration` yields."""
        return self.queries.duration_factor

    def success_rate(self, subject: Subject) -> str:
        """Percent of the canary's requests that did not fail."""
        return filled(self.queries.success, subject)

    def duration(self, subject: Subject) -> str:
        """The canary's 99th percentile (or mean) response time."""
        return filled(self.queries.latency, subject)

    def of_primary(self) -> ProviderQueries | None:
        """Asks the same about the primary; None where the provider's metrics do not tell it apart."""
        queries = self.queries.of_primary()
        return ProviderQueries(queries) if queries is not None else None


def filled(query: str, subject: Subject) -> str:
    """A template of :mod:`canarytui.domain.traffic.queries`, filled in."""
    fields = {
        "NS": subject.namespace,
        "TARGET": subject.target,
        "SERVICE": subject.service,
        "INGRESS": subject.ingress,
        "ROUTE": subject.route,
        "PRIMARY_ROUTE": subject.primary_route,
        "ROUTED": subject.routed or subject.service,
        "PODS": subject.pods,
        "INTERVAL": subject.interval,
        "W_NS": _word(subject.namespace),
        "W_SERVICE": _word(subject.service),
        "W_INGRESS": _word(subject.ingress),
    }
    return re.sub(r"<([A-Z_]+)>", lambda field: fields[field[1]], query)


def _word(text: str) -> str:
    return re.sub(r"\W", "_", text)


def observer_for(provider: str) -> ProviderQueries:
    """The observer of a ``spec.provider`` value (``gatewayapi:v1``, ``traefik``); else Istio's, as Flagger does."""
    return ProviderQueries((registry.like(provider) or istio.PROVIDER).queries)
