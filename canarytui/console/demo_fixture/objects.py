"""Objects as an API server would give them at one fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from canarytui.domain.values import NamespacedName

NOW = datetime(2026, 11, 23, 14, 30, 12, tzinfo=UTC)
_HOST = "app.example.com"


def canary_object(
    namespace: str,
    name: str,
    phase: str,
    *,
    weight: int = 0,
    failed: int = 0,
    threshold: int = 10,
    suspend: bool = False,
    changed: datetime = NOW,
) -> dict[str, Any]:
    """A canary like the one in Flagger's tutorial, in `phase`."""
    stamp = changed.strftime("%Y-%m-%dT%H:%M:%SZ")
    spec: dict[str, Any] = {
        "provider": "traefik",
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "progressDeadlineSeconds": 60,
        "service": {"port": 80, "targetPort": 9898},
        "analysis": {
            "interval": "10s",
            "threshold": threshold,
            "maxWeight": 50,
            "stepWeight": 5,
            "metrics": [
                {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}},
                {"name": "request-duration", "interval": "1m", "thresholdRange": {"max": 500}},
            ],
            "webhooks": [
                {
                    "name": "acceptance-test",
                    "type": "pre-rollout",
                    "url": f"http://flagger-loadtester.{namespace}/",
                    "metadata": {"type": "bash", "cmd": f"curl -sd 'test' http://{name}-canary.{namespace}/token"},
                },
                {
                    "name": "load-test",
                    "type": "rollout",
                    "url": f"http://flagger-loadtester.{namespace}/",
                    "metadata": {"cmd": f"hey -z 10m -q 10 -c 2 -host {_HOST} http://traefik.traefik"},
                },
            ],
        },
    }
    if suspend:
        spec["suspend"] = True
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {
            "namespace": namespace,
            "name": name,
            "uid": f"uid-{namespace}-{name}",
            "generation": 2,
            "resourceVersion": "4711",
        },
        "spec": spec,
        "status": {
            "phase": phase,
            "canaryWeight": weight,
            "failedChecks": failed,
            "iterations": 0,
            "lastAppliedSpec": "5d8f7c6b9",
            "lastPromotedSpec": "6bd7f9c54",
            "lastTransitionTime": stamp,
            "conditions": [
                {
                    "type": "Promoted",
                    "status": "True" if phase == "Succeeded" else "Unknown",
                    "reason": phase,
                    "message": "New revision detected, progressing canary analysis.",
                }
            ],
        },
    }


def deployment_object(namespace: str, name: str, image: str, replicas: int, ready: int) -> dict[str, Any]:
    """A Deployment with `ready` of its `replicas` ready."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": namespace, "name": name, "generation": 3, "resourceVersion": "4242"},
        "spec": {
            "replicas": replicas,
            "template": {"spec": {"containers": [{"name": f"{name.removesuffix('-primary')}d", "image": image}]}},
        },
        "status": {
            "observedGeneration": 3,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": ready,
            "availableReplicas": ready,
        },
    }


def router_object(namespace: str, name: str, weight: int) -> dict[str, Any]:
    """A TraefikService as Flagger writes it: without the canary when its weight is 0."""
    services = [{"name": f"{name}-primary", "namespace": namespace, "port": 80, "weight": 100 - weight}]
    if weight:
        services.append({"name": f"{name}-canary", "namespace": namespace, "port": 80, "weight": weight})
    return {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "TraefikService",
        "metadata": {"namespace": namespace, "name": name, "resourceVersion": "9"},
        "spec": {"weighted": {"services": services}},
    }


def event_object(
    key: NamespacedName, number: int, message: str, at: datetime, *, warning: bool = False
) -> dict[str, Any]:
    """An Event of Flagger's about a canary."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "namespace": key[0],
            "name": f"{key[1]}.{number:x}",
            "uid": f"event-{key[0]}-{key[1]}-{number}",
            "resourceVersion": str(100 + number),
        },
        "involvedObject": {"kind": "Canary", "namespace": key[0], "name": key[1]},
        "type": "Warning" if warning else "Normal",
        "reason": "Synced",
        "message": message,
        "count": 1,
        "lastTimestamp": stamp,
    }
