"""What metric services with an HTTP API have in common: one request for each query, its bounds, and Flagger's words
for what can go wrong."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from canarytui.cluster.bounded_responses import MIB
from canarytui.cluster.service_http import fetch
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.public_url import without_secrets
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import NO_VALUES, Answer, Availability, NoValues, QueryFailed, Value
from canarytui.metrics.concealed import concealed
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import MetricProvider

BYTES_MOST = 2 * MIB
VALUES_MOST = 150_000
"""JSON of nothing but brackets takes 25 times its length in memory."""
_SHOWN_CHARS_MOST = 1000


class ServiceFailure(Exception):
    """A query that ends without a value; `answer` says how."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.answer = QueryFailed(reason, detail)
        super().__init__(reason)


class Reply(Struct, frozen=True):
    """What a service answered."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def status_line(self) -> str:
        """``401 Unauthorized``."""
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return str(self.status)


class RestProvider(MetricProvider):
    """A subclass says in :meth:`_value` and :meth:`_check` what it sends; both may raise :class:`ServiceFailure`."""

    default_address = ""
    """Where the service is when the template has no address."""
    required: tuple[tuple[str, str], ...] = ()
    """(key of the Secret, Flagger's words when it is missing)."""
    needs_secret = True
    """Whether the keys are required without a ``secretRef`` as well."""
    secret_keys: tuple[str, ...] = ()
    """Keys whose values no message may show, also when a service sends them back."""
    strict_obeys_skip_verify = False
    """Whether Flagger obeys ``insecureSkipVerify`` here. Ours does, unless `spec.strict`."""
    offline = "{reason}"

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        if spec.credentials is None and not cls.needs_secret:
            return ""
        return next((words for key, words in cls.required if key not in (spec.credentials or {})), "")

    async def query(self, text: str) -> Answer:
        try:
            return await self._value(text)
        except ServiceFailure as failure:
            return failure.answer

    async def is_online(self) -> Availability:
        try:
            await self._check()
        except ServiceFailure as failure:
            return Availability(self.offline.format(reason=failure.answer.reason))
        return Availability()

    @abstractmethod
    async def _value(self, text: str) -> Answer:
        """Ask for the number."""

    @abstractmethod
    async def _check(self) -> None:
        """Ask for something that only an online service answers."""

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        return (self.spec.address or self.default_address).rstrip("/")

    @property
    def verifies_tls(self) -> bool:
        """Whether the service's certificate must be good."""
        return self.spec.verify_tls or (self.spec.strict and not self.strict_obeys_skip_verify)

    def credential(self, key: str) -> str:
        """A value of the Secret, fit for a header; "" where it has none."""
        return (self.spec.credentials or {}).get(key, "").strip()

    async def send(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | list[tuple[str, str]] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most: int | None = None,
        address: str = "",
        until: re.Pattern[bytes] | None = None,
    ) -> Reply:
        """One request, at the template's `address` unless told otherwise. Raises Failure: no answer.

        A stream is read `until` that matches.
        """
        url = f"{address or self.address}{path}" + (f"?{urlencode(parameters)}" if parameters else "")
        try:
            status, answer = await fetch(
                self.cluster,
                method,
                url,
                headers=headers,
                body=body,
                timeout_s=self.timeout_s,
                verify_tls=self.verifies_tls,
                most=BYTES_MOST if most is None else most,
                until=until,
            )
        except CanarytuiError as error:
            raise ServiceFailure(f"request failed: {self.hidden(str(error))}", self.hidden(str(error))) from error
        return Reply(status, answer)

    def shown(self, reply: Reply) -> str:
        """The body for a message: neither its URLs nor our credentials, and not all of a long one."""
        return without_secrets(self.hidden(reply.text)[: 4 * _SHOWN_CHARS_MOST])[:_SHOWN_CHARS_MOST]

    def decoded(self, reply: Reply) -> dict[str, Any]:
        """The JSON object of an answer; an empty one for ``null``. Raises Failure."""
        try:
            answer = parse_json(reply.body, values_most=VALUES_MOST, constants=False)
        except ValueError as error:
            raise self.undecodable(reply, error) from error
        if answer is None:
            return {}
        if not isinstance(answer, dict):
            raise self.undecodable(reply, "no JSON object")
        return answer

    def hidden(self, text: str) -> str:
        """`text` without our credentials, which a service may send back."""
        return concealed(text, map(self.credential, self.secret_keys))

    def status_words(self, reply: Reply) -> str:
        """The status line, where Flagger's message has nothing but a mistake in its format."""
        return "%!w(<nil>)" if self.spec.strict else reply.status_line

    def undecodable(self, reply: Reply, why: object) -> ServiceFailure:
        """The failure of an answer of another form than the service documents."""
        return ServiceFailure(f"error unmarshaling result: {why}, '{self.shown(reply)}'")

    def no_values(self, reply: Reply) -> NoValues:
        return NoValues(f"invalid response: {self.shown(reply)}: {NO_VALUES}")

    def number(self, value: object, reply: Reply) -> Answer:
        """What a point of an answer says. Null is 0 for Flagger where `spec.strict`, else no value; NaN is none."""
        if value is None:
            return Value(0.0) if self.spec.strict else self.no_values(reply)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.undecodable(reply, "a value is no number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):  # 1e999: JSON has no infinity
            raise self.undecodable(reply, "a number is too large")
        return self.no_values(reply) if math.isnan(number) else Value(number)


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list; [] for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
