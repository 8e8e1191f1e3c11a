"""What is known of one canary only while it is open: pods, replica sets, services, scalers, configs, logs.

Data and no IO: ``canary_detail_watch`` fills it from a cluster, the demo fixture and the tests by hand, and the detail
screen draws it. A kind that may not be read has a sentence in `refusals`, and the rest is there all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from canarytui.cluster.resources import DAEMONSETS, DEPLOYMENTS
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.selection import provider_of
from canarytui.domain.values import KubernetesObject, NamespacedName, parse_time
from canarytui.domain.workloads.tree import Holdings
from canarytui.session.log_lines import LogBuffer
from canarytui.session.rollout_numbers import RolloutNumbers
from canarytui.session.state import ClusterState

NO_LOGS = ""
"""No logs are followed."""


class Reading(Struct, frozen=True):
    """A check of the primary's: its value, or why there is none. `query` is the PromQL that was asked."""

    value: float | None
    at: datetime | None = None
    problem: str = ""
    query: str = ""


class CanaryDetail:
    """Of the canary `key`. `revision` rises with every change.

    Attributes:
        refusals: by kind, the sentence that says why objects of that kind cannot be read.
        configs: by (kind, name), whether a ConfigMap or Secret exists; contents are never read.
        primary_readings: the primary's own success rate and duration, by check.
        numbers: requests, response times and resources of canary and primary.
        logs_of: whose logs are wanted (``canary``, ``primary``, ``both``, ``controller``), "" for nobody's.
        logs_before: the logs of the containers' previous instances, from before their last restart, are wanted.
        wished: set when `logs_of` or `logs_before` changed.
    """

    def __init__(self, key: NamespacedName) -> None:
        self.key = key
        self.revision = 0
        self.refusals: dict[str, str] = {}
        self.configs: dict[tuple[str, str], bool] = {}
        self.primary_readings: dict[str, Reading] = {}
        self.numbers = RolloutNumbers()
        self.logs = LogBuffer()
        self.logs_of = NO_LOGS
        self.logs_before = False
        self.wished = asyncio.Event()
        self._objects: dict[tuple[str, str], list[KubernetesObject]] = {}
        self._known: dict[str, set[str]] = {}

    def touch(self) -> None:
        """Count a change that was made to an attribute."""
        self.revision += 1

    def take(self, kind: str, part: str, objects: Iterable[KubernetesObject]) -> None:
        """Take in all objects of `kind` that one watch (`part`) knows: they replace what it knew before."""
        self._objects[kind, part] = list(objects)
        self._known.setdefault(kind, set()).add(part)
        self.refusals.pop(kind, None)
        self.revision += 1

    def refuse(self, kind: str, sentence: str) -> None:
        """Objects of `kind` cannot be read; "" when they can again."""
        if self.refusals.get(kind, "") == sentence:
            return
        if sentence:
            self.refusals[kind] = sentence
        else:
            self.refusals.pop(kind, None)
        self.revision += 1

    def ask_logs(self, whose: str, *, before: bool = False) -> None:
        """Follow other logs, or none (""); with `before` those from before the containers' last restart."""
        if (whose, before) != (self.logs_of, self.logs_before):
            self.logs_of, self.logs_before = whose, before
            self.logs.clear()
            self.wished.set()
            self.revision += 1

    def objects(self, kind: str, part: str | None = None) -> list[KubernetesObject]:
        """What is known of `kind`, each object once; of one watch when `part` is given."""
        found: dict[str, KubernetesObject] = {}
        for (known_kind, known_part), objects in self._objects.items():
            if known_kind == kind and part in (None, known_part):
                for obj in objects:
                    found.setdefault(name_of(obj), obj)
        return list(found.values())

    def is_known(self, kind: str) -> bool:
        """Whether objects of `kind` have been read and still may be."""
        return bool(self._known.get(kind)) and kind not in self.refusals

    def pod_warnings(self) -> dict[str, str]:
        """The last warning about each pod, cleaned, by the pod's name."""
        latest: dict[str, tuple[datetime | None, str]] = {}
        for event in self.objects("Event"):
            involved = event.get("involvedObject")
            if event.get("type") != "Warning" or not isinstance(involved, Mapping):
                continue
            name = str(involved.get("name") or "")
            at = parse_time(event.get("lastTimestamp")) or parse_time(event.get("eventTime"))
            known = latest.get(name)
            if known is None or known[0] is None or (at is not None and at >= known[0]):
                latest[name] = (at, clean(event.get("message"), 300))
        return {name: said for name, (_, said) in latest.items()}

    def holdings(self, cluster_state: ClusterState, canary: Canary) -> Holdings:
        """Everything for the tree of objects; workloads and what splits the traffic are the session's."""
        services = {name_of(obj): obj for obj in self.objects("Service")}
        reference = canary.spec.autoscaler
        scalers = {(reference.kind, name_of(obj)): obj for obj in self.objects(reference.kind)} if reference else {}
        known = {kind for kind, _ in self._objects if self.is_known(kind)}
        target = workload_object(cluster_state, canary, canary.target_name)
        situation = cluster_state.situation(self.key)
        if situation is not None and situation.workloads_known:
            known.add(canary.spec.target.kind)
        routers: dict[tuple[str, str], KubernetesObject | None] = {}
        for routing in registry.routing_objects(provider_of(canary, cluster_state.mesh_provider)):
            kind, group = routing.resource.kind, routing.resource.group
            stores = [
                s for resource, s in cluster_state.stores.items() if (resource.kind, resource.group) == (kind, group)
            ]
            known |= {kind} if any(store.synced for store in stores) else set()
            for namespace, name in routing.places(canary):
                own = [obj for obj in self.objects(kind) if name_of(obj) == name]
                seen = filter(None, (store.get(namespace, name) for store in stores))
                routers[kind, name] = next(iter([*seen, *own]), None)
        return Holdings(
            target=target,
            primary=workload_object(cluster_state, canary, canary.primary_name),
            replica_sets=self.objects("ReplicaSet"),
            pods=self.objects("Pod"),
            services=services,
            routers=routers,
            scalers=scalers,
            configs=self.configs,
            pod_warnings=self.pod_warnings(),
            known=frozenset(known),
        )


def workload_object(cluster_state: ClusterState, canary: Canary, name: str) -> KubernetesObject | None:
    """A workload of the target's kind as the API gave it; None when it is not there."""
    resource = DAEMONSETS if canary.spec.target.kind == "DaemonSet" else DEPLOYMENTS
    return cluster_state.stores[resource].get(canary.namespace, name)


def name_of(obj: KubernetesObject) -> str:
    metadata = obj.get("metadata")
    return str(metadata.get("name") or "") if isinstance(metadata, Mapping) else ""
