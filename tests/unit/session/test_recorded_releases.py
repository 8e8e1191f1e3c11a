"""The session notes which release each rollout brought out, while objects still tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

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
        self.applied = "hash-4"
        self.late = timedelta()
        """How long ago the controller's writes were made when they arrive."""
        self.state.stores[DEPLOYMENTS].replace([])
        self.spec = {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
            "service": {"port": 80},
            "analysis": {"interval": "60s", "threshold": 5, "maxWeight": 50, "stepWeight": 10},
        }

    def _put(self, resource: Any, name: str, obj: dict[str, Any]) -> None:
        self._version += 1
        metadata = {"namespace": KEY[0], "name": name, "uid": name, "resourceVersion": str(self._version)}
        self.state.stores[resource].put({"metadata": metadata, **obj})

    def runs(self, workload: str, tag: str, *, proxy: str = "") -> None:
        containers = [{"name": "cart", "image": f"registry.example.com/cart:{tag}"}]
        containers += [{"name": "proxy", "image": f"registry.example.com/proxy:{proxy}"}] if proxy else []
        self._put(DEPLOYMENTS, workload, {"spec": {"template": {"spec": {"containers": containers}}}, "status": {}})

    def phase(self, phase: str, applied: str = "") -> None:
        """The controller writes `phase`; a new revision has another `applied` spec."""
        self.now += timedelta(minutes=1)
        self.applied = applied or self.applied
        status = {
            "phase": phase,
            "canaryWeight": 0,
            "failedChecks": 0,
            "iterations": self._version,  # no two writes are equal
            "lastAppliedSpec": self.applied,
            "lastTransitionTime": (self.now - self.late).strftime("%Y-%m-%dT%H:%M:%SZ"),
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
    cluster.phase("Progressing", "hash-5")
    cluster.phase("Promoting")
    cluster.runs("cart-primary", "4.0.5")
    cluster.phase("Finalising")
    cluster.phase("Succeeded")
    cluster.runs("cart", "4.0.6")
    cluster.phase("Progressing", "hash-6")
    cluster.phase("Failed")
    cluster.runs("cart", "4.0.7")
    cluster.phase("Progressing", "hash-7")
    return cluster


ALL = [("", "4.0.4", "open"), ("4.0.4", "4.0.5", "promoted"), ("4.0.5", "4.0.6", "failed"), ("", "", "open")]


def under_way() -> Cluster:
    """4.0.6 is to replace 4.0.5; the console saw it begin."""
    cluster = Cluster()
    cluster.runs("cart", "4.0.5")
    cluster.runs("cart-primary", "4.0.5")
    cluster.phase("Initialized")
    cluster.runs("cart", "4.0.6")
    cluster.phase("Progressing", "hash-6")
    return cluster


async def test_each_rollout_has_at_its_end_what_it_replaced_and_what_it_brought() -> None:
    assert promotion_and_rollback().rollouts() == ALL


async def test_a_console_that_is_started_later_reads_them_from_its_file(tmp_path: Path) -> None:
    facts: list[Fact] = []
    promotion_and_rollback(facts.append)
    TimelineFile(tmp_path / "prod.jsonl").write(facts)
    read = Timeline()
    for fact in TimelineFile(tmp_path / "prod.jsonl").read():
        read.add(fact, is_new=False)
    assert named(recorded_rollouts(read.oldest_first(*KEY))) == ALL


@pytest.mark.parametrize("target", ["4.0.5", "4.0.7"], ids=["it was put back", "the next one was pushed"])
async def test_a_failure_is_of_what_was_analysed_not_of_what_the_target_runs_by_then(target: str) -> None:
    cluster = under_way()
    cluster.runs("cart", target)
    cluster.phase("Failed")
    assert cluster.rollouts() == [("4.0.5", "4.0.6", "failed")]


async def test_a_restarted_analysis_is_of_the_new_revision() -> None:
    cluster = under_way()
    cluster.runs("cart", "4.0.7")
    cluster.phase("Progressing", "hash-7")
    cluster.phase("Failed")
    assert cluster.rollouts() == [("4.0.5", "4.0.7", "failed")]


async def test_a_console_that_starts_in_the_middle_notes_it_with_the_next_step() -> None:
    cluster = Cluster()
    cluster.runs("cart", "4.0.6")
    cluster.runs("cart-primary", "4.0.5")
    cluster.phase("Progressing", "hash-6")  # the first that it sees tells of no change
    cluster.phase("Progressing")
    cluster.phase("Failed")
    assert cluster.rollouts() == [("4.0.5", "4.0.6", "failed")]


async def test_a_primary_that_arrives_late_changes_nothing() -> None:
    cluster = under_way()
    cluster.phase("Succeeded")
    cluster.runs("cart-primary", "4.0.6")
    assert cluster.rollouts() == [("4.0.5", "4.0.6", "promoted")]


async def test_an_end_without_an_analysis_that_was_seen_has_no_name() -> None:
    cluster = under_way()
    cluster.phase("Failed")
    cluster.runs("cart", "4.0.8")
    cluster.phase("Waiting")
    cluster.phase("Failed", "hash-8")
    assert [release for _, release, _ in cluster.rollouts()] == ["4.0.6", ""]


async def test_nothing_is_noted_of_deployments_that_are_not_followed() -> None:
    cluster = Cluster()
    cluster.runs("cart", "4.0.5")
    cluster.runs("cart-primary", "4.0.5")
    cluster.phase("Initialized")
    cluster.state.stores[DEPLOYMENTS].stale("refused")
    cluster.phase("Progressing", "hash-6")
    cluster.phase("Succeeded")
    assert cluster.rollouts() == [("", "", "promoted")]


async def test_nothing_is_noted_of_what_was_written_a_while_ago() -> None:
    cluster = Cluster()
    cluster.runs("cart", "4.0.6")
    cluster.runs("cart-primary", "4.0.5")
    cluster.phase("Initialized")
    cluster.late = timedelta(seconds=30)
    cluster.phase("Progressing", "hash-6")
    cluster.phase("Failed")
    assert [release for _, release, _ in cluster.rollouts()] == [""]


async def test_a_sidecar_is_not_part_of_one_side_only() -> None:
    cluster = Cluster()
    cluster.runs("cart", "4.0.5", proxy="v1")
    cluster.runs("cart-primary", "4.0.5", proxy="v1")
    cluster.phase("Initialized")
    cluster.runs("cart", "4.0.6", proxy="v1")
    cluster.phase("Progressing", "hash-6")
    cluster.runs("cart-primary", "4.0.6", proxy="v1")
    cluster.phase("Succeeded")
    assert cluster.rollouts() == [("4.0.5", "4.0.6", "promoted")]
