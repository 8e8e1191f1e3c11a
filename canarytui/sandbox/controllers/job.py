"""Jobs: pods that are run to completion, tried again after failures, and cleaned up after their time.

Indexed completion, success policies and suspended pods' readoption are not covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import (
    JOBS,
    PODS,
    Key,
    Manifest,
    creation_order,
    editable,
    is_controlled_by,
    is_terminating,
    key_of,
    parse_time,
    timestamp,
    uid_of,
)
from canarytui.sandbox.controllers.pods import is_active, is_ready, phase_of
from canarytui.sandbox.controllers.template import pod_from_template

FIRST_BACKOFF_S = 10.0
LONGEST_BACKOFF_S = 360.0


class JobController(Controller):
    """Runs the pods of Jobs."""

    component = "job-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._jobs = client.cache(JOBS)
        self._pods = client.cache(PODS)
        self.watch(JOBS)
        self.watch_controlled(PODS, "Job")

    def reconcile(self, key: Key) -> None:
        job = self._jobs.get(*key)
        if job is None or is_terminating(job):
            return
        if finished_condition(job) is not None:
            self._expire(job)
            return
        owned = self._pods.owned_by(uid_of(job))
        pods = sorted((pod for pod in owned if is_controlled_by(pod, job)), key=creation_order)
        failed = sum(1 for pod in pods if phase_of(pod) == "Failed")
        verdict = job_verdict(job, pods, self.clock.now())
        active = [pod for pod in pods if is_active(pod)]
        if verdict is not None or job["spec"].get("suspend"):
            for pod in active:
                self.client.delete(PODS, pod)
            active = []
        else:
            active = self._run(job, pods, active, failed)
        self._write_status(job, pods, active, verdict)
        self._look_again_at_deadline(job)

    def _run(self, job: Manifest, pods: Sequence[Manifest], active: list[Manifest], failed: int) -> list[Manifest]:
        succeeded = sum(1 for pod in pods if phase_of(pod) == "Succeeded")
        wanted = wanted_active(job, succeeded)
        for pod in active[wanted:]:
            self.client.delete(PODS, pod)
            self.events.normal(job, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")
        delay_s = self._backoff_left_s(pods, failed)
        if delay_s > 0:
            self.queue.add_after(key_of(job), delay_s)
            return active[:wanted]
        for _ in range(wanted - len(active)):
            pod = self.client.create(PODS, job_pod(job))
            active.append(pod)
            self.events.normal(job, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")
        return active[:wanted]

    def _backoff_left_s(self, pods: Sequence[Manifest], failed: int) -> float:
        """Seconds until the next try; the wait doubles with each failed pod."""
        if not failed:
            return 0.0
        last = max(_ended_at(pod) for pod in pods if phase_of(pod) == "Failed")
        wait_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(failed - 1, 10))
        return (last + timedelta(seconds=wait_s) - self.clock.now()).total_seconds()

    def _write_status(
        self, job: Manifest, pods: Sequence[Manifest], active: Sequence[Manifest], verdict: Manifest | None
    ) -> None:
        before = job.get("status") or {}
        now = timestamp(self.clock.now())
        counts = {
            "active": len(active),
            "succeeded": sum(1 for pod in pods if phase_of(pod) == "Succeeded"),
            "failed": sum(1 for pod in pods if phase_of(pod) == "Failed"),
        }
        status: Manifest = {name: count for name, count in counts.items() if count}
        status["ready"] = sum(1 for pod in active if is_ready(pod))
        if not job["spec"].get("suspend"):
            status["startTime"] = before.get("startTime") or now
        status["conditions"] = list(before.get("conditions") or [])
        if verdict is not None:
            status["conditions"].append(verdict)
            if verdict["type"] == "Complete":
                status["completionTime"] = now
                self.events.normal(job, "Completed", "Job completed")
            else:
                self.events.warning(job, verdict["reason"], verdict["message"])
        if not status["conditions"]:
            del status["conditions"]
        self.client.update_status(JOBS, self._jobs.get(*key_of(job)) or job, status)

    def _look_again_at_deadline(self, job: Manifest) -> None:
        deadline_s = job["spec"].get("activeDeadlineSeconds")
        if deadline_s is not None:
            self.queue.add_after(key_of(job), float(deadline_s))

    def _expire(self, job: Manifest) -> None:
        ttl_s = job["spec"].get("ttlSecondsAfterFinished")
        condition = finished_condition(job)
        if ttl_s is None or condition is None:
            return
        due = parse_time(condition["lastTransitionTime"]) + timedelta(seconds=ttl_s)
        left_s = (due - self.clock.now()).total_seconds()
        if left_s > 0:
            self.queue.add_after(key_of(job), left_s)
        else:
            self.client.delete(JOBS, job, propagation="Background")


def finished_condition(job: Manifest) -> Manifest | None:
    for entry in (job.get("status") or {}).get("conditions") or []:
        if entry["type"] in ("Complete", "Failed") and entry["status"] == "True":
            found: Manifest = entry
            return found
    return None


def wanted_active(job: Manifest, succeeded: int) -> int:
    """How many pods should run now. Without ``completions`` one success is enough and starts no more."""
    parallelism: int = job["spec"].get("parallelism", 1)
    completions: int | None = job["spec"].get("completions")
    if completions is None:
        return 0 if succeeded else parallelism
    return max(0, min(parallelism, completions - succeeded))


def job_verdict(job: Manifest, pods: Sequence[Manifest], now: datetime) -> Manifest | None:
    """The condition that ends the Job, if it is time."""
    spec = job["spec"]
    succeeded = sum(1 for pod in pods if phase_of(pod) == "Succeeded")
    failed = sum(1 for pod in pods if phase_of(pod) == "Failed")
    started = (job.get("status") or {}).get("startTime")
    deadline_s = spec.get("activeDeadlineSeconds")
    if failed > spec.get("backoffLimit", 6):
        words = ("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    elif started and deadline_s is not None and parse_time(started) + timedelta(seconds=deadline_s) <= now:
        words = ("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
    elif _is_complete(spec, succeeded, sum(1 for pod in pods if is_active(pod))):
        words = ("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
    else:
        return None
    kind, reason, message = words
    stamp = timestamp(now)
    return {
        "type": kind,
        "status": "True",
        "lastProbeTime": stamp,
        "lastTransitionTime": stamp,
        "reason": reason,
        "message": message,
    }


def _is_complete(spec: Manifest, succeeded: int, active: int) -> bool:
    completions = spec.get("completions")
    if completions is None:
        return succeeded > 0 and active == 0
    return bool(succeeded >= completions)


def job_pod(job: Manifest) -> Manifest:
    """A pod of the Job, labelled as its selector asks."""
    template = editable(job["spec"]["template"])
    labels = template.setdefault("metadata", {}).setdefault("labels", {})
    labels.update(((job["spec"].get("selector") or {}).get("matchLabels")) or {})
    labels.setdefault("batch.kubernetes.io/job-name", job["metadata"]["name"])
    labels.setdefault("job-name", job["metadata"]["name"])
    return pod_from_template(template, job)


def _ended_at(pod: Manifest) -> datetime:
    """When the pod's last container ended; its creation if nobody has written that."""
    ends = [
        parse_time(terminated["finishedAt"])
        for status in (pod.get("status") or {}).get("containerStatuses") or []
        if (terminated := (status.get("state") or {}).get("terminated")) and terminated.get("finishedAt")
    ]
    return max(ends, default=parse_time(pod["metadata"]["creationTimestamp"]))
