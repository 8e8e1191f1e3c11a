"""What the fixed cluster has of one canary: pods, replica sets, services and logs as a cluster would give them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from canarytui.console.demo_fixture.numbers import fill_numbers
from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.session.canary_detail import NO_LOGS, CanaryDetail, Reading, workload_object
from canarytui.session.log_follower import BOTH, CANARY, CONTROLLER, PRIMARY, title
from canarytui.session.metric_history import DURATION, SUCCESS_RATE
from canarytui.session.state import ClusterState

_HASHES = {"": "6d5f8c7b9", "-primary": "7c9bd56f4"}
_IDS = ("x7k2p", "q4m9d", "t8w5z")


class FixtureCanaryDetail(CanaryDetail):
    """Its logs are available as soon as they are requested."""

    def __init__(self, key: tuple[str, str], now: datetime) -> None:
        super().__init__(key)
        self._now = now

    def ask_logs(self, whose: str, *, before: bool = False) -> None:
        if (whose, before) != (self.logs_of, self.logs_before):
            super().ask_logs(whose, before=before)
            _add_logs(self, self._now)


def fixture_detail(state: ClusterState, key: tuple[str, str]) -> CanaryDetail:
    """What a live session would have found about `key`, with lines of its logs."""
    canary_detail = FixtureCanaryDetail(key, state.now())
    canary = state.canary(key)
    if not isinstance(canary, Canary):
        return canary_detail
    now = state.now()
    for suffix, part in (("", "target"), ("-primary", "primary")):
        name = canary.target_name + suffix
        obj = workload_object(state, canary, name)
        workload = WorkloadStatus.parse(obj) if obj is not None else None
        if workload is None:
            continue
        replica_set = f"{name}-{_HASHES[suffix]}"
        canary_detail.take("ReplicaSet", part, [_replica_set(name, replica_set, workload)])
        ages = timedelta(minutes=3 if part == "target" else 95)
        pods = [_pod(replica_set, pod_id, workload, now - ages) for pod_id in _IDS[: workload.desired]]
        canary_detail.take("Pod", part, pods)
    apex = canary.apex_name
    selected = {"": f"{apex}-primary", "-primary": f"{apex}-primary", "-canary": canary.target_name}
    canary_detail.take("Service", "", [_service(apex + suffix, app) for suffix, app in selected.items()])
    canary_detail.take("Event", "", [])
    if state.readings.points(key, SUCCESS_RATE):
        canary_detail.primary_readings = {SUCCESS_RATE: Reading(100.0, now), DURATION: Reading(28.4, now)}
        fill_numbers(canary_detail.numbers, state, key)
    return canary_detail


def _add_logs(canary_detail: CanaryDetail, now: datetime) -> None:
    if canary_detail.logs_of == NO_LOGS:
        return
    book, name = canary_detail.logs, canary_detail.key[1]
    if canary_detail.logs_of == CONTROLLER:
        book.follow(["flagger-7f9c/flagger"])
        full = f"{name}.{canary_detail.key[0]}"
        for index, said in enumerate((f"Advance {full} canary weight 20", f"error: Halt {full} advancement")):
            book.add("flagger-7f9c/flagger", now - timedelta(seconds=20 - 10 * index), said)
        return
    parts = [("target", CANARY), ("primary", PRIMARY)]
    if canary_detail.logs_of != BOTH:
        parts = [each for each in parts if each[1] == canary_detail.logs_of]
    sides = {
        title(pod["metadata"]["name"], f"{name}d"): side
        for part, side in parts
        for pod in canary_detail.objects("Pod", part)
    }
    book.sides = sides
    book.follow(sides)
    for second in range(24):
        for number, (source, side) in enumerate(sides.items()):
            code, level = (500, "error") if second % 3 == 2 and side == CANARY else (200, "info")
            said = f'{{"level":"{level}","msg":"request","path":"/api/{second}","status":{code},"ms":{3 + second % 7}}}'
            book.add(source, now - timedelta(seconds=26 - second, milliseconds=500 - 250 * number), said)


def _replica_set(owner: str, name: str, workload: WorkloadStatus) -> Mapping[str, Any]:
    return {
        "metadata": {"name": name, "ownerReferences": [{"kind": "Deployment", "name": owner}]},
        "spec": {"replicas": workload.desired},
        "status": {"readyReplicas": workload.ready},
    }


def _pod(replica_set: str, pod_id: str, workload: WorkloadStatus, created: datetime) -> Mapping[str, Any]:
    containers = workload.containers[:1]
    return {
        "metadata": {
            "name": f"{replica_set}-{pod_id}",
            "creationTimestamp": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ownerReferences": [{"kind": "ReplicaSet", "name": replica_set}],
        },
        "spec": {"containers": [{"name": each.name, "image": each.image} for each in containers]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": each.name, "ready": True, "restartCount": 0} for each in containers],
        },
    }


def _service(name: str, app: str) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": app}, "ports": [{"name": "http", "port": 80, "targetPort": 9898}]},
    }
