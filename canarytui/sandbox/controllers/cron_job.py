"""CronJobs: a Job at each due minute, old ones removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.cron_schedule import Schedule
from canarytui.sandbox.controllers.job import finished_condition
from canarytui.sandbox.controllers.objects import (
    CRON_JOBS,
    JOBS,
    Key,
    Manifest,
    annotations_of,
    creation_order,
    editable,
    is_controlled_by,
    is_terminating,
    key_of,
    owner_reference,
    parse_time,
    timestamp,
    uid_of,
)

SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"


class CronJobController(Controller):
    """Creates Jobs on schedule."""

    component = "cronjob-controller"

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._cron_jobs = client.cache(CRON_JOBS)
        self._jobs = client.cache(JOBS)
        self.watch(CRON_JOBS)
        self.watch_controlled(JOBS, "CronJob")

    def reconcile(self, key: Key) -> None:
        cron_job = self._cron_jobs.get(*key)
        if cron_job is None or is_terminating(cron_job):
            return
        jobs = sorted(
            (job for job in self._jobs.owned_by(uid_of(cron_job)) if is_controlled_by(job, cron_job)),
            key=creation_order,
        )
        self._forget_old(cron_job, jobs)
        active = [job for job in jobs if finished_condition(job) is None]
        if not cron_job["spec"].get("suspend"):
            try:
                schedule, zone = Schedule.parse(cron_job["spec"]["schedule"]), _zone(cron_job)
            except (ValueError, ZoneInfoNotFoundError) as error:
                self.events.warning(cron_job, "UnparseableSchedule", f"unparseable schedule: {error}")
                return
            started = self._start_due(cron_job, schedule, zone, active)
            cron_job = self._cron_jobs.get(*key) or cron_job
            active = [*active, started] if started is not None else active
            following = schedule.next_after(self.clock.now().astimezone(zone))
            if following is not None:
                self.queue.add_after(key, (following - self.clock.now()).total_seconds() + 0.1)
        self._write_status(cron_job, jobs, active)

    def _start_due(
        self, cron_job: Manifest, schedule: Schedule, zone: ZoneInfo, active: Sequence[Manifest]
    ) -> Manifest | None:
        due = self._last_due(cron_job, schedule, zone)
        if due is None:
            return None
        deadline_s = cron_job["spec"].get("startingDeadlineSeconds")
        if deadline_s is not None and due + timedelta(seconds=deadline_s) < self.clock.now():
            self.events.warning(cron_job, "MissSchedule", f"Missed scheduled time to start a job: {timestamp(due)}")
            return None
        policy = cron_job["spec"].get("concurrencyPolicy", "Allow")
        if active and policy == "Forbid":
            message = "Not starting job because prior execution is still running and concurrency policy is Forbid"
            self.events.normal(cron_job, "JobAlreadyActive", message)
            return None
        if policy == "Replace":
            for job in active:
                self.client.delete(JOBS, job, propagation="Background")
        try:
            job = self.client.create(JOBS, job_of(cron_job, due))
        except StatusError as error:
            if error.reason == "AlreadyExists":
                return None
            raise
        self.events.normal(cron_job, "SuccessfulCreate", f"Created job {job['metadata']['name']}")
        latest = self._cron_jobs.get(*key_of(cron_job)) or cron_job
        status = {**(latest.get("status") or {}), "lastScheduleTime": timestamp(due)}
        self.client.update_status(CRON_JOBS, latest, status)
        return job

    def _last_due(self, cron_job: Manifest, schedule: Schedule, zone: ZoneInfo) -> datetime | None:
        """The latest due minute since the last run (or the creation) that has passed; None when none has."""
        status = cron_job.get("status") or {}
        since = parse_time(status.get("lastScheduleTime") or cron_job["metadata"]["creationTimestamp"])
        now = self.clock.now().astimezone(zone)
        # Many missed minutes are one run: only the last hour is searched for it.
        since = max(since.astimezone(zone), now - timedelta(hours=1))
        due: datetime | None = None
        following = schedule.next_after(since)
        while following is not None and following <= now:
            due, following = following, schedule.next_after(following)
        return due

    def _forget_old(self, cron_job: Manifest, jobs: Sequence[Manifest]) -> None:
        for kind, limit in (
            ("Complete", cron_job["spec"].get("successfulJobsHistoryLimit", 3)),
            ("Failed", cron_job["spec"].get("failedJobsHistoryLimit", 1)),
        ):
            ended = [job for job in jobs if (finished_condition(job) or {}).get("type") == kind]
            for job in ended[: max(0, len(ended) - limit)]:
                self.client.delete(JOBS, job, propagation="Background")
                self.events.normal(cron_job, "SuccessfulDelete", f"Deleted job {job['metadata']['name']}")

    def _write_status(self, cron_job: Manifest, jobs: Sequence[Manifest], active: Sequence[Manifest]) -> None:
        before = cron_job.get("status") or {}
        status = {name: value for name, value in before.items() if name != "active"}
        if active:
            status["active"] = [_reference(job) for job in active]
        completions = [
            job["status"]["completionTime"] for job in jobs if (job.get("status") or {}).get("completionTime")
        ]
        if completions:
            status["lastSuccessfulTime"] = max(completions)
        self.client.update_status(CRON_JOBS, cron_job, status)


def job_of(cron_job: Manifest, due: datetime) -> Manifest:
    """The Job for one due minute; its name says which, so that it is made once."""
    namespace, name = key_of(cron_job)
    template = editable(cron_job["spec"]["jobTemplate"])
    given = template.get("metadata") or {}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{name}-{int(due.timestamp() // 60)}",
            "namespace": namespace,
            "labels": given.get("labels") or {},
            "annotations": {**annotations_of({"metadata": given}), SCHEDULED_AT: timestamp(due)},
            "ownerReferences": [owner_reference(cron_job)],
        },
        "spec": template["spec"],
    }


def _zone(cron_job: Manifest) -> ZoneInfo:
    return ZoneInfo(cron_job["spec"].get("timeZone") or "UTC")


def _reference(job: Manifest) -> Manifest:
    namespace, name = key_of(job)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": name,
        "namespace": namespace,
        "uid": uid_of(job),
        "resourceVersion": job["metadata"]["resourceVersion"],
    }
