"""What goes when its owner goes, in which order; and how a namespace is emptied."""

from __future__ import annotations

import pytest
from controllers_world import World, condition, deployment

from canarytui.sandbox.apiserver.errors import StatusError


def config(name: str, *owners: dict[str, object]) -> dict[str, object]:
    return {"metadata": {"name": name, "ownerReferences": list(owners)}}


def reference(owner: dict[str, object], kind: str = "ConfigMap", **more: object) -> dict[str, object]:
    meta = owner["metadata"]
    assert isinstance(meta, dict)
    return {"apiVersion": "v1", "kind": kind, "name": meta["name"], "uid": meta["uid"], **more}


async def test_background_the_owner_goes_at_once_the_rest_follows(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    world.delete("deployments.apps", "web", "Background")
    assert world.find("deployments.apps", "web") is None
    assert world.all("replicasets.apps")
    await world.settle()
    assert not world.all("replicasets.apps")
    assert not world.pods()
    await world.roll_out()
    assert not world.all("pods")


async def test_foreground_the_owner_goes_last(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    world.delete("deployments.apps", "web", "Foreground")
    await world.settle()
    waiting = world.get("deployments.apps", "web")
    assert waiting["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert len(world.all("pods")) == 2, "pods end gracefully, and the owner waits for them"
    assert not world.pods()
    await world.roll_out()
    assert not world.all("pods")
    assert not world.all("replicasets.apps")
    assert world.find("deployments.apps", "web") is None


async def test_orphaned_dependents_stay_and_are_adopted_again(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    kept = {pod["metadata"]["uid"] for pod in world.pods()}
    world.delete("deployments.apps", "web", "Orphan")
    await world.settle()
    assert world.find("deployments.apps", "web") is None
    (replica_set,) = world.all("replicasets.apps")
    assert "ownerReferences" not in replica_set["metadata"]
    made = world.create("deployments.apps", deployment(replicas=2))
    await world.roll_out()
    (adopted,) = world.all("replicasets.apps")
    assert adopted["metadata"]["ownerReferences"][0]["uid"] == made["metadata"]["uid"]
    assert {pod["metadata"]["uid"] for pod in world.pods()} == kept


async def test_one_of_two_owners_is_enough_to_live(world: World) -> None:
    one, two = world.create("configmaps", config("one")), world.create("configmaps", config("two"))
    world.create("configmaps", config("child", reference(one), reference(two)))
    await world.settle()
    world.delete("configmaps", "one")
    await world.settle()
    left = world.get("configmaps", "child")["metadata"]["ownerReferences"]
    assert [each["name"] for each in left] == ["two"]
    world.delete("configmaps", "two")
    await world.settle()
    assert world.find("configmaps", "child") is None


async def test_an_owner_of_the_same_name_but_another_uid_is_none(world: World) -> None:
    owner = world.create("configmaps", config("owner"))
    stale = {**reference(owner), "uid": "00000000-0000-0000-0000-000000000000"}
    world.create("configmaps", config("child", stale))
    await world.settle()
    assert world.find("configmaps", "child") is None
    assert world.find("configmaps", "owner") is not None


async def test_an_owner_whose_kind_is_not_served_is_waited_for(world: World) -> None:
    unknown = {"apiVersion": "flagger.app/v1beta1", "kind": "Canary", "name": "x", "uid": "u"}
    gone = world.create("configmaps", config("gone"))
    world.create("configmaps", config("child", unknown, reference(gone)))
    world.delete("configmaps", "gone")
    await world.advance(120)
    assert world.find("configmaps", "child") is not None


async def test_a_namespace_is_emptied_before_it_goes(world: World) -> None:
    world.create("deployments.apps", deployment(replicas=2))
    world.create("configmaps", config("c"))
    await world.roll_out()
    world.delete("namespaces", "test")
    await world.settle()
    ending = world.get("namespaces", "test")
    assert ending["status"]["phase"] == "Terminating"
    assert "pods has 2 resource instances" in condition(ending, "NamespaceContentRemaining")["message"]
    with pytest.raises(StatusError) as refused:
        world.create("configmaps", config("late"))
    assert refused.value.code == 403
    assert "is being terminated" in refused.value.message
    await world.kubelet()
    await world.advance(0.5)
    assert world.find("namespaces", "test") is None
    for resource in ("deployments.apps", "replicasets.apps", "pods", "configmaps", "serviceaccounts"):
        assert not world.all(resource), resource


async def test_a_finalizer_holds_the_namespace_until_it_is_taken_off(world: World) -> None:
    held = {"metadata": {"name": "held", "finalizers": ["example.com/hold"]}}
    world.create("configmaps", held)
    world.delete("namespaces", "test")
    await world.settle()
    await world.advance(5)
    assert world.get("configmaps", "held")["metadata"]["deletionTimestamp"]
    world.patch("configmaps", "held", {"metadata": {"finalizers": None}})
    await world.advance(1)
    assert world.find("namespaces", "test") is None


async def test_a_namespace_is_born_with_its_account_and_the_clusters_ca_and_keeps_them(world: World) -> None:
    assert world.find("serviceaccounts", "default") is not None
    world.delete("configmaps", "kube-root-ca.crt")
    await world.settle()
    assert "ca.crt" in world.get("configmaps", "kube-root-ca.crt")["data"]
