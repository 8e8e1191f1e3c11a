"""Pods and workloads: defaults, checks, what an update may touch, columns."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds.pod_checks import pod_spec_problems, port_problems
from canarytui.sandbox.apiserver.types.kinds.pod_defaults import default_pod_spec, qos_class
from canarytui.sandbox.apiserver.types.kinds.pods import POD
from canarytui.sandbox.apiserver.types.kinds.stored_workloads import CRON_JOB, JOB, REPLICATION_CONTROLLER, STATEFUL_SET
from canarytui.sandbox.apiserver.types.kinds.workloads import CONTROLLER_REVISION, DAEMON_SET, DEPLOYMENT, REPLICA_SET
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.apiserver.warnings import collecting

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = {"app": "a"}


def rules(kind: ResourceKind) -> KindStrategy:
    return kind.strategy(kind.resource_types()[0])


def defaulted(kind: ResourceKind, obj: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy({"metadata": {"name": "a"}, **obj})
    rules(kind).default(made)
    return made


def workload(**spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
    return {"spec": {"selector": {"matchLabels": LABELS}, "template": template, **spec}}


def fields(kind: ResourceKind, obj: dict[str, Any]) -> list[str]:
    return [cause.field for cause in rules(kind).validate(defaulted(kind, obj))]


def test_a_pod_spec_is_filled_as_the_api_server_fills_it() -> None:
    probe = {"httpGet": {"port": 80}}
    spec: dict[str, Any] = {
        "serviceAccountName": "me",
        "containers": [
            {"name": "a", "image": "a", "readinessProbe": probe, "ports": [{"containerPort": 80}],
             "resources": {"limits": {"cpu": "1"}}},
            {"name": "b", "image": "a/b:1"},
        ],
        "volumes": [{"name": "v"}, {"name": "w", "secret": {}}],
    }  # fmt: skip
    default_pod_spec(spec)
    first, second = spec["containers"]
    assert (spec["restartPolicy"], spec["serviceAccount"]) == ("Always", "me")
    assert (first["imagePullPolicy"], second["imagePullPolicy"]) == ("Always", "IfNotPresent")
    assert first["readinessProbe"] == {"httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "timeoutSeconds": 1,
                                       "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}  # fmt: skip
    assert (first["ports"][0]["protocol"], first["resources"]["requests"]) == ("TCP", {"cpu": "1"})
    assert spec["volumes"] == [{"name": "v", "emptyDir": {}}, {"name": "w", "secret": {"defaultMode": 420}}]


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "1", "memory": "1"}}, "Guaranteed"),
    ],
)
def test_quality_of_service_follows_from_the_resources(resources: dict[str, Any], quality: str) -> None:
    assert qos_class({"containers": [{"resources": resources}]}) == quality
    made: dict[str, Any] = {"spec": {"containers": [{"resources": resources}]}}
    rules(POD).prepare_create(made)
    assert made["status"] == {"phase": "Pending", "qosClass": quality}


@pytest.mark.parametrize(
    ("container", "field"),
    [
        ({"image": "a"}, "s.containers[0].name"),
        ({"name": "A", "image": "a"}, "s.containers[0].name"),
        ({"name": "a"}, "s.containers[0].image"),
        ({"name": "a", "image": "a", "imagePullPolicy": "Often"}, "s.containers[0].imagePullPolicy"),
        ({"name": "a", "image": "a", "ports": [{}]}, "s.containers[0].ports[0].containerPort"),
        ({"name": "a", "image": "a", "volumeMounts": [{"name": "v"}]}, "s.containers[0].volumeMounts[0].name"),
        ({"name": "a", "image": "a", "env": [{}]}, "s.containers[0].env[0].name"),
    ],
)
def test_containers_are_checked(container: dict[str, Any], field: str) -> None:
    spec = {"containers": [container]}
    default_pod_spec(spec)
    assert field in [cause.field for cause in pod_spec_problems(spec, "s")]


def test_pods_need_containers_with_names_of_their_own() -> None:
    twice = {"restartPolicy": "Always", "containers": [{"name": "a", "image": "a", "imagePullPolicy": "Always"}] * 2}
    assert [cause.reason for cause in pod_spec_problems(twice, "s")] == ["FieldValueDuplicate"]
    none = pod_spec_problems({"restartPolicy": "Sometimes"}, "s")
    assert [cause.field for cause in none] == ["s.containers", "s.restartPolicy"]
    assert port_problems(65535, "p") == []
    assert [port_problems(port, "p")[0].reason for port in (None, 0)] == ["FieldValueRequired", "FieldValueInvalid"]


def test_a_pod_gets_tolerations_and_keeps_its_spec() -> None:
    rule = rules(POD)
    pod = defaulted(POD, {"spec": {"containers": [{"name": "a", "image": "a:1"}]}})
    assert [t["key"] for t in pod["spec"]["tolerations"]] == ["node.kubernetes.io/not-ready",
                                                              "node.kubernetes.io/unreachable"]  # fmt: skip
    assert pod["spec"]["serviceAccountName"] == "default"
    assert rule.graceful
    assert rule.validate(pod) == []
    newer = copy.deepcopy(pod)
    newer["spec"]["containers"][0]["image"] = "a:2"
    assert rule.validate_update(newer, pod) == []
    newer["spec"]["containers"][0]["command"] = ["sh"]
    assert [cause.reason for cause in rule.validate_update(newer, pod)] == ["FieldValueForbidden"]


def test_defaults_of_workloads() -> None:
    deployment = defaulted(DEPLOYMENT, workload())["spec"]
    rolling = {"maxUnavailable": "25%", "maxSurge": "25%"}
    assert deployment["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}
    assert (deployment["replicas"], deployment["progressDeadlineSeconds"]) == (1, 600)
    daemons = defaulted(DAEMON_SET, workload())["spec"]
    assert daemons["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": 1, "maxSurge": 0}
    assert "replicas" not in daemons
    replicas = workload()
    del replicas["spec"]["selector"]
    assert defaulted(REPLICA_SET, replicas)["spec"]["selector"] == {"matchLabels": LABELS}


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"replicas": -1}, "spec.replicas"),
        ({"selector": None}, "spec.selector"),
        ({"selector": {}}, "spec.selector"),
        ({"selector": {"matchLabels": {"app": "b"}}}, "spec.template.metadata.labels"),
        ({"strategy": {"type": "Odd"}}, "spec.strategy.type"),
        ({"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}}, "spec.strategy.rollingUpdate"),
        ({"minReadySeconds": 600}, "spec.progressDeadlineSeconds"),
        ({"template": {"spec": {"restartPolicy": "Never"}}}, "spec.template.spec.restartPolicy"),
    ],
)
def test_deployments_are_checked(spec: dict[str, Any], field: str) -> None:
    assert fields(DEPLOYMENT, workload()) == []
    assert field in fields(DEPLOYMENT, workload(**spec))


def test_selectors_stay_and_a_recreated_deployment_forgets_its_rolling_update() -> None:
    rule, old = rules(DEPLOYMENT), defaulted(DEPLOYMENT, workload())
    other = defaulted(DEPLOYMENT, workload(selector={"matchLabels": {"b": "c"}}))
    assert [cause.field for cause in rule.validate_update(other, old)] == ["spec.selector"]
    newer = copy.deepcopy(old)
    newer["spec"]["strategy"]["type"] = "Recreate"
    newer["status"] = {"replicas": 9}
    rule.prepare_update(newer, {**old, "status": {"replicas": 1}})
    assert (newer["spec"]["strategy"], newer["status"]) == ({"type": "Recreate"}, {"replicas": 1})
    assert rule.has_generation


@pytest.mark.parametrize(
    ("kind", "obj", "cells"),
    [
        (DEPLOYMENT, {"spec": {"replicas": 2}, "status": {"readyReplicas": 1, "updatedReplicas": 2}}, ["1/2", 2, 0]),
        (REPLICA_SET, {"spec": {"replicas": 2}, "status": {"replicas": 1, "readyReplicas": 1}}, [2, 1, 1]),
        (DAEMON_SET, {"status": {"desiredNumberScheduled": 3, "numberReady": 2}}, [3, 0, 2, 0, 0, "<none>"]),
        (POD, {"spec": {"containers": [{}]}, "status": {"phase": "Running"}}, ["0/1", "Running", "0"]),
    ],
)
def test_columns(kind: ResourceKind, obj: dict[str, Any], cells: list[Any]) -> None:
    shown = kind.printer.cells({"metadata": {}, **obj}, NOW)
    assert shown[: len(cells)] == cells
    assert len(shown) + 1 == len(kind.printer.columns)


@pytest.mark.parametrize("kind", [REPLICATION_CONTROLLER, STATEFUL_SET, JOB, CRON_JOB])
def test_workloads_that_nothing_runs_are_stored_with_a_warning(kind: ResourceKind) -> None:
    rule = rules(kind)
    obj = {"spec": {"template": {"metadata": {"labels": {"a b": ""}}}}, "status": {"replicas": 3}}
    with collecting() as warnings:
        rule.prepare_create(obj)
    name = kind.resource_types()[0].group_resource
    text = f"the sandbox stores {name} but runs no controller for them: no pods will be created"
    assert (warnings, obj["status"].get("replicas", 0)) == ([text], 0)
    assert [cause.field for cause in rule.validate(obj)] == ["spec.template.labels"]


def test_revisions_are_plain_objects() -> None:
    (revision,) = CONTROLLER_REVISION.resource_types()
    assert (revision.api_version, revision.subresources) == ("apps/v1", frozenset())
    assert type(rules(CONTROLLER_REVISION)) is KindStrategy
