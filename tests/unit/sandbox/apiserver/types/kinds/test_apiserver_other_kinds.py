"""Every other kind with rules or columns of its own; and what all records together promise."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds import BUILTIN_KINDS, access, stored_only
from canarytui.sandbox.apiserver.types.kinds.autoscaling import (
    HORIZONTAL_POD_AUTOSCALER,
    autoscaler_from_v1,
    autoscaler_to_v1,
)
from canarytui.sandbox.apiserver.types.kinds.configuration import CONFIG_MAP, SECRET, SERVICE_ACCOUNT
from canarytui.sandbox.apiserver.types.kinds.definitions import CRD_CLEANUP, CUSTOM_RESOURCE_DEFINITION
from canarytui.sandbox.apiserver.types.kinds.events import EVENT, NEW_EVENT, event_from_v1, event_to_v1
from canarytui.sandbox.apiserver.types.kinds.namespaces import NAMESPACE
from canarytui.sandbox.apiserver.types.kinds.networking import INGRESS, INGRESS_CLASS, NETWORK_POLICY
from canarytui.sandbox.apiserver.types.kinds.nodes import NODE
from canarytui.sandbox.apiserver.types.kinds.services import ENDPOINT_SLICE, ENDPOINTS, SERVICE
from canarytui.sandbox.apiserver.types.strategy import GenerationStrategy, KindStrategy

BORN = {"name": "a", "creationTimestamp": "2026-01-01T11:59:00Z"}
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def rules(kind: ResourceKind) -> KindStrategy:
    return kind.strategy(kind.resource_types()[0])


def defaulted(kind: ResourceKind, **obj: Any) -> dict[str, Any]:
    made = copy.deepcopy({"metadata": dict(BORN), **obj})
    rules(kind).default(made)
    return made


def fields(kind: ResourceKind, **obj: Any) -> list[str]:
    return [cause.field for cause in rules(kind).validate(defaulted(kind, **obj))]


def test_no_two_records_claim_one_path_or_one_kind() -> None:
    types = [rt for kind in BUILTIN_KINDS for rt in kind.resource_types()]
    assert len({(rt.api_version, rt.plural) for rt in types}) == len(types)
    assert len({(rt.api_version, rt.kind) for rt in types}) == len(types)
    shorts = [(short, rt.version) for rt in types for short in rt.short_names if rt.group != "events.k8s.io"]
    assert len(set(shorts)) == len(shorts)


def test_a_namespace_is_held_until_it_is_empty_and_knows_its_name() -> None:
    rule = rules(NAMESPACE)
    obj = defaulted(NAMESPACE)
    assert obj["metadata"]["labels"] == {"kubernetes.io/metadata.name": "a"}
    rule.prepare_create(obj)
    assert (obj["spec"], obj["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})
    sent: dict[str, Any] = {"metadata": {}, "spec": {}}
    rule.prepare_update(sent, obj)
    assert (sent["spec"], sent["status"]) == (obj["spec"], obj["status"])
    assert rule.name_problems("a.b")
    assert NAMESPACE.printer.cells({"metadata": BORN, "status": {"phase": "Terminating"}}, NOW) == [
        "Terminating",
        "60s",
    ]


def test_config_maps_and_secrets() -> None:
    assert fields(CONFIG_MAP, data={"a b": ""}) == ["data[a b]"]
    frozen = {"immutable": True, "data": {"a": "1"}}
    assert [c.field for c in rules(CONFIG_MAP).validate_update({"data": {}}, frozen)] == ["data", "immutable"]
    secret = defaulted(SECRET, data={"a": "eA=="}, stringData={"b": "y"})
    assert (secret["type"], secret["data"], "stringData" in secret) == ("Opaque", {"a": "eA==", "b": "eQ=="}, False)
    assert fields(SECRET, data={"a": "?"}) == ["data[a]"]
    assert [c.field for c in rules(SECRET).validate_update({"type": "a"}, {"type": "b"})] == ["type"]
    assert CONFIG_MAP.printer.cells({"metadata": BORN, "data": {"a": ""}, "binaryData": {"b": ""}}, NOW) == [2, "60s"]
    assert SECRET.printer.cells({"metadata": BORN, "type": "Opaque"}, NOW) == ["Opaque", 0, "60s"]
    assert SERVICE_ACCOUNT.printer.cells({"metadata": BORN, "secrets": [{}]}, NOW) == [1, "60s"]


def test_events_have_two_shapes_and_stay_in_their_namespace() -> None:
    event = {"apiVersion": "v1", "involvedObject": {"name": "a"}, "message": "m", "count": 2}
    shown = event_to_v1(event)
    assert shown == {"apiVersion": "events.k8s.io/v1", "regarding": {"name": "a"}, "note": "m", "deprecatedCount": 2}
    assert event_from_v1(shown) == event
    made = defaulted(EVENT, source={"component": "c"}, involvedObject={"namespace": "x"})
    assert (made["type"], made["reportingComponent"]) == ("Normal", "c")
    assert [cause.field for cause in rules(EVENT).validate(made)] == ["involvedObject.namespace"]
    assert defaulted(NEW_EVENT)["eventTime"] is None
    cells = NEW_EVENT.printer.cells({"metadata": BORN, "regarding": {"kind": "Pod", "name": "p"}, "note": "n\n"}, NOW)
    assert (cells[3], cells[6], cells[-1]) == ("pod/p", "n", "a")


CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}
MEMORY = {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Value", "value": "1Gi"}}}


def test_an_autoscaler_survives_the_way_through_v1() -> None:
    current = [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 5}}}]
    v2 = {
        "apiVersion": "autoscaling/v2",
        "metadata": {"name": "a"},
        "spec": {"maxReplicas": 3, "metrics": [MEMORY, CPU], "behavior": {"scaleUp": {}}},
        "status": {"conditions": [{"type": "AbleToScale"}], "currentMetrics": current},
    }
    v1 = autoscaler_to_v1(v2)
    assert (v1["apiVersion"], v1["spec"]) == (
        "autoscaling/v1",
        {"maxReplicas": 3, "targetCPUUtilizationPercentage": 60},
    )
    assert v1["status"] == {"currentReplicas": 0, "currentCPUUtilizationPercentage": 5}
    back = autoscaler_from_v1(v1)
    assert back == {**v2, "metadata": {"name": "a", "annotations": {}}}


def test_autoscalers_are_defaulted_and_checked() -> None:
    reference = {"kind": "Deployment", "name": "d"}
    spec = defaulted(HORIZONTAL_POD_AUTOSCALER, spec={"scaleTargetRef": reference, "maxReplicas": 2})["spec"]
    assert (spec["minReplicas"], spec["metrics"][0]["resource"]["target"]["averageUtilization"]) == (1, 80)
    assert fields(HORIZONTAL_POD_AUTOSCALER, spec=spec) == []
    wrong = ["spec.maxReplicas", "spec.scaleTargetRef.kind", "spec.scaleTargetRef.name"]
    assert fields(HORIZONTAL_POD_AUTOSCALER, spec={"minReplicas": 2, "maxReplicas": 1}) == wrong
    assert fields(HORIZONTAL_POD_AUTOSCALER, spec={**spec, "maxReplicas": 0}) == ["spec.maxReplicas"]
    cells = HORIZONTAL_POD_AUTOSCALER.printer.cells({"metadata": BORN, "spec": spec}, NOW)
    assert cells == ["Deployment/d", "cpu: <unknown>/80%", "1", 2, 0, "60s"]


def test_services_get_free_addresses_and_ports_once() -> None:
    rule = rules(SERVICE)
    assert rule.allocates
    fresh = {"status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}}
    rule.prepare_create(fresh)
    assert fresh == {"status": {}}
    service = defaulted(SERVICE, spec={"type": "NodePort", "ports": [{"port": 80}]})
    assert service["spec"]["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    rule.allocate(service, [])
    address, port = service["spec"]["clusterIP"], service["spec"]["ports"][0]["nodePort"]
    assert address.startswith("10.43.")
    assert 30000 <= port < 32768
    sent = {"metadata": {}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    rule.prepare_update(sent, service)
    assert (sent["spec"]["clusterIP"], sent["spec"]["ports"][0]["nodePort"]) == (address, port)
    moved = {"spec": {**service["spec"], "clusterIP": "10.43.0.9"}}
    assert [cause.field for cause in rule.validate_update(moved, service)] == ["spec.clusterIPs[0]"]
    assert rule.name_problems("1a")


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ({"ports": [{"port": 80}]}, []),
        ({"type": "Odd", "ports": [{"port": 80}]}, ["spec.type"]),
        ({}, ["spec.ports"]),
        ({"clusterIP": "None"}, []),
        ({"ports": [{"port": 0, "name": "a"}, {"port": 80}]}, ["spec.ports[0].port", "spec.ports[1].name"]),
        ({"ports": [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]}, ["spec.ports[1]"]),
    ],
)
def test_services_are_checked(spec: dict[str, Any], found: list[str]) -> None:
    assert [field for field in fields(SERVICE, spec=spec) if "targetPort" not in field] == found


def test_columns_of_services_and_endpoints() -> None:
    spec = {"type": "NodePort", "clusterIP": "10.43.0.9", "ports": [{"port": 80, "nodePort": 30000}]}
    assert SERVICE.printer.cells({"metadata": BORN, "spec": spec}, NOW)[:4] == ["NodePort", "10.43.0.9", "<none>",
                                                                              "80:30000/TCP"]  # fmt: skip
    subset = {"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80}]}
    assert ENDPOINTS.printer.cells({"metadata": BORN, "subsets": [subset]}, NOW) == ["10.0.0.1:80", "60s"]
    ready = {"addressType": "IPv4", "ports": [{"port": 80}], "endpoints": [{"addresses": ["10.0.0.1"]}]}
    assert ENDPOINT_SLICE.printer.cells({"metadata": BORN, **ready}, NOW) == ["IPv4", "80", "10.0.0.1", "60s"]


def test_a_node_s_columns_say_whether_it_takes_pods() -> None:
    status = {"conditions": [{"type": "Ready", "status": "True"}], "nodeInfo": {"kubeletVersion": "v1.32.2"}}
    labels = {"node-role.kubernetes.io/worker": ""}
    node = {"metadata": {**BORN, "labels": labels}, "spec": {"unschedulable": True}, "status": status}
    assert NODE.printer.cells(node, NOW)[:4] == ["Ready,SchedulingDisabled", "worker", "60s", "v1.32.2"]


def test_ingresses_and_network_policies() -> None:
    spec = {"ingressClassName": "nginx", "rules": [{"host": "a.example.com"}], "tls": [{}]}
    cells = INGRESS.printer.cells({"metadata": BORN, "spec": spec}, NOW)
    assert cells == ["nginx", "a.example.com", "", "80, 443", "60s"]
    assert isinstance(rules(INGRESS), GenerationStrategy)
    assert rules(INGRESS).has_generation
    assert fields(NETWORK_POLICY, spec={"podSelector": {"matchLabels": {"a b": ""}}}) == [
        "spec.podSelector.matchLabels"
    ]
    assert not INGRESS_CLASS.namespaced


def test_bindings_keep_their_role_and_name_their_subjects_group() -> None:
    group = "rbac.authorization.k8s.io"
    subjects = [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s", "namespace": "n"}]
    binding = defaulted(access.ROLE_BINDING, roleRef={"kind": "Role", "name": "r"}, subjects=subjects)
    assert (binding["roleRef"]["apiGroup"], binding["subjects"][0]["apiGroup"]) == (group, group)
    assert "apiGroup" not in binding["subjects"][1]
    other = {**binding, "roleRef": {"kind": "Role", "name": "x"}}
    assert [cause.field for cause in rules(access.ROLE_BINDING).validate_update(other, binding)] == ["roleRef"]
    assert rules(access.CLUSTER_ROLE).name_problems("system:a") == []
    assert access.CLUSTER_ROLE_BINDING.printer.cells(binding, NOW) == ["Role/r", "60s", "u", "", "n/s"]
    assert access.ROLE.printer.cells({"metadata": BORN}, NOW) == ["2026-01-01T11:59:00Z"]
    assert {kind.verbs for kind in access.REVIEWS} == {frozenset({"create"})}


def definition(**spec: Any) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object"}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    names = {"plural": "as", "kind": "A"}
    whole = {"group": "x.io", "scope": "Cluster", "names": names, "versions": [version], **spec}
    return {"metadata": {"name": "as.x.io"}, "spec": whole}


def test_a_definition_is_accepted_at_once_and_held_by_its_objects() -> None:
    made = defaulted(CUSTOM_RESOURCE_DEFINITION, **definition())
    assert made["spec"]["names"] == {"plural": "as", "kind": "A", "singular": "a", "listKind": "AList"}
    assert made["status"]["storedVersions"] == ["v1"]
    assert [(c["type"], c["status"]) for c in made["status"]["conditions"]] == [
        ("NamesAccepted", "True"), ("Established", "True"),
    ]  # fmt: skip
    rules(CUSTOM_RESOURCE_DEFINITION).prepare_create(made)
    assert (made["metadata"]["finalizers"], "status" in made) == ([CRD_CLEANUP], False)


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"group": ""}, "spec.group"), ({"scope": "Odd"}, "spec.scope"), ({"versions": []}, "spec.versions"),
        ({"names": {}}, "spec.names.plural"), ({"group": "y.io"}, "metadata.name"),
        ({"versions": [{"name": "v1", "storage": True}]}, "spec.versions[0].schema.openAPIV3Schema"),
    ],
)  # fmt: skip
def test_definitions_are_checked(spec: dict[str, Any], field: str) -> None:
    assert fields(CUSTOM_RESOURCE_DEFINITION, **definition()) == []
    assert field in fields(CUSTOM_RESOURCE_DEFINITION, **definition(**spec))


def test_kinds_that_nothing_acts_on() -> None:
    lease = {"metadata": BORN, "spec": {"holderIdentity": "h"}}
    assert stored_only.LEASE.printer.cells(lease, NOW) == ["h", "60s"]
    budget = {"selector": {"matchLabels": {"a b": ""}}}
    assert fields(stored_only.DISRUPTION_BUDGET, spec=budget) == ["spec.selector.matchLabels"]
    plain = (*stored_only.CORE, *stored_only.CLUSTER)
    own = {stored_only.VolumeStrategy, stored_only.ApiServiceStrategy}
    assert {type(rules(kind)) for kind in plain} == {KindStrategy, *own}
    assert {kind.printer.columns[1].name for kind in plain} == {"Age"}
