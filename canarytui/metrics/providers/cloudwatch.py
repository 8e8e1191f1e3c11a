"""Amazon CloudWatch: ``GetMetricData``, with the credentials that the AWS SDKs find (``canarytui[cloudwatch]``).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html

botocore finds credentials and endpoint, writes, signs and reads; the request itself goes as everybody's does, within
one deadline and one size. The protocol is Query, which Flagger's SDK speaks as well.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct

from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, QueryFailed, QueryHistory, Value
from canarytui.metrics.concealed import concealed
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import HistoryProvider
from canarytui.metrics.providers.rest_provider import Reply, RestProvider, ServiceFailure
from canarytui.metrics.sdk_thread import SdkThread
from canarytui.metrics.time_window import interval_error, time_window

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster

DEADLINE_S = 15.0
"""For a query with all its attempts; Flagger sets none."""
_LOOK_UP_S = 12.0
"""For endpoint and credentials: a busy machine takes seconds to load the SDK alone."""
ATTEMPTS = 4
_FIRST_PAUSE_S = 0.05
_DATAPOINTS_MOST = 20
_FAILED = "error requesting cloudwatch: {reason}"
_ACTION = "GetMetricData"
_EXTRA = "botocore is not installed: pip install 'canarytui[cloudwatch]'"
_REFUSED_RESULTS = ("InternalError", "Forbidden")


class _Service(Struct, frozen=True):
    """What botocore knows: `operation` is its model of GetMetricData, `credentials` are frozen ones or None."""

    endpoint: str
    signing_name: str
    operation: Any
    credentials: Any


class _CloudWatchRefusal(Exception):
    """An answer other than 2xx; the text is the Go SDK's, `status` the HTTP status."""

    def __init__(self, reply: Reply, code: str, message: str, request_id: str) -> None:
        self.status = reply.status
        self.detail = f"{code}: {message} (HTTP {reply.status})"
        super().__init__(f"{code}: {message}\n\tstatus code: {reply.status}, request id: {request_id}")


class CloudWatchProvider(RestProvider, HistoryProvider):
    """The template names a region, and neither address nor Secret."""

    takes_interval = True
    pause_s = 30.0
    needs_secret = False
    pause: Callable[[float], Awaitable[None]] = staticmethod(asyncio.sleep)
    """Between two attempts."""

    def __init__(self, cluster: Cluster, spec: ProviderSpec) -> None:
        super().__init__(cluster, spec)
        self._sdk = SdkThread(_Botocore(spec.region).look_up, "cloudwatch-credentials")
        self._endpoint = ""
        self._hide: tuple[str, ...] = ()

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        return interval_error(spec.interval) or ("" if spec.region else "region not specified")

    @property
    def address(self) -> str:
        """The region's, or the one that ``AWS_ENDPOINT_URL`` names."""
        return self._endpoint.rstrip("/")

    async def _value(self, text: str) -> Answer:
        """The first value of the first result, which is its newest."""
        window = time_window(self.spec.interval, self.clock())
        results = await self._results(text, window.start, window.end, {"MaxDatapoints": _DATAPOINTS_MOST})
        if not results:
            return NoValues(f"invalid response: {{\n\n}}: {NO_VALUES}")
        values = results[0].get("Values") or []
        if not values:
            return NoValues(f"invalid reponse {_go_text(results[0])}: {NO_VALUES}")
        number = float(values[0])
        if math.isnan(number) and not self.spec.strict:
            return NoValues(f"invalid response: NaN: {NO_VALUES}")
        return Value(number)

    async def query_range(
        self, text: str, *, start: datetime, end: datetime, step_s: float
    ) -> QueryHistory | QueryFailed:
        """The points of the first result, as far apart as its period says."""
        try:
            order = {"ScanBy": "TimestampAscending"}
            results = await self._results(text, int(start.timestamp()), int(end.timestamp()), order)
        except ServiceFailure as failure:
            return failure.answer
        if not results:
            return QueryHistory()
        points = zip(results[0].get("Timestamps") or (), results[0].get("Values") or (), strict=False)
        return QueryHistory(tuple(sorted((at.timestamp(), float(value)) for at, value in points)))

    async def _check(self) -> None:
        """Send an empty query: credentials that may query get a validation error."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                service = await self._looked_up()
                body = {"Action": _ACTION, "Version": service.operation.service_model.api_version}
                never = "0001-01-01T00:00:00Z"
                body |= {"MetricDataQueries": "", "StartTime": never, "EndTime": never}
                await self._asked(service, body)
        except TimeoutError:
            raise ServiceFailure(_FAILED.format(reason=f"no answer within {DEADLINE_S:g} s")) from None
        except _CloudWatchRefusal as refused:
            if refused.status != 400:
                raise ServiceFailure(f"unexpected status code: {refused}", refused.detail) from None

    async def _results(self, text: str, start: int, end: int, more: dict[str, Any]) -> list[dict[str, Any]]:
        """The MetricDataResults. Raises Failure."""
        try:
            query = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ServiceFailure(f"error unmarshaling query: {error}") from error
        try:
            async with asyncio.timeout(DEADLINE_S):
                service = await self._looked_up()
                body = _serialized(service.operation, query, start, end, more)
                answer = await self._asked(service, body)
        except TimeoutError:
            raise ServiceFailure(_FAILED.format(reason=f"no answer within {DEADLINE_S:g} s")) from None
        except _CloudWatchRefusal as refused:
            raise ServiceFailure(_FAILED.format(reason=refused), refused.detail) from None
        results: list[dict[str, Any]] = answer.get("MetricDataResults") or []
        status = results[0].get("StatusCode") if results else ""
        if status in _REFUSED_RESULTS and not self.spec.strict:
            raise ServiceFailure(_FAILED.format(reason=f"result {results[0].get('Id')} is {status}"))
        return results

    async def _looked_up(self) -> _Service:
        """Endpoint and credentials. Raises Failure: there are none."""
        try:
            service = await self._sdk.result(_LOOK_UP_S)
        except ImportError as error:
            raise ServiceFailure(_FAILED.format(reason=_EXTRA)) from error
        except TimeoutError as error:
            raise ServiceFailure(_FAILED.format(reason="no AWS credentials were found in time")) from error
        except Exception as error:  # botocore's have no common ground, and some quote what they read
            raise ServiceFailure(
                _FAILED.format(reason=f"no AWS credentials or endpoint: {type(error).__name__}")
            ) from error
        if service.credentials is None:
            raise ServiceFailure(_FAILED.format(reason="NoCredentialProviders: no valid providers in chain"))
        self._endpoint = service.endpoint
        self._hide = tuple(filter(None, (service.credentials.secret_key, service.credentials.token)))
        return service

    async def _asked(self, service: _Service, body: dict[str, str]) -> dict[str, Any]:
        """The answer. Too many requests and the service's own faults are tried again, as the SDKs do.

        Raises:
            _Refused: the last answer was an error.
            Failure: no answer, or not one of CloudWatch's.
        """
        encoded = urlencode(body).encode()
        for attempt in range(ATTEMPTS):
            if attempt:
                await self.pause(_FIRST_PAUSE_S * 2**attempt)
            try:
                reply = await self.send("POST", "/", headers=self._signed(service, encoded), body=encoded)
            except ServiceFailure as failure:
                said = failure.answer
                raise ServiceFailure(_FAILED.format(reason=said.reason), said.detail) from failure
            if reply.status != 429 and reply.status < 500:
                break
        return self._parsed(service, reply)

    def _signed(self, service: _Service, body: bytes) -> dict[str, str]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        request = AWSRequest("POST", f"{self.address}/", headers, body)
        SigV4Auth(service.credentials, service.signing_name, self.spec.region).add_auth(request)
        return dict(request.headers.items())

    def _parsed(self, service: _Service, reply: Reply) -> dict[str, Any]:
        from botocore.parsers import create_parser

        raw = {"status_code": reply.status, "headers": {}, "body": reply.body}
        try:
            parsed: dict[str, Any] = create_parser("query").parse(raw, service.operation.output_shape)
        except Exception as error:  # whatever is in the XML; botocore's own error quotes all of it
            parsed = {}
            if reply.status < 300:
                raise ServiceFailure(_FAILED.format(reason=f"no answer of CloudWatch: {self.shown(reply)}")) from error
        if reply.status < 300:
            return parsed
        said = parsed.get("Error", {})
        message = self.shown(Reply(reply.status, str(said.get("Message") or "").encode())) or self.shown(reply)
        request_id = str(parsed.get("ResponseMetadata", {}).get("RequestId") or "")
        raise _CloudWatchRefusal(reply, str(said.get("Code") or reply.status), message, request_id)

    def hidden(self, text: str) -> str:
        return super().hidden(concealed(text, self._hide))


class _Botocore:
    """botocore for one region; used by one thread at a time."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._session: Any = None
        self._client: Any = None

    def look_up(self) -> _Service:
        """Blocks: reads files, and asks a metadata server or a token service where the environment says so."""
        from botocore.session import get_session

        if self._session is None:
            self._session = get_session()
            for provider in self._session.get_component("credential_provider").providers:
                if hasattr(provider, "_prompter"):  # a profile with MFA would ask on the terminal, under the screen
                    provider._prompter = _ask_nobody
        if self._client is None:
            self._client = self._session.create_client("cloudwatch", region_name=self._region)
        model = self._client.meta.service_model
        credentials = self._session.get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials else None
        return _Service(self._client.meta.endpoint_url, model.signing_name, model.operation_model(_ACTION), frozen)


def _ask_nobody(prompt: str) -> str:
    raise ValueError("a profile with MFA cannot be used here")


def _serialized(operation: Any, query: object, start: int, end: int, more: dict[str, Any]) -> dict[str, str]:
    """The form that asks `query`; keys are taken in any case. Raises Failure: it is no list of MetricDataQueries."""
    from botocore.serialize import create_serializer
    from botocore.validate import ParamValidator

    shape = operation.input_shape
    moments = {"StartTime": datetime.fromtimestamp(start, UTC), "EndTime": datetime.fromtimestamp(end, UTC)}
    parameters = {"MetricDataQueries": _cased(query, shape.members["MetricDataQueries"]), **moments, **more}
    problems = ParamValidator().validate(parameters, shape)
    if problems.has_errors():
        raise ServiceFailure(f"error unmarshaling query: {problems.generate_report()}")
    body = create_serializer("query").serialize_to_request(parameters, operation)["body"]
    return {name: str(value) for name, value in body.items()}


def _cased(value: Any, shape: Any) -> Any:
    """`value` with its keys spelt as the API spells them. Keys that it does not have, and nulls, are left out."""
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {name.lower(): name for name in shape.members}
        known = {names[key.lower()]: item for key, item in value.items() if key.lower() in names and item is not None}
        return {name: _cased(item, shape.members[name]) for name, item in known.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_cased(item, shape.member) for item in value]
    return value


def _go_text(result: dict[str, Any]) -> str:
    """A result without values as the Go SDK prints it."""
    texts = (f"  {name}: {json.dumps(value)}" for name, value in sorted(result.items()) if isinstance(value, str))
    return "{\n" + ",\n".join(texts) + "\n}"
