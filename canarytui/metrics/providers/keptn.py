"""Keptn's metrics operator: a KeptnMetric's value, or whether an Analysis passes.

https://keptn.sh/stable/docs/reference/crd-reference/metric/

Both are objects of the cluster, read and made with the rights that we have there: the template has neither address nor
Secret.
"""

from __future__ import annotations

import asyncio
import math
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct, field

from canarytui.cluster.bounded_responses import MIB
from canarytui.cluster.resources import Resource
from canarytui.domain.values import as_mapping
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import NO_VALUES, Answer, Availability, NoValues, QueryFailed, Value
from canarytui.metrics.providers.base import ApiRight, MetricProvider

METRICS = Resource("metrics.keptn.sh", "v1beta1", "keptnmetrics", "KeptnMetric")
ANALYSES = Resource("metrics.keptn.sh", "v1beta1", "analyses", "Analysis")

LOOKS = 10
LOOK_EVERY_S = 1.0
_BYTES_MOST = 2 * MIB
_SHOWN_CHARS_MOST = 1000
_FORM = "keptnmetric/NAMESPACE/NAME or analysis/NAMESPACE/NAME[/DURATION[/KEY=VALUE;KEY=VALUE]]"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?|inf|infinity|nan)", re.ASCII | re.IGNORECASE)


class KeptnQuery(Struct, frozen=True):
    """What a query names; `duration` and `arguments` are an Analysis'."""

    resource: Resource
    namespace: str
    name: str
    duration: str = "1m"
    arguments: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class _Failed(Exception):
    """A query without a value; the text says why."""


class KeptnProvider(MetricProvider):
    """An Analysis takes up to ten seconds, and is deleted however it ends."""

    rights = (
        ApiRight(METRICS.group, (METRICS.plural,), ("get",)),
        ApiRight(ANALYSES.group, (ANALYSES.plural,), ("create", "get", "delete")),
    )
    timeout_s = 10.0
    pause: Callable[[float], Awaitable[None]] = staticmethod(asyncio.sleep)
    """Between two looks at an Analysis."""

    @property
    def asks_own_cluster(self) -> bool:
        return True

    def asking_writes(self, text: str) -> bool:
        try:
            return keptn_query(text).resource is ANALYSES
        except ValueError:
            return False

    async def query(self, text: str) -> Answer:
        try:
            asked = keptn_query(text.lower() if self.spec.strict else text)
        except ValueError as error:
            return QueryFailed(f"{error}: a query is {_FORM}")
        try:
            return await (self._analysed(asked) if asked.resource is ANALYSES else self._measured(asked))
        except _Failed as failed:
            return QueryFailed(str(failed)[:_SHOWN_CHARS_MOST])

    async def is_online(self) -> Availability:
        """Always, as for Flagger: there is nothing to ask but the objects themselves."""
        return Availability()

    async def _measured(self, asked: KeptnQuery) -> Answer:
        try:
            found = await self._request("GET", METRICS.path(asked.namespace, asked.name), self.timeout_s)
        except CanarytuiError as error:
            raise _Failed(f"could not retrieve KeptnMetric {asked}: {error}") from error
        status = as_mapping(found.get("status"))
        trouble = str(status.get("errMsg") or "")
        if trouble and not self.spec.strict:  # the value is then one of earlier
            raise _Failed(f"could not retrieve KeptnMetric {asked}: {trouble}")
        text = str(status.get("value") or "")
        if not text:
            raise _Failed(f"could not retrieve KeptnMetric - no value found in resource {asked}")
        if not _NUMBER.fullmatch(text):
            wrong = f'strconv.ParseFloat: parsing "{text}": invalid syntax'
            raise _Failed(f"could not parse value of KeptnMetric {asked} to float: {wrong}")
        number = float(text)
        if math.isnan(number) and not self.spec.strict:
            return NoValues(f"KeptnMetric {asked} is NaN: {NO_VALUES}")
        return Value(number)

    async def _analysed(self, asked: KeptnQuery) -> Answer:
        """1 when the Analysis passes, else 0."""
        name = f"{asked.name}-{secrets.token_hex(3)}"
        spec = {
            "analysisDefinition": {"name": asked.name},
            "timeframe": {"recent": asked.duration},
            "args": asked.arguments,
        }
        made = {
            "apiVersion": ANALYSES.api_version,
            "kind": ANALYSES.kind,
            "metadata": {"name": name, "namespace": asked.namespace},
            "spec": spec,
        }
        try:
            try:
                async with asyncio.timeout(self.timeout_s):
                    await self._request("POST", ANALYSES.path(asked.namespace), self.timeout_s, made)
                    status = await self._completed(asked, name)
            except TimeoutError:
                status = None
            except CanarytuiError as error:
                raise _Failed(f"could not run Keptn Analysis {asked}: {error}") from error
        finally:
            await self._deleted(asked, name)
        if status is None:
            raise _Failed(f"encountered timeout while waiting for Keptn Analysis {asked} to be finished")
        return Value(1.0 if status.get("pass") is True else 0.0)

    async def _completed(self, asked: KeptnQuery, name: str) -> Mapping[str, Any] | None:
        """The status of an Analysis that is done; None when it is not in time."""
        for _ in range(LOOKS):
            await self.pause(LOOK_EVERY_S)
            found = await self._request("GET", ANALYSES.path(asked.namespace, name), self.timeout_s)
            status = as_mapping(found.get("status"))
            if status.get("state") == "Completed":
                return status
        return None

    async def _deleted(self, asked: KeptnQuery, name: str) -> None:
        """One that was never made, because that was refused or went unanswered, is deleted in vain."""
        try:
            await self._request("DELETE", ANALYSES.path(asked.namespace, name), self.timeout_s)
        except CanarytuiError:
            return  # the answer is known, and Keptn's own retention deletes what stays

    async def _request(self, method: str, path: str, timeout_s: float, body: object = None) -> dict[str, Any]:
        return await self.cluster.request(method, path, body=body, timeout_s=timeout_s, most=_BYTES_MOST)


def keptn_query(text: str) -> KeptnQuery:
    """What `text` names. Kind, namespace and name are taken in any case.

    Raises:
        ValueError: it has another form.
    """
    parts = text.strip().split("/", 4)
    if len(parts) < 3:
        raise ValueError(f"unexpected query {text.strip()!r}")
    kind, namespace, name = (part.lower() for part in parts[:3])
    if not _NAME.fullmatch(namespace) or not _NAME.fullmatch(name):
        raise ValueError(f"unexpected name in query {text.strip()!r}")
    if kind in ("keptnmetric", "keptnmetrics"):
        return KeptnQuery(METRICS, namespace, name)
    if kind not in ("analysis", "analyses"):
        raise ValueError(f"unexpected kind {kind!r} in query")
    duration = parts[3] if len(parts) > 3 and parts[3] else "1m"
    pairs = [pair.partition("=") for pair in (parts[4] if len(parts) > 4 else "").split(";") if pair]
    if any(not sign for _, sign, _ in pairs):
        raise ValueError(f"unexpected argument without a value in query {text.strip()!r}")
    return KeptnQuery(ANALYSES, namespace, name, duration, {key: value for key, _, value in pairs})
