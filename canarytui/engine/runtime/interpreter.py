"""Carries out the effects that a decision yields against the cluster, and sends back the results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from msgspec import Struct

from canarytui.cluster import writes
from canarytui.cluster.client import Cluster
from canarytui.cluster.lost_answers import is_refusal, was_sent
from canarytui.cluster.resources import Resource
from canarytui.cluster.store import ObjectStore
from canarytui.domain.values import KubernetesObject
from canarytui.domain.write_evidence import is_object
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import Tick
from canarytui.engine.runtime.cluster_view import WatchedClusterView
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.lost_writes import TRIES, UNREAD, LostWrites, called, is_written, read_again
from canarytui.engine.runtime.meters import Meters
from canarytui.engine.runtime.notifier import Notifier
from canarytui.engine.runtime.recorder import CanaryEventRecorder
from canarytui.engine.runtime.webhooks import call_webhook
from canarytui.errors import ApiStatusError, CanarytuiError, ClusterUnreachable
from canarytui.metrics.answers import QueryFailed
from canarytui.metrics.provider_cache import ProviderCache
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.prometheus_vector import Sample, VectorSource

_CALLER = "controller/controller.go"
_EVENTS_CALLER = "controller/events.go:33"
_WARNINGS_CALLER = "controller/events.go:45"
_BUSY_MOST, _BUSY_S_MOST = 3, 10.0

Write = fx.Create | fx.Replace | fx.Patch | fx.PatchStatus
_GRACE_S = 2


class _SentWrite(Struct, frozen=True):
    """A write whose answer may be lost; `before` is the object as it was known before it, None for a new one."""

    tick: Tick
    store: ObjectStore
    namespace: str
    name: str
    effect: Write
    before: KubernetesObject | None


class Interpreter:
    """One for all canaries, so that their metric queries can be joined. Keeps no state between effects except writes
    whose outcome is unknown.

    `outside` is entered while a decision waits for a webhook or a metrics server, strictly also for a receiver of
    alerts.
    """

    def __init__(
        self,
        cluster: Cluster,
        cluster_view: WatchedClusterView,
        recorder: CanaryEventRecorder,
        notifier: Notifier,
        log: JsonLog,
        meters: Meters,
        may_act: Callable[[], bool] = lambda: True,
        outside: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        self._cluster = cluster
        self._cluster_view = cluster_view
        self._recorder = recorder
        self._notifier = notifier
        self._log = log
        self._meters = meters
        self._may_act = may_act
        self._outside = outside
        self._providers = ProviderCache(cluster, batched=True)
        self._doubts = LostWrites()

    async def run(self, tick: Tick, decision: fx.Decision[None]) -> None:
        """Drive a decision to its end, or until we may no longer act: the canary then belongs to another controller."""
        answer: Any = None
        error: Exception | None = None
        while True:
            try:
                effect = decision.throw(error) if error is not None else decision.send(answer)
            except StopIteration:
                return
            answer, error = None, None
            if not self._may_act():
                decision.close()
                return
            try:
                answer = await self._carry_out(tick, effect)
            except (fx.Conflict, fx.WriteRefused) as refused:
                error = refused

    async def _carry_out(self, tick: Tick, effect: fx.Effect) -> Any:
        match effect:
            case fx.Create() | fx.Replace() | fx.Patch() | fx.PatchStatus():
                return await self._write(tick, effect)
            case fx.Delete(kind, namespace, name):
                await self._delete(tick, self._cluster_view.store_of(kind), namespace, name)
                return None
            case fx.Say(message, warning, is_error):
                caller = _WARNINGS_CALLER if warning else _EVENTS_CALLER
                level = "error" if is_error else "info"
                self._log.line(level, caller, message, canary=tick.canary.full_name)
                self._recorder.record(tick.canary, message, warning=warning, look=tick.now)
                return None
            case fx.Log(message, caller, level):
                self._log.line(level, caller, message, canary=tick.canary.full_name)
                return None
            case fx.CallWebhook(hook, payload):
                async with self._outside():
                    return await call_webhook(self._cluster, hook, payload)
            case fx.AskMetric(provider, query):
                async with self._outside():
                    return await self._providers.get(provider).query(query)
            case fx.AskSamples(provider, query):
                async with self._outside():
                    return await self._samples(provider, query)
            case fx.CheckServer(provider):
                async with self._outside():
                    return (await self._providers.get(provider).is_online()).problem
            case fx.SendAlert():
                if not tick.settings.strict:
                    self._notifier.tell(tick, effect)
                    return None
                async with self._outside():
                    return await self._notifier.tell_as_flagger(tick, effect)
            case fx.Measure(name, value, labels):
                self._measure(tick, name, value, dict(labels))
                return None

    async def _samples(self, provider: ProviderSpec, query: str) -> list[Sample] | QueryFailed:
        server = self._providers.get(provider)
        if not isinstance(server, VectorSource):
            return QueryFailed(f"{provider.type} does not answer PromQL")
        try:
            return await server.vector(query)
        except CanarytuiError as error:
            return QueryFailed(str(error))

    def _measure(self, tick: Tick, name: str, value: float, labels: dict[str, str]) -> None:
        own = {"namespace": tick.canary.namespace}
        if "workload" not in labels:
            own["name"] = tick.canary.target_name
        record = self._meters.add if name.endswith("_total") else self._meters.set
        record(f"flagger_{name}", value, {**own, **labels})

    async def _write(self, tick: Tick, effect: Write) -> dict[str, Any]:
        store, namespace, name = _place(self._cluster_view, effect)
        sent = _SentWrite(tick, store, namespace, name, effect, store.get(namespace, name))
        try:
            stored = await self._send_when_free(effect, store.resource, namespace, name)
            lost = f"the answer to a write of {called(namespace, name)} was no object"
        except ApiStatusError as error:
            if is_refusal(error):
                raise fx.WriteRefused(str(error)) from error
            stored, lost = {}, str(error)
            if error.is_status and error.code == 409:
                return await self._after_conflict(sent, lost)
        except ClusterUnreachable as error:
            if not was_sent(error):
                raise fx.WriteRefused(str(error)) from error
            stored, lost = {}, str(error)
        if is_object(stored, name):
            store.put(stored)
            return stored
        return await self._after_loss(sent, lost)

    async def _delete(self, tick: Tick, store: ObjectStore, namespace: str, name: str) -> None:
        """Read again afterwards whatever the answer was, so that what follows sees the object gone."""
        kept = f"{called(namespace, name)} is still there"
        try:
            await writes.delete(self._cluster, store.resource, namespace, name, grace_s=_GRACE_S)
        except ApiStatusError as error:
            if is_refusal(error) and error.code != 404:
                raise fx.WriteRefused(str(error)) from error
            kept = str(error)
        except ClusterUnreachable as error:
            if not was_sent(error):
                raise fx.WriteRefused(str(error)) from error
            kept = str(error)
        found = await read_again(self._cluster, store, namespace, name)
        if found is UNREAD:
            self._doubts.add((tick.canary.namespace, tick.canary.name), store, namespace, name)
            raise fx.WriteRefused(kept)
        if found is not None and not found["metadata"].get("deletionTimestamp"):
            raise fx.WriteRefused(kept)

    async def _after_conflict(self, sent: _SentWrite, lost: str) -> dict[str, Any]:
        """The object if it is as we wanted it: the conflict may be with our own write, retried by a proxy."""
        found = await self._as_written(sent, lost, tries=1)
        if found is None:
            raise fx.Conflict(lost)
        return found

    async def _after_loss(self, sent: _SentWrite, lost: str) -> dict[str, Any]:
        """The object if it was written after all. While it cannot be read, the outcome stays unknown."""
        found = await self._as_written(sent, lost)
        if found is None:
            raise fx.WriteRefused(lost)
        place = called(sent.namespace, sent.name)
        text = f"the answer to a write of {place} was lost ({lost}): it was read again, and is written"
        self._log.line("warn", _CALLER, text, canary=sent.tick.canary.full_name)
        return found

    async def _as_written(self, sent: _SentWrite, lost: str, tries: int = TRIES) -> dict[str, Any] | None:
        """The object, read again, if it is as we wanted it. Raises WriteRefused, with a doubt: it cannot be read."""
        found = await read_again(self._cluster, sent.store, sent.namespace, sent.name, tries=tries)
        if found is UNREAD:
            canary = sent.tick.canary
            self._doubts.add((canary.namespace, canary.name), sent.store, sent.namespace, sent.name)
            raise fx.WriteRefused(lost)
        return found if found is not None and is_written(sent.effect, sent.before, found) else None

    async def settle(self, key: tuple[str, str]) -> str:
        """Read the objects whose earlier writes got no answer; returns why they cannot be read, or ""."""
        return await self._doubts.settle(self._cluster, key)

    def forget(self, key: tuple[str, str]) -> None:
        """Drop what is kept for a canary that is gone."""
        self._doubts.forget(key)

    async def _send_when_free(self, effect: Write, resource: Resource, namespace: str, name: str) -> dict[str, Any]:
        """Send a write. A 429 means that it was not carried out: retry after the time that the server names."""
        for _ in range(_BUSY_MOST):
            try:
                return await self._send(effect, resource, namespace, name)
            except ApiStatusError as error:
                if error.code != 429:
                    raise
                await asyncio.sleep(min(error.retry_after_s or 1.0, _BUSY_S_MOST))
                if not self._may_act():
                    raise
        return await self._send(effect, resource, namespace, name)

    async def _send(
        self,
        effect: Write,
        resource: Resource,
        namespace: str,
        name: str,
    ) -> dict[str, Any]:
        match effect:
            case fx.Create(obj):
                return await writes.create(self._cluster, resource, obj)
            case fx.Replace(obj):
                return await writes.replace(self._cluster, resource, obj)
            case fx.Patch(patch=patch):
                return await writes.merge_patch(self._cluster, resource, namespace, name, patch)
            case fx.PatchStatus(resource_version=version, status=status):
                body = {"metadata": {"resourceVersion": version}, "status": status}
                return await writes.merge_patch(self._cluster, resource, namespace, name, body, subresource="status")


def _place(cluster_view: WatchedClusterView, effect: Write) -> tuple[ObjectStore, str, str]:
    if isinstance(effect, fx.PatchStatus):
        return cluster_view.canaries, effect.namespace, effect.name
    if isinstance(effect, fx.Patch):
        return cluster_view.store_of(effect.kind), effect.namespace, effect.name
    metadata = effect.obj["metadata"]
    return cluster_view.store_for(effect.obj), metadata.get("namespace") or "", metadata["name"]
