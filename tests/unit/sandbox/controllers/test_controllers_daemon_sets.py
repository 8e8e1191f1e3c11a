"""DaemonSets: one pod per node, rolled one node at a time."""

from __future__ import annotations

from typing import Any

from simulated_cluster import SimulatedCluster


def template(image: str = "app:1", **spec: Any) -> dict[str, Any]:
    containers = [{"name": "app", "image": image}]
    return {"metadata": {"labels": {"app": "w"}}, "spec": {"containers": containers, **spec}}


SELECTOR = {"matchLabels": {"app": "w"}}


async def test_a_daemon_set_has_one_pod_on_each_fitting_node(cluster: SimulatedCluster) -> None:
    spec = {"selector": SELECTOR, "template": template()}
    cluster.create("daemonsets.apps", {"metadata": {"name": "agent"}, "spec": spec})
    cluster.create("nodes", {"metadata": {"name": "second"}, "spec": {}})
    await cluster.roll_out()
    assert sorted(pod["spec"]["nodeName"] for pod in cluster.pods()) == ["sandbox", "second"]
    assert cluster.get("daemonsets.apps", "agent")["status"]["numberAvailable"] == 2
    narrower = {"spec": {"template": {"spec": {"nodeSelector": {"none": "has-it"}}}}}
    cluster.patch("daemonsets.apps", "agent", narrower)  # how Flagger takes a DaemonSet's canary to zero
    await cluster.settle()
    await cluster.roll_out()
    assert not cluster.pods()
    assert cluster.get("daemonsets.apps", "agent")["status"]["desiredNumberScheduled"] == 0


async def test_a_daemon_set_rolls_one_node_at_a_time(cluster: SimulatedCluster) -> None:
    cluster.create("nodes", {"metadata": {"name": "second"}, "spec": {}})
    spec = {"selector": SELECTOR, "template": template()}
    cluster.create("daemonsets.apps", {"metadata": {"name": "agent"}, "spec": spec})
    await cluster.roll_out()
    cluster.patch("daemonsets.apps", "agent", {"spec": {"template": template("app:2")}})
    await cluster.settle()
    assert len(cluster.pods()) == 1
    await cluster.roll_out()
    assert {pod["spec"]["containers"][0]["image"] for pod in cluster.pods()} == {"app:2"}
    assert cluster.get("daemonsets.apps", "agent")["status"]["updatedNumberScheduled"] == 2


def agent(image: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "agent"}, "spec": {"selector": SELECTOR, "template": template(image), **spec}}


async def test_a_daemon_set_keeps_a_revision_of_each_template_up_to_its_limit(cluster: SimulatedCluster) -> None:
    cluster.create("daemonsets.apps", agent("app:1", revisionHistoryLimit=1))
    await cluster.roll_out()
    for version in ("app:2", "app:3"):
        cluster.patch("daemonsets.apps", "agent", {"spec": {"template": template(version)}})
        await cluster.settle()
        await cluster.roll_out()
    history = sorted(cluster.all("controllerrevisions.apps"), key=lambda each: int(each["revision"]))
    kept = [(each["revision"], _image(each["data"]["spec"]["template"])) for each in history]
    assert kept == [(2, "app:2"), (3, "app:3")]
    cluster.patch("daemonsets.apps", "agent", {"spec": {"template": template("app:2")}})
    await cluster.settle()
    await cluster.roll_out()
    newest = max(cluster.all("controllerrevisions.apps"), key=lambda each: int(each["revision"]))
    assert (newest["revision"], newest["metadata"]["name"]) == (4, history[0]["metadata"]["name"])


def _image(pod_template: dict[str, Any]) -> str:
    return str(pod_template["spec"]["containers"][0]["image"])


async def test_pods_of_a_node_that_is_gone_expire(cluster: SimulatedCluster) -> None:
    cluster.create("nodes", {"metadata": {"name": "second"}, "spec": {}})
    spec = {"containers": [{"name": "app", "image": "app:1"}], "nodeName": "second"}
    cluster.create("pods", {"metadata": {"name": "lonely"}, "spec": spec})
    await cluster.roll_out()
    cluster.delete("nodes", "second")
    await cluster.advance(1)
    assert cluster.find("pods", "lonely") is not None, "the node may come back"
    await cluster.advance(60)
    assert cluster.find("pods", "lonely") is None
