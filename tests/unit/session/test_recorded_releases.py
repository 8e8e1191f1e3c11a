"""The session notes which release each rollout brought out, while objects still tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.domain.history.facts import Fact
from canarytui.domain.history.rollouts import RecordedRollout, recorded_rollouts
from canarytui.domain.history.timeline import Timeline
from canarytui.session.state import ClusterState
from canarytui.session.timeline_file import TimelineFile

KEY = ("shop", "cart")
BEGIN = datetime(2026, 11, 26, 14, 30, 10, tzinfo=UTC)


class Cluster:
    """A canary and its two Deployments; a minute passes with every status write of its controller."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.state = ClusterState(now=lambda: self.now)
        self._version = 0
        self.spec = {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
            "service": {"port": 80},
            "analysis": {"interval": "60s", "threshold": 5, "maxWeight": 50, "stepWeight": 10},
        }

    def _put(self, resource: Any, name: str, obj: dict[str, Any]) -> None:
        self._version += 1
        metadata = {"namespace": KEY[0], "name": name, "uid": name, "resourceVersion": str(self._version)}
        self.state.stores[resource].put({"metadata": metadata, **obj})

    def runs(self, workload: str, tag: str) -> None:
        containers = [{"name": "cart", "image": f"registry.example.com/cart:{tag}"}]
        self._put(DEPLOYMENTS, workload, {"spec": {"template": {"spec": {"containers": containers}}}, "status": {}})

    def phase(self, phase: str) -> None:
        self.now += timedelta(minutes=1)
        status = {
            "phase": phase,
            "canaryWeight": 0,
            "failedChecks": 0,
            "iterations": 0,
            "lastTransitionTime": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "conditions": [{"type": "Promoted", "status": "Unknown", "reason": phase}],
        }
        self._put(CANARIES, "cart", {"spec": self.spec, "status": status})

    def rollouts(self) -> list[tuple[str, str, str]]:
        return named(recorded_rollouts(self.state.timeline.oldest_first(*KEY)))


def named(found: list[RecordedRollout]) -> list[tuple[str, str, str]]:
    return [(each.replaced, each.release, str(each.outcome)) for each in found]


def promotion_and_rollback(listener: Callable[[Fact], None] = lambda fact: None) -> Cluster:
    cluster = Cluster()
    cluster.state.timeline.listeners.append(listener)
    cluster.runs("cart", "4.0.4")
    cluster.phase("Initializing")
    cluster.runs("cart-primary", "4.0.4")
    cluster.phase("Initialized")
    cluster.runs("cart", "4.0.5")
    cluster.phase("Progressing")
    cluster.phase("Promoting")
    cluster.runs("cart-primary", "4.0.5")
    cluster.phase("Finalising")
    cluster.phase("Succeeded")
    cluster.runs("cart", "4.0.6")
    cluster.phase("Progressing")
    cluster.phase("Failed")
    cluster.runs("cart", "4.0.7")
    cluster.phase("Progressing")
    return cluster


ALL = [
    ("", "4.0.4", "open"),
    ("4.0.4", "4.0.5", "promoted"),
    ("4.0.5", "4.0.6", "failed"),
    ("4.0.5", "", "open"),
]


async def test_each_rollout_has_the_release_it_replaced_and_from_its_end_on_the_one_it_brought() -> None:
    assert promotion_and_rollback().rollouts() == ALL


async def test_a_console_that_is_started_later_reads_them_from_its_file(tmp_path: Path) -> None:
    facts: list[Fact] = []
    promotion_and_rollback(facts.append)
    TimelineFile(tmp_path / "prod.jsonl").write(facts)
    read = Timeline()
    for fact in TimelineFile(tmp_path / "prod.jsonl").read():
        read.add(fact, is_new=False)
    assert named(recorded_rollouts(read.oldest_first(*KEY))) == ALL


async def test_nothing_is_noted_of_workloads_that_are_not_known() -> None:
    cluster = Cluster()
    cluster.phase("Initialized")
    cluster.phase("Progressing")
    cluster.phase("Succeeded")
    assert cluster.rollouts() == [("", "", "promoted")]


async def test_a_promotion_that_arrives_before_its_primary_is_not_named_by_the_old_release() -> None:
    cluster = Cluster()
    cluster.runs("cart", "4.0.5")
    cluster.runs("cart-primary", "4.0.4")
    cluster.phase("Initialized")
    cluster.phase("Progressing")
    cluster.phase("Succeeded")
    cluster.runs("cart-primary", "4.0.5")
    assert cluster.rollouts() == [("4.0.4", "", "promoted")]
