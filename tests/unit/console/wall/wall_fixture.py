"""Worlds for the wall: rollouts in every state that it has a word for, at one fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.demo_fixture import NOW, FixtureConnection, canary_object, deployment_object, fill
from canarytui.console.wall.app import WatchApp
from canarytui.errors import ClusterUnreachable
from canarytui.session.connection import Connection
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.state import ClusterState

LOST = NOW - timedelta(seconds=42)


class Clock:
    """A clock that goes when told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def put(cluster_state: ClusterState, namespace: str, name: str, phase: str, version: int = 1, **options: Any) -> None:
    """A canary in `phase` with its workloads, `version` rising with each change."""
    options.setdefault("changed", cluster_state.now() - timedelta(seconds=3))
    made = canary_object(namespace, name, phase, **options)
    made["metadata"]["resourceVersion"] = str(version)
    cluster_state.canaries.put(made)
    for suffix in ("", "-primary"):
        cluster_state.stores[DEPLOYMENTS].put(deployment_object(namespace, f"{name}{suffix}", f"app/{name}:1", 2, 2))


def calm(cluster_state: ClusterState) -> None:
    """Nothing moves."""
    put(cluster_state, "web", "front", "Succeeded", changed=NOW - timedelta(hours=2))
    put(cluster_state, "web", "search", "Initialized", changed=NOW - timedelta(days=3))
    put(cluster_state, "shop", "cart", "Failed", failed=10, changed=NOW - timedelta(minutes=50))


def empty(cluster_state: ClusterState) -> None:
    """No canaries."""


def one(cluster_state: ClusterState) -> None:
    """One rollout."""
    put(cluster_state, "test", "podinfo", "Progressing", weight=30)
    for number in range(40):
        cluster_state.readings.add(
            ("test", "podinfo"), "request-success-rate", NOW - timedelta(seconds=5 * (40 - number)), 100
        )


def many(cluster_state: ClusterState) -> None:
    """More than fit."""
    put(cluster_state, "shop", "cart", "Progressing", weight=20, failed=3)
    cluster_state.track(("shop", "cart")).halted = True
    for number in range(9):
        put(cluster_state, "team", f"service-{number}", "Progressing", weight=5 * number)
    put(cluster_state, "team", "gate", "WaitingPromotion", weight=50)
    put(cluster_state, "team", "paused", "Progressing", weight=10, suspend=True)
    put(cluster_state, "team", "lost", "Progressing", weight=15, changed=NOW - timedelta(minutes=4))


def failed(cluster_state: ClusterState) -> None:
    """A failure a minute ago, while others go on."""
    fill(cluster_state)
    put(cluster_state, "pay", "billing", "Failed", failed=10, changed=NOW - timedelta(seconds=70))


def hostile(cluster_state: ClusterState) -> None:
    """Names and texts that would break a screen that trusted them."""
    for number, name in enumerate(
        ("x\x1b]0;owned\x07[red]y", "漢字かな交じり文" * 20, "z\u200b\u202e" * 40, "[/]", "n" * 253)
    ):
        put(cluster_state, "t", name, "Progressing", weight=number)
    cluster_state.canaries.put({"metadata": {"name": "bare", "namespace": "t", "uid": "b", "resourceVersion": "1"}})


SCENES = {"calm": calm, "empty": empty, "one": one, "readme": fill, "many": many, "failed": failed, "hostile": hostile}


class Wall:
    """A wall over a scene, with what a test turns: `clock`, `connection`, `away` (no server)."""

    def __init__(
        self,
        scene: str = "readme",
        *,
        away: bool = False,
        stale: bool = False,
        app_class: type[WatchApp] = WatchApp,
        **options: Any,
    ) -> None:
        self.clock = Clock()
        self.away = away
        self._stale = stale
        self._scene = SCENES[scene]
        self.connection = FixtureConnection()
        self.rung = 0
        self.app = app_class(self._open, state=lambda: ClusterState(now=self.clock), zone=UTC, **options)
        self.app.bell = self._ring  # type: ignore[method-assign]

    def _ring(self) -> None:
        self.rung += 1

    async def _open(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        if self.away:
            raise ClusterUnreachable("The API server at https://127.0.0.1:1 cannot be reached (connection refused).")
        cluster_state.engine = DetectedController(True, "1.44.0", "traefik", "flagger", True, "")
        self._scene(cluster_state)
        for resource in (CANARIES, DEPLOYMENTS):
            cluster_state.stores[resource].replace(list(cluster_state.stores[resource].objects()))
        if self._stale:
            cluster_state.canaries.stale("connection refused")
            cluster_state.canaries.stale_since = LOST
        return self.connection

    def text(self) -> str:
        """Everything on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)
