"""Rows change where they stand; lines move only when that is asked for or can be afforded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.cluster.resources import CANARIES
from canarytui.console.demo_fixture import canary_object
from canarytui.console.list.ordering import RECOVERY, Listing
from canarytui.console.terminal.rate_limit import Allowance, Rhythm
from canarytui.domain.rollout.explain import Tone
from canarytui.session.state import ClusterState

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


class Cluster:
    """A cluster state whose canaries a test sets, and its listing."""

    def __init__(self) -> None:
        self.now = NOW
        self.cluster_state = ClusterState(now=lambda: self.now)
        self.listing = Listing(self.cluster_state)
        self._version = 10

    def put(self, name: str, phase: str, *, namespace: str = "shop", **more: Any) -> None:
        self._version += 1
        obj = canary_object(namespace, name, phase, changed=self.now, **more)
        obj["metadata"]["resourceVersion"] = str(self._version)
        self.cluster_state.stores[CANARIES].put(obj)
        self.draw()

    def drop(self, name: str, namespace: str = "shop") -> None:
        store = self.cluster_state.stores[CANARIES]
        store.remove(store.get(namespace, name) or {})
        self.draw()

    def draw(self) -> None:
        store = self.cluster_state.stores[CANARIES]
        store._tell()
        self.listing.refresh(self.cluster_state.take_changed())

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.listing.shown]


@pytest.fixture
async def cluster() -> Cluster:
    """Stores tell of changes in an event loop."""
    found = Cluster()
    for name in ("a", "b", "c", "d"):
        found.put(name, "Succeeded")
    found.listing.settle()
    return found


async def test_problems_come_first_once_lines_may_move(cluster: Cluster) -> None:
    cluster.put("c", "Failed")
    assert cluster.names == ["a", "b", "c", "d"]
    assert cluster.listing.shown[2].label == "Failed"
    assert cluster.listing.out_of_order
    assert cluster.listing.urgent
    cluster.listing.settle()
    assert cluster.names == ["c", "a", "b", "d"]
    assert not cluster.listing.out_of_order


async def test_what_got_better_stays_among_the_problems_for_a_while(cluster: Cluster) -> None:
    cluster.put("c", "Failed")
    cluster.listing.settle()
    cluster.put("c", "Succeeded")
    cluster.listing.recovered(cluster.now)
    cluster.listing.settle()
    assert cluster.names == ["c", "a", "b", "d"]
    cluster.now += RECOVERY + timedelta(seconds=1)
    cluster.listing.recovered(cluster.now)
    assert cluster.listing.out_of_order
    cluster.listing.settle()
    assert cluster.names == ["a", "b", "c", "d"]


async def test_lines_move_only_as_far_as_can_be_afforded(cluster: Cluster) -> None:
    cluster.put("d", "Failed")
    assert not cluster.listing.settle_in(0, 4, afford=3)
    assert cluster.names == ["a", "b", "c", "d"]
    assert cluster.listing.settle_in(0, 4, afford=4)
    assert cluster.names == ["d", "a", "b", "c"]


async def test_lines_out_of_view_move_for_nothing(cluster: Cluster) -> None:
    cluster.put("d", "Progressing", weight=20)
    cluster.put("c", "Progressing", weight=10)
    cluster.listing.sort("name")
    cluster.put("e", "Succeeded")
    assert cluster.listing.settle_in(0, 4, afford=0)
    assert cluster.names == ["a", "b", "c", "d", "e"]


async def test_what_is_gone_goes_at_once_and_takes_its_mark_along(cluster: Cluster) -> None:
    cluster.listing.mark(("shop", "b"))
    cluster.listing.mark(("shop", "c"))
    cluster.drop("b")
    assert cluster.names == ["a", "c", "d"]
    assert cluster.listing.marked == {("shop", "c")}
    cluster.put("d", "Failed")
    assert cluster.listing.shown[2].label == "Failed"


async def test_the_titles_counts_follow_every_change(cluster: Cluster) -> None:
    assert cluster.listing.counts() == (4, 0, 0)
    cluster.put("b", "Progressing", weight=5)
    cluster.put("c", "Failed")
    assert cluster.listing.counts() == (4, 1, 1)
    cluster.put("b", "Progressing", weight=10)
    cluster.put("c", "Succeeded")
    assert cluster.listing.counts() == (4, 1, 0)
    cluster.drop("b")
    assert cluster.listing.counts() == (3, 0, 0)
    cluster.now += timedelta(minutes=5)
    cluster.put("d", "Progressing", weight=5)
    cluster.now += timedelta(minutes=5)
    cluster.listing.refresh([("shop", "d")])
    assert cluster.listing.counts() == (3, 1, 1), "silent"


async def test_the_same_column_again_turns_the_order_round(cluster: Cluster) -> None:
    cluster.listing.sort("name")
    assert cluster.names == ["a", "b", "c", "d"]
    cluster.listing.sort("name")
    assert cluster.names == ["d", "c", "b", "a"]
    cluster.listing.sort("weight")
    assert not cluster.listing.reverse


async def test_numbers_choose_recent_namespaces(cluster: Cluster) -> None:
    cluster.put("z", "Succeeded", namespace="pay")
    assert cluster.listing.recent_namespaces() == ["pay", "shop"]
    cluster.listing.narrow(namespace="shop")
    assert cluster.names == ["a", "b", "c", "d"]
    assert cluster.listing.recent_namespaces() == ["pay", "shop"]
    cluster.listing.narrow(namespace="elsewhere")
    assert cluster.listing.recent_namespaces() == ["elsewhere", "pay", "shop"]
    cluster.listing.narrow(namespace="")
    assert "z" in cluster.names


async def test_time_alone_makes_a_problem_of_a_canary_that_nobody_reconciles(cluster: Cluster) -> None:
    cluster.put("a", "Progressing", weight=10)
    assert cluster.listing.silent(cluster.now) == []
    cluster.now += timedelta(minutes=2)
    assert cluster.listing.silent(cluster.now) == [("shop", "a")]
    cluster.listing.refresh([("shop", "a")])
    row = cluster.listing.row(("shop", "a"))
    assert row is not None
    assert (row.label, row.tone) == ("Unattended", Tone.BAD)
    assert cluster.listing.silent(cluster.now) == []


def test_an_allowance_is_saved_up_and_urgency_borrows() -> None:
    now = [0.0]
    allowance = Allowance(10.0, 100.0, clock=lambda: now[0])
    assert allowance.take(100.0)
    assert not allowance.take(1.0)
    now[0] = 2.0
    assert allowance.left == 20.0
    assert not allowance.take(30.0)
    assert allowance.take(110.0, urgent=True)
    assert allowance.left == -90.0
    now[0] = 1000.0
    assert allowance.left == 100.0


def test_a_rhythm_is_busy_at_once_and_calm_only_after_a_calm_while() -> None:
    now = [0.0]
    rhythm = Rhythm(10, span_s=10.0, clock=lambda: now[0])
    rhythm.beat(10)
    assert not rhythm.busy
    rhythm.beat(1)
    assert rhythm.busy
    now[0] = 10.0
    rhythm.beat(0)
    assert rhythm.busy
    now[0] = 20.0
    rhythm.beat(6)
    assert rhythm.busy
    now[0] = 30.0
    rhythm.beat(5)
    assert not rhythm.busy
