"""The Prometheus HTTP API, through the API server's service proxy or directly.

The engine asks instant queries here, the console range queries. Requests go through ``cluster.reach``, so
that a cluster name such as ``http://flagger-prometheus.traefik:9090`` works from a laptop with nothing but
a kubeconfig. That is also why ``prometheus_api_client.PrometheusConnect`` is not the transport: it is
synchronous and opens its own connections with ``requests``, so it can neither use the kubeconfig's
credentials nor leave the event loop free. Its data model is used instead where it helps:
:func:`range_series` hands out what ``MetricRangeDataFrame`` and ``MetricsList`` of that package accept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from canarytui.cluster.bounded import MIB
from canarytui.cluster.client import Cluster
from canarytui.cluster.service_http import ProviderUnreachable, fetch
from canarytui.domain.bounded_text import OutOfBounds, parse_json
from canarytui.domain.public_url import public_url, without_secrets
from canarytui.domain.sentences import prometheus as words
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import (
    NO_VALUES,
    NOT_ONLINE,
    SEVERAL_VALUES,
    Answer,
    MetricServer,
    NoValues,
    QueryFailed,
    Value,
)

TIMEOUT_S = 5.0
BYTES_MOST = 2 * MIB
"""An instant query's answer: some 10,000 series, of which a check reads one."""
RANGE_BYTES_MOST = 8 * MIB
_VALUES_MOST = 150_000
_RANGE_VALUES_MOST = 600_000
"""JSON of nothing but brackets takes 25 times its length in memory."""
_ERROR_CHARS_MOST = 1000
_LAST_MOMENT = 1e11
"""Unix seconds beyond which there is no date to show."""


class PrometheusError(CanarytuiError):
    """The metrics server answered, but not with a result."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One element of a vector: its labels and value (NaN is kept)."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """One element of a matrix: its labels and (unix seconds, value) pairs in time order."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


def fold(query: str) -> str:
    """`query` with each run of whitespace as one space, as Flagger sends it."""
    return re.sub(r"\s+", " ", query).strip()


async def query(cluster: Cluster, server: MetricServer, promql: str, *, at: datetime | None = None) -> list[Sample]:
    """Evaluate an instant query.

    Raises:
        ProviderUnreachable: no answer.
        PrometheusError: an answer that is no vector, with the server's own words.
    """
    parameters = {"query": fold(promql)}
    if at is not None:
        parameters["time"] = f"{at.timestamp():.3f}"
    data = await _get(cluster, server, "query", parameters)
    if data.get("resultType") not in ("vector", "scalar"):
        raise PrometheusError(SEVERAL_VALUES)
    try:
        if data["resultType"] == "scalar":
            return [Sample({}, _number(data["result"][1]))]
        return [Sample(item.get("metric") or {}, _number(item["value"][1])) for item in data["result"]]
    except (KeyError, IndexError, TypeError, AttributeError) as error:  # native histograms have no value
        raise PrometheusError(words.NO_SAMPLE_VALUE.text()) from error


async def query_range(
    cluster: Cluster,
    server: MetricServer,
    promql: str,
    *,
    start: datetime,
    end: datetime,
    step_s: float,
) -> list[Series]:
    """Evaluate a query at each step between two moments.

    Raises:
        ProviderUnreachable, PrometheusError: as :func:`query`.
    """
    parameters = {
        "query": fold(promql),
        "start": f"{start.timestamp():.3f}",
        "end": f"{end.timestamp():.3f}",
        "step": f"{max(step_s, 0.001):g}",
    }
    data = await _get(cluster, server, "query_range", parameters)
    if data.get("resultType") != "matrix":
        raise PrometheusError(words.NO_MATRIX.text(server=public_url(server.address), kind=data.get("resultType")))
    try:
        return [
            Series(
                item.get("metric") or {},
                tuple(
                    (float(moment), _number(value)) for moment, value in item["values"] if 0 <= moment < _LAST_MOMENT
                ),
            )
            for item in data["result"]
        ]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise PrometheusError(words.NO_SERIES_VALUES.text()) from error


def range_series(series: Series) -> dict[str, Any]:
    """`series` in Prometheus' own JSON shape, as the classes of prometheus_api_client take it."""
    return {
        "metric": dict(series.labels),
        "values": [[moment, repr(value)] for moment, value in series.points],
    }


async def ask(cluster: Cluster, server: MetricServer, promql: str) -> Answer:
    """One number for a check: the last element of the vector; empty and NaN are no values."""
    try:
        samples = await query(cluster, server, promql)
    except ProviderUnreachable as error:
        return QueryFailed(f"request failed: {error}")
    except PrometheusError as error:
        return QueryFailed(str(error))
    if not samples or math.isnan(samples[-1].value):
        return NoValues()
    return Value(samples[-1].value)


async def check_online(cluster: Cluster, server: MetricServer) -> str:
    """ "" when the server evaluates ``vector(1)``, else why not."""
    match await ask(cluster, server, "vector(1)"):
        case Value(value) if value == 1:
            return ""
        case QueryFailed(reason):
            return NOT_ONLINE.format(reason=reason)
        case _:
            return NOT_ONLINE.format(reason=NO_VALUES)


async def _get(cluster: Cluster, server: MetricServer, endpoint: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    url = f"{server.address.rstrip('/')}/api/v1/{endpoint}?{urlencode(parameters)}"
    ranged = endpoint == "query_range"
    status, body = await fetch(
        cluster,
        "GET",
        url,
        headers=server.headers,
        timeout_s=TIMEOUT_S,
        verify_tls=server.verify_tls,
        most=RANGE_BYTES_MOST if ranged else BYTES_MOST,
    )
    if status >= 400:
        said = without_secrets(body[: 4 * _ERROR_CHARS_MOST].decode("utf-8", "replace"))[:_ERROR_CHARS_MOST]
        raise PrometheusError(f"error response: {_status_line(status)}: {said}")
    try:
        answer = parse_json(body, values_most=_RANGE_VALUES_MOST if ranged else _VALUES_MOST)
        data = answer["data"]
        if answer.get("status") != "success" or not isinstance(data, dict):
            raise KeyError("data")
    except OutOfBounds as error:
        raise PrometheusError(words.UNUSABLE.text(server=public_url(server.address), why=error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PrometheusError(words.NO_PROMETHEUS.text(server=public_url(server.address))) from error
    return data


def _status_line(status: int) -> str:
    try:
        return f"Status {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"Status {status}"


def _number(value: object) -> float:
    try:
        return float(value) if isinstance(value, (str, int, float)) else math.nan
    except (ValueError, OverflowError):
        return math.nan
