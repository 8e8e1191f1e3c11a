"""DaemonSets: one pod per node, rolled one node at a time."""

from __future__ import annotations

from typing import Any

from controllers_world import World


def template(image: str = "app:1", **spec: Any) -> dict[str, Any]:
    containers = [{"name": "app", "image": image}]
    return {"metadata": {"labels": {"app": "w"}}, "spec": {"containers": containers, **spec}}


SELECTOR = {"matchLabels": {"app": "w"}}


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
