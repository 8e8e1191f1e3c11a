"""What goes when its owner goes, in which order; and how a namespace is emptied."""

from __future__ import annotations

import pytest
from simulated_cluster import SimulatedCluster, condition, deployment

from canarytui.sandbox.apiserver.errors import StatusError


def config(name: str, *owners: dict[str, object]) -> dict[str, object]:
    return {"metadata": {"name": name, "ownerReferences": list(owners)}}


def reference(owner: dict[str, object], kind: str = "ConfigMap", **more: object) -> dict[str, object]:
    meta = owner["metadata"]
    assert isinstance(meta, dict)
    return {"apiVersion": "v1", "kind": kind, "name": meta["name"], "uid": meta["uid"], **more}


async def test_background_the_owner_goes_at_once_the_rest_follows(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    cluster.delete("deployments.apps", "web", "Background")
    assert cluster.find("deployments.apps", "web") is None
    assert cluster.all("replicasets.apps")
    await cluster.settle()
    assert not cluster.all("replicasets.apps")
    assert not cluster.pods()
    await cluster.roll_out()
    assert not cluster.all("pods")


async def test_foreground_the_owner_goes_last(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    cluster.delete("deployments.apps", "web", "Foreground")
    await cluster.settle()
    waiting = cluster.get("deployments.apps", "web")
    assert waiting["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert len(cluster.all("pods")) == 2, "pods end gracefully, and the owner waits for them"
    assert not cluster.pods()
    await cluster.roll_out()
    assert not cluster.all("pods")
    assert not cluster.all("replicasets.apps")
    assert cluster.find("deployments.apps", "web") is None


async def test_orphaned_dependents_stay_and_are_adopted_again(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    kept = {pod["metadata"]["uid"] for pod in cluster.pods()}
    cluster.delete("deployments.apps", "web", "Orphan")
    await cluster.settle()
    assert cluster.find("deployments.apps", "web") is None
    (replica_set,) = cluster.all("replicasets.apps")
    assert "ownerReferences" not in replica_set["metadata"]
    made = cluster.create("deployments.apps", deployment(replicas=2))
    await cluster.roll_out()
    (adopted,) = cluster.all("replicasets.apps")
    assert adopted["metadata"]["ownerReferences"][0]["uid"] == made["metadata"]["uid"]
    assert {pod["metadata"]["uid"] for pod in cluster.pods()} == kept


async def test_one_of_two_owners_is_enough_to_live(cluster: SimulatedCluster) -> None:
    one, two = cluster.create("configmaps", config("one")), cluster.create("configmaps", config("two"))
    cluster.create("configmaps", config("child", reference(one), reference(two)))
    await cluster.settle()
    cluster.delete("configmaps", "one")
    await cluster.settle()
    left = cluster.get("configmaps", "child")["metadata"]["ownerReferences"]
    assert [each["name"] for each in left] == ["two"]
    cluster.delete("configmaps", "two")
    await cluster.settle()
    assert cluster.find("configmaps", "child") is None


async def test_an_owner_of_the_same_name_but_another_uid_is_none(cluster: SimulatedCluster) -> None:
    owner = cluster.create("configmaps", config("owner"))
    stale = {**reference(owner), "uid": "00000000-0000-0000-0000-000000000000"}
    cluster.create("configmaps", config("child", stale))
    await cluster.settle()
    assert cluster.find("configmaps", "child") is None
    assert cluster.find("configmaps", "owner") is not None


async def test_an_owner_whose_kind_is_not_served_is_waited_for(cluster: SimulatedCluster) -> None:
    unknown = {"apiVersion": "flagger.app/v1beta1", "kind": "Canary", "name": "x", "uid": "u"}
    gone = cluster.create("configmaps", config("gone"))
    cluster.create("configmaps", config("child", unknown, reference(gone)))
    cluster.delete("configmaps", "gone")
    await cluster.advance(120)
    assert cluster.find("configmaps", "child") is not None


async def test_a_namespace_is_emptied_before_it_goes(cluster: SimulatedCluster) -> None:
    cluster.create("deployments.apps", deployment(replicas=2))
    cluster.create("configmaps", config("c"))
    await cluster.roll_out()
    cluster.delete("namespaces", "test")
    await cluster.settle()
    ending = cluster.get("namespaces", "test")
    assert ending["status"]["phase"] == "Terminating"
    assert "pods has 2 resource instances" in condition(ending, "NamespaceContentRemaining")["message"]
    with pytest.raises(StatusError) as refused:
        cluster.create("configmaps", config("late"))
    assert refused.value.code == 403
    assert "is being terminated" in refused.value.message
    await cluster.kubelet()
    await cluster.advance(0.5)
    assert cluster.find("namespaces", "test") is None
    for resource in ("deployments.apps", "replicasets.apps", "pods", "configmaps", "serviceaccounts"):
        assert not cluster.all(resource), resource


async def test_a_finalizer_holds_the_namespace_until_it_is_taken_off(cluster: SimulatedCluster) -> None:
    held = {"metadata": {"name": "held", "finalizers": ["example.com/hold"]}}
    cluster.create("configmaps", held)
    cluster.delete("namespaces", "test")
    await cluster.settle()
    await cluster.advance(5)
    assert cluster.get("configmaps", "held")["metadata"]["deletionTimestamp"]
    cluster.patch("configmaps", "held", {"metadata": {"finalizers": None}})
    await cluster.advance(1)
    assert cluster.find("namespaces", "test") is None


async def test_a_namespace_gets_and_keeps_its_account_and_the_cluster_s_ca(
    cluster: SimulatedCluster,
) -> None:
    assert cluster.find("serviceaccounts", "default") is not None
    cluster.delete("configmaps", "kube-root-ca.crt")
    await cluster.settle()
    assert "ca.crt" in cluster.get("configmaps", "kube-root-ca.crt")["data"]
