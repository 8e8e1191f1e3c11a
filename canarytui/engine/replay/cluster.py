"""A cluster in memory for replays: objects, writes with optimistic concurrency, and pods that become ready
between two ticks, as they did when the recordings were made."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Conflict, Create, Patch, PatchStatus, Replace

Key = tuple[str, str, str]
KNATIVE = "serving.knative.dev"
_NAMED_WITH_GROUP = (f"Service.{KNATIVE}", "VirtualService.appmesh.k8s.aws")
"""Kinds that share their name with another one's."""
_VERSION = re.compile(r"^v\d\w*\.")
_NODES = 2


class ReplayCluster:
    """See :class:`canarytui.engine.decide.effects.ClusterView`; writes are methods."""

    def __init__(self, changed: Callable[[KubernetesObject], None]) -> None:
        """`changed` is called with every stored object, in order."""
        self._objects: dict[Key, dict[str, Any]] = {}
        self._first: dict[Key, Mapping[str, Any]] = {}
        self._version = 0
        self._tell = changed

    def get(self, kind: str, namespace: str, name: str) -> KubernetesObject | None:
        return self._objects.get((_name_of(kind), namespace, name))

    @property
    def objects(self) -> Mapping[Key, KubernetesObject]:
        """All objects, by kind, namespace and name."""
        return self._objects

    def put(self, obj: Mapping[str, Any]) -> dict[str, Any]:
        """Store a copy under the next version."""
        stored = copy.deepcopy(dict(obj))
        self._version += 1
        stored["metadata"]["resourceVersion"] = str(self._version)
        stored["metadata"].setdefault("uid", f"uid-{self._version}")
        self._objects[_key(stored)] = stored
        self._first.setdefault(_key(stored), stored.get("spec") or {})
        self._tell(stored)
        return stored

    def first_spec(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        """The spec that an object was made with; None for one that never was."""
        return self._first.get((_name_of(kind), namespace, name))

    def delete(self, kind: str, namespace: str, name: str) -> bool:
        """Delete an object; whether its finalizers still keep it."""
        known = self._objects[_name_of(kind), namespace, name]
        if known["metadata"].get("finalizers"):
            self.put({**known, "metadata": {**known["metadata"], "deletionTimestamp": "2026-11-23T07:00:00Z"}})
            return True
        del self._objects[_name_of(kind), namespace, name]
        return False

    def create(self, effect: Create) -> dict[str, Any]:
        """Raises Conflict when the name is taken."""
        if _key(effect.obj) in self._objects:
            raise Conflict(f"{effect.obj['metadata']['name']} already exists")
        return self.put(_with_generation(effect.obj, 1))

    def replace(self, effect: Replace) -> dict[str, Any]:
        """Raises Conflict when the object was changed in the meantime."""
        known = self._objects.get(_key(effect.obj))
        if known is None or known["metadata"]["resourceVersion"] != effect.obj["metadata"].get("resourceVersion"):
            raise Conflict(f"{effect.obj['metadata']['name']} was changed")
        stored = self._changed(known, effect.obj)
        if stored["metadata"].get("deletionTimestamp") and not stored["metadata"].get("finalizers"):
            del self._objects[_key(stored)]
        return stored

    def patch(self, effect: Patch) -> dict[str, Any]:
        """Merge-patch."""
        known = self._objects[_name_of(effect.kind), effect.namespace, effect.name]
        return self._changed(known, merged(known, effect.patch))

    def patch_status(self, effect: PatchStatus) -> dict[str, Any]:
        """Raises Conflict when the object was changed in the meantime."""
        known = self._objects["Canary", effect.namespace, effect.name]
        if known["metadata"]["resourceVersion"] != effect.resource_version:
            raise Conflict(f"{effect.name} was changed")
        return self.put(merged(known, {"status": effect.status}))

    def let_pods_start(self, now: datetime, broken: Collection[str] = ()) -> None:
        """What happens between two ticks: every Deployment and DaemonSet is observed, and its pods are ready.

        Not those whose image's tag is in `broken`; ``name:tag`` breaks one workload only.
        """
        for (kind, _, name), obj in list(self._objects.items()):
            if kind == f"Service.{KNATIVE}":
                self._let_knative_work(obj)
            if kind not in ("Deployment", "DaemonSet"):
                continue
            image = str(obj["spec"]["template"]["spec"]["containers"][0]["image"])
            tag = image.rpartition(":")[2]
            starts = (tag not in broken and f"{name}:{tag}" not in broken) or obj["spec"].get("replicas") == 0
            if kind == "DaemonSet":
                self.put({**obj, "status": _daemon_status(obj, starts)})
            else:
                self.put({**obj, "status": _ready_status(obj) if starts else _broken_status(obj, now)})

    def _let_knative_work(self, service: Mapping[str, Any]) -> None:
        """As the recordings' stand-in for Knative: a Revision for each new template, ready at once, and the status."""
        metadata, spec, status = service["metadata"], service["spec"], service.get("status") or {}
        template = spec["template"]["spec"]
        latest = status.get("latestCreatedRevisionName")
        known = self.get("Revision", metadata["namespace"], latest) if latest else None
        if known is None or known["spec"] != template:
            latest = f"{metadata['name']}-{int((latest or '-0').rpartition('-')[2]) + 1:05}"
            ready = {"conditions": [{"type": "Ready", "status": "True"}], "observedGeneration": 1}
            named = {"namespace": metadata["namespace"], "name": latest, "generation": 1}
            revision = {"apiVersion": f"{KNATIVE}/v1", "kind": "Revision", "metadata": named}
            self.put({**revision, "spec": template, "status": ready})
        traffic = [
            {"latestRevision": True, "percent": entry.get("percent"), "revisionName": latest}
            if entry.get("latestRevision")
            else {"latestRevision": False, **entry}
            for entry in spec.get("traffic") or [{"latestRevision": True, "percent": 100}]
        ]
        seen = {
            "conditions": [{"type": "Ready", "status": "True"}],
            "latestCreatedRevisionName": latest,
            "latestReadyRevisionName": latest,
            "observedGeneration": metadata.get("generation") or 1,
            "traffic": traffic,
        }
        if status != seen:
            self.put({**service, "status": seen})

    def _changed(self, known: Mapping[str, Any], obj: Mapping[str, Any]) -> dict[str, Any]:
        generation = int(known["metadata"].get("generation") or 1)
        return self.put(_with_generation(obj, generation + (known.get("spec") != obj.get("spec"))))


def merged(target: Any, patch: Any) -> Any:
    """A JSON merge patch applied to a copy."""
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _with_generation(obj: Mapping[str, Any], generation: int) -> dict[str, Any]:
    return {**obj, "metadata": {**obj["metadata"], "generation": generation}}


def _ready_status(deployment: Mapping[str, Any]) -> dict[str, Any]:
    replicas = int(deployment["spec"].get("replicas") or 0)
    conditions = [
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
        {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
    ]
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), replicas)
    observed = int(deployment["metadata"].get("generation") or 1)
    return {"observedGeneration": observed, "conditions": conditions, **counts}


def _broken_status(deployment: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """No pod available, since the first time that it was so. As Kubernetes does, times are kept in whole seconds."""
    replicas = int(deployment["spec"].get("replicas") or 0)
    known = (deployment.get("status") or {}).get("conditions") or []
    since = next((c["lastUpdateTime"] for c in known if c.get("status") == "False"), f"{now:%Y-%m-%dT%H:%M:%SZ}")
    conditions = [
        {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"},
        {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable", "lastUpdateTime": since},
    ]
    counts = {"replicas": replicas, "updatedReplicas": replicas, "availableReplicas": 0}
    observed = int(deployment["metadata"].get("generation") or 1)
    return {"observedGeneration": observed, "conditions": conditions, **counts}


def _daemon_status(daemonset: Mapping[str, Any], starts: bool) -> dict[str, Any]:
    """A pod on each node, unless its node selector matches none."""
    desired = 0 if daemonset["spec"]["template"]["spec"].get("nodeSelector") else _NODES
    observed = int(daemonset["metadata"].get("generation") or 1)
    counts = {"desiredNumberScheduled": desired, "updatedNumberScheduled": desired}
    return {"observedGeneration": observed, **counts, "numberAvailable": desired if starts else 0}


def _name_of(kind: str) -> str:
    """A kind without the version or group that it may be named with, unless the group tells it from another."""
    plain, _, rest = kind.partition(".")
    for named in _NAMED_WITH_GROUP:
        known, _, group = named.partition(".")
        if plain == known and f".{rest}".endswith(f".{group}"):
            return named
    return plain


def _key(obj: Mapping[str, Any]) -> Key:
    metadata = obj["metadata"]
    group = str(obj.get("apiVersion") or "").rpartition("/")[0]
    return _name_of(f"{obj['kind']}.{group}"), str(metadata.get("namespace") or ""), str(metadata["name"])
