"""Expiry: Events after an hour, pods whose node does not exist."""

from __future__ import annotations

from datetime import timedelta

from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import EVENTS, NODES, PODS, Manifest, is_terminating, key_of
from canarytui.sandbox.values import NamespacedName, parse_timestamp

EVENT_TTL_S = 3600.0
NODE_GRACE_S = 40.0
"""How long a pod may be bound to a missing node: its kubelet may be about to register it."""


class EventExpiryController(Controller):
    """Removes each Event an hour after it was last seen."""

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._events = client.cache(EVENTS)
        self.watch(EVENTS)

    def reconcile(self, key: NamespacedName) -> None:
        event = self._events.get(*key)
        if event is None:
            return
        left_s = EVENT_TTL_S - (self.clock.now() - parse_timestamp(_last_seen(event))).total_seconds()
        if left_s > 0:
            self.queue.add_after(key, left_s)
        else:
            self.client.delete(EVENTS, event)


def _last_seen(event: Manifest) -> str:
    series = event.get("series") or {}
    seen: str = (
        series.get("lastObservedTime")
        or event.get("lastTimestamp")
        or event.get("eventTime")
        or event["metadata"]["creationTimestamp"]
    )
    return seen


class PodExpiryController(Controller):
    """Deletes pods that no kubelet will ever terminate."""

    component = "pod-garbage-collector"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._pods = client.cache(PODS)
        self._nodes = client.cache(NODES)
        self.watch(PODS)
        self._nodes.subscribe(self._node_changed)

    def _node_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        if after is None and before is not None:
            for pod in self._pods:
                if pod["spec"].get("nodeName") == before["metadata"]["name"]:
                    self.queue.add(key_of(pod))

    def reconcile(self, key: NamespacedName) -> None:
        pod = self._pods.get(*key)
        node = pod["spec"].get("nodeName") if pod is not None else None
        if pod is None or not node or self._nodes.get("", node) is not None:
            return
        began = parse_timestamp(pod["metadata"]["creationTimestamp"])
        left_s = (began + timedelta(seconds=NODE_GRACE_S) - self.clock.now()).total_seconds()
        if left_s > 0 and not is_terminating(pod):
            self.queue.add_after(key, left_s)
        else:
            self.client.delete(PODS, pod, grace_period_s=0)
