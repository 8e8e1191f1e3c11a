"""Decisions about pods, templates, status and endpoints, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from canarytui.sandbox.controllers import objects
from canarytui.sandbox.controllers.deployment import revisions, scaling, status
from canarytui.sandbox.controllers.endpoints.backing import Port, backings, has_own_endpoints
from canarytui.sandbox.controllers.endpoints.controller import endpoints_of
from canarytui.sandbox.controllers.endpoints.slices import SLICE_SIZE, slices_of
from canarytui.sandbox.controllers.pods import becomes_available_at, is_active, is_available, is_finished, restarts
from canarytui.sandbox.controllers.replicaset.status import next_availability, replica_failure, replica_set_status
from canarytui.sandbox.controllers.scheduler import matches_node, reason_against, tolerates, unschedulable_message
from canarytui.sandbox.controllers.template import pod_from_template, same_template, template_hash, with_label

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
Object = dict[str, Any]


def pod(name: str = "p", *, ready: bool = True, phase: str = "Running", ip: str = "10.0.0.1", **meta: Any) -> Object:
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": "2026-01-01T11:59:50Z"}
    metadata = {"name": name, "namespace": "test", "uid": name, "labels": {"app": "a"}, **meta}
    ports = [{"name": "http", "containerPort": 8080}]
    spec = {"nodeName": "n", "containers": [{"name": "app", "ports": ports}]}
    found: Object = {"phase": phase, "conditions": [condition], "containerStatuses": [{"restartCount": 2}]}
    return {"metadata": metadata, "spec": spec, "status": {**found, "podIP": ip} if ip else found}


def test_pods_count_as_replicas_until_they_end() -> None:
    ending = pod(deletionTimestamp="2026-01-01T12:00:00Z")
    assert [is_active(each) for each in (pod(), pod(phase="Failed"), ending)] == [True, False, False]
    assert [is_finished(each) for each in (pod(), pod(phase="Succeeded"))] == [False, True]
    assert restarts(pod()) == 2


@pytest.mark.parametrize(("min_ready_s", "available"), [(0, True), (10, True), (11, False)])
def test_pods_are_available_once_ready_for_long_enough(min_ready_s: int, available: bool) -> None:
    assert is_available(pod(), min_ready_s, NOW) is available
    assert not is_available(pod(ready=False), min_ready_s, NOW)
    moment = becomes_available_at(pod(), min_ready_s)
    assert moment is not None
    assert next_availability([pod(), pod(ready=False)], min_ready_s, NOW) == (None if available else moment)


TEMPLATE: Object = {"metadata": {"labels": {"app": "a"}, "annotations": {"x": "y"}}, "spec": {"containers": []}}


def test_templates_are_the_same_whatever_their_revision_label() -> None:
    labelled = with_label(TEMPLATE, "pod-template-hash", "abc")
    assert labelled["metadata"]["labels"] == {"app": "a", "pod-template-hash": "abc"}
    assert "pod-template-hash" not in TEMPLATE["metadata"]["labels"]
    assert same_template(TEMPLATE, labelled)
    assert not same_template(TEMPLATE, with_label(TEMPLATE, "app", "b"))
    assert template_hash(TEMPLATE) == template_hash(dict(TEMPLATE)) != template_hash(TEMPLATE, 1)


def test_a_pod_of_a_template_belongs_to_its_owner() -> None:
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "r", "namespace": "test", "uid": "u"}}
    made = pod_from_template(TEMPLATE, owner)
    assert (made["metadata"]["generateName"], made["metadata"]["labels"]) == ("r-", {"app": "a"})
    assert objects.is_controlled_by(made, owner)
    assert objects.controller_of(made) == objects.owner_reference(owner)


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        (None, False), ({}, True), ({"matchLabels": {"app": "a"}}, True), ({"matchLabels": {"app": "b"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}, False),
        ({"matchExpressions": [{"key": "x", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Like"}]}, False),
    ],
)  # fmt: skip
def test_selectors(selector: Any, selected: bool) -> None:
    assert objects.selects(selector, {"app": "a"}) is selected


NODE: Object = {"metadata": {"name": "n", "labels": {"zone": "z"}}, "spec": {}}
TAINT = {"key": "k", "value": "v", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("pod_spec", "node_spec", "why"),
    [
        ({}, {}, None),
        ({}, {"unschedulable": True}, "node(s) were unschedulable"),
        ({}, {"taints": [TAINT]}, "node(s) had untolerated taint {k: v}"),
        ({"tolerations": [{"key": "k", "operator": "Exists"}]}, {"taints": [TAINT]}, None),
        ({}, {"taints": [{**TAINT, "effect": "PreferNoSchedule"}]}, None),
        ({"nodeSelector": {"zone": "other"}}, {}, "node(s) didn't match Pod's node affinity/selector"),
    ],
)
def test_why_a_pod_may_not_run_on_a_node(pod_spec: Object, node_spec: Object, why: str | None) -> None:
    assert reason_against({"spec": pod_spec}, {**NODE, "spec": node_spec}) == why


def test_affinity_tolerations_and_the_message_about_all_nodes() -> None:
    field = {"key": "metadata.name", "operator": "In", "values": ["n"]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    assert matches_node({"affinity": affinity}, NODE)
    assert not matches_node({"affinity": affinity}, {**NODE, "metadata": {"name": "m"}})
    assert tolerates({"key": "k", "value": "v"}, TAINT)
    assert not tolerates({"key": "k", "value": "x"}, TAINT)
    assert not tolerates({"key": "k", "value": "v", "effect": "NoExecute"}, TAINT)
    assert unschedulable_message([]) == "no nodes available to schedule pods"
    assert unschedulable_message(["a", "b", "a"]).startswith("0/3 nodes are available: 1 b, 2 a.")


def service(**spec: Any) -> Object:
    metadata = {"name": "s", "namespace": "test", "uid": "s"}
    ports = [{"name": "web", "port": 80, "targetPort": "http"}]
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata,
            "spec": {"selector": {"app": "a"}, "ports": ports, **spec}}  # fmt: skip


def test_pods_back_a_service_that_selects_them_and_whose_ports_they_have() -> None:
    other = pod("other", labels={"app": "b"})
    candidates = [pod("b"), pod("a", ready=False), other, pod("ended", phase="Failed"), pod("new", ip="")]
    found = backings(service(), candidates)
    assert [(each.pod["metadata"]["name"], each.ready, each.serving) for each in found] == [
        ("a", False, False), ("b", True, True),
    ]  # fmt: skip
    assert found[1].ports == (Port("web", 8080, "TCP"),)
    assert backings(service(ports=[{"port": 80, "targetPort": "odd"}]), candidates) == []
    assert [has_own_endpoints(service(**spec)) for spec in ({}, {"selector": {}}, {"type": "ExternalName"})] == [
        True, False, False,
    ]  # fmt: skip


def test_both_forms_of_endpoints_say_who_is_ready() -> None:
    found = backings(service(clusterIP="None"), [pod("a"), pod("b", ready=False)])
    made = endpoints_of(service(clusterIP="None"), found)
    (subset,) = made["subsets"]
    assert [address["targetRef"]["name"] for address in subset["addresses"]] == ["a"]
    assert [address["targetRef"]["name"] for address in subset["notReadyAddresses"]] == ["b"]
    assert subset["ports"] == [{"name": "web", "port": 8080, "protocol": "TCP"}]
    assert made["metadata"]["labels"]["service.kubernetes.io/headless"] == ""
    (part,) = slices_of(service(), found)
    assert [endpoint["conditions"]["ready"] for endpoint in part["endpoints"]] == [True, False]
    many = backings(service(), [pod(f"p{number:03}") for number in range(SLICE_SIZE + 1)])
    assert [len(each["endpoints"]) for each in slices_of(service(), many)] == [SLICE_SIZE, 1]
    assert [each["endpoints"] for each in slices_of(service(), [])] == [[]]


def deployment(replicas: int = 2, **spec: Any) -> Object:
    metadata = {"name": "d", "namespace": "test", "uid": "d", "generation": 3, "annotations": {"note": "n"}}
    whole = {"replicas": replicas, "selector": {"matchLabels": {"app": "a"}}, "template": TEMPLATE, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": whole}


def replica_set(name: str, replicas: int, available: int, revision: int = 0, **annotations: str) -> Object:
    notes = {revisions.REVISION: str(revision), **annotations} if revision else annotations
    metadata = {"name": name, "annotations": notes, "creationTimestamp": "2026-01-01T00:00:00Z"}
    counts = {"replicas": available, "readyReplicas": available, "availableReplicas": available}
    spec = {"replicas": replicas, "template": TEMPLATE}
    return {"metadata": metadata, "spec": spec, "status": {k: v for k, v in counts.items() if v}}


def test_a_replica_set_knows_its_revision_and_those_it_was() -> None:
    made = revisions.new_replica_set(deployment(minReadySeconds=5), 1, {"a": "b"})
    label = made["metadata"]["labels"]["pod-template-hash"]
    assert made["metadata"]["name"] == f"d-{label}"
    assert made["spec"]["selector"]["matchLabels"] == {"app": "a", "pod-template-hash": label}
    assert (made["spec"]["replicas"], made["spec"]["minReadySeconds"]) == (1, 5)
    old = replica_set("old", 0, 0, 2)
    assert revisions.find_new(deployment(), [old]) is old
    assert (revisions.revision_of(old), revisions.next_revision([old])) == (2, 3)
    renewed = revisions.revision_annotations(old, deployment(), 4)
    assert renewed == {revisions.REVISION: "4", revisions.REVISION_HISTORY: "2", "note": "n"}
    assert revisions.copied_annotations(deployment()) == {"note": "n"}


def test_old_replica_sets_beyond_the_limit_expire_oldest_first() -> None:
    sets = [replica_set(name, 0, 0, revision) for name, revision in (("c", 3), ("a", 1), ("b", 2))]
    owner = deployment(revisionHistoryLimit=1)
    assert [each["metadata"]["name"] for each in revisions.expired(owner, sets)] == ["a", "b"]
    sets[1]["spec"]["replicas"] = 1
    assert [each["metadata"]["name"] for each in revisions.expired(owner, sets)] == ["b"]


def test_a_change_of_size_goes_to_the_only_active_set_or_in_proportion() -> None:
    rolling = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}}
    only = replica_set("new", 2, 2, 1, **{scaling.DESIRED_ANNOTATION: "2", scaling.MAX_ANNOTATION: "2"})
    assert not scaling.is_scaling_event(deployment(2, **rolling), [only])
    assert scaling.is_scaling_event(deployment(4, **rolling), [only])
    assert scaling.scaled_counts(deployment(4, **rolling), only, []) == {"new": 4}
    other = replica_set("old", 2, 2, 1, **{scaling.DESIRED_ANNOTATION: "4", scaling.MAX_ANNOTATION: "4"})
    half = replica_set("new", 2, 0, 2, **{scaling.DESIRED_ANNOTATION: "4", scaling.MAX_ANNOTATION: "4"})
    assert scaling.scaled_counts(deployment(8, **rolling), half, [other]) == {"new": 4, "old": 4}


def test_a_deployment_s_status_counts_and_concludes() -> None:
    new, old = replica_set("new", 2, 1), replica_set("old", 1, 1)
    owner = deployment(2, progressDeadlineSeconds=60)
    moved = status.rollout_status(owner, new, [new, old], NOW)
    counts = {k: v for k, v in moved.items() if k != "conditions"}
    assert counts == {"observedGeneration": 3, "replicas": 2, "updatedReplicas": 1, "readyReplicas": 2,
                      "availableReplicas": 2, "unavailableReplicas": 1}  # fmt: skip
    assert [(c["type"], c["status"], c["reason"]) for c in moved["conditions"]] == [
        ("Available", "True", "MinimumReplicasAvailable"), ("Progressing", "True", "ReplicaSetUpdated"),
    ]  # fmt: skip
    assert status.seconds_to_deadline(owner, moved, NOW) == 61
    stuck = status.rollout_status({**owner, "status": moved}, new, [new, old], NOW.replace(minute=2))
    progressing = status.find_condition(stuck, "Progressing")
    assert progressing is not None
    assert (progressing["reason"], progressing["message"]) == (
        "ProgressDeadlineExceeded", 'ReplicaSet "new" has timed out progressing.',
    )  # fmt: skip
    assert status.timed_out(owner, stuck, NOW)
    done = status.rollout_status(owner, replica_set("new", 2, 2), [replica_set("new", 2, 2)], NOW)
    assert status.is_complete(owner, done)
    assert status.is_progressing(moved, done)
    assert status.seconds_to_deadline(owner, done, NOW) is None
    assert status.deadline_s(deployment(progressDeadlineSeconds=status.NO_DEADLINE)) is None
    assert status.without_condition(done, "Available")["conditions"] == [status.find_condition(done, "Progressing")]


def test_a_replica_set_s_status_counts_its_pods_and_keeps_its_failure() -> None:
    owner = {"metadata": {"generation": 2}, "spec": {"template": TEMPLATE, "minReadySeconds": 60}}
    failure = replica_failure("FailedCreate", "quota", NOW)
    made = replica_set_status(owner, [pod("a"), pod("b", ready=False, labels={})], failure, NOW)
    assert made == {"replicas": 2, "fullyLabeledReplicas": 1, "readyReplicas": 1, "observedGeneration": 2,
                    "conditions": [failure]}  # fmt: skip
    again = replica_failure("FailedCreate", "other text", NOW.replace(hour=13))
    assert replica_set_status({**owner, "status": made}, [], again, NOW)["conditions"] == [failure]
    assert replica_set_status({**owner, "status": made}, [], None, NOW) == {"replicas": 0, "observedGeneration": 2}
