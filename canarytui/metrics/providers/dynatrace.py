"""Dynatrace's metrics API v2: ``GET /api/v2/metrics/query``.

https://docs.dynatrace.com/docs/dynatrace-api/environment-api/metric-v2/get-data-points
"""

from __future__ import annotations

from canarytui.metrics.answers import Answer
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.rest_provider import ServiceFailure, objects
from canarytui.metrics.providers.sampled_history import SampledHistoryProvider
from canarytui.metrics.time_window import interval_error, time_window

_TOKEN = "dynatrace_token"


class DynatraceProvider(SampledHistoryProvider):
    """`spec.credentials` are an API token with scope metrics.read."""

    takes_interval = True
    pause_s = 30.0
    required = ((_TOKEN, f"dynatrace credentials does not contain {_TOKEN}"),)
    secret_keys = (_TOKEN,)

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        if not spec.address:
            return "dynatrace endpoint is not set"
        return super().configuration_error(spec) or interval_error(spec.interval)

    async def _value_at(self, text: str, at_s: float | None) -> Answer:
        """One value for the whole window: of the first result, in its last series the first."""
        window = time_window(self.spec.interval, self.clock() if at_s is None else at_s)
        parameters = {
            "metricSelector": text,
            "resolution": "Inf",
            "from": str(window.start * 1000),
            "to": str(window.end * 1000),
        }
        reply = await self.send("GET", "/api/v2/metrics/query", parameters, headers=self._headers())
        if reply.status != 200:
            raise ServiceFailure(f"error response: {self.shown(reply)}: {self.status_words(reply)}")
        results = objects(self.decoded(reply).get("result"))
        series = objects(results[0].get("data")) if results else []
        values = series[-1].get("values") if series else None
        if not isinstance(values, list) or not values:
            return self.no_values(reply)
        return self.number(values[0], reply)

    async def _check(self) -> None:
        reply = await self.send("GET", "/api/v2/metrics", {"pageSize": "1"}, headers=self._headers())
        if reply.status != 200:
            raise ServiceFailure(f"error response: {self.shown(reply)}")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Api-Token {self.credential(_TOKEN)}"}
