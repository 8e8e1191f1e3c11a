"""Answers of Prometheus to instant queries, and what evaluates them: shared by the provider and what joins queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct

from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import Answer, Availability
from canarytui.metrics.provider_spec import ProviderSpec

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster


class PrometheusError(CanarytuiError):
    """The server answered, but not with a result."""


class PrometheusUnavailable(PrometheusError):
    """The server, or what stands before it, takes no query at all now: whatever is asked would be refused."""


class Sample(Struct, frozen=True):
    """One element of a vector: its labels and value (NaN is kept)."""

    labels: Mapping[str, str]
    value: float


class SampleSeries(Struct, frozen=True):
    """One element of a matrix: its labels and its values over time, as (unix seconds, value), oldest first."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


@runtime_checkable
class VectorSource(Protocol):
    """A Prometheus that evaluates one query at a time."""

    cluster: Cluster
    spec: ProviderSpec

    async def query(self, text: str) -> Answer: ...

    async def is_online(self) -> Availability: ...

    async def vector(self, text: str) -> list[Sample]: ...


def fold(query: str) -> str:
    """`query` with each run of whitespace as one space, as Flagger sends it."""
    return re.sub(r"\s+", " ", query).strip()
