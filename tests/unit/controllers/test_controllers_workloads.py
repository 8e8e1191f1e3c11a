"""StatefulSets, DaemonSets, Jobs and CronJobs: order, one per node, retries, schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from controllers_world import World, condition

from canarytui.sandbox.controllers.cron_schedule import Schedule


def template(image: str = "app:1", **spec: Any) -> dict[str, Any]:
    containers = [{"name": "app", "image": image}]
    return {"metadata": {"labels": {"app": "w"}}, "spec": {"containers": containers, **spec}}


SELECTOR = {"matchLabels": {"app": "w"}}


def names(world: World) -> list[str]:
    return sorted(pod["metadata"]["name"] for pod in world.pods())


def finish(world: World, name: str, phase: str) -> None:
    """The kubelet's status of a pod whose container has ended."""
    at = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    ended = {"name": "app", "state": {"terminated": {"exitCode": int(phase == "Failed"), "finishedAt": at}}}
    ready = {"type": "Ready", "status": "False"}
    status = {"phase": phase, "conditions": [ready], "containerStatuses": [ended]}
    world.patch("pods", name, {"status": status}, subresource="status")


async def test_a_stateful_set_starts_in_order_and_shrinks_from_the_end(world: World) -> None:
    spec = {"serviceName": "db", "replicas": 3, "selector": SELECTOR, "template": template()}
    world.create("statefulsets.apps", {"metadata": {"name": "db"}, "spec": spec})
    await world.settle()
    assert names(world) == ["db-0"]
    await world.kubelet()
    assert names(world) == ["db-0", "db-1"]
    await world.roll_out()
    assert names(world) == ["db-0", "db-1", "db-2"]
    world.patch("statefulsets.apps", "db", {"spec": {"replicas": 1}})
    await world.settle()
    assert names(world) == ["db-0", "db-1"]
    await world.roll_out()
    assert names(world) == ["db-0"]


async def test_a_stateful_set_replaces_its_last_pod_first_and_keeps_the_partition(world: World) -> None:
    update = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    spec = {"serviceName": "db", "replicas": 3, "selector": SELECTOR, "template": template(), "updateStrategy": update}
    world.create("statefulsets.apps", {"metadata": {"name": "db"}, "spec": spec})
    await world.roll_out()
    world.patch("statefulsets.apps", "db", {"spec": {"template": template("app:2")}})
    await world.settle()
    assert names(world) == ["db-0", "db-1"]
    await world.roll_out()
    images = {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in world.pods()}
    assert images == {"db-0": "app:1", "db-1": "app:2", "db-2": "app:2"}


async def test_a_daemon_set_has_one_pod_on_each_fitting_node(world: World) -> None:
    spec = {"selector": SELECTOR, "template": template()}
    world.create("daemonsets.apps", {"metadata": {"name": "agent"}, "spec": spec})
    world.create("nodes", {"metadata": {"name": "second"}, "spec": {}})
    await world.roll_out()
    assert sorted(pod["spec"]["nodeName"] for pod in world.pods()) == ["sandbox", "second"]
    assert world.get("daemonsets.apps", "agent")["status"]["numberAvailable"] == 2
    narrower = {"spec": {"template": {"spec": {"nodeSelector": {"none": "has-it"}}}}}
    world.patch("daemonsets.apps", "agent", narrower)  # how Flagger takes a DaemonSet's canary to zero
    await world.settle()
    await world.roll_out()
    assert not world.pods()
    assert world.get("daemonsets.apps", "agent")["status"]["desiredNumberScheduled"] == 0


async def test_a_daemon_set_rolls_one_node_at_a_time(world: World) -> None:
    world.create("nodes", {"metadata": {"name": "second"}, "spec": {}})
    spec = {"selector": SELECTOR, "template": template()}
    world.create("daemonsets.apps", {"metadata": {"name": "agent"}, "spec": spec})
    await world.roll_out()
    world.patch("daemonsets.apps", "agent", {"spec": {"template": template("app:2")}})
    await world.settle()
    assert len(world.pods()) == 1
    await world.roll_out()
    assert {pod["spec"]["containers"][0]["image"] for pod in world.pods()} == {"app:2"}
    assert world.get("daemonsets.apps", "agent")["status"]["updatedNumberScheduled"] == 2


async def test_a_job_tries_again_after_a_while_and_completes(world: World) -> None:
    spec = {"template": template(restartPolicy="Never"), "backoffLimit": 2}
    world.create("jobs.batch", {"metadata": {"name": "once"}, "spec": spec})
    await world.settle()
    (first,) = names(world)
    finish(world, first, "Failed")
    await world.settle()
    assert names(world) == [first], "not before the back-off"
    await world.advance(15)
    (second,) = set(names(world)) - {first}
    finish(world, second, "Succeeded")
    await world.settle()
    done = world.get("jobs.batch", "once")
    assert (done["status"]["failed"], done["status"]["succeeded"]) == (1, 1)
    assert condition(done, "Complete")["status"] == "True"
    assert world.events("Completed") == ["Job completed"]


async def test_a_job_that_fails_too_often_is_given_up(world: World) -> None:
    spec = {"template": template(restartPolicy="Never"), "backoffLimit": 0}
    world.create("jobs.batch", {"metadata": {"name": "once"}, "spec": spec})
    await world.settle()
    finish(world, names(world)[0], "Failed")
    await world.advance(600)
    assert condition(world.get("jobs.batch", "once"), "Failed")["reason"] == "BackoffLimitExceeded"
    assert len(names(world)) == 1


async def test_a_cron_job_makes_one_job_a_due_minute_and_forbids_overlap(world: World) -> None:
    job = {"spec": {"template": template(restartPolicy="Never")}}
    spec = {"schedule": "* * * * *", "concurrencyPolicy": "Forbid", "jobTemplate": job}
    world.create("cronjobs.batch", {"metadata": {"name": "tick"}, "spec": spec})
    await world.settle()
    await world.advance(61)
    (made,) = world.all("jobs.batch")
    assert made["metadata"]["name"].startswith("tick-")
    await world.advance(60)
    assert len(world.all("jobs.batch")) == 1
    finish(world, names(world)[0], "Succeeded")
    await world.advance(60)
    assert len(world.all("jobs.batch")) == 2


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        ("*/15 * * * *", "2026-11-23T10:07", "2026-11-23T10:15"),
        ("0 0 29 2 *", "2026-11-23T10:07", "2028-02-29T00:00"),
        ("30 9 * * mon-fri", "2026-11-27T09:30", "2026-11-30T09:30"),
        ("0 12 13 * fri", "2026-11-23T10:07", "2026-11-27T12:00"),
        ("@hourly", "2026-12-31T23:30", "2027-01-01T00:00"),
        ("0 6 * * 7", "2026-11-23T10:07", "2026-11-29T06:00"),
    ],
)
def test_schedules_name_their_next_minute(schedule: str, after: str, due: str) -> None:
    begin = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert Schedule.parse(schedule).next_after(begin) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize("schedule", ["", "* * * *", "60 * * * *", "*/0 * * * *", "5-1 * * * *", "@sometimes"])
def test_schedules_that_are_none(schedule: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Schedule.parse(schedule)
