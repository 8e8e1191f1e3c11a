"""Whose turn it is to be compared with its primary, for the list's column, and what the column says."""

from __future__ import annotations

import asyncio
from datetime import timedelta, timezone
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
from canarytui.session.rolling_comparison import RollingComparison
from canarytui.session.rollout_numbers_watch import RolloutNumbersWatch
from canarytui.session.state import ClusterState


async def state_of(*canaries: dict[str, Any]) -> ClusterState:
    state = ClusterState()
    workloads = [deployment_object("shop", name, "cart:1", 1, 1) for name in ("cart", "cart-primary")]
    state.stores[DEPLOYMENTS].replace(workloads)
    state.stores[CANARIES].replace(list(canaries))
    await asyncio.sleep(0)
    return state


async def test_those_that_share_no_query_are_measured_one_at_a_time_and_those_in_view_first(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, passed_s = asyncio.get_running_loop(), 0.0
    really = loop.time
    monkeypatch.setattr(loop, "time", lambda: really() + passed_s)
    names = [f"c~{number}" for number in range(5)]  # no name that is joined with others
    state = await state_of(
        canary_object("shop", "a-done", "Succeeded"),
        *({**made, "spec": {**made["spec"], "provider": "traefik"}} for made in map(_progressing, names)),
    )
    measured: list[NamespacedName] = []

    def watch_of(key: NamespacedName) -> RolloutNumbersWatch:
        measured.append(key)
        return RolloutNumbersWatch(cluster, state, CanaryDetail(key), lambda _: "")

    seen, opened = [("shop", names[-1]), ("shop", "a-done")], {("shop", names[0])}
    turns = RollingComparison(cluster, state, watch_of, lambda _: "http://127.0.0.1:1", lambda: seen, lambda: opened)
    for _ in names[1:]:
        await turns.compare_due()
        passed_s += 5
    assert measured == [("shop", name) for name in (names[-1], *names[1:-1])]


def _progressing(name: str) -> dict[str, Any]:
    return canary_object("shop", name, "Progressing")


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
        address_of = (lambda _: address) if sides else (lambda _: "")
        await RollingComparison(cluster, state, lambda _: watch, address_of, lambda: (), lambda: ()).compare_due()
    row = state.row(KEY)
    assert row is not None
    assert column.list_text(row, Room(21, state.now())).startswith(said)
    short = column.list_text(row, Room(12, state.now()))
    assert short.startswith(narrow)
    assert len(short) <= 12
    assert (sort_key(row, "verdict") < sort_key(before, "verdict")) == (said != "–")


async def test_an_old_verdict_is_said_to_be_stale_and_a_very_old_one_is_none(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, column = await state_of(canary()), column_named("verdict")
    assert column is not None
    async with TestServer(PrometheusApi(counted(WORSE)).make_app()) as server:
        address = str(server.make_url("")).rstrip("/")
        await RolloutNumbersWatch(cluster, state, CanaryDetail(KEY), lambda _: address).compare_once()
    state.take_changed()
    measured_at = state.now()
    said = {}
    for minutes in (1, 4, 5, 40):
        monkeypatch.setattr(state._clock, "now", lambda minutes=minutes: measured_at + timedelta(minutes=minutes))
        state.comparisons.age()
        row = state.row(KEY)
        assert row is not None
        said[minutes] = (state.take_changed() == {KEY}, column.list_text(row, Room(12, state.now())))
    assert said == {1: (False, "worse"), 4: (True, "stale: worse"), 5: (False, "stale: worse"), 40: (True, "–")}
    monkeypatch.setattr(state._clock, "now", lambda: measured_at + timedelta(minutes=4))
    situation = state.situation(KEY)
    assert situation is not None
    assert situation.compared is not None
    assert f"(stale: measured at {measured_at:%H:%M}" in situation.compared.urgent
    elsewhere = timezone(timedelta(hours=5, minutes=30))
    read_there = situation.at(situation.now.astimezone(elsewhere)).compared
    assert read_there is not None
    assert f"(stale: measured at {measured_at.astimezone(elsewhere):%H:%M}" in read_there.urgent


async def test_verdicts_age_while_the_queries_wait_for_the_budget(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, aged = await state_of(canary()), asyncio.Event()
    state.engine_sought = True
    monkeypatch.setattr(state.comparisons, "age", aged.set)
    comparison = RollingComparison(cluster, state, lambda _: None, lambda _: "", lambda: (), lambda: ())  # type: ignore[arg-type, return-value]  # asks nothing
    waiting = asyncio.Event()

    async def wait() -> None:
        waiting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(comparison, "compare_due", wait)
    running = asyncio.create_task(comparison.run())
    async with asyncio.timeout(5):
        await waiting.wait()
        await aged.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
