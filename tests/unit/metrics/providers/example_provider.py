"""A metric service that nobody runs, as the one file that adding a metric provider takes: the pattern for a real one.

``GET ADDRESS/value?query=…&window=INTERVAL`` with an ``X-Example-Key`` answers ``{"value": number or null}``.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from canarytui.cluster.service_http import ProviderUnreachable, fetch
from canarytui.metrics.answers import Answer, Availability, NoValues, QueryFailed, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import MetricProvider

KEY = "example_key"


class ExampleProvider(MetricProvider):
    """`spec.credentials` may hold an ``example_key``."""

    takes_interval = True

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        if not spec.address:
            return "example endpoint is not set"
        if spec.credentials is not None and KEY not in spec.credentials:
            return f"example credentials does not contain {KEY}"
        return ""

    async def query(self, text: str) -> Answer:
        try:
            status, body = await self._get("value", {"query": text, "window": self.spec.interval})
        except ProviderUnreachable as error:
            return QueryFailed(f"request failed: {error}", str(error))
        if status != 200:
            return QueryFailed(f"error response: {body.decode()}")
        value = json.loads(body)["value"]
        if value is None:
            return Value(0.0) if self.spec.strict else NoValues(f"invalid response: {body.decode()}: no values found")
        return Value(float(value))

    async def is_online(self) -> Availability:
        status, body = await self._get("health", {})
        return Availability() if status == 200 else Availability(f"error response: {body.decode()}")

    async def _get(self, endpoint: str, parameters: dict[str, str]) -> tuple[int, bytes]:
        headers = {"X-Example-Key": (self.spec.credentials or {}).get(KEY, "")}
        return await fetch(
            self.cluster,
            "GET",
            f"{self.spec.address}/{endpoint}?{urlencode(parameters)}",
            headers=headers,
            verify_tls=self.spec.verify_tls,
        )
