"""One router at work on a cluster in memory, without the rest of a tick."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from rollouts import APISIX_REFERENCE

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import ReplayCluster, merged
from canarytui.engine.replay.run_decision import drive

DEFAULT, STRICT = ControllerSettings(), ControllerSettings(strict=True)
NAMESPACE = "test"
NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


class RouterRig:
    """The canary podinfo of `spec` with its target; `objects` are there, too. `written` counts writes."""

    def __init__(
        self, spec: dict[str, Any] | None = None, *objects: dict[str, Any], settings: ControllerSettings = DEFAULT
    ) -> None:
        self.cluster_view = ReplayCluster(lambda _: None)
        self.settings = settings
        self.written: list[str] = []
        self.logged: list[str] = []
        for obj in (canary_object(spec or {}), deployment(), *objects):
            self.cluster_view.put(obj)

    @property
    def tick(self) -> Tick:
        """A new look at the canary."""
        found = self.cluster_view.get("Canary", NAMESPACE, "podinfo")
        assert found is not None
        return Tick(Canary.parse(found), self.cluster_view, self.settings, NOW)

    def do(self, decision: Any) -> None:
        """Carry out what a router decides."""
        drive(decision, self._carry_out)

    def get(self, kind: str, name: str = "podinfo") -> dict[str, Any]:
        """A copy of an object that must be there."""
        found = self.cluster_view.get(kind, NAMESPACE, name)
        assert found is not None, f"there is no {kind} {name}"
        return copy.deepcopy(dict(found))

    def change(self, kind: str, patch: dict[str, Any], name: str = "podinfo") -> None:
        """Somebody merge-patches an object."""
        self.cluster_view.patch(fx.Patch(kind, NAMESPACE, name, patch))

    def _carry_out(self, effect: fx.Effect) -> Any:
        match effect:
            case fx.Create(obj) | fx.Replace(obj):
                self.written.append(f"{type(effect).__name__} {obj['kind']} {obj['metadata']['name']}")
                return (
                    self.cluster_view.create(effect)
                    if isinstance(effect, fx.Create)
                    else self.cluster_view.replace(effect)
                )
            case fx.Delete(kind, namespace, name):
                self.written.append(f"Delete {kind} {name}")
                self.cluster_view.delete(kind, namespace, name)
            case fx.Log(text):
                self.logged.append(text)
        return None


def canary_object(spec: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"},
        "service": {"port": 80, "targetPort": 9898},
        "analysis": {"interval": "10s", "threshold": 3, "stepWeight": 10, "maxWeight": 50},
    }
    metadata = {"name": "podinfo", "namespace": NAMESPACE, "uid": "uid-canary", "generation": 1}
    api = {"apiVersion": "flagger.app/v1beta1", "kind": "Canary"}
    return {**api, "metadata": metadata, "spec": merged(given, spec), "status": {}}


def deployment() -> dict[str, Any]:
    container = {"name": "podinfod", "image": "podinfo:v1", "ports": [{"name": "http", "containerPort": 9898}]}
    template = {"metadata": {"labels": {"app": "podinfo"}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "podinfo", "namespace": NAMESPACE, "generation": 1},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "podinfo"}}, "template": template},
    }


def ingress(name: str = "front", **annotations: str) -> dict[str, Any]:
    """The user's Ingress, which leads to the Service podinfo."""
    backend = {"service": {"name": "podinfo", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"team": "shop"}, "annotations": annotations},
        "spec": {"rules": [{"host": "app.example.com", "http": {"paths": [path]}}]},
    }


def service(name: str, app: str) -> dict[str, Any]:
    """A Service that selects the pods labelled `app`."""
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": {"app": app}}}


def apisix_route(*rules: dict[str, Any], name: str = "front", **metadata: Any) -> dict[str, Any]:
    """The user's ApisixRoute with `rules`; without any, with one that leads to the Service podinfo."""
    backends = [{"serviceName": "podinfo", "servicePort": 80}]
    rule = {"name": "main", "match": {"hosts": ["app.example.com"], "paths": ["/*"]}, "backends": backends}
    return {
        "apiVersion": "apisix.apache.org/v2",
        "kind": "ApisixRoute",
        "metadata": {"name": name, "namespace": NAMESPACE, **metadata},
        "spec": {"http": list(rules) or [rule]},
    }


REFERENCES: dict[str, Any] = {
    "service": {"gatewayRefs": [{"name": "web"}], "meshName": "global"},
    "ingressRef": {"kind": "Ingress", "name": "front"},
    "routeRef": APISIX_REFERENCE,
}
"""What the canary's spec must refer to with one provider or another."""


def surroundings() -> list[dict[str, Any]]:
    """What must be there before the first reconciliation with one provider or another."""
    services = service("podinfo-primary", "podinfo-primary"), service("podinfo-canary", "podinfo")
    return [ingress(), apisix_route(), *services]
