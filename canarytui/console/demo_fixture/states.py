"""The fixed cluster in the states that a person meets: calm, a rollout that advances, halts, was rolled back; stale."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture.connection import FixtureConnection
from canarytui.console.demo_fixture.objects import NOW
from canarytui.console.demo_fixture.rollouts import add_events, add_measures, add_rollout, beginning, fill
from canarytui.domain.values import NamespacedName
from canarytui.session.connection import Connection, Connector
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.state import ClusterState

SUBJECT: NamespacedName = ("shop", "cart")
"""The canary that the states are about."""

_UNREACHABLE = "The API server of context canarytui-sandbox cannot be reached (connection refused)."
_LOST_S = 40
_ENDED_S, _PROMOTED_S = 25, 180
_BAD = [100.0, 100.0, 99.8, 92.1, 81.3, 66.02, 58.21, 53.42, 51.9, 50.2, 52.8, 49.7, 51.1]


class FixtureScene(StrEnum):
    """A state of the fixed cluster."""

    CALM = "calm"
    ADVANCING = "advancing"
    HALTED = "halted"
    ROLLED_BACK = "rolled-back"
    STALE = "stale"


def scene_connector(scene: FixtureScene) -> Connector:
    """A connector for the app to the fixed cluster in `scene`."""

    async def connect(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        _FILLS[scene](cluster_state)
        for resource in (CANARIES, DEPLOYMENTS):
            store = cluster_state.stores[resource]
            store.replace(list(store.objects()))
        if scene is FixtureScene.STALE:
            cluster_state.canaries.stale(_UNREACHABLE, "connection refused")
            cluster_state.canaries.stale_since = NOW
        return FixtureConnection(state=cluster_state)

    return connect


def scene_state(scene: FixtureScene) -> ClusterState:
    """A state whose clock stands still; where contact is lost, a while after that."""
    now = NOW + timedelta(seconds=_LOST_S if scene is FixtureScene.STALE else 0)
    return ClusterState(now=lambda: now)


def add_others(state: ClusterState) -> None:
    """The canaries beside the subject, all at rest."""
    state.engine = DetectedController(
        True, "1.44.0", "traefik", "flagger", True, "http://flagger-prometheus.traefik:9090"
    )
    add_rollout(state, "test", "podinfo", "Succeeded", images=("4.0.6", "4.0.6"), tick_s=5400)
    add_rollout(state, "pay", "ledger", "Succeeded", images=("2.1", "2.1"), tick_s=86_400)
    add_rollout(state, "web", "front", "Succeeded", images=("9.3", "9.3"), tick_s=172_800)
    add_rollout(state, "web", "search", "Initialized", images=("1.12.0", "1.12.0"), tick_s=604_800)


def _calm(state: ClusterState) -> None:
    add_others(state)
    full = ".".join(reversed(SUBJECT))
    add_rollout(state, *SUBJECT, "Succeeded", images=("4.0.7", "4.0.7"), tick_s=_PROMOTED_S)
    said = [
        *beginning(SUBJECT, 50),
        (f"Copying {full} template spec to {SUBJECT[1]}-primary.{SUBJECT[0]}", False),
        ("Routing all traffic to primary", False),
        (f"Promotion completed! Scaling down {full}", False),
    ]
    end = NOW - timedelta(seconds=_PROMOTED_S)
    _weigh(state, end - timedelta(seconds=30), 50, end)
    add_measures(state, SUBJECT, [100.0, 99.9, 100.0, 100.0, 99.8, 100.0] * 5, 31.0)
    add_events(state, SUBJECT, said, end)
    _end(state, "Canary analysis completed successfully, promotion finished.", end)


def _advancing(state: ClusterState) -> None:
    add_others(state)
    add_rollout(state, *SUBJECT, "Progressing", weight=30, images=("4.0.6", "4.0.7"), tick_s=6)
    add_measures(state, SUBJECT, [100.0, 100.0, 99.9, 100.0, 100.0, 99.8, 100.0, 100.0], 31.0)
    add_events(state, SUBJECT, beginning(SUBJECT, 30), NOW - timedelta(seconds=6))


def _rolled_back(state: ClusterState) -> None:
    add_others(state)
    full = ".".join(reversed(SUBJECT))
    end = NOW - timedelta(seconds=_ENDED_S)
    add_rollout(state, *SUBJECT, "Failed", failed=10, images=("4.0.6", "4.0.7"), tick_s=_ENDED_S)
    said = [
        *beginning(SUBJECT, 20),
        *((f"Halt {full} advancement success rate {rate:.2f}% < 99%", True) for rate in _BAD[-10:]),
    ]
    _weigh(state, end - timedelta(seconds=110), 20, end)
    add_measures(state, SUBJECT, _BAD, 212.0, ago_s=_ENDED_S + 7)
    add_events(state, SUBJECT, said, end - timedelta(seconds=10))
    ending = [
        (f"Rolling back {full} failed checks threshold reached 10", True),
        (f"Canary failed! Scaling down {full}", True),
    ]
    add_events(state, SUBJECT, ending, end, apart_s=0, first=len(said))
    _end(state, "Canary analysis failed, Deployment scaled to zero.", end)


def _end(state: ClusterState, message: str, end: datetime) -> None:
    """The condition that the controller writes when a rollout is over."""
    canary = dict(state.canaries.get(*SUBJECT) or {})
    stamp = end.strftime("%Y-%m-%dT%H:%M:%SZ")
    (condition,) = canary["status"]["conditions"]
    condition |= {"message": message, "lastTransitionTime": stamp, "lastUpdateTime": stamp}
    condition["status"] = "True" if canary["status"]["phase"] == "Succeeded" else "False"
    state.canaries.put(canary)


def _weigh(state: ClusterState, last: datetime, weight: int, end: datetime) -> None:
    """The weights of a rollout that is over: up to `weight` until `last`, none from `end` on."""
    weights = state.track(SUBJECT).weights
    steps = range(5, weight + 1, 5)
    for index, step in enumerate(steps):
        weights.append((last - timedelta(seconds=10 * (len(steps) - 1 - index)), float(step)))
    weights.append((end, 0.0))


_FILLS = {
    FixtureScene.CALM: _calm,
    FixtureScene.ADVANCING: _advancing,
    FixtureScene.HALTED: fill,
    FixtureScene.ROLLED_BACK: _rolled_back,
    FixtureScene.STALE: fill,
}
