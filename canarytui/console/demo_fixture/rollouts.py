"""What goes on in the fixed cluster: one rollout halted, one advancing, one paused, two canaries quiet."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.console.demo_fixture.objects import NOW, canary_object, deployment_object, event_object, router_object
from canarytui.domain.traffic.traefik import TRAEFIK_SERVICES
from canarytui.domain.values import NamespacedName
from canarytui.session.controller_discovery import DetectedController
from canarytui.session.state import ClusterState


def fill(state: ClusterState) -> None:
    """Put the canaries into the state of a cluster."""
    state.engine = DetectedController(
        True, "1.44.0", "traefik", "flagger", True, "http://flagger-prometheus.traefik:9090"
    )
    add_rollout(state, "shop", "cart", "Progressing", weight=20, failed=3, images=("4.0.6", "4.0.7"), tick_s=3)
    add_rollout(state, "test", "podinfo", "Progressing", weight=30, images=("4.0.5", "4.0.6"), tick_s=6)
    add_rollout(state, "pay", "ledger", "Progressing", weight=10, failed=1, suspend=True, images=("2.1", "2.2"))
    add_rollout(state, "web", "front", "Succeeded", images=("9.3", "9.3"))
    add_rollout(state, "web", "search", "Initialized", images=("1.12.0", "1.12.0"))
    add_measures(state, ("shop", "cart"), [100.0, 100.0, 99.8, 92.1, 81.3, 66.0, 58.2, 53.42], 212.0)
    add_measures(state, ("test", "podinfo"), [100.0] * 12, 31.0)
    _tell(state, ("shop", "cart"))
    _tell(state, ("test", "podinfo"))


def add_rollout(
    state: ClusterState,
    namespace: str,
    name: str,
    phase: str,
    *,
    weight: int = 0,
    failed: int = 0,
    suspend: bool = False,
    images: tuple[str, str] = ("", ""),
    tick_s: float = 5.0,
) -> None:
    """Put one canary with its workloads and its router into the state."""
    key = (namespace, name)
    changed = NOW - timedelta(seconds=tick_s)
    stores = state.stores
    active = phase == "Progressing"
    pods = 2 if active else 0
    stores[DEPLOYMENTS].put(deployment_object(namespace, f"{name}-primary", f"stefanprodan/{name}:{images[0]}", 2, 2))
    stores[DEPLOYMENTS].put(deployment_object(namespace, name, f"stefanprodan/{name}:{images[1]}", pods, pods))
    stores[TRAEFIK_SERVICES].put(router_object(namespace, name, weight))
    stores[CANARIES].put(
        canary_object(namespace, name, phase, weight=weight, failed=failed, suspend=suspend, changed=changed)
    )
    track = state.track(key)
    steps = range(5, weight + 1, 5)
    for index, step in enumerate(steps):
        track.weights.append((changed - timedelta(seconds=10 * (len(steps) - index)), float(step)))


def add_measures(
    state: ClusterState, key: NamespacedName, rates: list[float], duration_ms: float, *, ago_s: float = 3.0
) -> None:
    """Give the canary these success rates, one each ten seconds, the last `ago_s` before now, and durations around
    `duration_ms`."""
    for index, rate in enumerate(rates):
        at = NOW - timedelta(seconds=10 * (len(rates) - 1 - index) + ago_s)
        state.readings.add(key, "request-success-rate", at, rate)
        state.readings.add(key, "request-duration", at, duration_ms + 9 * math.sin(index))


def _tell(state: ClusterState, key: NamespacedName) -> None:
    full = f"{key[1]}.{key[0]}"
    said = beginning(key, 20 if key[1] == "cart" else 30)
    if key[1] == "cart":
        said += [(f"Halt {full} advancement success rate {rate}% < 99%", True) for rate in ("66.02", "58.21", "53.42")]
    add_events(state, key, said, NOW - timedelta(seconds=3 if key[1] == "cart" else 6))


def beginning(key: NamespacedName, weight: int) -> list[tuple[str, bool]]:
    """What the controller says of a rollout until it has `weight`, and whether that is a warning."""
    full = f"{key[1]}.{key[0]}"
    return [
        (f"New revision detected! Scaling up {full}", False),
        (f"Starting canary analysis for {full}", False),
        ("Pre-rollout check acceptance-test passed", False),
        *((f"Advance {full} canary weight {step}", False) for step in range(5, weight + 1, 5)),
    ]


def add_events(
    state: ClusterState,
    key: NamespacedName,
    said: list[tuple[str, bool]],
    last: datetime,
    *,
    apart_s: float = 10.0,
    first: int = 0,
) -> None:
    """Put Events into the state, numbered from `first`, so far apart, the last at `last`."""
    for index, (message, warning) in enumerate(said):
        at = last - timedelta(seconds=apart_s * (len(said) - 1 - index))
        state.stores[EVENTS].put(event_object(key, first + index, message, at, warning=warning))
