"""The tree of a canary's objects: what is there, how it is, what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.registry import shares
from canarytui.domain.workloads.health import Health, of_scaler
from canarytui.domain.workloads.tree import Holdings, ObjectNode, object_tree

NOW = datetime(2026, 11, 23, 14, 30, 12, tzinfo=UTC)
KNOWN = frozenset({"Deployment", "ReplicaSet", "Pod", "Service", "TraefikService", "HorizontalPodAutoscaler"})


def canary(phase: str = "Progressing", **spec: Any) -> Canary:
    return Canary.parse(
        {
            "metadata": {"name": "cart", "namespace": "shop"},
            "spec": {
                "targetRef": {"kind": "Deployment", "name": "cart"},
                "service": {"port": 80},
                "analysis": {"interval": "10s"},
                **spec,
            },
            "status": {"phase": phase, "trackedConfigs": {"configmap/cart-config": "1f"}},
        }
    )


def owned(kind: str, name: str, owner: tuple[str, str], **rest: Any) -> dict[str, Any]:
    metadata = {"name": name, "ownerReferences": [{"kind": owner[0], "name": owner[1]}], **rest.pop("metadata", {})}
    return {"kind": kind, "metadata": metadata, **rest}


def deployment(name: str, replicas: int = 1, ready: int = 1, **pod: Any) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"image": "cart:2"}], **pod}}},
        "status": {"readyReplicas": ready, "availableReplicas": ready, "updatedReplicas": replicas},
    }


def pod(name: str, replica_set: str, status: dict[str, Any]) -> dict[str, Any]:
    created = {"creationTimestamp": "2026-11-23T14:28:12Z"}
    return owned("Pod", name, ("ReplicaSet", replica_set), status=status, metadata=created)


def found(nodes: tuple[ObjectNode, ...], name: str) -> ObjectNode:
    for node in nodes:
        if node.name == name:
            return node
        try:
            return found(node.children, name)
        except KeyError:
            continue
    raise KeyError(name)


READY = {
    "phase": "Running",
    "conditions": [{"type": "Ready", "status": "True"}],
    "containerStatuses": [{"name": "app", "ready": True, "restartCount": 2}],
}
UNREADY = {
    "phase": "Running",
    "conditions": [{"type": "Ready", "status": "False"}, {"type": "PodScheduled", "status": "True"}],
    "containerStatuses": [{"name": "app", "ready": False, "state": {"running": {}}}],
}
CRASHING = {
    "phase": "Running",
    "containerStatuses": [
        {
            "name": "app",
            "ready": False,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
        }
    ],
}


def test_pods_hang_below_their_replica_sets_and_those_below_their_deployments() -> None:
    holdings = Holdings(
        target=deployment("cart", replicas=2, ready=1),
        primary=deployment("cart-primary"),
        replica_sets=[
            owned("ReplicaSet", "cart-a", ("Deployment", "cart"), spec={"replicas": 0}),
            owned(
                "ReplicaSet",
                "cart-b",
                ("Deployment", "cart"),
                spec={"replicas": 2},
                status={"readyReplicas": 1},
                metadata={"annotations": {"deployment.kubernetes.io/revision": "2"}},
            ),
            owned("ReplicaSet", "other-c", ("Deployment", "other"), spec={"replicas": 1}),
        ],
        pods=[
            pod("cart-b-1", "cart-b", READY),
            pod("cart-b-2", "cart-b", CRASHING),
            pod("other-c-1", "other-c", READY),
        ],
        known=KNOWN,
    )
    tree = object_tree(canary(), holdings, NOW)
    target = tree[0]
    assert [child.name for child in target.children] == ["cart-b", "1 older"]
    assert [child.name for child in target.children[0].children] == ["cart-b-1", "cart-b-2"]
    ready, crashing = target.children[0].children
    assert (ready.health, ready.note) == (Health.GOOD, "1/1 ready, 2 restarts, 2 min old")
    assert crashing.health is Health.BAD
    assert crashing.note.startswith("app CrashLoopBackOff after exit code 137 (OOMKilled)")
    assert target.worst() is Health.BAD
    assert tree[1].worst() is Health.GOOD


def test_a_probe_that_fails_is_told_in_the_kubelets_words() -> None:
    holdings = Holdings(
        target=deployment("cart", ready=0),
        replica_sets=[owned("ReplicaSet", "cart-b", ("Deployment", "cart"), spec={"replicas": 1})],
        pods=[pod("cart-b-1", "cart-b", UNREADY)],
        pod_warnings={"cart-b-1": "Readiness probe failed: HTTP probe failed with statuscode: 503"},
        known=KNOWN,
    )
    node = found(object_tree(canary(), holdings, NOW), "cart-b-1")
    assert "its readiness probe does not pass (Readiness probe failed: HTTP probe failed with statuscode: 503)" in (
        node.note
    )


def test_what_is_missing_is_bad_and_what_was_not_read_is_unknown() -> None:
    routers = {("TraefikService", "cart"): None}
    unread = object_tree(canary(), Holdings(routers=routers), NOW)
    assert {node.health for node in unread} == {Health.UNKNOWN}
    read = object_tree(canary(), Holdings(routers=routers, known=KNOWN), NOW)
    assert {node.health for node in read} == {Health.BAD}
    early = object_tree(canary("Initializing"), Holdings(routers=routers, target=deployment("cart"), known=KNOWN), NOW)
    assert [node.health for node in early[1:]] == [Health.WAITING] * 5


def test_configs_have_their_copies_and_secrets_nothing_but_a_name() -> None:
    target = deployment(
        "cart",
        volumes=[
            {"name": "c", "configMap": {"name": "cart-config"}},
            {"name": "s", "secret": {"secretName": "cart-key"}},
        ],
    )
    configs = {
        ("ConfigMap", "cart-config"): True,
        ("ConfigMap", "cart-config-primary"): False,
        ("Secret", "cart-key"): True,
    }
    tree = object_tree(canary(), Holdings(target=target, configs=configs, known=KNOWN), NOW)
    assert found(tree, "cart-config").worst() is Health.BAD
    assert found(tree, "cart-config-primary").note == "missing, the primary's copy"
    assert (found(tree, "cart-key").note, found(tree, "cart-key").children) == ("not tracked", ())


def test_a_scaler_says_what_keeps_it_from_scaling() -> None:
    scaler = {
        "kind": "HorizontalPodAutoscaler",
        "spec": {"minReplicas": 2, "maxReplicas": 4},
        "status": {
            "currentReplicas": 2,
            "desiredReplicas": 0,
            "conditions": [{"type": "ScalingActive", "status": "False", "message": "no metrics returned"}],
        },
    }
    condition = of_scaler(scaler)
    assert condition.health is Health.BAD
    assert condition.note == "2 to 4 replicas, now 2, wants 0, no metrics returned"
    reference = {"autoscalerRef": {"kind": "HorizontalPodAutoscaler", "name": "cart"}}
    scalers = {("HorizontalPodAutoscaler", "cart"): scaler}
    tree = object_tree(canary(**reference), Holdings(scalers=scalers, known=KNOWN), NOW)
    assert found(tree, "cart-primary").health is Health.BAD
    assert [node.note for node in tree if node.kind == "HorizontalPodAutoscaler"][1] == "missing"


def test_shares_of_the_routers_that_are_known() -> None:
    traefik = {
        "kind": "TraefikService",
        "spec": {"weighted": {"services": [{"name": "a", "weight": 80}, {"name": "b"}]}},
    }
    istio = {
        "kind": "VirtualService",
        "spec": {"http": [{"route": [{"destination": {"host": "a"}, "weight": 70}, {"destination": {"host": "b"}}]}]},
    }
    gateway = {"kind": "HTTPRoute", "spec": {"rules": [{"backendRefs": [{"name": "a", "weight": 5}]}]}}
    nginx = {
        "kind": "Ingress",
        "metadata": {
            "annotations": {
                "nginx.ingress.kubernetes.io/canary": "true",
                "nginx.ingress.kubernetes.io/canary-weight": "30",
            }
        },
    }
    assert [shares(router) for router in (traefik, istio, gateway, nginx, {"kind": "X"}, {})] == [
        "a 80, b 1",
        "a 70, b 0",
        "a 5",
        "weight 30",
        "",
        "",
    ]


def test_hostile_objects_make_nodes() -> None:
    junk: list[Any] = [{}, {"metadata": None}, {"metadata": {"ownerReferences": [3, {"kind": "Deployment"}]}}]
    hostile = {"metadata": {"name": "\x1b[2Jx"}, "spec": 3, "status": {"conditions": "x"}}
    holdings = Holdings(
        target=hostile,
        replica_sets=junk,
        pods=[*junk, hostile],
        services={"cart": hostile},
        routers={("TraefikService", "cart"): hostile},
        known=KNOWN,
    )
    tree = object_tree(canary(), holdings, NOW)
    assert "\x1b" not in repr(tree)
