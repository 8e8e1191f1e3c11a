"""What is remembered of canaries ends somewhere: a console that has run for a day is no larger than after an hour."""

from __future__ import annotations

import asyncio
import gc
import random
import tracemalloc
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from canarytui.domain.history import timeline
from canarytui.session import state as world_module
from canarytui.session.metric_history import SUCCESS_RATE
from canarytui.session.rollout_tracker import HISTORY
from canarytui.session.state import ClusterState
from canarytui.session.value_buffer import Points

CANARIES_THERE = 12
NOW = datetime(2026, 11, 26, 12, 0, 0, 250_000, tzinfo=UTC)


def canary(number: int, version: int, weight: int, failed: int, at: datetime) -> dict[str, Any]:
    name = f"canary-{number}"
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {"namespace": "test", "name": name, "uid": name, "resourceVersion": str(version)},
        "spec": {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "service": {"port": 80},
            "analysis": {
                "interval": "10s",
                "threshold": 10,
                "stepWeight": 5,
                "metrics": [{"name": SUCCESS_RATE, "interval": "1m", "thresholdRange": {"min": 99}}],
            },
        },
        "status": {
            "phase": "Progressing",
            "canaryWeight": weight,
            "failedChecks": failed,
            "lastTransitionTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        },
    }


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def changes(cluster_state: ClusterState, clock: Clock, count: int, first: int, rows: dict[Any, Any]) -> None:
    """`count` changes of statuses, a reading each, and the list drawn as they come."""
    chosen = random.Random(first)
    for version in range(first, first + count):
        clock.now += timedelta(seconds=1)
        number = version % CANARIES_THERE
        obj = canary(number, version, chosen.randrange(0, 51, 5), chosen.randrange(3), clock.now)
        cluster_state.canaries.put(obj)
        key = ("test", f"canary-{number}")
        cluster_state.readings.add(key, SUCCESS_RATE, clock.now, chosen.random() * 100, query="up")
        await asyncio.sleep(0)
        for changed in cluster_state.take_changed():
            rows[changed] = cluster_state.row(changed)


async def test_memory_does_not_grow_once_the_bounds_are_full(monkeypatch: pytest.MonkeyPatch) -> None:
    capacity = 100
    monkeypatch.setattr(world_module, "Timeline", partial(timeline.Timeline, capacity=capacity))
    monkeypatch.setattr(timeline, "_IDENTITIES", 4 * capacity)
    clock = Clock()
    cluster_state, rows = ClusterState(now=clock), dict[Any, Any]()
    most = CANARIES_THERE * 360  # of readings, which are the most
    await changes(cluster_state, clock, most + 500, 1, rows)
    assert len(cluster_state.timeline) == capacity
    assert len(cluster_state.track(("test", "canary-0")).weights) == HISTORY

    def traced() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        await changes(
            cluster_state, clock, 1000, 10_000, rows
        )  # what is there has been made again under the tracer's eyes
        before = traced()
        await changes(cluster_state, clock, 1000, 20_000, rows)
        after = traced()
    finally:
        tracemalloc.stop()
    assert after - before < 30_000, "a thousand changes"


def test_points_are_a_ring_with_times_to_the_microsecond() -> None:
    points = Points(5)
    assert (list(points), points.last, points.tail(3), len(points)) == ([], None, [], 0)
    given = [(NOW + timedelta(seconds=number, microseconds=number), number / 7) for number in range(13)]
    for count, point in enumerate(given, 1):
        points.append(point)
        kept = given[max(count - 5, 0) : count]
        assert list(points) == kept
        assert points.last == point[1]
        assert points.tail(2) == [value for _, value in kept[-2:]]
        assert len(points) == min(count, 5)
