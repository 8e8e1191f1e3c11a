"""A rollout that is played in the fixed cluster, check by check, with a clock that moves when it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from canarytui.cluster.resources import CANARIES, DEPLOYMENTS, EVENTS
from canarytui.console.demo_fixture.connection import FixtureConnection
from canarytui.console.demo_fixture.numbers import fill_numbers
from canarytui.console.demo_fixture.objects import NOW, canary_object, deployment_object, event_object, router_object
from canarytui.console.demo_fixture.states import SUBJECT, add_others
from canarytui.domain.traffic.traefik import TRAEFIK_SERVICES
from canarytui.domain.values import NamespacedName
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.connection import Connection
from canarytui.session.metric_history import DURATION, SUCCESS_RATE
from canarytui.session.state import ClusterState

INTERVAL_S = 10.0


class _Rollout(Struct):
    """As the status has it."""

    phase: str = "Succeeded"
    weight: int = 0
    failed: int = 0


class PlayedConnection(FixtureConnection):
    """Measures the canaries that are open again whenever it is told to."""

    def __init__(self, state: ClusterState) -> None:
        super().__init__(state=state)
        self._played = state
        self._opened: list[CanaryDetail] = []

    def open_detail(self, key: NamespacedName) -> CanaryDetail:
        opened = super().open_detail(key)
        self._opened.append(opened)
        return opened

    def close_detail(self, canary_detail: CanaryDetail) -> None:
        super().close_detail(canary_detail)
        self._opened = [each for each in self._opened if each is not canary_detail]

    def measure(self) -> None:
        """Requests of both sides until now."""
        for opened in self._opened:
            if self._played.readings.points(opened.key, SUCCESS_RATE):
                opened.numbers.points.clear()
                fill_numbers(opened.numbers, self._played, opened.key)


class FixturePlayback:
    """The subject's rollouts, as a controller writes them; nobody measures or decides anything."""

    def __init__(self) -> None:
        self._now = NOW
        self._events = 0
        self._version = 5000
        self._tags = ["4.0.6", "4.0.6"]
        self._rollout = _Rollout()
        self._state = ClusterState(now=self.now)
        self._connection = PlayedConnection(self._state)

    def now(self) -> datetime:
        """The time in the cluster."""
        return self._now

    def state(self) -> ClusterState:
        """The state that the app is to be given."""
        return self._state

    async def connect(self, cluster_state: ClusterState, *, context: str | None = None) -> Connection:
        """The connector for the app."""
        self._state = cluster_state
        add_others(cluster_state)
        self._write()
        for resource in (CANARIES, DEPLOYMENTS):
            store = cluster_state.stores[resource]
            store.replace(list(store.objects()))
        self._connection = PlayedConnection(cluster_state)
        return self._connection

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)

    def bring_out(self, tag: str) -> None:
        """A new revision, and the controller that finds it."""
        self._tags[1] = tag
        self._rollout = _Rollout("Progressing")
        self._check("New revision detected! Scaling up {canary}", measured=False)

    def advance(self, weight: int, *, success: float = 100.0, p99_ms: float = 31.0) -> None:
        """A check that passed."""
        self._rollout.weight = weight
        self._check(f"Advance {{canary}} canary weight {weight}", success=success, p99_ms=p99_ms)

    def halt(self, success: float) -> None:
        """A check that failed."""
        self._rollout.failed += 1
        self._check(f"Halt {{canary}} advancement success rate {success:.2f}% < 99%", success=success, warning=True)

    def promote(self) -> None:
        """The end of a rollout that went well."""
        self._rollout = _Rollout()
        self._tags[0] = self._tags[1]
        self._check("Promotion completed! Scaling down {canary}", measured=False)

    def roll_back(self) -> None:
        """The end of one that did not."""
        failed = self._rollout.failed
        self._rollout = _Rollout("Failed", failed=failed)
        self._tell(f"Rolling back {{canary}} failed checks threshold reached {failed}", warning=True)
        self._check("Canary failed! Scaling down {canary}", measured=False, warning=True)

    def _check(
        self, said: str, *, measured: bool = True, success: float = 100.0, p99_ms: float = 31.0, warning: bool = False
    ) -> None:
        if measured:
            self._state.readings.add(SUBJECT, SUCCESS_RATE, self._now, success)
            self._state.readings.add(SUBJECT, DURATION, self._now, p99_ms)
        self._write()
        self._tell(said, warning=warning)
        self._connection.measure()

    def _tell(self, said: str, *, warning: bool) -> None:
        self._events += 1
        message = said.format(canary=".".join(reversed(SUBJECT)))
        self._state.stores[EVENTS].put(event_object(SUBJECT, self._events, message, self._now, warning=warning))

    def _write(self) -> None:
        namespace, name = SUBJECT
        rollout, stores = self._rollout, self._state.stores
        pods = 2 if rollout.phase == "Progressing" else 0
        canary = canary_object(
            namespace, name, rollout.phase, weight=rollout.weight, failed=rollout.failed, changed=self._now
        )
        stamp = self._now.strftime("%Y-%m-%dT%H:%M:%SZ")
        canary["status"]["conditions"][0] |= {"lastUpdateTime": stamp, "lastTransitionTime": stamp}
        written = [
            (DEPLOYMENTS, deployment_object(namespace, f"{name}-primary", _image(self._tags[0]), 2, 2)),
            (DEPLOYMENTS, deployment_object(namespace, name, _image(self._tags[1]), pods, pods)),
            (TRAEFIK_SERVICES, router_object(namespace, name, rollout.weight)),
            (CANARIES, canary),
        ]
        for resource, obj in written:
            self._version += 1
            obj["metadata"]["resourceVersion"] = str(self._version)
            stores[resource].put(obj)


def _image(tag: str) -> str:
    return f"stefanprodan/{SUBJECT[1]}:{tag}"
