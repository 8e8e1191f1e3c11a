"""What a metric service must do for the engine, the console and its plots: two methods, and two that are optional."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from canarytui.metrics.answers import Answer, Availability, QueryFailed, QueryHistory
from canarytui.metrics.provider_spec import ProviderSpec

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster


class ApiRight(Struct, frozen=True):
    """What a provider asks of the cluster's own API: RBAC grants it to the controller."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


class MetricProvider(ABC):
    """One metric service, as one MetricTemplate describes it.

    Requests go through :func:`canarytui.cluster.service_http.fetch`, which bounds and times them and reaches addresses
    inside the cluster. What may be answered is data (:mod:`canarytui.metrics.answers`): no method raises for a service
    that is away or talks nonsense.
    """

    takes_interval = False
    """Whether the check's interval decides which time window is asked for, besides the query's own text."""

    clock: Callable[[], float] = staticmethod(time.time)
    """Unix seconds: where a time window ends."""
    timeout_s = 5.0
    """How long one request may take."""
    rights: tuple[ApiRight, ...] = ()
    """What the controller may do in the cluster for this provider's sake."""
    pause_s = 0.0
    """How long a console waits at least before it asks for a check's value again: hosted services count requests, and
    the controller needs some of those that an account has."""

    def __init__(self, cluster: Cluster, spec: ProviderSpec) -> None:
        self.cluster = cluster
        self.spec = spec

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        """Why a provider cannot be built from `spec`, in Flagger's words; "" when it can. Does no IO."""
        return ""

    @abstractmethod
    async def query(self, text: str) -> Answer:
        """The number that the rendered query `text` asks for."""

    @abstractmethod
    async def is_online(self) -> Availability:
        """Whether the service can be queried, checked the way Flagger does while it initialises a canary."""

    @property
    def asks_own_cluster(self) -> bool:
        """Whether the cluster's own API answers, and not a service at an address."""
        return False

    def asking_writes(self, text: str) -> bool:
        """Whether the query `text` makes something in the cluster: then only the controller asks it."""
        return False

    def batched(self) -> MetricProvider:
        """The same service for many who query it at once; where it can join queries into one request, it does."""
        return self


class HistoryProvider(MetricProvider):
    """A service that also keeps the past, so that a plot does not begin empty."""

    patient = False
    """Whether :meth:`query_range` may take as long as all values take, as nobody waits at a screen."""

    @abstractmethod
    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """The values that `text` had from `start` to `end`, every `step_s` seconds."""
