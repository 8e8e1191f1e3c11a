"""Splunk Observability Cloud: a SignalFlow program, computed over the last ten intervals.

https://dev.splunk.com/observability/reference/api/signalflow/latest

Flagger speaks the websocket of that API; here the program is sent in one request, and its event stream is read to the
end of the channel. Program, window and token are the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from canarytui.domain.text.bounded import parse_json
from canarytui.metrics.answers import NO_VALUES, SEVERAL_VALUES, Answer, NoValues, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.rest_provider import VALUES_MOST, Reply, ServiceFailure
from canarytui.metrics.providers.sampled_history import SampledHistoryProvider
from canarytui.metrics.time_window import interval_error, time_window

_TOKEN = "sf_token_key"
_END = re.compile(rb'"(?:END_OF_CHANNEL|CHANNEL_ABORT)".{0,2000}?\n\r?\n', re.DOTALL)
_FAILED = "error executing query: {reason}"


class SplunkProvider(SampledHistoryProvider):
    """The template's address is that of the realm's API: ``https://api.REALM.signalfx.com``."""

    takes_interval = True
    pause_s = 30.0
    timeout_s = 15.0
    required = ((_TOKEN, f"splunk credentials does not contain {_TOKEN}"),)
    secret_keys = (_TOKEN,)

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        if not spec.address:
            return "splunk endpoint is not set"
        return super().configuration_error(spec) or interval_error(spec.interval)

    async def _value_at(self, text: str, at_s: float | None) -> Answer:
        """The last point of the only series that has one."""
        window = time_window(self.spec.interval, self.clock() if at_s is None else at_s)
        parameters = {"start": str(window.start * 1000), "stop": str(window.end * 1000), "immediate": "true"}
        try:
            reply = await self.send(
                "POST",
                "/v2/signalflow/execute",
                parameters,
                headers={**self._headers(), "Content-Type": "text/plain"},
                body=text.encode(),
                address=_stream_address(self.address),
                until=_END,
            )
        except ServiceFailure as failure:
            said = failure.answer
            raise ServiceFailure(_FAILED.format(reason=said.reason), said.detail) from failure
        if reply.status != 200:
            raise self._refused(reply)
        last = self._last_values(reply)
        if len(last) > 1:
            raise ServiceFailure(f"invalid response: {SEVERAL_VALUES}")
        number = next(iter(last.values()), None)
        if number is None or (math.isnan(number) and not self.spec.strict):
            return NoValues(f"invalid response: {NO_VALUES}")
        return Value(number)

    async def _check(self) -> None:
        address = _api_address(self.address)
        reply = await self.send("GET", "/v2/metric", {"limit": "1"}, headers=self._headers(), address=address)
        if reply.status != 200:
            raise ServiceFailure(f"error response: {self.shown(reply)}")

    def _headers(self) -> dict[str, str]:
        return {"X-SF-Token": self.credential(_TOKEN)}

    def _last_values(self, reply: Reply) -> dict[str, float]:
        """The last value of each time series that has one. Raises Failure: the computation failed."""
        last: dict[str, float] = {}
        understood = 0
        for kind, message in self._messages(reply):
            understood += 1
            if kind == "data":
                points = message.get("data")
                for point in points if isinstance(points, list) else ():
                    number = _number(point)
                    if number is not None:
                        last[str(point.get("tsId"))] = number
            elif kind == "error" or message.get("type") == "error":
                raise self._failure(message, str(message.get("error") or ""))
            elif message.get("event") == "CHANNEL_ABORT" and not self.spec.strict:
                raise ServiceFailure(_FAILED.format(reason=f"aborted: {self._told(_aborted(message))}"))
        if not understood and not self.spec.strict:
            raise self.undecodable(reply, "no event stream")
        return last

    def _messages(self, reply: Reply) -> Iterator[tuple[str, dict[str, Any]]]:
        """(kind, content) of each event; what is no JSON object is passed over, as Flagger does."""
        for event in re.split(r"\r?\n\r?\n", reply.text):
            fields = [line.partition(":")[::2] for line in event.splitlines()]
            kind = "".join(value.strip() for name, value in fields if name == "event")
            data = "\n".join(value for name, value in fields if name == "data")
            try:
                message = parse_json(data.encode(), values_most=VALUES_MOST)
            except ValueError:
                continue
            if isinstance(message, dict):
                yield kind, message

    def _refused(self, reply: Reply) -> ServiceFailure:
        try:
            message = parse_json(reply.body, values_most=VALUES_MOST)
        except ValueError:
            message = None
        if not isinstance(message, dict) or "message" not in message:
            return ServiceFailure(_FAILED.format(reason=f"{reply.status_line}: {self.shown(reply)}"))
        return self._failure(message, str(reply.status))

    def _failure(self, message: dict[str, Any], code: str) -> ServiceFailure:
        kind = f" ({self._told(message['errorType'])})" if message.get("errorType") else ""
        return ServiceFailure(_FAILED.format(reason=f"{code}{kind}: {self._told(message.get('message'))}"))

    def _told(self, text: object) -> str:
        """As much of `text` as a message may show."""
        return self.shown(Reply(200, str(text or "").encode()))


def _stream_address(address: str) -> str:
    """Where programs are run: the API's host with ``stream`` for ``api``; a websocket's address is taken as well."""
    return _over_http(address).replace("api", "stream", 1)


def _api_address(address: str) -> str:
    over_http = _over_http(address)
    return over_http.replace("stream", "api", 1) if over_http != address else address


def _over_http(address: str) -> str:
    return re.sub(r"\Aws", "http", address)


def _aborted(message: dict[str, Any]) -> str:
    info = message.get("abortInfo")
    return json.dumps(info) if info else "no reason is given"


def _number(point: object) -> float | None:
    value = point.get("value") if isinstance(point, dict) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
