"""Only the controller's own acts move its clock: NEXT and every moment that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.cluster.resources import CANARIES, EVENTS
from canarytui.domain.history.facts import CONSOLE_ACTION, of_console
from canarytui.domain.rollout.explain import explain
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.traffic.traefik import TRAEFIK_SERVICES
from canarytui.session.state import ClusterState

KEY = ("shop", "cart")
TICK = datetime(2026, 11, 26, 14, 30, 10, 250_000, tzinfo=UTC)
CONDITIONS = {
    "Progressing": [{"type": "Promoted", "status": "Unknown", "reason": "Progressing"}],
    "Failed": [{"type": "Promoted", "status": "False", "reason": "Failed", "lastUpdateTime": "2026-11-26T14:30:20Z"}],
}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Cluster:
    """A canary that its controller looks at every ten seconds, as the API server shows it to a console."""

    def __init__(self) -> None:
        self.now = TICK
        self.cluster_state = ClusterState(now=lambda: self.now)
        self._version = 0
        self.metadata: dict[str, Any] = {"namespace": KEY[0], "name": KEY[1], "uid": "u"}
        self.spec: dict[str, Any] = {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
            "service": {"port": 80},
            "analysis": {"interval": "10s", "threshold": 5, "maxWeight": 50, "stepWeight": 10},
        }
        self.status: dict[str, Any] = {
            "phase": "Progressing",
            "canaryWeight": 10,
            "failedChecks": 0,
            "iterations": 0,
            "lastTransitionTime": stamp(TICK - timedelta(seconds=10)),
            "conditions": CONDITIONS["Progressing"],
        }
        self.put()

    def put(self, managers: tuple[tuple[str, datetime], ...] = ()) -> str:
        self._version += 1
        fields = [{"manager": name, "subresource": "status", "time": stamp(at)} for name, at in managers]
        metadata = {**self.metadata, "resourceVersion": str(self._version), "managedFields": fields}
        self.cluster_state.stores[CANARIES].put({"metadata": metadata, "spec": self.spec, "status": dict(self.status)})
        return str(self._version)

    def controller(self, **status: Any) -> None:
        """A status write of the controller."""
        self.status |= {**status, "lastTransitionTime": stamp(self.now)}
        self.status["conditions"] = CONDITIONS.get(self.status["phase"], self.status["conditions"])
        self.put((("flagger", self.now),))

    def by_hand(self, manager: str = "", **status: Any) -> str:
        """A patch of the status by somebody else."""
        self.status |= status
        return self.put(((manager, self.now), ("flagger", TICK)) if manager else ())

    def event(self, message: str, component: str = "flagger", reason: str = "Synced", warning: bool = False) -> None:
        self._version += 1
        name = f"cart.{self._version}"
        self.cluster_state.stores[EVENTS].put(
            {
                "metadata": {"namespace": KEY[0], "name": name, "uid": name, "resourceVersion": str(self._version)},
                "involvedObject": {"kind": "Canary", "namespace": KEY[0], "name": KEY[1]},
                "source": {"component": component},
                "reason": reason,
                "message": message,
                "type": "Warning" if warning else "Normal",
                "count": 1,
                "lastTimestamp": stamp(self.now),
            }
        )

    def router(self, weight: int) -> None:
        self._version += 1
        services = [{"name": "cart-primary", "weight": 100 - weight}, {"name": "cart-canary", "weight": weight}]
        self.cluster_state.stores[TRAEFIK_SERVICES].put(
            {
                "metadata": {"namespace": KEY[0], "name": "cart", "uid": "r", "resourceVersion": str(self._version)},
                "spec": {"weighted": {"services": services}},
            }
        )

    def situation(self) -> Situation:
        found = self.cluster_state.situation(KEY)
        assert found is not None
        return found


@pytest.fixture
async def cluster() -> Cluster:
    found = Cluster()
    found.router(10)
    found.cluster_state.canary(KEY)
    found.controller(canaryWeight=20)
    assert found.situation().last_tick == TICK
    return found


def _own_roll_back(cluster: Cluster) -> None:
    version = cluster.by_hand("canarytui", failedChecks=5)
    cluster.cluster_state.tracker.own_write(KEY, version)


def _own_promote(cluster: Cluster) -> None:
    cluster.spec = {**cluster.spec, "skipAnalysis": True}
    cluster.cluster_state.tracker.own_write(KEY, cluster.put())


def _labels(cluster: Cluster) -> None:
    cluster.metadata = {**cluster.metadata, "labels": {"team": "shop"}}
    cluster.put()


def _gitops(cluster: Cluster) -> None:
    cluster.spec = {**cluster.spec, "analysis": {**cluster.spec["analysis"], "maxWeight": 60}}
    cluster.put()


OTHERS: dict[str, Callable[[Cluster], Any]] = {
    "own roll back": _own_roll_back,
    "own promote": _own_promote,
    "another console's status patch": lambda cluster: cluster.by_hand("canarytui", failedChecks=5),
    "kubectl edit of the status": lambda cluster: cluster.by_hand("kubectl-edit", iterations=3),
    "kubectl with a time of its own": lambda cluster: cluster.by_hand(
        "kubectl-edit", failedChecks=1, lastTransitionTime=stamp(cluster.now)
    ),
    "retry": lambda cluster: cluster.by_hand(lastAppliedSpec=""),
    "phase by hand": lambda cluster: cluster.by_hand(phase="Failed"),
    "labels": _labels,
    "a GitOps tool's sync": _gitops,
    "the router's weights": lambda cluster: cluster.router(40),
    "another console's Event": lambda cluster: cluster.event(
        "anna@laptop: Pause shop/cart at weight 20", "canarytui", CONSOLE_ACTION
    ),
    "another tool's Event": lambda cluster: cluster.event("Advance cart.shop canary weight 50", "argo-rollouts"),
    "what was done here": lambda cluster: cluster.cluster_state.timeline.add(
        of_console(*KEY, "anna: did it", cluster.now)
    ),
}


@pytest.mark.parametrize("act", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("after_s", [1.0, 6.0])
async def test_what_others_write_is_no_tick(cluster: Cluster, act: Callable[[Cluster], Any], after_s: float) -> None:
    cluster.now = TICK + timedelta(seconds=after_s)
    act(cluster)
    situation = cluster.situation()
    assert situation.last_tick == TICK
    assert situation.next_tick == TICK + timedelta(seconds=10)
    assert not situation.halted


CONTROLLERS: dict[str, Callable[[Cluster], Any]] = {
    "status": lambda cluster: cluster.controller(canaryWeight=30),
    "an unchanged status with a new time": lambda cluster: cluster.controller(),
    "Event": lambda cluster: cluster.event("Starting canary analysis for cart.shop"),
    "log": lambda cluster: cluster.cluster_state.log_line(
        '{"level":"info","ts":"2026-11-26T14:30:20.250Z","caller":"controller/events.go:45",'
        '"msg":"Advance cart.shop canary weight 30","canary":"cart.shop"}'
    ),
}


@pytest.mark.parametrize("act", CONTROLLERS.values(), ids=CONTROLLERS.keys())
async def test_what_the_controller_does_is_one(cluster: Cluster, act: Callable[[Cluster], Any]) -> None:
    cluster.now = TICK + timedelta(seconds=10)
    act(cluster)
    assert cluster.situation().last_tick == TICK + timedelta(seconds=10)


async def test_the_signs_of_one_tick_do_not_move_it(cluster: Cluster) -> None:
    cluster.now = TICK + timedelta(seconds=1.4)
    cluster.event("Advance cart.shop canary weight 20")
    cluster.status["iterations"] = 1
    cluster.controller()
    assert cluster.situation().last_tick == TICK


async def test_a_second_write_of_the_controller_within_a_second_is_not_taken_for_a_persons(cluster: Cluster) -> None:
    cluster.now = TICK + timedelta(seconds=0.2)
    cluster.controller(phase="Failed", canaryWeight=0, failedChecks=0)
    assert [entry.text for entry in cluster.cluster_state.timeline.latest(1)] == ["Status: phase Failed, weight 20 → 0"]


async def test_nor_when_both_arrive_late(cluster: Cluster) -> None:
    cluster.now = TICK + timedelta(seconds=10)
    written = stamp(cluster.now)
    cluster.now = TICK + timedelta(seconds=16)
    cluster.status |= {"phase": "Failed", "lastTransitionTime": written, "conditions": CONDITIONS["Failed"]}
    cluster.put()
    cluster.status |= {"phase": "Progressing", "conditions": CONDITIONS["Progressing"]}
    cluster.put()
    assert cluster.cluster_state.timeline.latest(1)[0].text == "Status: phase Progressing"


async def test_a_write_that_arrives_late_keeps_its_own_time(cluster: Cluster) -> None:
    cluster.now = TICK + timedelta(seconds=10)
    written = stamp(cluster.now)
    cluster.status |= {"canaryWeight": 30, "lastTransitionTime": written}
    cluster.now = TICK + timedelta(seconds=17)
    cluster.put()
    assert cluster.situation().next_tick == datetime.fromisoformat(written) + timedelta(seconds=10)


async def test_a_status_written_by_hand_is_told_as_such(cluster: Cluster) -> None:
    cluster.now = TICK + timedelta(seconds=6)
    cluster.by_hand("kubectl-patch", failedChecks=99)
    entry = cluster.cluster_state.timeline.latest(1)[0]
    assert entry.text == "Status written by kubectl-patch, not by the controller: failedChecks 0 → 99"
    assert entry.full_text == entry.text
    said = explain(cluster.situation()).sentence
    assert said == "cart has reached 99 of 5 failed checks (set by kubectl-patch at 14:30:16) and rolls back in 4 s"


@pytest.mark.parametrize(
    ("announced", "words"),
    [
        (True, "was rolled back by anna@laptop as admin at 14:30:16: "),
        (False, "was rolled back (failedChecks was set to 5 by canarytui at 14:30:16): "),
    ],
)
async def test_a_rollback_by_hand_is_called_so(cluster: Cluster, announced: bool, words: str) -> None:
    cluster.now = TICK + timedelta(seconds=5)
    cluster.event("Halt cart.shop advancement success rate 53.42% < 99%", warning=True)
    cluster.now = TICK + timedelta(seconds=6)
    cluster.by_hand("canarytui", failedChecks=5)
    if announced:
        cluster.event("anna@laptop as admin: Roll back shop/cart now, from weight 20", "canarytui", CONSOLE_ACTION)
        texts = [entry.text for entry in cluster.cluster_state.timeline.latest(9)]
        assert not any("written by canarytui" in text for text in texts), "one act, one entry"
    cluster.now = TICK + timedelta(seconds=10)
    cluster.event("Rolling back cart.shop failed checks threshold reached 5", warning=True)
    cluster.event("Canary failed! Scaling down cart.shop", warning=True)
    cluster.controller(phase="Failed", canaryWeight=0, failedChecks=0)
    assert words in explain(cluster.situation()).sentence


async def test_the_count_of_failed_checks_is_told_once(cluster: Cluster) -> None:
    cluster.now = TICK + timedelta(seconds=10)
    cluster.controller(failedChecks=1)
    only_status = cluster.cluster_state.timeline.latest(1)[0]
    assert only_status.full_text == "Status: failed checks 1"
    cluster.event("Halt cart.shop advancement success rate 53.42% < 99%", warning=True)
    merged = cluster.cluster_state.timeline.latest(1)[0]
    assert merged is only_status
    assert merged.full_text == "Halt cart.shop advancement success rate 53.42% < 99% (failed checks: 1)"
