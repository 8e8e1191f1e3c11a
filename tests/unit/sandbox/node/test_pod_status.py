"""A pod's status in the API's shapes: phases, conditions, quality of service, and the way back to records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.sandbox.node import container_record as records
from canarytui.sandbox.node.container_record import ContainerRecord
from canarytui.sandbox.node.pod_status import PodFacts, container_status, pod_phase, pod_status, qos_class, read_record
from canarytui.sandbox.values import parse_timestamp, timestamp

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FACTS = PodFacts("10.42.0.2", "127.0.0.1", NOW)
WAITING = ContainerRecord("app", "image")
RUNNING = records.run(WAITING, NOW, "id", "image", "image@sha256:0")
COMPLETED, FAILED = records.end(RUNNING, NOW, 0), records.end(RUNNING, NOW, 1, message="why")
BACKING_OFF = records.wait(FAILED, "CrashLoopBackOff")


@pytest.mark.parametrize(
    ("policy", "inits", "containers", "phase"),
    [
        ("Always", [], [WAITING], "Pending"),
        ("Always", [], [RUNNING], "Running"),
        ("Always", [], [BACKING_OFF], "Running"),
        ("Always", [], [COMPLETED], "Running"),
        ("Never", [], [COMPLETED], "Succeeded"),
        ("Never", [], [COMPLETED, FAILED], "Failed"),
        ("OnFailure", [], [FAILED], "Running"),
        ("Always", [RUNNING], [RUNNING], "Running"),
        ("Always", [WAITING], [WAITING], "Pending"),
        ("Never", [FAILED], [WAITING], "Failed"),
    ],
)
def test_phases(policy: str, inits: list[ContainerRecord], containers: list[ContainerRecord], phase: str) -> None:
    assert pod_phase(policy, inits, containers) == phase


def conditions(pod: dict[str, Any], *containers: ContainerRecord, now: datetime = NOW) -> dict[str, dict[str, Any]]:
    return {each["type"]: each for each in pod_status(pod, [], containers, FACTS, now)["conditions"]}


def test_a_condition_keeps_its_time_until_it_changes() -> None:
    ready = records.replace(RUNNING, ready=True)
    pod: dict[str, Any] = {"spec": {}, "status": pod_status({"spec": {}}, [], [ready], FACTS, NOW)}
    later = NOW + timedelta(minutes=1)
    assert conditions(pod, ready, now=later)["Ready"]["lastTransitionTime"] == timestamp(NOW)
    lost = conditions(pod, RUNNING, now=later)["Ready"]
    assert (lost["status"], lost["reason"], lost["lastTransitionTime"]) == (
        "False",
        "ContainersNotReady",
        timestamp(later),
    )
    assert lost["message"] == "containers with unready status: [app]"


def test_readiness_gates_and_foreign_conditions() -> None:
    ready = records.replace(RUNNING, ready=True)
    pod: dict[str, Any] = {"spec": {"readinessGates": [{"conditionType": "x/y"}]}}
    assert conditions(pod, ready)["Ready"]["reason"] == "ReadinessGatesNotReady"
    pod["status"] = {"conditions": [{"type": "x/y", "status": "True"}]}
    found = conditions(pod, ready)
    assert (found["Ready"]["status"], found["x/y"]) == ("True", {"type": "x/y", "status": "True"})


def test_the_whole_status() -> None:
    status = pod_status({"spec": {"containers": []}}, [COMPLETED], [RUNNING], FACTS, NOW)
    assert (status["phase"], status["podIP"], status["hostIP"], status["qosClass"]) == (
        "Running", "10.42.0.2", "127.0.0.1", "BestEffort",
    )  # fmt: skip
    assert status["startTime"] == "2026-01-01T12:00:00Z"
    assert status["initContainerStatuses"][0]["state"]["terminated"]["reason"] == "Completed"


@pytest.mark.parametrize("record", [WAITING, RUNNING, COMPLETED, FAILED, BACKING_OFF])
def test_a_stored_status_is_read_back(record: ContainerRecord) -> None:
    read = read_record(container_status(record), "image")
    assert (read.state, read.last, read.restart_count) == (record.state, record.last, record.restart_count)
    assert (read.name, read.image_id, read.container_id) == (record.name, record.image_id, record.container_id)


def resources(requests: dict[str, str], limits: dict[str, str]) -> dict[str, Any]:
    return {"resources": {"requests": requests, "limits": limits}}


@pytest.mark.parametrize(
    ("containers", "quality"),
    [
        ([{}], "BestEffort"),
        ([resources({"cpu": "1"}, {})], "Burstable"),
        ([resources({}, {"cpu": "1", "memory": "1Gi"})], "Guaranteed"),
        ([resources({"cpu": "1"}, {"cpu": "2", "memory": "1Gi"})], "Burstable"),
        ([resources({}, {"cpu": "1", "memory": "1Gi"}), {}], "Burstable"),
    ],
)
def test_quality_of_service(containers: list[dict[str, Any]], quality: str) -> None:
    assert qos_class({"containers": containers}) == quality


def test_times_are_read_and_written_to_the_second() -> None:
    assert timestamp(parse_timestamp("2026-01-01T13:00:00.5+01:00")) == "2026-01-01T12:00:00Z"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        parse_timestamp("yesterday")
