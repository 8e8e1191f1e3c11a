"""A pod's status object from its spec and its containers' records: pure, and in the API's exact shapes.

Called by the pod worker after every change of a record; equal inputs give equal objects, so that an unchanged
status is never written twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from canarytui.sandbox.node.container_record import (
    ContainerRecord,
    Running,
    State,
    Terminated,
    Waiting,
    restarts,
)
from canarytui.sandbox.values import ReadOnlyObject, parse_timestamp, timestamp


class PodFacts(Struct, frozen=True):
    """What the kubelet assigned to the pod: addresses and start time."""

    pod_ip: str
    host_ip: str
    started_at: datetime


def pod_status(
    pod: ReadOnlyObject,
    inits: Sequence[ContainerRecord],
    containers: Sequence[ContainerRecord],
    facts: PodFacts,
    now: datetime,
) -> dict[str, Any]:
    """The whole ``status`` to write; conditions keep their transition times from the pod's present status."""
    previous: ReadOnlyObject = pod.get("status") or {}
    policy = str(pod["spec"].get("restartPolicy") or "Always")
    phase = pod_phase(policy, inits, containers)
    status: dict[str, Any] = {
        "phase": phase,
        "conditions": _conditions(pod, phase, inits, containers, previous, now),
        "hostIP": facts.host_ip,
        "hostIPs": [{"ip": facts.host_ip}],
        "podIP": facts.pod_ip,
        "podIPs": [{"ip": facts.pod_ip}],
        "startTime": timestamp(facts.started_at),
        "containerStatuses": [container_status(record) for record in containers],
        "qosClass": qos_class(pod["spec"]),
    }
    if inits:
        status["initContainerStatuses"] = [container_status(record) for record in inits]
    return status


def pod_phase(restart_policy: str, inits: Sequence[ContainerRecord], containers: Sequence[ContainerRecord]) -> str:
    """Pending, Running, Succeeded or Failed, as the kubelet decides it."""
    if not _initialized(inits):
        failed = any(isinstance(r.state, Terminated) and r.state.exit_code != 0 for r in inits)
        return "Failed" if failed and restart_policy == "Never" else "Pending"
    if any(isinstance(r.state, Waiting) and r.last is None for r in containers):
        return "Pending"
    ended = [r.state for r in containers if isinstance(r.state, Terminated)]
    if len(ended) < len(containers) or any(restarts(restart_policy, state.exit_code) for state in ended):
        return "Running"
    return "Succeeded" if all(state.exit_code == 0 for state in ended) else "Failed"


def container_status(record: ContainerRecord) -> dict[str, Any]:
    """One entry of ``containerStatuses``."""
    status: dict[str, Any] = {
        "name": record.name,
        "state": _state(record.state),
        "lastState": _state(record.last) if record.last is not None else {},
        "ready": record.ready,
        "restartCount": record.restart_count,
        "image": record.image,
        "imageID": record.image_id,
        "started": record.started,
    }
    if record.container_id:
        status["containerID"] = record.container_id
    return status


def read_record(status: ReadOnlyObject, image: str) -> ContainerRecord:
    """The record that a stored entry of ``containerStatuses`` was written from."""
    last = _read_state(status.get("lastState") or {})
    return ContainerRecord(
        name=str(status.get("name")),
        image=str(status.get("image") or image),
        image_id=str(status.get("imageID") or ""),
        container_id=str(status.get("containerID") or ""),
        state=_read_state(status.get("state") or {}) or Waiting(),
        last=last if isinstance(last, Terminated) else None,
        restart_count=int(status.get("restartCount") or 0),
    )


def qos_class(spec: ReadOnlyObject) -> str:
    """Guaranteed, Burstable or BestEffort by the containers' requests and limits."""
    containers: list[ReadOnlyObject] = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    resources = [container.get("resources") or {} for container in containers]
    if not any(r.get("requests") or r.get("limits") for r in resources):
        return "BestEffort"
    for r in resources:
        limits, requests = r.get("limits") or {}, r.get("requests") or {}
        if any(name not in limits or requests.get(name, limits[name]) != limits[name] for name in ("cpu", "memory")):
            return "Burstable"
    return "Guaranteed"


def _state(state: State) -> dict[str, Any]:
    match state:
        case Waiting(reason, message):
            return {"waiting": {"reason": reason, **({"message": message} if message else {})}}
        case Running(started_at):
            return {"running": {"startedAt": timestamp(started_at)}}
        case Terminated():
            terminated: dict[str, Any] = {
                "exitCode": state.exit_code,
                "reason": state.reason,
                "startedAt": timestamp(state.started_at or state.finished_at),
                "finishedAt": timestamp(state.finished_at),
            }
            if state.container_id:
                terminated["containerID"] = state.container_id
            if state.message:
                terminated["message"] = state.message
            return {"terminated": terminated}


def _read_state(state: ReadOnlyObject) -> State | None:
    if running := state.get("running"):
        return Running(parse_timestamp(running["startedAt"]))
    if ended := state.get("terminated"):
        return Terminated(
            int(ended.get("exitCode") or 0),
            str(ended.get("reason") or ""),
            parse_timestamp(ended["finishedAt"]),
            parse_timestamp(ended["startedAt"]),
            str(ended.get("containerID") or ""),
            str(ended.get("message") or ""),
        )
    if waiting := state.get("waiting"):
        return Waiting(str(waiting.get("reason") or ""), str(waiting.get("message") or ""))
    return None


def _initialized(inits: Iterable[ContainerRecord]) -> bool:
    return all(
        (isinstance(r.state, Terminated) and r.state.exit_code == 0) or isinstance(r.state, Running) for r in inits
    )


def _conditions(
    pod: ReadOnlyObject,
    phase: str,
    inits: Sequence[ContainerRecord],
    containers: Sequence[ContainerRecord],
    previous: ReadOnlyObject,
    now: datetime,
) -> list[dict[str, Any]]:
    before = {c["type"]: c for c in previous.get("conditions") or ()}
    done = phase in ("Succeeded", "Failed")
    initialized = _true() if _initialized(inits) else _incomplete(inits)
    containers_ready = _containers_ready(containers, phase)
    ready = containers_ready
    for gate in pod["spec"].get("readinessGates") or ():
        kind = gate.get("conditionType")
        if ready == _true() and (before.get(kind) or {}).get("status") != "True":
            message = f'corresponding condition of pod readiness gate "{kind}" does not exist.'
            ready = {"status": "False", "reason": "ReadinessGatesNotReady", "message": message}
    wanted = {
        "PodReadyToStartContainers": {"status": "False"} if done else _true(),
        "Initialized": {**_true(), "reason": "PodCompleted"} if phase == "Succeeded" else initialized,
        "Ready": ready,
        "ContainersReady": containers_ready,
        "PodScheduled": _true(),
    }
    conditions = [_transition(kind, condition, before.get(kind), now) for kind, condition in wanted.items()]
    return [*conditions, *(dict(c) for kind, c in before.items() if kind not in wanted)]


def _true() -> dict[str, str]:
    return {"status": "True"}


def _incomplete(inits: Iterable[ContainerRecord]) -> dict[str, str]:
    names = [r.name for r in inits if not _initialized([r])]
    message = f"containers with incomplete status: [{' '.join(names)}]"
    return {"status": "False", "reason": "ContainersNotInitialized", "message": message}


def _containers_ready(containers: Iterable[ContainerRecord], phase: str) -> dict[str, str]:
    if phase == "Succeeded":
        return {"status": "False", "reason": "PodCompleted"}
    if phase == "Failed":
        return {"status": "False", "reason": "PodFailed"}
    unready = [r.name for r in containers if not r.ready]
    if not unready:
        return _true()
    message = f"containers with unready status: [{' '.join(unready)}]"
    return {"status": "False", "reason": "ContainersNotReady", "message": message}


def _transition(kind: str, condition: dict[str, str], before: ReadOnlyObject | None, now: datetime) -> dict[str, Any]:
    since = timestamp(now)
    if before is not None and before.get("status") == condition["status"]:
        since = str(before.get("lastTransitionTime") or since)
    return {"type": kind, **condition, "lastProbeTime": None, "lastTransitionTime": since}
