"""Google Cloud Monitoring: PromQL, or MQL as Flagger sends it, with google-auth (``canarytui[stackdriver]``).

https://cloud.google.com/stackdriver/docs/managed-prometheus/query-api-ui

Flagger asks MQL over gRPC, which Google supports no longer. Here a query is PromQL unless it begins as MQL does, which
is then asked by REST. A token goes to Google only, whatever address a template names.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Struct

from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.concealed import concealed
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider
from canarytui.metrics.providers.prometheus import PrometheusProvider
from canarytui.metrics.providers.rest_provider import Reply, RestProvider, ServiceFailure, objects
from canarytui.metrics.sdk_thread import SdkThread

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster

HOST = "https://monitoring.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/monitoring.read"
_PROJECT, _KEY = "project", "serviceAccountKey"
_FAILED = "error requesting stackdriver: {reason}"
_EXTRA = "google-auth is not installed: pip install 'canarytui[stackdriver]'"
_MQL = re.compile(r"[\s({]*(fetch|def|with)\s")
_CODES = {
    400: "InvalidArgument",
    401: "Unauthenticated",
    403: "PermissionDenied",
    404: "NotFound",
    409: "Aborted",
    429: "ResourceExhausted",
    500: "Internal",
    501: "Unimplemented",
    503: "Unavailable",
    504: "DeadlineExceeded",
}


class _Access(Struct, frozen=True):
    """A bearer token that is good now, and the project that it is for."""

    token: str
    project: str


class _MonitoringRefusal(Exception):
    """An answer of 400 and up, with gRPC's name for the status."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"rpc error: code = {code} desc = {message}")


class StackdriverProvider(RestProvider, HistoryProvider):
    """The Secret has a ``project``, and a ``serviceAccountKey`` unless the environment's credentials will do."""

    pause_s = 30.0
    default_address = HOST
    needs_secret = False
    required = ((_PROJECT, "stackdriver credentials does not contain a project id"),)
    secret_keys = (_KEY,)

    def __init__(self, cluster: Cluster, spec: ProviderSpec) -> None:
        super().__init__(cluster, spec)
        given = spec.credentials or {}
        self._sdk = SdkThread(
            _GoogleAuth(given.get(_KEY, ""), given.get(_PROJECT, "").strip()).access, "google-credentials"
        )
        self._hide: tuple[str, ...] = _private_parts(given.get(_KEY, ""))

    @property
    def address(self) -> str:
        return self.default_address

    async def _value(self, text: str) -> Answer:
        access = await self._access()
        if not self._is_mql(text):
            return self._told(await self._prometheus(access).query(text))
        try:
            reply = await self._asked_mql(access, text)
        except _MonitoringRefusal as refused:
            raise ServiceFailure(_FAILED.format(reason=refused)) from None
        return self._first_number(reply)

    async def _check(self) -> None:
        """Flagger sends an empty query, whose refusal is good; ours evaluates ``vector(1)``."""
        access = await self._access()
        if not self.spec.strict:
            online = await self._prometheus(access).is_online()
            if not online:
                raise ServiceFailure(self.hidden(online.problem))
            return
        try:
            await self._asked_mql(access, "")
        except _MonitoringRefusal as refused:
            if refused.code != _CODES[400]:
                raise ServiceFailure(f"unexpected status code: {refused.code}") from None

    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """Of PromQL; an MQL query says itself which time it is about."""
        if self._is_mql(text):
            return QueryHistory()
        try:
            prometheus = self._prometheus(await self._access())
        except ServiceFailure as failure:
            return failure.answer
        past = await prometheus.query_range(text, start=start, end=end, step_s=step_s)
        return past if isinstance(past, QueryHistory) else self._failed(past)

    def _is_mql(self, text: str) -> bool:
        return self.spec.strict or _MQL.match(text) is not None

    async def _access(self) -> _Access:
        """Raises Failure: there are no credentials."""
        try:
            access = await self._sdk.result(self.timeout_s)
        except ImportError as error:
            raise ServiceFailure(_FAILED.format(reason=_EXTRA)) from error
        except TimeoutError as error:
            raise ServiceFailure(_FAILED.format(reason="no Google credentials were found in time")) from error
        except _BadKey as error:
            raise ServiceFailure(_FAILED.format(reason=error)) from error
        except Exception as error:  # google-auth's quote what they read
            raise ServiceFailure(_FAILED.format(reason=f"no Google credentials: {type(error).__name__}")) from error
        if not access.project:
            raise ServiceFailure(
                _FAILED.format(reason="the credentials name no project: put it into the template's Secret")
            )
        self._hide = (*_private_parts(self.credential(_KEY)), access.token)
        return access

    def _prometheus(self, access: _Access) -> PrometheusProvider:
        address = f"{self.address}/v1/projects/{quote(access.project, safe='')}/location/global/prometheus"
        spec = replace(self.spec, type=PROMETHEUS, address=address, headers={}, credentials={"token": access.token})
        made = PrometheusProvider(self.cluster, spec)
        made.timeout_s = self.timeout_s
        return made

    def _told(self, answer: Answer) -> Answer:
        return self._failed(answer) if isinstance(answer, QueryFailed) else answer

    def _failed(self, answer: QueryFailed) -> QueryFailed:
        return QueryFailed(_FAILED.format(reason=self.hidden(answer.reason)), self.hidden(answer.detail))

    async def _asked_mql(self, access: _Access, text: str) -> Reply:
        """Raises _Refused, or Failure: no answer."""
        headers = {"Authorization": f"Bearer {access.token}", "Content-Type": "application/json"}
        path = f"/v3/projects/{quote(access.project, safe='')}/timeSeries:query"
        try:
            reply = await self.send("POST", path, headers=headers, body=json.dumps({"query": text}).encode())
        except ServiceFailure as failure:
            said = failure.answer
            raise ServiceFailure(_FAILED.format(reason=said.reason), said.detail) from failure
        if reply.status >= 400:
            raise self._refused(reply)
        return reply

    def _refused(self, reply: Reply) -> _MonitoringRefusal:
        code, message = _CODES.get(reply.status, "Unknown"), self.shown(reply)
        try:
            error = self.decoded(reply).get("error")
        except ServiceFailure:
            error = None
        if isinstance(error, Mapping) and "message" in error:
            status = str(error.get("status") or "")
            code = _go_name(status) if re.fullmatch(r"[A-Z_]{2,40}", status) else code
            message = self.shown(Reply(reply.status, str(error["message"]).encode()))
        return _MonitoringRefusal(code, message)

    def _first_number(self, reply: Reply) -> Answer:
        """The first value of the first point of the first series."""
        series = objects(self.decoded(reply).get("timeSeriesData"))
        if not series:
            return NoValues(f"invalid response: <nil>: {NO_VALUES}")
        points = objects(series[0].get("pointData"))
        values = objects(points[0].get("values")) if points else []
        if not values:
            return NoValues(f"invalid response: : {NO_VALUES}")
        given = values[0].get("doubleValue")
        if given is None and self.spec.strict:
            return Value(0.0)  # Flagger looks at doubles only
        try:
            number = float(given if given is not None else values[0]["int64Value"])
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise self.undecodable(reply, "a value is no number") from error
        if math.isnan(number) and not self.spec.strict:
            return self.no_values(reply)
        return Value(number)

    def hidden(self, text: str) -> str:
        return super().hidden(concealed(text, self._hide))


class _BadKey(Exception):
    """The Secret's ``serviceAccountKey`` is none; the text names no part of it."""


class _GoogleAuth:
    """google-auth for one Secret; used by one thread at a time."""

    def __init__(self, key: str, project: str) -> None:
        self._key = key
        self._project = project
        self._credentials: Any = None

    def access(self) -> _Access:
        """Blocks: without a key it reads files, and asks a metadata server or a token service."""
        from google.auth.transport.requests import Request

        request = functools.partial(Request(), timeout=5)
        if self._credentials is None:
            self._credentials = self._of_key() if self._key.strip() else self._of_environment(request)
        if not self._credentials.valid:
            self._credentials.refresh(request)
        return _Access(self._credentials.token, self._project)

    def _of_key(self) -> Any:
        """A service account's own signature is a token: nobody is asked for one."""
        from google.oauth2.service_account import Credentials

        try:
            info = json.loads(self._key)
            made: Any = Credentials.from_service_account_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call]
        except Exception as error:  # of JSON, of missing fields, of a PEM: what it quotes may be the key
            raise _BadKey(f"{_KEY} is not a service account's key ({type(error).__name__})") from None
        return made.with_always_use_jwt_access(True)

    def _of_environment(self, request: Any) -> Any:
        from google.auth import default

        found, project = default(scopes=[SCOPE], request=request)
        self._project = self._project or project or ""
        return found


def _go_name(status: str) -> str:
    """``PERMISSION_DENIED`` as gRPC's Go client writes it."""
    return "Canceled" if status == "CANCELLED" else "".join(word.capitalize() for word in status.split("_"))


def _private_parts(key: str) -> tuple[str, ...]:
    try:
        info = json.loads(key)
    except ValueError:
        return ()
    private = info.get("private_key") if isinstance(info, dict) else None
    return (private, *private.split("\n")[1:-2]) if isinstance(private, str) else ()
