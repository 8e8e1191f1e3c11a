"""A verdict is of one revision and one age; what changes of it is told."""

from __future__ import annotations

from datetime import timedelta

from fake_cluster_state import canary as canary_manifest

from canarytui.console.demo_fixture import NOW
from canarytui.domain.rollout.rollout_comparison import ComparedRollout
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.session.cluster_clock import ClusterClock
from canarytui.session.comparisons import Comparisons

KEY = ("test", "podinfo")
QUIET = ComparedRollout(None, why_none="no requests")


class Clocked:
    def __init__(self) -> None:
        self.time = NOW
        self.changed: list[NamespacedName] = []
        self.comparisons = Comparisons(ClusterClock(lambda: self.time), self.changed.append)

    def pass_by(self, minutes: int) -> None:
        self.time += timedelta(minutes=minutes)


def canary(revision: str = "1") -> Canary:
    manifest = canary_manifest("Progressing")
    manifest["status"]["lastAppliedSpec"] = revision
    return Canary.parse(manifest)


def test_an_equal_verdict_is_no_news() -> None:
    clocked = Clocked()
    for found in (QUIET, QUIET, ComparedRollout(None, why_none="no counter")):
        clocked.comparisons.take(canary(), found)
    assert clocked.changed == [KEY, KEY]


def test_it_turns_stale_and_then_none_and_each_is_told_once() -> None:
    clocked = Clocked()
    clocked.comparisons.take(canary(), QUIET)
    clocked.changed.clear()
    said = []
    for minutes in (2, 1, 1, 30):
        clocked.pass_by(minutes)
        clocked.comparisons.age()
        found = clocked.comparisons.of(canary())
        said.append((found is not None, found is not None and found.stale_since == NOW, len(clocked.changed)))
    assert said == [(True, False, 0), (True, True, 1), (True, True, 1), (False, False, 2)]
    assert KEY in clocked.comparisons, "it has been compared, though long ago"


def test_another_revision_has_none_and_what_is_forgotten_neither() -> None:
    clocked = Clocked()
    clocked.comparisons.take(canary("1"), QUIET)
    assert clocked.comparisons.of(canary("2")) is None
    assert clocked.comparisons.of(canary("1")) == QUIET
    clocked.comparisons.forget(KEY)
    assert clocked.comparisons.of(canary("1")) is None
    assert KEY not in clocked.comparisons
