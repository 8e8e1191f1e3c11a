"""The objects that a recording's scenario began with, and the actions done to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.engine.replay.recording import Recording
from canarytui.engine.replay.world import ReplayWorld, merged

_IMAGE = "stefanprodan/podinfo"
_PORTS = [{"name": "http", "containerPort": 9898}, {"name": "metrics", "containerPort": 9797}]
_SERIES = 'traefik_service_request_duration_seconds_bucket{service=~"{{ namespace }}-{{ target }}-canary-'
_SERIES += '[0-9a-zA-Z-]+@kubernetescrd",'
_NOT_FOUND_PERCENT = (
    f'sum(rate({_SERIES}code!="404",}}[{{{{ interval }}}}]))/sum(rate({_SERIES}}}[{{{{ interval }}}}]))*100'
)


class Scenario:
    """Fills a world at the start and changes it when an action is due."""

    def __init__(self, recording: Recording, world: ReplayWorld) -> None:
        self._recording = recording
        self._world = world
        metadata = recording.canary["metadata"]
        self.name, self.namespace = metadata["name"], metadata["namespace"]
        self._with_configs = any(what.startswith("configmap") for _, what in recording.actions)

    def set_up(self, now: datetime) -> None:
        """Target, scaler, configs, template and canary; the target unless the scenario is that it is missing."""
        canary = self._recording.canary
        if self.name != "no-target":
            self._world.put(self._deployment())
        scaler = canary["spec"].get("autoscalerRef")
        if scaler:
            target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.name}
            spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 4}
            self._put("HorizontalPodAutoscaler", scaler["name"], spec=spec)
        if self._with_configs:
            self._put("ConfigMap", f"{self.name}-cfg", data={"color": "red"})
            self._put("Secret", f"{self.name}-sec", data={"apiKey": "dGVzdA=="}, type="Opaque")
        for metric in canary["spec"]["analysis"].get("metrics") or ():
            reference = metric.get("templateRef")
            if reference:
                provider = {"type": "prometheus", "address": "http://prometheus:9090"}
                spec = {"provider": provider, "query": _NOT_FOUND_PERCENT}
                self._put("MetricTemplate", reference["name"], spec=spec)
        self._world.let_pods_start(now)
        self._world.put({**canary, "kind": "Canary", "status": {}})

    def do(self, action: str) -> bool:
        """Carry out an action; False when it ends the scenario."""
        verb, _, argument = action.partition(" ")
        if verb == "set-image":
            self._set_image(argument)
        elif verb == "configmap":
            self._put("ConfigMap", f"{self.name}-cfg", data={"color": argument})
        elif verb in ("patch", "status"):
            canary = self._world.get("Canary", self.namespace, self.name)
            self._world.put(merged(canary, json.loads(argument)))
        elif verb == "delete":
            return self._world.delete("Canary", self.namespace, self.name)
        else:
            raise ValueError(f"unknown action {action!r} in recording {self._recording.name}")
        return True

    def _put(self, kind: str, name: str, **content: Any) -> None:
        metadata = {"name": name, "namespace": self.namespace}
        self._world.put({"apiVersion": "v1", "kind": kind, "metadata": metadata, **content})

    def _set_image(self, tag: str) -> None:
        deployment: Mapping[str, Any] | None = self._world.get("Deployment", self.namespace, self.name)
        assert deployment is not None
        changed: dict[str, Any] = json.loads(json.dumps(deployment))
        changed["spec"]["template"]["spec"]["containers"][0]["image"] = f"{_IMAGE}:{tag}"
        changed["metadata"]["generation"] += 1
        self._world.put(changed)

    def _deployment(self) -> dict[str, Any]:
        defaults = self._recording.defaults
        container: dict[str, Any] = {"name": "podinfod", "image": defaults["image"], "ports": _PORTS}
        if self._with_configs:
            container["envFrom"] = [
                {"configMapRef": {"name": f"{self.name}-cfg"}},
                {"secretRef": {"name": f"{self.name}-sec"}},
            ]
        labels = {"app": self.name}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": self.name, "namespace": self.namespace, "generation": 1},
            "spec": {
                "replicas": defaults["replicas"],
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }
