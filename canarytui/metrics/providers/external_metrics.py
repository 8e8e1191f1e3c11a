"""Kubernetes' external metrics API, and so whatever serves it: KEDA, the Datadog agent, prometheus-adapter.

https://kubernetes.io/docs/reference/external-api/external-metrics.v1beta1/
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote, urlsplit

from msgspec import Struct

from canarytui.cluster.api_status import status_error
from canarytui.errors import CanarytuiError
from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, Value
from canarytui.metrics.providers.base import ApiRight
from canarytui.metrics.providers.rest_provider import BYTES_MOST, Reply, RestProvider, ServiceFailure
from canarytui.metrics.quantity import quantity

_GROUP = "external.metrics.k8s.io"
_ROOT = f"/apis/{_GROUP}/v1beta1"
_DEFAULT_NAMESPACE = "default"
_TOKEN = "token"
_OWN_NAMES = frozenset({"kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"})

_KEY = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
_LABEL = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_REQUIREMENT = re.compile(
    rf"!?\s*{_KEY}|{_KEY}\s*(?:=|==|!=)\s*{_LABEL}|{_KEY}\s*[<>]\s*-?\d+"
    rf"|{_KEY}\s+(?:in|notin)\s*\(\s*{_LABEL}(?:\s*,\s*{_LABEL})*\s*\)"
)
_PART = re.compile(r"(?:[^,()]|\([^)]*\))+")


class ExternalMetric(Struct, frozen=True):
    """What a query ``[NAMESPACE/]METRIC[?labelSelector=SELECTOR]`` names."""

    namespace: str
    name: str
    selector: str = ""

    @property
    def path(self) -> str:
        namespace, name = (quote(each, safe="", errors="replace") for each in (self.namespace, self.name))
        return f"{_ROOT}/namespaces/{namespace}/{name}"


class ExternalMetricsProvider(RestProvider):
    """Without an address, or with the API server's own, the cluster is asked with the rights that we have there.

    Any other address gets the Secret's ``token`` or no credentials at all: never our own.
    """

    needs_secret = False
    secret_keys = (_TOKEN,)
    strict_obeys_skip_verify = True
    offline = "external metrics service unavailable: {reason}"
    rights = (ApiRight(_GROUP, ("*",), ("list",)),)

    async def _value(self, text: str) -> Answer:
        """The first item's quantity."""
        try:
            metric = external_metric(text)
        except ValueError as error:
            raise ServiceFailure(f"error parsing metric query: {error}") from error
        selector = {"labelSelector": metric.selector} if metric.selector else {}
        try:
            reply = await self._get(metric.path, {**selector, "timeout": f"{self.timeout_s:g}s"})
            value = self._first(reply)
        except ServiceFailure as failure:
            said = failure.answer
            raise ServiceFailure(
                f"error querying external metrics API: {said.reason}", said.detail or said.reason
            ) from None
        if value is _NO_ITEMS:
            return NoValues(f"no external metrics found: {NO_VALUES}")
        if value is None:  # Go's zero quantity
            return Value(0.0) if self.spec.strict else self.no_values(reply)
        try:
            return Value(quantity(str(value)))
        except ValueError as error:
            raise self.undecodable(reply, error) from error

    async def _check(self) -> None:
        """Flagger lists a metric that nobody has, which some adapters refuse although they are well, and which needs
        rights in kube-system; ours asks whether the API is served at all."""
        if self.spec.strict:
            await self._get(f"{_ROOT}/namespaces/kube-system/dummy-metric", {"timeout": f"{self.timeout_s:g}s"})
        else:
            await self._get(_ROOT, {})

    async def _get(self, path: str, parameters: dict[str, str]) -> Reply:
        """Raises Failure: no answer, or one of 400 and up, with the API's own message."""
        if self.asks_own_cluster:
            try:
                status, body, _ = await self.cluster.request_raw(
                    "GET", path, query=parameters, timeout_s=self.timeout_s, most=BYTES_MOST
                )
            except CanarytuiError as error:
                raise ServiceFailure(str(error)) from error
            reply = Reply(status, body)
        else:
            token = self.credential(_TOKEN)
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            reply = await self.send("GET", path, parameters, headers=headers)
        if reply.status >= 400:
            said = str(status_error(reply.status, reply.body))
            raise ServiceFailure(self.shown(Reply(reply.status, said.encode())) or reply.status_line)
        return reply

    def _first(self, reply: Reply) -> object:
        answer = self.decoded(reply)
        items = answer.get("items")
        if items is not None and not isinstance(items, list):
            raise self.undecodable(reply, "items is no list")
        if not items:
            return _NO_ITEMS
        if not isinstance(items[0], dict):
            raise self.undecodable(reply, "an item is no object")
        return items[0].get("value")

    @property
    def asks_own_cluster(self) -> bool:
        if not self.spec.address:
            return True
        try:
            ours, theirs = urlsplit(self.cluster.server), urlsplit(self.spec.address)
            named = theirs.scheme == "https" and theirs.hostname in _OWN_NAMES and theirs.port in (None, 443)
            same = (ours.scheme, ours.hostname, ours.port) == (theirs.scheme, theirs.hostname, theirs.port)
        except ValueError:
            return False
        return named or same


_NO_ITEMS = object()


def external_metric(text: str) -> ExternalMetric:
    """What `text` names.

    Raises:
        ValueError: it has another form; the text says which.
    """
    path, _, query = text.strip().partition("?")
    parts = [unquote(part) for part in path.split("/")]
    if len(parts) > 2:
        raise ValueError(f"{path!r} is not [NAMESPACE/]METRIC")
    name = parts[-1]
    namespace = parts[0] if len(parts) == 2 and parts[0] else _DEFAULT_NAMESPACE
    if not name:
        raise ValueError("metric name is empty")
    for part in (namespace, name):
        if part in (".", "..") or any(sign in part for sign in "/%\\") or not part.isprintable():
            raise ValueError(f"{part!r} is no name")
    return ExternalMetric(namespace, name, _selector(parse_qs(query).get("labelSelector", [""])[0]))


def _selector(text: str) -> str:
    found = [part.strip() for part in _PART.findall(text)] if text.strip() else []
    wrong = next((part for part in found if not _REQUIREMENT.fullmatch(part)), None)
    if wrong is not None or (text.strip() and len(text) != sum(map(len, _PART.findall(text))) + len(found) - 1):
        raise ValueError(f"unable to parse requirement: {(wrong or text)!r}")
    return ",".join(found)
