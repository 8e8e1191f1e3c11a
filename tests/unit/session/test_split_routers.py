"""A router's weight reaches the tracker, whichever of the two is seen first, and follows the provider."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from canarytui.cluster.resources import CANARIES, DAEMONSETS, DEPLOYMENTS
from canarytui.cluster.store import ObjectStore
from canarytui.console.demo_fixture import NOW, canary_object
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.domain.values import NamespacedName
from canarytui.session.cluster_clock import ClusterClock
from canarytui.session.parsed_objects import ParsedObjects
from canarytui.session.rollout_tracker import RolloutTracker
from canarytui.session.split_routers import SplitRouters
from canarytui.session.used_by import UsedBy

KEY = ("shop", "cart")


class Routed:
    """One canary, with `provider` as its own."""

    def __init__(self, provider: str = "traefik") -> None:
        resources = (CANARIES, DEPLOYMENTS, DAEMONSETS, *registry.split_resources())
        self.stores = {resource: ObjectStore(resource) for resource in resources}
        self.tracker = RolloutTracker(Timeline())
        self.changed: list[NamespacedName] = []
        parsed = ParsedObjects(self.stores)
        clock = ClusterClock(lambda: NOW)
        self.routers = SplitRouters(self.stores, parsed, self.tracker, clock, self.changed.append)
        obj = canary_object(*KEY, "Progressing")
        obj["spec"]["provider"] = provider
        self.stores[CANARIES].replace([obj])
        found = parsed.canary(KEY)
        assert isinstance(found, Canary)
        self.canary = found

    def weigh(self, weight: int) -> dict[str, Any]:
        """The router says so."""
        split = self.routers.split(self.canary)
        assert split is not None
        namespace, name = split.place(self.canary)
        services = [{"name": "cart-primary", "weight": 100 - weight}, {"name": "cart-canary", "weight": weight}]
        router = {"metadata": {"namespace": namespace, "name": name}, "spec": {"weighted": {"services": services}}}
        self.stores[split.object.resource].put(router)
        return router

    @property
    def weight(self) -> int | None:
        return self.tracker.track(KEY).router_weight


@pytest.mark.parametrize("router_first", [True, False])
async def test_the_weight_is_known_whichever_is_seen_first(router_first: bool) -> None:
    routed = Routed()
    if router_first:
        routed.weigh(20)
        assert routed.weight is None
    routed.routers.find(KEY, routed.canary)
    if not router_first:
        routed.weigh(20)
    assert routed.weight == 20
    assert routed.changed == [KEY]
    assert routed.routers.wanted == set(routed.routers.resources(routed.canary))


async def test_a_router_that_is_gone_has_no_weight() -> None:
    routed = Routed()
    routed.routers.find(KEY, routed.canary)
    router = routed.weigh(20)
    assert routed.routers.of(routed.canary) is not None
    routed.stores[routed.routers.resources(routed.canary)[0]].remove(router)
    await asyncio.sleep(0)  # the store reports removals together
    assert (routed.weight, routed.routers.of(routed.canary)) == (None, None)


async def test_canaries_without_a_provider_follow_the_controllers() -> None:
    routed = Routed(provider="")
    routed.routers.find(KEY, routed.canary)
    routed.routers.assume("traefik", [KEY])
    routed.weigh(30)
    assert routed.weight == 30
    routed.routers.assume("istio", [KEY])
    assert routed.weight is None
    routed.changed.clear()
    routed.routers.assume("istio", [KEY])
    assert routed.changed == []


async def test_what_is_forgotten_is_no_longer_followed() -> None:
    routed = Routed()
    routed.routers.find(KEY, routed.canary)
    routed.routers.forget(KEY)
    routed.weigh(20)
    assert (routed.weight, len(routed.routers)) == (None, 0)


def test_an_object_is_forgotten_with_the_last_canary_that_uses_it() -> None:
    users: UsedBy[str] = UsedBy()
    assert users.add("web", ("shop", "a"))
    assert not users.add("web", ("shop", "a"))
    assert users.add("web", ("shop", "b"))
    users.forget(("shop", "a"))
    assert users.of("web") == {("shop", "b")}
    users.forget(("shop", "b"))
    assert (len(users), users.of("web")) == (0, frozenset())
