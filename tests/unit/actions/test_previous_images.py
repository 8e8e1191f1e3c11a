"""The images that a target has run, as its ReplicaSets remember them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from live_api import LiveApi

from canarytui.actions.previous_images import image_history, images_before
from canarytui.cluster.client import Cluster
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary


def replica_set(owner: str, created: str, **images: str) -> dict[str, Any]:
    containers = [{"name": name, "image": image} for name, image in images.items()]
    return {
        "metadata": {"creationTimestamp": created, "ownerReferences": [{"kind": "Deployment", "name": owner}]},
        "spec": {"template": {"spec": {"containers": containers}}},
    }


def test_newest_first_and_each_once() -> None:
    sets = [
        replica_set("cart", "2026-11-21T10:00:00Z", cart="cart:1", proxy="envoy:1"),
        replica_set("cart", "2026-11-23T10:00:00Z", cart="cart:3", proxy="envoy:1"),
        replica_set("cart-primary", "2026-11-22T10:00:00Z", cart="cart:1"),
        replica_set("shop", "2026-11-24T10:00:00Z", cart="other:9"),
    ]
    assert image_history(sets, {"cart", "cart-primary"}) == {"cart": ["cart:3", "cart:1"], "proxy": ["envoy:1"]}


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"metadata": {"ownerReferences": ["cart"]}},
        {"metadata": {"ownerReferences": [{"kind": "Deployment", "name": "cart"}]}, "spec": {"template": []}},
        {"metadata": {"ownerReferences": [{"kind": "Deployment", "name": "cart"}]},
         "spec": {"template": {"spec": {"containers": ["cart"]}}}},
    ],
)  # fmt: skip
def test_odd_objects_have_no_images(odd: dict[str, Any]) -> None:
    assert image_history([odd], {"cart"}) == {}


async def test_they_are_read_from_the_canarys_namespace(live_api: LiveApi, cluster: Cluster, readers: Cluster) -> None:
    found = live_api.find("canaries.flagger.app", "podinfo")
    assert found is not None
    situation = Situation(Canary.parse(found), datetime.now(UTC), 10.0)
    labels = {"app": "podinfo"}
    made = replica_set("podinfo", "", podinfo="podinfo:1")
    made["metadata"] = {"name": "podinfo-1", "ownerReferences": made["metadata"]["ownerReferences"]}
    made["metadata"]["ownerReferences"][0] |= {"apiVersion": "apps/v1", "uid": "u"}
    made["spec"]["selector"] = {"matchLabels": labels}
    made["spec"]["template"]["metadata"] = {"labels": labels}
    live_api.create("replicasets.apps", made)
    assert await images_before(cluster, situation) == {"podinfo": ["podinfo:1"]}
    assert await images_before(readers, situation) == {}
