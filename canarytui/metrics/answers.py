"""What a metric provider may say to a query: a value, nothing, or that it failed.

Plain values, so that the engine's core can be given them by Prometheus, a recording or a random world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_VALUES = "no values found"
SEVERAL_VALUES = "query returned multiple values"
NOT_ONLINE = "running query failed: {reason}"
"""What Flagger says of a query, word for word."""


@dataclass(frozen=True, slots=True)
class Value:
    """The last element of the answered vector."""

    value: float


@dataclass(frozen=True, slots=True)
class NoValues:
    """An empty vector, or NaN: typically no traffic."""

    reason: str = NO_VALUES


@dataclass(frozen=True, slots=True)
class QueryFailed:
    """The provider gave no usable answer; `reason` goes into the halt message."""

    reason: str


Answer = Value | NoValues | QueryFailed


@dataclass(frozen=True, slots=True)
class MetricServer:
    """Where a query goes. `type` is a MetricTemplate's ``provider.type``; headers may bear credentials."""

    type: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    verify_tls: bool = True
