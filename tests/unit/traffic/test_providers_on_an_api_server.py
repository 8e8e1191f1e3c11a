"""Skipper and App Mesh on an API server: kinds that share their name with another group's, and a deletion."""

from __future__ import annotations

from typing import Any

import pytest
from economy_rig import Rig

from canarytui.domain.resource import Resource
from canarytui.domain.traffic import appmesh, istio
from canarytui.domain.traffic.appmesh import targets_of
from canarytui.domain.traffic.skipper import PREDICATE, WEIGHTS

MESH = {"service": {"port": 80, "targetPort": 9898, "meshName": "global"}}


def definition(resource: Resource) -> dict[str, Any]:
    spec = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.full_name},
        "spec": {
            "group": resource.group,
            "scope": "Namespaced",
            "names": {"plural": resource.plural, "singular": resource.kind.lower(), "kind": resource.kind},
            "versions": [{"name": resource.version, "served": True, "storage": True, "schema": schema}],
        },
    }


def install(rig: Rig, *resources: Resource) -> None:
    for each in resources:
        rig.live.create("customresourcedefinitions.apiextensions.k8s.io", definition(each), None)


async def rollout(rig: Rig, read: Any) -> list[Any]:
    """What `read` sees while a revision is promoted."""
    while rig.phase() != "Initialized":
        await rig.tick()
    rig.new_revision("2")
    seen = [read()]
    for _ in range(12):
        await rig.tick()
        if read() != seen[-1]:
            seen.append(read())
    assert rig.phase() == "Succeeded"
    return seen


@pytest.mark.parametrize(
    ("record", "split", "name"),
    [(appmesh.V1BETA1, appmesh.VIRTUAL_SERVICES, "podinfo.test"),
     (appmesh.V1BETA2, appmesh.VIRTUAL_ROUTERS_V1BETA2, "podinfo")],
    ids=["v1beta1", "v1beta2"],
)  # fmt: skip
async def test_app_mesh_beside_istio(rig: Rig, record: Any, split: Resource, name: str) -> None:
    install(rig, istio.VIRTUAL_SERVICES, *(each.resource for each in record.objects))
    theirs = {"metadata": {"name": "podinfo", "namespace": "test"}, "spec": {"hosts": ["a.example"]}}
    rig.live.create(istio.VIRTUAL_SERVICES.full_name, theirs)
    rig.canary(also={"provider": record.name, **MESH}, stepWeight=20)
    await rig.begin()

    def canary_weight() -> int | None:
        found = rig.live.find(split.full_name, name)
        return targets_of(found["spec"]["routes"][0])[0]["weight"] if found else None

    assert await rollout(rig, canary_weight) == [0, 20, 40, 60, 0]
    untouched = rig.live.find(istio.VIRTUAL_SERVICES.full_name, "podinfo")
    assert untouched is not None
    assert untouched["spec"] == {"hosts": ["a.example"]}
    watched = {each.path.partition("?")[0] for each in rig.live.asked if "watch=true" in each.path}
    assert {each.resource.path() for each in record.objects} <= watched
    assert istio.VIRTUAL_SERVICES.path() not in watched


async def test_skippers_copy_follows_the_rollout_and_goes_with_its_canary(rig: Rig) -> None:
    backend = {"service": {"name": "podinfo", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    front = {
        "metadata": {"name": "front", "namespace": "test"},
        "spec": {"rules": [{"host": "app.example.com", "http": {"paths": [path]}}]},
    }
    ingresses = "ingresses.networking.k8s.io"
    rig.live.create(ingresses, front)
    reference = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}
    rig.canary(also={"provider": "skipper", "ingressRef": reference, "revertOnDeletion": True}, stepWeight=20)
    await rig.begin()

    def annotations() -> tuple[str, str] | None:
        found = rig.live.find(ingresses, "front-canary")
        noted = found["metadata"]["annotations"] if found else {}
        return (noted[WEIGHTS], noted[PREDICATE]) if noted else None

    assert await rollout(rig, annotations) == [
        (f'{{"podinfo-canary":{canary},"podinfo-primary":{100 - canary}}}', predicate)
        for canary, predicate in (
            (0, "Weight(100)"), (20, "Weight(100)"), (40, "Weight(100)"), (60, "Weight(100)"), (0, "False()"),
        )
    ]  # fmt: skip
    rig.live.api.delete(rig.live.rt("canaries.flagger.app"), "test", "podinfo")
    for _ in range(3):
        if rig.live.find("canaries.flagger.app", "podinfo") is None:
            break
        await rig.tick()
    assert rig.live.find("canaries.flagger.app", "podinfo") is None
    assert rig.live.find(ingresses, "front-canary") is None
    assert rig.live.find(ingresses, "front") is not None
    deletions = [each for each in rig.live.asked if each.method == "DELETE"]
    assert [each.path.partition("?")[0].rpartition("/")[2] for each in deletions] == ["front-canary"]
