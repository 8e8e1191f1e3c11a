"""A fixed cluster without a network: the screenshots' and snapshot tests' other side.

Objects as an API server would give them at one fixed moment, histories to draw, and a connection that
accepts every write and sends none. Used by ``canarytui screenshot`` and by the tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from canarytui.actions.executor import CarriedOut
from canarytui.actions.read_only_executor import ReadOnlyExecutor
from canarytui.actions.rules import SANDBOX_CONTEXT
from canarytui.cluster.audit import AuditLog, default_path
from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.situation import Situation
from canarytui.domain.traffic.traefik import TRAEFIK_SERVICES
from canarytui.errors import ClusterUnreachable
from canarytui.session.connection import Connection, Key
from canarytui.session.controller_discovery import Engine
from canarytui.session.state import World

if TYPE_CHECKING:
    from canarytui.console.demo_fixture_drill import SceneEyes
    from canarytui.drills.drill_state import Slice
    from canarytui.drills.orphans import Orphan
    from canarytui.session.canary_detail import CloseUp

NOW = datetime(2026, 11, 23, 14, 30, 12, tzinfo=UTC)
_HOST = "app.example.com"


def canary_object(
    namespace: str,
    name: str,
    phase: str,
    *,
    weight: int = 0,
    failed: int = 0,
    threshold: int = 10,
    suspend: bool = False,
    changed: datetime = NOW,
) -> dict[str, Any]:
    """A canary as the seed's, in `phase`."""
    stamp = changed.strftime("%Y-%m-%dT%H:%M:%SZ")
    spec: dict[str, Any] = {
        "provider": "traefik",
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "progressDeadlineSeconds": 60,
        "service": {"port": 80, "targetPort": 9898},
        "analysis": {
            "interval": "10s",
            "threshold": threshold,
            "maxWeight": 50,
            "stepWeight": 5,
            "metrics": [
                {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}},
                {"name": "request-duration", "interval": "1m", "thresholdRange": {"max": 500}},
            ],
            "webhooks": [
                {
                    "name": "acceptance-test",
                    "type": "pre-rollout",
                    "url": f"http://flagger-loadtester.{namespace}/",
                    "metadata": {"type": "bash", "cmd": f"curl -sd 'test' http://{name}-canary.{namespace}/token"},
                },
                {
                    "name": "load-test",
                    "type": "rollout",
                    "url": f"http://flagger-loadtester.{namespace}/",
                    "metadata": {"cmd": f"hey -z 10m -q 10 -c 2 -host {_HOST} http://traefik.traefik"},
                },
            ],
        },
    }
    if suspend:
        spec["suspend"] = True
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {
            "namespace": namespace,
            "name": name,
            "uid": f"uid-{namespace}-{name}",
            "generation": 2,
            "resourceVersion": "4711",
        },
        "spec": spec,
        "status": {
            "phase": phase,
            "canaryWeight": weight,
            "failedChecks": failed,
            "iterations": 0,
            "lastAppliedSpec": "5d8f7c6b9",
            "lastPromotedSpec": "6bd7f9c54",
            "lastTransitionTime": stamp,
            "conditions": [
                {
                    "type": "Promoted",
                    "status": "True" if phase == "Succeeded" else "Unknown",
                    "reason": phase,
                    "message": "New revision detected, progressing canary analysis.",
                }
            ],
        },
    }


def deployment_object(namespace: str, name: str, image: str, replicas: int, ready: int) -> dict[str, Any]:
    """A Deployment whose pods are as far as `ready` says."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": namespace, "name": name, "generation": 3, "resourceVersion": "4242"},
        "spec": {
            "replicas": replicas,
            "template": {"spec": {"containers": [{"name": f"{name.removesuffix('-primary')}d", "image": image}]}},
        },
        "status": {
            "observedGeneration": 3,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": ready,
            "availableReplicas": ready,
        },
    }


def router_object(namespace: str, name: str, weight: int) -> dict[str, Any]:
    """A TraefikService as Flagger writes it: without the canary when its weight is 0."""
    services = [{"name": f"{name}-primary", "namespace": namespace, "port": 80, "weight": 100 - weight}]
    if weight:
        services.append({"name": f"{name}-canary", "namespace": namespace, "port": 80, "weight": weight})
    return {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "TraefikService",
        "metadata": {"namespace": namespace, "name": name, "resourceVersion": "9"},
        "spec": {"weighted": {"services": services}},
    }


def event_object(key: Key, number: int, message: str, at: datetime, *, warning: bool = False) -> dict[str, Any]:
    """An Event of Flagger's about a canary."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "namespace": key[0],
            "name": f"{key[1]}.{number:x}",
            "uid": f"event-{key[0]}-{key[1]}-{number}",
            "resourceVersion": str(100 + number),
        },
        "involvedObject": {"kind": "Canary", "namespace": key[0], "name": key[1]},
        "type": "Warning" if warning else "Normal",
        "reason": "Synced",
        "message": message,
        "count": 1,
        "lastTimestamp": stamp,
    }


def fill(world: World) -> None:
    """The scene of the README: one rollout halted, one advancing, one paused, two quiet."""
    world.engine = Engine(True, "1.44.0", "traefik", "flagger", True, "http://flagger-prometheus.traefik:9090")
    _rollout(world, "shop", "cart", "Progressing", weight=20, failed=3, images=("4.0.6", "4.0.7"), tick_s=3)
    _rollout(world, "test", "podinfo", "Progressing", weight=30, images=("4.0.5", "4.0.6"), tick_s=6)
    _rollout(world, "pay", "ledger", "Progressing", weight=10, failed=1, suspend=True, images=("2.1", "2.2"))
    _rollout(world, "web", "front", "Succeeded", images=("9.3", "9.3"))
    _rollout(world, "web", "search", "Initialized", images=("1.12.0", "1.12.0"))
    _measure(world, ("shop", "cart"), [100.0, 100.0, 99.8, 92.1, 81.3, 66.0, 58.2, 53.42], 212.0)
    _measure(world, ("test", "podinfo"), [100.0] * 12, 31.0)
    _tell(world, ("shop", "cart"))
    _tell(world, ("test", "podinfo"))


def _rollout(
    world: World,
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
    key = (namespace, name)
    changed = NOW - timedelta(seconds=tick_s)
    stores = world.stores
    active = phase == "Progressing"
    pods = 2 if active else 0
    stores[DEPLOYMENTS].put(deployment_object(namespace, f"{name}-primary", f"stefanprodan/{name}:{images[0]}", 2, 2))
    stores[DEPLOYMENTS].put(deployment_object(namespace, name, f"stefanprodan/{name}:{images[1]}", pods, pods))
    stores[TRAEFIK_SERVICES].put(router_object(namespace, name, weight))
    stores[CANARIES].put(
        canary_object(namespace, name, phase, weight=weight, failed=failed, suspend=suspend, changed=changed)
    )
    track = world.track(key)
    steps = range(5, weight + 1, 5)
    for index, step in enumerate(steps):
        track.weights.append((changed - timedelta(seconds=10 * (len(steps) - index)), float(step)))


def _measure(world: World, key: Key, rates: list[float], duration_ms: float) -> None:
    for index, rate in enumerate(rates):
        at = NOW - timedelta(seconds=10 * (len(rates) - index) - 7)
        world.readings.add(key, "request-success-rate", at, rate)
        world.readings.add(key, "request-duration", at, duration_ms + 9 * math.sin(index))


def _tell(world: World, key: Key) -> None:
    full = f"{key[1]}.{key[0]}"
    weight = 20 if key[1] == "cart" else 30
    said: list[tuple[str, bool]] = [
        (f"New revision detected! Scaling up {full}", False),
        (f"Starting canary analysis for {full}", False),
        ("Pre-rollout check acceptance-test passed", False),
    ]
    said += [(f"Advance {full} canary weight {step}", False) for step in range(5, weight + 1, 5)]
    if key[1] == "cart":
        said += [(f"Halt {full} advancement success rate {rate}% < 99%", True) for rate in ("66.02", "58.21", "53.42")]
    last = NOW - timedelta(seconds=3 if key[1] == "cart" else 6)
    for index, (message, warning) in enumerate(said):
        at = last - timedelta(seconds=10 * (len(said) - 1 - index))
        world.stores[EVENTS].put(event_object(key, index, message, at, warning=warning))


class SceneHands(ReadOnlyExecutor):
    """Remember plans and write nothing; `reason` is why nobody may, "" for everybody may."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.plans: list[Plan] = []

    def forbidden(self, intent: Intent) -> str:
        return ""

    def drill_forbidden(self) -> str:
        return ""

    async def refusal(self, plan: Plan) -> str:
        return plan.refusal or self._reason

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
        self.plans.append(plan)
        return CarriedOut()


class SceneConnection:
    """Accepts what is asked of it; remembers plans in `plans` and the slices of drills in `faults`."""

    def __init__(
        self, *, context: str = SANDBOX_CONTEXT, scope: str = "", refusal: str = "", world: World | None = None
    ) -> None:
        self.context = context
        self.server = "https://127.0.0.1:6443"
        self.scope = scope
        self.hands = SceneHands(refusal)
        self.faults: list[Slice] = []
        self.left: list[CloseUp] = []
        self._world = world

    def metrics_phrase(self) -> str:
        return "prometheus via API proxy, 3 s old"

    def timeline_phrase(self) -> str:
        return ""

    def look_at(self, keys: Iterable[Key]) -> None:
        """Nothing is measured in a scene."""

    @property
    def plans(self) -> list[Plan]:
        """What was confirmed."""
        return self.hands.plans

    @property
    def audit(self) -> AuditLog:
        return AuditLog(default_path())

    async def close_drills(self) -> list[Orphan]:
        return []

    def drill_eyes(self, key: Key, zone: tzinfo | None) -> SceneEyes:
        from canarytui.console.demo_fixture_drill import SceneEyes

        return SceneEyes(self._world or scene_world(), key, self.context, self.faults)

    def keep_looking(self, keys: Iterable[Key]) -> None:
        """Nothing is measured in a scene."""

    async def read_again(self, key: Key) -> None:
        raise ClusterUnreachable(f"The API server of context {self.context} cannot be reached: this is a fixed scene.")

    def look_closely(self, key: Key) -> CloseUp:
        from canarytui.console.demo_fixture_detail import scene_closeup

        return scene_closeup(self._world or scene_world(), key)

    def look_away(self, closeup: CloseUp) -> None:
        self.left.append(closeup)

    async def close(self) -> None:
        """Nothing is open."""


def scene_world() -> World:
    """A world whose clock stands still."""
    return World(now=lambda: NOW)


async def open_scene(world: World, *, context: str | None = None) -> Connection:
    """A connector for the app: the README's scene."""
    fill(world)
    for resource, store in world.stores.items():
        if resource in (CANARIES, DEPLOYMENTS):
            store.replace(list(store.objects()))
    return SceneConnection(context=context or SANDBOX_CONTEXT, world=world)
