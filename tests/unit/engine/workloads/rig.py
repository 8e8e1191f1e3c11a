"""One canary on a fake clock in a cluster in memory: tick by tick, with healthy pods, good metrics and open gates.

The objects are those that a test puts there; between two ticks the pods of all workloads start, except those whose
image tag (or ``name:tag``) is in `broken`.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import ReplayCluster, merged
from canarytui.engine.replay.run_decision import drive
from canarytui.metrics.answers import Value

STRICT, DEFAULT = ControllerSettings(strict=True), ControllerSettings()
NAMESPACE = "test"
INTERVAL_S = 10.0
_SELECTS = {"app": "podinfo"}


class Rig:
    """The cluster view, what was said in it, and which objects were written, in order."""

    def __init__(self, *objects: dict[str, Any], settings: ControllerSettings = DEFAULT) -> None:
        self.settings = settings
        self.now = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
        self.said: list[str] = []
        self.queries: list[str] = []
        self.writes: list[str] = []
        self.broken: frozenset[str] = frozenset()
        self.cluster_view = ReplayCluster(lambda obj: None)
        self._notes: dict[str, Any] = {}
        for obj in objects:
            self.cluster_view.put(obj)
        self.cluster_view.let_pods_start(self.now)

    def tick(self, times: int = 1) -> None:
        """Look at the canary, then let an interval pass in which pods start."""
        for _ in range(times):
            canary = self.cluster_view.get("Canary", NAMESPACE, "podinfo")
            if canary is not None:
                tick = Tick(Canary.parse(canary), self.cluster_view, self.settings, self.now, notes=self._notes)
                drive(decide(tick), self._carry_out)
            self.now += timedelta(seconds=INTERVAL_S)
            self.cluster_view.let_pods_start(self.now, self.broken)

    def until(self, phase: str, most: int = 30) -> None:
        """Tick until the canary is in `phase`."""
        for _ in range(most):
            if self.phase == phase:
                return
            self.tick()
        raise AssertionError(f"still {self.phase} after {most} ticks: {self.said}")

    @property
    def status(self) -> dict[str, Any]:
        return dict(self.get("Canary", "podinfo").get("status") or {})

    @property
    def phase(self) -> str:
        return str(self.status.get("phase") or "")

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """A copy of an object that must be there."""
        found = self.cluster_view.get(kind, NAMESPACE, name)
        assert found is not None, f"there is no {kind} {name}"
        return copy.deepcopy(dict(found))

    def has(self, kind: str, name: str) -> bool:
        return self.cluster_view.get(kind, NAMESPACE, name) is not None

    def change(self, kind: str, name: str, patch: dict[str, Any]) -> None:
        """Somebody merge-patches an object."""
        self.cluster_view.patch(fx.Patch(kind, NAMESPACE, name, patch))

    def set_image(self, tag: str, kind: str = "Deployment") -> None:
        """A new revision of the target."""
        target = self.get(kind, "podinfo")
        target["spec"]["template"]["spec"]["containers"][0]["image"] = f"podinfo:{tag}"
        self.change(kind, "podinfo", {"spec": target["spec"]})

    def weights(self) -> dict[str, int]:
        """What the TraefikService says, by the Service's last word."""
        services = self.get("TraefikService", "podinfo")["spec"]["weighted"]["services"]
        return {entry["name"].rpartition("-")[2]: entry.get("weight", 0) for entry in services}

    def _carry_out(self, effect: fx.Effect) -> Any:
        match effect:
            case fx.Create(obj) | fx.Replace(obj):
                self.writes.append(f"{type(effect).__name__} {obj['kind']} {obj['metadata']['name']}")
                return (
                    self.cluster_view.create(effect)
                    if isinstance(effect, fx.Create)
                    else self.cluster_view.replace(effect)
                )
            case fx.Patch():
                self.writes.append(f"Patch {effect.kind} {effect.name}")
                return self.cluster_view.patch(effect)
            case fx.PatchStatus():
                return self.cluster_view.patch_status(effect)
            case fx.Say(message):
                self.said.append(message)
            case fx.CallWebhook():
                return fx.WebhookResponse(200)
            case fx.AskMetric(query=query):
                self.queries.append(" ".join(query.split()))
                return Value(100.0 if "histogram" not in query else 50.0)
            case fx.CheckServer():
                return ""
        return None


def canary(**spec: Any) -> dict[str, Any]:
    """A canary of the Deployment podinfo: 50 %, then promotion; success rate of 99 % asked for."""
    given: dict[str, Any] = {
        "provider": "traefik",
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"},
        "service": {"port": 80, "targetPort": 9898},
        "progressDeadlineSeconds": 60,
        "analysis": {
            "interval": "10s",
            "threshold": 3,
            "stepWeight": 50,
            "maxWeight": 50,
            "metrics": [{"name": "request-success-rate", "thresholdRange": {"min": 99}, "interval": "1m"}],
        },
    }
    metadata = {"name": "podinfo", "namespace": NAMESPACE, "uid": "uid-canary", "generation": 1}
    api = {"apiVersion": "flagger.app/v1beta1", "kind": "Canary"}
    return {**api, "metadata": metadata, "spec": merged(given, spec), "status": {}}


def deployment(
    pod: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None, **spec: Any
) -> dict[str, Any]:
    """The Deployment podinfo with v1, 2 replicas; `pod` is merged into the pod's spec."""
    return _workload("Deployment", pod, metadata, {"replicas": 2, **spec})


def daemonset(pod: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """The DaemonSet podinfo with v1."""
    return _workload("DaemonSet", pod, metadata, spec)


def config_map(name: str, data: dict[str, str] | None, **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE, **more.pop("metadata", {})}
    found = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **more}
    return found if data is None else {**found, "data": data}


def secret(name: str, data: dict[str, str], **more: Any) -> dict[str, Any]:
    return {**config_map(name, data, **more), "kind": "Secret", "type": more.get("type", "Opaque")}


def _workload(
    kind: str, pod: dict[str, Any] | None, metadata: dict[str, Any] | None, spec: dict[str, Any]
) -> dict[str, Any]:
    ports = [{"name": "http", "containerPort": 9898}, {"name": "metrics", "containerPort": 9797}]
    container = {"name": "podinfod", "image": "podinfo:v1", "ports": ports}
    template = {"metadata": {"labels": dict(_SELECTS)}, "spec": merged({"containers": [container]}, pod or {})}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": merged({"name": "podinfo", "namespace": NAMESPACE, "generation": 1}, metadata or {}),
        "spec": {**merged({"selector": {"matchLabels": dict(_SELECTS)}, "template": template}, spec)},
    }
