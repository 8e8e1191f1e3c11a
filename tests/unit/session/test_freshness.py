"""Since when nothing newer is known: of all canaries, of one that was read by itself, of what belongs to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest_asyncio

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.cluster.store import ObjectStore
from canarytui.session.cluster_clock import ClusterClock
from canarytui.session.freshness import Freshness

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
LOST = NOW - timedelta(seconds=20)
KEY = ("shop", "cart")


class Cluster:
    def __init__(self) -> None:
        self.time = NOW
        self.canaries, self.deployments, self.events = (
            ObjectStore(CANARIES),
            ObjectStore(DEPLOYMENTS),
            ObjectStore(EVENTS),
        )
        self.canaries.replace([])
        self.deployments.replace([])
        clock = ClusterClock(lambda: self.time)
        self.freshness = Freshness(self.canaries, (self.deployments, self.events), clock)


@pytest_asyncio.fixture
async def cluster() -> Cluster:
    return Cluster()


def lose(store: ObjectStore, at: datetime = LOST, reason: str = "no answer") -> None:
    store.stale_since, store.stale_reason = at, reason


async def test_canaries_are_fresh_until_their_watch_is_lost(cluster: Cluster) -> None:
    assert cluster.freshness.stale() is None
    lose(cluster.canaries)
    stale = cluster.freshness.stale(KEY)
    assert stale is not None
    assert (stale.since, stale.reason) == (LOST, "no answer")


async def test_a_canary_that_was_read_by_itself_is_known_as_of_then(cluster: Cluster) -> None:
    lose(cluster.canaries)
    cluster.freshness.read_again(KEY)
    cluster.time = NOW + timedelta(seconds=5)
    own, other = cluster.freshness.stale(KEY), cluster.freshness.stale(("shop", "front"))
    assert own is not None
    assert other is not None
    assert (own.since, other.since) == (NOW, LOST)


async def test_a_turn_is_reported_once_and_forgets_what_was_read_meanwhile(cluster: Cluster) -> None:
    assert not cluster.freshness.turned()
    lose(cluster.canaries)
    assert (cluster.freshness.turned(), cluster.freshness.turned()) == (True, False)
    cluster.freshness.read_again(KEY)
    cluster.canaries.stale_since = None
    assert cluster.freshness.turned()
    lose(cluster.canaries)
    stale = cluster.freshness.stale(KEY)
    assert stale is not None
    assert stale.since == LOST


async def test_what_else_is_not_followed_is_named_unless_it_is_soon_back_or_never_was(cluster: Cluster) -> None:
    assert cluster.freshness.partly_stale(UTC) == ""
    lose(cluster.events)
    assert cluster.freshness.partly_stale(UTC) == "", "events were never listed"
    lose(cluster.deployments, NOW - timedelta(seconds=1))
    assert cluster.freshness.partly_stale(UTC) == "", "a watch that ends is opened again"
    lose(cluster.deployments, LOST, "Forbidden")
    assert cluster.freshness.partly_stale(UTC) == "deployments since 14:29:40: Forbidden"
