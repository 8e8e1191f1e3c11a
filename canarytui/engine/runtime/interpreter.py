"""Carries out what a decision yields, against the cluster, and sends back what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from canarytui.cluster import writes
from canarytui.cluster.connect import Cluster
from canarytui.cluster.resources import Resource
from canarytui.cluster.store import Store
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import Tick
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.meters import Meters
from canarytui.engine.runtime.notifier import Notifier
from canarytui.engine.runtime.recorder import EventRecorder
from canarytui.engine.runtime.webhooks import call_webhook
from canarytui.engine.runtime.world import ClusterWorld
from canarytui.errors import ApiStatusError, ClusterUnreachable
from canarytui.metrics import prometheus
from canarytui.metrics.batch import Batch

_EVENTS_CALLER = "controller/events.go:33"
_WARNINGS_CALLER = "controller/events.go:45"
_BUSY_MOST, _BUSY_S_MOST = 3, 10.0

Write = fx.Create | fx.Replace | fx.Patch | fx.PatchStatus


class Interpreter:
    """One for all canaries, whose metric queries it joins; keeps nothing between effects.

    `outside` is entered while a decision waits for a webhook or a metrics server.
    """

    def __init__(
        self,
        cluster: Cluster,
        world: ClusterWorld,
        recorder: EventRecorder,
        notifier: Notifier,
        log: JsonLog,
        meters: Meters,
        may_act: Callable[[], bool] = lambda: True,
        outside: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        self._cluster = cluster
        self._world = world
        self._recorder = recorder
        self._notifier = notifier
        self._log = log
        self._meters = meters
        self._may_act = may_act
        self._outside = outside
        self._queries = Batch(cluster)

    async def run(self, tick: Tick, decision: fx.Decision[None]) -> None:
        """Drive a decision to its end, or as far as we may act: after that it belongs to another controller."""
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
            except (fx.Conflict, fx.Refused) as refused:
                error = refused

    async def _carry_out(self, tick: Tick, effect: fx.Effect) -> Any:
        match effect:
            case fx.Create() | fx.Replace() | fx.Patch() | fx.PatchStatus():
                return await self._write(effect)
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
            case fx.AskMetric(server, query):
                async with self._outside():
                    return await self._queries.ask(server, query)
            case fx.CheckServer(server):
                async with self._outside():
                    return await prometheus.check_online(self._cluster, server)
            case fx.Alert():
                self._notifier.tell(tick, effect)
                return None
            case fx.Measure(name, value, labels):
                self._measure(tick, name, value, dict(labels))
                return None

    def _measure(self, tick: Tick, name: str, value: float, labels: dict[str, str]) -> None:
        own = {"namespace": tick.canary.namespace}
        if "workload" not in labels:
            own["name"] = tick.canary.target_name
        record = self._meters.add if name.endswith("_total") else self._meters.set
        record(f"flagger_{name}", value, {**own, **labels})

    async def _write(self, effect: Write) -> dict[str, Any]:
        store, namespace, name = _place(self._world, effect)
        try:
            stored = await self._send_when_free(effect, store.resource, namespace, name)
        except ApiStatusError as error:
            if error.code == 409:
                await self._read_anew(store, namespace, name)
                raise fx.Conflict(str(error)) from error
            raise fx.Refused(str(error)) from error
        except ClusterUnreachable as error:
            raise fx.Refused(str(error)) from error
        store.put(stored)
        return stored

    async def _send_when_free(self, effect: Write, resource: Resource, namespace: str, name: str) -> dict[str, Any]:
        """A server that has too much to do (429) has not done it, and is asked again when it says."""
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

    async def _read_anew(self, store: Store, namespace: str, name: str) -> None:
        """Let the world show what somebody else has written."""
        try:
            store.put(await self._cluster.request("GET", store.resource.path(namespace, name)))
        except ApiStatusError as error:
            known = store.get(namespace, name)
            if error.code == 404 and known is not None:
                store.remove(known)
        except ClusterUnreachable as error:
            raise fx.Refused(str(error)) from error


def _place(world: ClusterWorld, effect: Write) -> tuple[Store, str, str]:
    if isinstance(effect, fx.PatchStatus):
        return world.canaries, effect.namespace, effect.name
    if isinstance(effect, fx.Patch):
        return world.store_of(effect.kind), effect.namespace, effect.name
    metadata = effect.obj["metadata"]
    return world.store_for(effect.obj), metadata["namespace"], metadata["name"]
