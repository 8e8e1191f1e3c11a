"""The Prometheus HTTP API, and what speaks it: Thanos, Mimir, VictoriaMetrics.

Every check's built-in and inline query goes here, and the templates of type ``prometheus``.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from canarytui.cluster.api_status import status_words
from canarytui.cluster.bounded_responses import MIB
from canarytui.cluster.service_http import fetch
from canarytui.domain.sentences import prometheus as words
from canarytui.domain.text.bounded import OutOfBounds, parse_json
from canarytui.domain.text.public_url import public_url, without_secrets
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import (
    NO_VALUES,
    SEVERAL_VALUES,
    Answer,
    Availability,
    NoValues,
    QueryFailed,
    QueryHistory,
    Value,
)
from canarytui.metrics.concealed import concealed
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider, MetricProvider
from canarytui.metrics.providers.prometheus_batching import BatchedPrometheus
from canarytui.metrics.providers.prometheus_vector import (
    PrometheusError,
    PrometheusUnavailable,
    Sample,
    SampleSeries,
    fold,
)

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster

BYTES_MOST = 2 * MIB
"""An instant query's answer: some 10,000 series, of which a check reads one."""
RANGE_BYTES_MOST = 8 * MIB
_VALUES_MOST = 150_000
RANGE_VALUES_MOST = 600_000
"""JSON of nothing but brackets takes 25 times its length in memory."""
_ERROR_CHARS_MOST = 1000
_NUMBER_CHARS_MOST = 100
_LAST_MOMENT = 1e11
"""Unix seconds beyond which there is no date to show."""
_KEY_CHARS_LEAST = 8
"""A shorter word in a header is a name, such as a tenant's, and no key."""
_NOT_THE_QUERY = frozenset({401, 403, 404, 407, 429})
_OFFLINE = "running query failed: {reason}"


class _NoData(PrometheusError):
    """The server answered with an object that has no data."""


class PrometheusProvider(HistoryProvider):
    """`spec.credentials` are a ``token``, or ``username`` and ``password``."""

    def __init__(self, cluster: Cluster, spec: ProviderSpec) -> None:
        super().__init__(cluster, spec)
        self._headers = dict(spec.headers)
        authorization = _authorization(spec.credentials)
        if authorization and not (spec.strict and _is_half(spec.credentials or {})):
            others = {name: value for name, value in spec.headers.items() if name.lower() != "authorization"}
            self._headers = {**others, "Authorization": authorization}

    @property
    def headers(self) -> Mapping[str, str]:
        """The template's, with the credentials."""
        return self._headers

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        if not spec.address:
            return f"{spec.type} endpoint  is not a valid URL"
        if spec.credentials is not None and not _authorization(spec.credentials):
            return f"{spec.type} credentials does not contain a token, or username and password"
        return ""

    async def query(self, text: str) -> Answer:
        """The last element of the vector, as Flagger takes it; an empty vector and NaN are no values."""
        try:
            samples = await self.vector(text)
        except _NoData as error:
            return NoValues() if self.spec.strict else _failed(error)
        except CanarytuiError as error:
            return _failed(error)
        if not samples or math.isnan(samples[-1].value):
            return NoValues()
        return Value(samples[-1].value)

    async def is_online(self) -> Availability:
        """Whether the server evaluates ``vector(1)``."""
        match await self.query("vector(1)"):
            case Value(value) if value == 1:
                return Availability()
            case QueryFailed(reason):
                return Availability(_OFFLINE.format(reason=reason))
            case _:
                return Availability(_OFFLINE.format(reason=NO_VALUES))

    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """The values of the last series, which is the one that :meth:`query` answers with."""
        try:
            series = await self.matrix(text, start=start, end=end, step_s=step_s)
        except CanarytuiError as error:
            return _failed(error)
        return QueryHistory(series[-1].points if series else ())

    async def matrix(self, text: str, *, start: datetime, end: datetime, step_s: float) -> list[SampleSeries]:
        """Evaluate a query from `start` to `end`, every `step_s` seconds.

        Raises:
            PrometheusError: an answer that is no matrix, with the server's own words.
            CanarytuiError: no answer.
        """
        parameters = {
            "query": fold(text),
            "start": f"{start.timestamp():.3f}",
            "end": f"{end.timestamp():.3f}",
            "step": f"{max(step_s, 0.001):g}",
        }
        return _series_of(await self._get("query_range", parameters), self.spec.address)

    def batched(self) -> MetricProvider:
        return BatchedPrometheus(self)

    async def vector(self, text: str, at: datetime | None = None) -> list[Sample]:
        """Evaluate an instant query, at the server's present unless `at` says another moment.

        Raises:
            PrometheusError: an answer that is no vector, with the server's own words.
            CanarytuiError: no answer.
        """
        moment = {"time": f"{at.timestamp():.3f}"} if at is not None else {}
        data = await self._get("query", {"query": fold(text), **moment})
        if data.get("resultType") not in ("vector", "scalar"):
            raise PrometheusError(SEVERAL_VALUES)
        strict = self.spec.strict
        try:
            if data["resultType"] == "scalar":
                return [Sample({}, _number(data["result"][1]))]
            return [Sample(item.get("metric") or {}, _number(item["value"][1], strict)) for item in data["result"]]
        except (KeyError, IndexError, TypeError, AttributeError) as error:  # native histograms have no value
            raise PrometheusError(words.NO_SAMPLE_VALUE.text()) from error

    async def _get(self, endpoint: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        address = self.spec.address.partition("?")[0]
        ranged = endpoint == "query_range"
        status, body = await fetch(
            self.cluster,
            "GET",
            f"{address.rstrip('/')}/api/v1/{endpoint}?{urlencode(parameters)}",
            headers=self._headers,
            timeout_s=self.timeout_s,
            verify_tls=self.spec.verify_tls,
            most=RANGE_BYTES_MOST if ranged else BYTES_MOST,
        )
        if status >= 400:
            said = self._hidden(status_words(status, body) or body.decode("utf-8", "replace"))[: 4 * _ERROR_CHARS_MOST]
            said = without_secrets(said)[:_ERROR_CHARS_MOST]
            refused = PrometheusUnavailable if status >= 500 or status in _NOT_THE_QUERY else PrometheusError
            raise refused(f"error response: {_status_line(status)}: {said}")
        try:
            answer = parse_json(body, values_most=RANGE_VALUES_MOST if ranged else _VALUES_MOST)
            if isinstance(answer, dict) and answer.get("data") is None:
                raise _NoData(words.NO_PROMETHEUS.text(server=public_url(address)))
            data = answer["data"]
            if answer.get("status") != "success" or not isinstance(data, dict):
                raise KeyError("data")
        except OutOfBounds as error:
            raise PrometheusError(words.UNUSABLE.text(server=public_url(address), why=error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise PrometheusError(words.NO_PROMETHEUS.text(server=public_url(address))) from error
        return data

    def _hidden(self, text: str) -> str:
        sent = (value.rpartition(" ")[2] for value in self._headers.values())
        keys = [word for word in sent if len(word) >= _KEY_CHARS_LEAST]
        return concealed(text, [*(self.spec.credentials or {}).values(), *keys])


def _failed(error: CanarytuiError) -> QueryFailed:
    if isinstance(error, PrometheusError):
        return QueryFailed(str(error))
    return QueryFailed(f"request failed: {error}", str(error))


def _authorization(credentials: Mapping[str, str] | None) -> str:
    """The ``Authorization`` header for a Secret's values; "" when they hold none."""
    if not credentials:
        return ""
    if credentials.get("token"):
        return f"Bearer {credentials['token'].strip()}"
    if "username" in credentials and "password" in credentials:
        pair = f"{credentials['username']}:{credentials['password']}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    return ""


def _series_of(data: Mapping[str, Any], address: str) -> list[SampleSeries]:
    if data.get("resultType") != "matrix":
        raise PrometheusError(words.NO_MATRIX.text(server=public_url(address), kind=data.get("resultType")))
    try:
        return [
            SampleSeries(
                series.get("metric") or {},
                tuple(
                    (float(moment), _number(value)) for moment, value in series["values"] if 0 <= moment < _LAST_MOMENT
                ),
            )
            for series in data["result"]
        ]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise PrometheusError(words.NO_SERIES_VALUES.text()) from error


def points_by_time(series: object) -> dict[float, float]:
    """The value at each moment of the ``result`` of a range query: of several series, the last that has one, as an
    instant query would have answered.

    Raises:
        PrometheusError: it is no such result.
    """
    try:
        listed = [(float(at), _number(value)) for each in _listed(series) for at, value in each["values"]]
    except (KeyError, ValueError, TypeError) as error:
        raise PrometheusError(words.NO_SERIES_VALUES.text()) from error
    return {at: value for at, value in listed if 0 <= at < _LAST_MOMENT}


def _listed(series: object) -> list[Any]:
    if not isinstance(series, list):
        raise TypeError("no list")
    return series


def _status_line(status: int) -> str:
    try:
        return f"Status {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"Status {status}"


def _is_half(credentials: Mapping[str, str]) -> bool:
    """Whether a user or a password is empty: Flagger then sends neither."""
    return not credentials.get("token") and not (credentials.get("username") and credentials.get("password"))


def _number(value: object, strict: bool = False) -> float:
    """The value of a sample; NaN for null, and for what is no text where Flagger's reading is asked for.

    Raises:
        PrometheusError: text that is no number.
    """
    if isinstance(value, str):
        try:
            return float(value.replace("_", "?"))  # Python's digits may be grouped
        except ValueError:
            wrong = json.dumps(value[:_NUMBER_CHARS_MOST])
            raise PrometheusError(f"strconv.ParseFloat: parsing {wrong}: invalid syntax") from None
    if strict or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
