"""Whatever the server makes of what we write (defaults, node ports, fields of its own), it is not written again: idle
ticks ask nothing before and after a rollout, for every provider and kind that the sandbox serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from economy_rig import DEPLOYMENTS, Rig

from canarytui.sandbox import manifests

SERVICE = {"port": 80, "targetPort": 9898}


def plain(rig: Rig) -> None:
    rig.canary()


def strict(rig: Rig) -> None:
    rig.settings = type(rig.settings)(metrics_server=rig.stub.url, interval_floor_s=0.1, strict=True)
    rig.canary()


def many_ports_and_metadata(rig: Rig) -> None:
    own = {"labels": {"team": "a"}, "annotations": {"note": "n"}}
    service = {**SERVICE, "targetPort": "http", "portDiscovery": True, "appProtocol": "http", "portName": "web",
               "apex": own, "primary": own, "canary": own}  # fmt: skip
    rig.canary(also={"service": service})


def headless(rig: Rig) -> None:
    rig.canary(also={"service": {**SERVICE, "headless": True}})


def configs(rig: Rig) -> None:
    rig.live.create("configmaps", {"metadata": {"name": "settings", "namespace": "test"}, "data": {"a": "1"}})
    secret = {"metadata": {"name": "token", "namespace": "test"}, "stringData": {"token": "x"}, "type": "Opaque"}
    rig.live.create("secrets", secret)
    rig.canary()
    found = rig.live.find(DEPLOYMENTS, "podinfo")
    assert found is not None
    spec = found["spec"]["template"]["spec"]
    container = {**spec["containers"][0], "envFrom": [{"configMapRef": {"name": "settings"}}]}
    volumes = [{"name": "token", "projected": {"sources": [{"secret": {"name": "token"}}]}}]
    patch = {"spec": {"template": {"spec": {"containers": [container], "volumes": volumes}}}}
    rig.live.patch(DEPLOYMENTS, "podinfo", patch)


def scaler(rig: Rig) -> None:
    hpa = manifests.documents("podinfo/hpa.yaml")[0]
    hpa["metadata"]["namespace"] = "test"
    rig.live.create("horizontalpodautoscalers.autoscaling", hpa)
    reference = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": "podinfo"}
    rig.canary(also={"autoscalerRef": reference})


def blue_green(rig: Rig) -> None:
    metrics = [{"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}}]
    rig.canary(also={"provider": "kubernetes"}, iterations=2, maxWeight=None, stepWeight=None, metrics=metrics)


def ingress(rig: Rig) -> None:
    backend = {"service": {"name": "podinfo", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    rules = [{"host": "app.example.com", "http": {"paths": paths}}]
    obj = {"metadata": {"name": "podinfo", "namespace": "test"}, "spec": {"ingressClassName": "nginx", "rules": rules}}
    rig.live.create("ingresses.networking.k8s.io", obj)
    reference = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "podinfo"}
    rig.canary(also={"provider": "nginx", "ingressRef": reference})


@pytest.mark.parametrize(
    "made", [plain, strict, many_ports_and_metadata, headless, configs, scaler, blue_green, ingress]
)
async def test_idle_ticks_ask_nothing(rig: Rig, made: Callable[[Rig], Any]) -> None:
    made(rig)
    await rig.begin()
    for ending in ("Initialized", "Succeeded"):
        for _ in range(30):
            await rig.tick()
            if rig.phase() == ending:
                break
        assert rig.phase() == ending, rig.log.getvalue()
        for _ in range(3):
            assert await rig.tick() == []
        rig.new_revision("two")
