"""Tables: cells of built-in kinds, columns of custom resources, JSONPath and ages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from canarytui.sandbox.apiserver.presentation import jsonpath
from canarytui.sandbox.apiserver.presentation.tables import custom_printer, table
from canarytui.sandbox.apiserver.types.ages import human_duration
from canarytui.sandbox.apiserver.types.kinds import BUILTIN_KINDS
from canarytui.sandbox.apiserver.types.kinds.pods import pod_status
from canarytui.sandbox.apiserver.types.registry import Registry

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
BORN = "2026-01-01T11:55:30Z"


def made(
    group: str,
    plural: str,
    obj: dict[str, Any],
    *,
    columns: list[dict[str, Any]] | None = None,
    include: str = "Metadata",
) -> dict[str, Any]:
    registry = Registry()
    printer = registry.kind(registry.find(group, plural)).printer if columns is None else custom_printer(columns)
    obj = {"metadata": {"name": "a", "creationTimestamp": BORN}, **obj}
    return table(printer, [obj], include_object=include, list_meta={"resourceVersion": "7"}, now=NOW)


def row(group: str, plural: str, obj: dict[str, Any], *, columns: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Cells by column name."""
    answer = made(group, plural, obj, columns=columns)
    names = [column["name"] for column in answer["columnDefinitions"]]
    cells = answer["rows"][0]["cells"]
    assert len(names) == len(cells)
    return dict(zip(names, cells, strict=True))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"), (119, "119s"), (120, "2m"), (184, "3m4s"), (600, "10m"), (3 * 3600, "3h"), (3 * 3600 + 60, "3h1m"),
        (8 * 3600 + 60, "8h"), (49 * 3600, "2d1h"), (8 * 86400, "8d"), (2 * 365 * 86400, "2y"), (-1, "0s"),
        (-5, "<invalid>"),
    ],
)  # fmt: skip
def test_ages_are_as_short_as_kubectl_s(seconds: int, text: str) -> None:
    assert human_duration(seconds) == text


def waiting(reason: str) -> dict[str, Any]:
    return {"state": {"waiting": {"reason": reason}}}


def ended(code: int, reason: str = "", signal: int = 0) -> dict[str, Any]:
    return {"state": {"terminated": {"exitCode": code, "reason": reason, "signal": signal}}}


RUNNING = {"ready": True, "state": {"running": {}}}


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ({"phase": "Pending"}, "Pending"),
        ({"phase": "Running", "containerStatuses": [RUNNING]}, "Running"),
        ({"phase": "Running", "containerStatuses": [waiting("CrashLoopBackOff")]}, "CrashLoopBackOff"),
        ({"phase": "Running", "containerStatuses": [ended(1, "Error")]}, "Error"),
        ({"phase": "Running", "containerStatuses": [ended(2)]}, "ExitCode:2"),
        ({"phase": "Running", "containerStatuses": [ended(137, signal=9)]}, "Signal:9"),
        ({"phase": "Succeeded", "containerStatuses": [ended(0, "Completed")]}, "Completed"),
        ({"phase": "Running", "containerStatuses": [ended(0, "Completed"), RUNNING]}, "NotReady"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted"),
        ({"phase": "Pending", "initContainerStatuses": [ended(0), {"state": {"running": {}}}]}, "Init:1/2"),
        ({"phase": "Pending", "initContainerStatuses": [waiting("PodInitializing")]}, "Init:0/2"),
        ({"phase": "Pending", "initContainerStatuses": [ended(3)]}, "Init:ExitCode:3"),
        ({"phase": "Pending", "initContainerStatuses": [waiting("ErrImagePull")]}, "Init:ErrImagePull"),
    ],
)
def test_a_pod_s_status_is_what_its_containers_wait_for_or_died_of(status: dict[str, Any], word: str) -> None:
    spec = {"initContainers": [{"name": "x"}, {"name": "y"}]}
    assert pod_status({"metadata": {}, "spec": spec, "status": status}) == word


def test_a_pod_that_is_being_deleted_is_terminating() -> None:
    meta = {"deletionTimestamp": BORN}
    assert pod_status({"metadata": meta, "status": {"phase": "Running"}}) == "Terminating"
    assert pod_status({"metadata": meta, "status": {"phase": "Running", "reason": "NodeLost"}}) == "Unknown"


def test_restarts_say_how_long_ago_the_last_was() -> None:
    status = RUNNING | {"restartCount": 3, "lastState": {"terminated": {"finishedAt": BORN}}}
    cells = row("", "pods", {"spec": {"containers": [{}]}, "status": {"containerStatuses": [status]}})
    assert (cells["Ready"], cells["Restarts"], cells["Age"]) == ("1/1", "3 (4m30s ago)", "4m30s")


def test_a_deployment_counts_ready_updated_and_available() -> None:
    status = {"readyReplicas": 1, "updatedReplicas": 2, "availableReplicas": 1}
    cells = row("apps", "deployments", {"spec": {"replicas": 3}, "status": status})
    assert (cells["Ready"], cells["Up-to-date"], cells["Available"]) == ("1/3", 2, 1)


@pytest.mark.parametrize(
    ("spec", "external", "ports"),
    [
        ({"type": "ClusterIP", "ports": [{"port": 80}, {"port": 53, "protocol": "UDP"}]}, "<none>", "80/TCP,53/UDP"),
        ({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}, "<none>", "80:30080/TCP"),
        ({"type": "LoadBalancer", "ports": []}, "<pending>", "<none>"),
        ({"type": "ExternalName", "externalName": "example.com"}, "example.com", "<none>"),
    ],
)
def test_a_service_shows_where_it_is_reached(spec: dict[str, Any], external: str, ports: str) -> None:
    cells = row("", "services", {"spec": spec})
    assert (cells["External-IP"], cells["Port(s)"]) == (external, ports)


def test_many_endpoints_are_shortened() -> None:
    subset = {"addresses": [{"ip": f"10.0.0.{n}"} for n in range(1, 6)], "ports": [{"port": 80}]}
    assert row("", "endpoints", {"subsets": [subset]})["Endpoints"] == (
        "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more..."
    )


def test_an_autoscaler_shows_measured_and_wanted() -> None:
    metric = {"resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "d"}, "minReplicas": 2, "maxReplicas": 4,
            "metrics": [metric]}  # fmt: skip
    cells = row("autoscaling", "horizontalpodautoscalers", {"spec": spec})
    assert (cells["Reference"], cells["Targets"]) == ("Deployment/d", "cpu: <unknown>/80%")


def test_events_have_no_name_column_unless_wide() -> None:
    event = {"lastTimestamp": BORN, "type": "Warning", "reason": "Synced", "message": "Halt\n",
             "involvedObject": {"kind": "Canary", "name": "podinfo"}}  # fmt: skip
    narrow = [c["name"] for c in made("", "events", event)["columnDefinitions"] if c["priority"] == 0]
    assert narrow == ["Last Seen", "Type", "Reason", "Object", "Message"]
    cells = row("", "events", event)
    assert (cells["Last Seen"], cells["Object"], cells["Message"]) == ("4m30s", "canary/podinfo", "Halt")


def test_custom_columns_follow_their_paths_and_types() -> None:
    obj = {
        "spec": {"weights": [5, 10]},
        "status": {"n": 2.0, "text": "x", "conditions": [{"type": "Other"}, {"type": "Promoted", "status": "True"}]},
    }
    columns = [
        {"name": "Promoted", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Promoted")].status'},
        {"name": "N", "type": "integer", "jsonPath": ".status.n"},
        {"name": "Text", "type": "integer", "jsonPath": ".status.text"},
        {"name": "Last", "type": "integer", "jsonPath": ".spec.weights[-1]", "priority": 1},
        {"name": "Born", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
        {"name": "None", "type": "string", "jsonPath": ".status.nothing"},
    ]
    cells = row("", "configmaps", obj, columns=columns)
    assert cells == {"Name": "a", "Promoted": "True", "N": 2, "Text": None, "Last": 10, "Born": "4m30s", "None": None}
    assert row("", "configmaps", obj, columns=[]) == {"Name": "a", "Age": "4m30s"}


def test_lists_and_maps_are_shown_as_json() -> None:
    columns = [
        {"name": "Hosts", "type": "string", "jsonPath": ".spec.hosts"},
        {"name": "On", "type": "string", "jsonPath": ".spec.on"},
    ]
    obj = {"spec": {"hosts": ["a.example", "b.example"], "on": True}}
    found = row("g", "x", obj, columns=columns)
    assert (found["Hosts"], found["On"]) == ('["a.example","b.example"]', "true")


def test_rows_carry_what_was_asked_for() -> None:
    assert made("", "configmaps", {}, include="Metadata")["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    assert made("", "configmaps", {"data": {"k": "v"}}, include="Object")["rows"][0]["object"]["data"] == {"k": "v"}
    answer = made("", "configmaps", {}, include="None")
    assert "object" not in answer["rows"][0]
    assert answer["metadata"] == {"resourceVersion": "7"}


def test_every_served_kind_prints_an_object_that_has_only_a_name() -> None:
    for kind in BUILTIN_KINDS:
        answer = table(kind.printer, [{"metadata": {"name": "a"}}], include_object="None", list_meta={}, now=NOW)
        assert len(answer["rows"][0]["cells"]) == len(answer["columnDefinitions"]), kind.name


@pytest.mark.parametrize("path", [".a[", ".a[?(@.b>1)]", ".a..b"])
def test_a_path_that_is_not_understood_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no simple JSONPath"):
        jsonpath.find({"a": []}, path)
