"""Whose turn it is to be compared with its primary, for the list's column, and what the column says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from counted_requests import FEW, FINE, KEY, WORSE, canary, counted

from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.domain.values import NamespacedName
from canarytui.sandbox.prometheus.api import PrometheusApi
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.columns.canary_columns import column_named, sort_key
from canarytui.session.columns.column import Room
from canarytui.session.rolling_comparison import LEAST_S, MOST, RollingComparison
from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch
from canarytui.session.state import ClusterState


async def state_of(*canaries: dict[str, Any]) -> ClusterState:
    state = ClusterState()
    workloads = [deployment_object("shop", name, "cart:1", 1, 1) for name in ("cart", "cart-primary")]
    state.stores[DEPLOYMENTS].replace(workloads)
    state.stores[CANARIES].replace(list(canaries))
    await asyncio.sleep(0)
    return state


def rolling(
    cluster: Cluster, state: ClusterState, *, seen: list[NamespacedName], open_details: set[NamespacedName]
) -> RollingComparison:
    """Without a server: measuring comes at once to that conclusion."""

    def watch_of(key: NamespacedName) -> RolloutNumbersWatch:
        return RolloutNumbersWatch(cluster, state, CanaryDetail(key), lambda _: "")

    return RollingComparison(state, watch_of, lambda: seen, lambda: open_details)


async def test_those_in_view_come_first_and_each_has_its_turn(cluster: Cluster) -> None:
    names = [f"c{number:02}" for number in range(MOST + 6)]
    done = canary_object("shop", "a-done", "Succeeded")
    state = await state_of(done, *(canary_object("shop", name, "Progressing") for name in names))
    seen, opened = [("shop", names[-1])], {("shop", names[0])}
    turns = rolling(cluster, state, seen=seen, open_details=opened)
    measured = []
    for second in range(MOST + 3):
        key = turns.next(second / 100)
        if key is not None:
            measured.append(key)
            await turns.compare(key, second / 100)
    assert measured[0] == seen[0]
    assert len(measured) == len(set(measured)) == MOST, "none a second time before its interval is over"
    assert not {("shop", "a-done"), *opened} & set(measured)
    assert turns.next(100 * LEAST_S) == measured[0], "the one that was measured longest ago"
    state.stores[CANARIES].replace([done])
    await asyncio.sleep(0)
    assert turns.next(200 * LEAST_S) is None


@pytest.mark.parametrize(
    ("sides", "said", "narrow"),
    [
        (WORSE, "worse", "worse"),
        (FEW, "few requests", "few requests"),
        (FINE, "no difference > ", "diff ≤ "),
        (None, "–", "–"),
    ],
)
async def test_the_column_says_the_verdict_as_there_is_room(
    cluster: Cluster, sides: dict[str, tuple[float, float]] | None, said: str, narrow: str
) -> None:
    state, column = await state_of(canary()), column_named("verdict")
    assert column is not None
    before = state.row(KEY)
    assert before is not None
    assert column.list_text(before, Room(21, state.now())) == "–"
    async with TestServer(PrometheusApi(counted(sides or {})).make_app()) as server:
        address = str(server.make_url("")).rstrip("/")
        watch = RolloutNumbersWatch(cluster, state, CanaryDetail(KEY), lambda _: address if sides else "")
        await RollingComparison(state, lambda _: watch, lambda: (), lambda: ()).compare(KEY, 0)
    row = state.row(KEY)
    assert row is not None
    assert column.list_text(row, Room(21, state.now())).startswith(said)
    short = column.list_text(row, Room(12, state.now()))
    assert short.startswith(narrow)
    assert len(short) <= 12
    assert (sort_key(row, "verdict") < sort_key(before, "verdict")) == (said != "–")
