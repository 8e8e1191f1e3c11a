"""Pictures of every part of the detail at three terminal sizes, and of the states it can be in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

import pytest
from textual.pilot import Pilot

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS
from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import (
    FixtureConnection,
    canary_object,
    deployment_object,
    fixture_state,
    open_fixture,
)
from canarytui.console.messages import ShowCanary
from canarytui.domain.sentences import reading
from canarytui.domain.values import NamespacedName
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

SIZES = [(80, 24), (120, 40), (200, 60)]
CART = ("shop", "cart")
PARTS = {
    "overview": (),
    "checks": ("2",),
    "query": ("2", "enter"),
    "objects": ("3",),
    "diff": ("4",),
    "describe": ("d",),
    "yaml": ("y",),
    "yaml-target": ("y", "o"),
    "logs": ("l",),
    "logs-controller": ("l", "o", "o"),
    "timeline": ("e",),
}
CRASHING = {
    "phase": "Running",
    "containerStatuses": [
        {
            "name": "cartd",
            "ready": False,
            "restartCount": 4,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
        }
    ],
}


class RicherConnection(FixtureConnection):
    """A canary with more to compare, and pods that do not come up."""

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        canary_detail = super().open_detail(key)
        pods = [dict(pod) for pod in canary_detail.objects("Pod", "target")]
        for pod in pods[:1]:
            pod["status"] = CRASHING
        canary_detail.take("Pod", "target", pods)
        canary_detail.configs = {("ConfigMap", "cart-config"): True, ("ConfigMap", "cart-config-primary"): False}
        return canary_detail


class RefusedConnection(FixtureConnection):
    """One who may read canaries and hardly anything else."""

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        canary_detail = CanaryDetail(key)
        for kind, plural in (("Pod", "pods"), ("ReplicaSet", "replicasets"), ("Service", "services")):
            canary_detail.refuse(kind, reading.FORBIDDEN_LIST.text(resource=plural, namespace=key[0]))
        canary_detail.logs.trouble("cart-x/cartd", reading.FORBIDDEN_LOG.text(what="cart-x/cartd"))
        return canary_detail


def richer(cluster_state: ClusterState) -> None:
    """A target whose template differs in more than its image."""
    store = cluster_state.stores[DEPLOYMENTS]
    for suffix, image, level in (("", "cart:4.0.7", "debug"), ("-primary", "cart:4.0.6", "info")):
        made = deployment_object("shop", f"cart{suffix}", f"stefanprodan/{image}", 2, 1 if not suffix else 2)
        pod = made["spec"]["template"]["spec"]
        pod["volumes"] = [{"name": "config", "configMap": {"name": f"cart-config{suffix}"}}]
        pod["containers"][0]["env"] = [{"name": "LOG_LEVEL", "value": level}]
        if not suffix:
            pod["containers"].append({"name": "proxy", "image": "envoyproxy/envoy:v1.31", "args": ["-l", "warn"]})
        made["metadata"]["resourceVersion"] = "5000"
        store.put(made)
    canary = canary_object("shop", "cart", "Progressing", weight=20, failed=3)
    canary["status"]["trackedConfigs"] = {"configmap/cart-config": "1f"}
    canary["metadata"]["resourceVersion"] = "5001"
    cluster_state.stores[CANARIES].put(canary)


async def open_richer(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
    await open_fixture(cluster_state)
    richer(cluster_state)
    return RicherConnection(state=cluster_state)


async def open_refused(cluster_state: ClusterState, *, context: str | None = None) -> Connection:
    await open_fixture(cluster_state)
    return RefusedConnection(state=cluster_state)


async def until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            await pilot.pause(0.2)
            return
        await pilot.pause(0.05)
    raise AssertionError("the screen did not come")


async def drive(pilot: Pilot[Any], key: NamespacedName, keys: Iterable[str]) -> None:
    """Open `key`'s detail and press `keys`."""
    app: Any = pilot.app
    await until(pilot, lambda: app.model.flow is not None)
    app.receive(ShowCanary(key))
    await pilot.pause(0.2)
    for name in keys:
        await pilot.press(name)
        await pilot.pause(0.1)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("part", PARTS)
def test_part(part: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = ConsoleApp(open_richer, state=fixture_state, zone=UTC)
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: drive(pilot, CART, PARTS[part]))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("part", ["overview", "objects", "logs"])
def test_refused(part: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = ConsoleApp(open_refused, state=fixture_state, zone=UTC)
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: drive(pilot, CART, PARTS[part]))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("part", ["overview", "logs", "timeline"])
def test_nothing_has_happened_yet(part: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)
    quiet = ("web", "search")
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: drive(pilot, quiet, PARTS[part]))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_stale(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = ConsoleApp(open_richer, state=fixture_state, zone=UTC)

    async def lose_contact(pilot: Pilot[Any]) -> None:
        await drive(pilot, CART, ())
        store = app.model.state.stores[CANARIES]
        store.stale("connection refused", "connection refused")
        store.stale_since = app.model.state.now()
        await pilot.pause(1.3)

    assert snap_compare(app, terminal_size=size, run_before=lose_contact)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_gone(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app = ConsoleApp(open_fixture, state=fixture_state, zone=UTC)

    async def delete(pilot: Pilot[Any]) -> None:
        await drive(pilot, CART, ())
        store = app.model.state.stores[CANARIES]
        found = store.get(*CART)
        assert found is not None
        store.remove(found)
        await pilot.pause(0.5)

    assert snap_compare(app, terminal_size=size, run_before=delete)


@pytest.mark.parametrize("part", ["overview", "checks", "objects"])
def test_without_colour(part: str, monkeypatch: pytest.MonkeyPatch, snap_compare: Callable[..., bool]) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = ConsoleApp(open_richer, state=fixture_state, zone=UTC)
    assert snap_compare(app, terminal_size=(120, 40), run_before=lambda pilot: drive(pilot, CART, PARTS[part]))
