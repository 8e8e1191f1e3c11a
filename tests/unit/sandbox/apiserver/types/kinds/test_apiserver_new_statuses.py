"""A kind that has a status has one from its creation on: the fields that Go encodes though nothing has written them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kubernetes import client

from canarytui.sandbox.apiserver.types.kinds import BUILTIN_KINDS

POD_SPEC = {"containers": [{"name": "web", "image": "nginx:1"}]}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": POD_SPEC}
SELECTOR = {"matchLabels": {"app": "web"}}
WORKLOAD = {"selector": SELECTOR, "template": TEMPLATE}
JOB = {"template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}}}
SCALED = {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
RULES = {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}
LOCAL = {"group": "metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100}
NO_INFO = dict.fromkeys(
    ("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "kubeletVersion",
     "machineID", "operatingSystem", "osImage", "systemUUID"), "",
)  # fmt: skip
NEW: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "deployments.apps": (WORKLOAD, {}),
    "replicasets.apps": (WORKLOAD, {"replicas": 0}),
    "daemonsets.apps": (
        WORKLOAD,
        {"currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0},
    ),
    "statefulsets.apps": ({**WORKLOAD, "serviceName": "web"}, {"availableReplicas": 0, "replicas": 0}),
    "replicationcontrollers": ({"template": TEMPLATE}, {"replicas": 0}),
    "jobs.batch": (JOB, {}),
    "cronjobs.batch": ({"schedule": "@daily", "jobTemplate": {"spec": JOB}}, {}),
    "horizontalpodautoscalers.autoscaling": (SCALED, {"currentMetrics": None, "desiredReplicas": 0}),
    "poddisruptionbudgets.policy": (
        {"selector": SELECTOR},
        {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0},
    ),
    "ingresses.networking.k8s.io": (RULES, {"loadBalancer": {}}),
    "services": ({"ports": [{"port": 80}]}, {"loadBalancer": {}}),
    "pods": (POD_SPEC, {"phase": "Pending", "qosClass": "BestEffort"}),
    "namespaces": ({}, {"phase": "Active"}),
    "nodes": ({}, {"daemonEndpoints": {"kubeletEndpoint": {"Port": 0}}, "nodeInfo": NO_INFO}),
    "persistentvolumeclaims": ({}, {"phase": "Pending"}),
    "persistentvolumes": ({}, {"phase": "Pending", "lastPhaseTransitionTime": "created"}),
    "resourcequotas": ({}, {}),
    "apiservices.apiregistration.k8s.io": (LOCAL | {"service": {"name": "web", "namespace": "test"}}, {}),
}


def object_of(rt: Any, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"apiVersion": rt.api_version, "kind": rt.kind, "metadata": {"name": "web"}, "spec": spec, **more}


@pytest.mark.parametrize("name", NEW)
def test_it_has_the_status_that_a_genuine_server_answers(server: Any, name: str) -> None:
    spec, expected = NEW[name]
    rt = server.rt(name)
    sent = {} if name == "nodes" else {"status": {"conditions": [{"type": "Sent", "status": "True"}]}}
    made = server.create(name, object_of(rt, spec, **sent))
    created = made["metadata"]["creationTimestamp"]
    assert made["status"] == {key: created if value == "created" else value for key, value in expected.items()}
    assert all("f:status" not in each["fieldsV1"] for each in made["metadata"].get("managedFields") or ())
    model = rt.model or f"{rt.version.capitalize()}{rt.kind}"
    read = client.ApiClient().deserialize(json.dumps(made), model, "application/json")
    assert read.status is not None, "the official client reads it as a status"


def test_every_kind_with_a_status_is_in_the_table() -> None:
    with_status = {f"{kind.plural}.{kind.group}".rstrip(".") for kind in BUILTIN_KINDS if "status" in kind.subresources}
    own = {"customresourcedefinitions.apiextensions.k8s.io"}  # accepted in the same write, with tests of its own
    assert with_status - own == set(NEW)


def test_what_a_status_write_leaves_out_is_zero(server: Any) -> None:
    name = "replicasets.apps"
    rt = server.rt(name)
    made = server.create(name, object_of(rt, WORKLOAD))
    made["status"] = {"observedGeneration": 1}
    written = server.api.update(rt, "test", "web", made, subresource="status")
    assert written["status"] == {"replicas": 0, "observedGeneration": 1}
    del written["status"]
    assert server.api.update(rt, "test", "web", written, subresource="status")["status"] == {"replicas": 0}


def test_a_custom_resource_has_no_status_until_somebody_writes_it(server: Any, canary: dict[str, Any]) -> None:
    assert "status" not in server.create("canaries.flagger.app", canary)


def test_each_version_of_an_autoscaler_has_its_own_zeros(server: Any) -> None:
    v2, v1 = (server.api.registry.get("autoscaling", version, "horizontalpodautoscalers") for version in ("v2", "v1"))
    server.create("horizontalpodautoscalers.autoscaling", object_of(v2, SCALED))
    zeros = {"currentReplicas": 0, "desiredReplicas": 0}
    assert server.api.get(v1, "test", "web")["status"] == zeros
    made = server.api.create(v1, "test", {**object_of(v1, SCALED), "metadata": {"name": "old"}})
    assert made["status"] == zeros
    assert server.api.get(v2, "test", "old")["status"] == {"currentMetrics": None, "desiredReplicas": 0}


def test_a_node_brings_its_status_along_and_a_local_group_is_available(server: Any) -> None:
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    node = server.create("nodes", object_of(server.rt("nodes"), {}, status=ready))
    assert (node["status"]["conditions"], node["status"]["nodeInfo"]) == (ready["conditions"], NO_INFO)
    name = "apiservices.apiregistration.k8s.io"
    local = server.create(name, object_of(server.rt(name), LOCAL))
    assert [(each["type"], each["reason"]) for each in local["status"]["conditions"]] == [("Available", "Local")]
