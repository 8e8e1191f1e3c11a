"""The controller: watches canaries, runs each one's ticks on schedule while it is the leader, ends gracefully."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from canarytui import __version__
from canarytui.cluster.client import Cluster
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.engine.alerts.receiver import Receiver
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime import flagger_conflict, health, meters
from canarytui.engine.runtime.canary_registry import CanaryRegistry, RegisteredCanary
from canarytui.engine.runtime.cluster_view import WatchedClusterView
from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.leader import Leadership, LeadershipLost, identity
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.meters import Meters
from canarytui.engine.runtime.notifier import Notifier
from canarytui.engine.runtime.recorder import CanaryEventRecorder
from canarytui.engine.runtime.required_kinds import kinds_of, refusal
from canarytui.engine.runtime.schedule import TickSchedule
from canarytui.errors import BesideFlagger, InvalidObject, MissingApi

_CALLER = "controller/controller.go"
_GRACE_S = 20.0
_EVENTS_GRACE_S = 5.0


class CanaryController:
    """Made for one cluster; :meth:`run` runs until cancelled.

    `namespace` "" means all; `leadership` None means no leader election; `resync_s` is how often
    the schedule is compared with the canaries; `beside_flagger` runs even where a Flagger does; `alerts_to` gets the
    alerts of canaries that name no AlertProvider.
    """

    def __init__(
        self,
        cluster: Cluster,
        settings: ControllerSettings,
        log: JsonLog,
        meters: Meters,
        *,
        namespace: str = "",
        workers: int = 8,
        resync_s: float = 10.0,
        leadership: Leadership | None = None,
        beside_flagger: bool = False,
        name: str = "",
        alerts_to: Receiver | None = None,
    ) -> None:
        self._cluster = cluster
        self._settings = settings
        self._log = log
        self._meters = meters
        self._namespace = namespace
        self._resync_s = resync_s
        self._leadership = leadership
        self._beside_flagger = beside_flagger
        self._cluster_view = WatchedClusterView(cluster, namespace)
        self._recorder = CanaryEventRecorder(cluster, log, name or identity())
        self._notifier = Notifier(cluster, log, alerts_to)
        self._schedule = TickSchedule(self._look, workers=workers)
        self._interpreter = Interpreter(
            cluster,
            self._cluster_view,
            self._recorder,
            self._notifier,
            log,
            meters,
            self._may_act,
            self._schedule.outside,
        )
        floor_s = settings.interval_floor_s
        self._registry = CanaryRegistry(
            self._cluster_view.canaries, self._schedule, meters, log, floor_s, self._gone, strict=settings.strict
        )
        self._notes: dict[str, dict[str, Any]] = {}
        self._refused: dict[NamespacedName, str] = {}

    async def run(self) -> None:
        """Watch the cluster and, once elected, run the canaries' ticks.

        Raises:
            MissingApi: canaries are not served, or may not be listed.
            BesideFlagger: a Flagger is at work on the same canaries.
            LeadershipLost: another controller may act now.
        """
        leadership = self._leadership
        watching = asyncio.create_task(self._cluster_view.run(), name="watches")
        electing = asyncio.create_task(leadership.run(), name="election") if leadership is not None else None
        lasting: list[asyncio.Task[Any]] = [task for task in (watching, electing) if task is not None]
        grace_s = _GRACE_S
        try:
            await _one_of(asyncio.create_task(self._see()), *lasting)
            if leadership is not None:
                self._meters.set("canarytui_leader", 0.0, {})
                await _one_of(asyncio.create_task(leadership.acquired.wait()), *lasting)
                await _one_of(asyncio.create_task(self._refuse_flagger()), *lasting)
                self._meters.set("canarytui_leader", 1.0, {})
            lasting.append(asyncio.create_task(self._act(), name="resync"))
            await _one_of(*lasting)
        except LeadershipLost:
            grace_s = 0.0  # ticks in progress must not continue
            raise
        finally:
            await self._schedule.close(grace_s)
            await self._recorder.close(min(grace_s, _EVENTS_GRACE_S))
            await self._notifier.close(min(grace_s, _EVENTS_GRACE_S))
            if leadership is not None:
                await _end([electing])
                await leadership.release()
            await _end(lasting)

    def problem(self) -> str:
        """What ``/healthz`` reports; "" while healthy."""
        return health.problem(self._cluster_view.stores, self._schedule.lateness_s)

    def _may_act(self) -> bool:
        return self._leadership is None or self._leadership.fence.is_open

    async def _see(self) -> None:
        refusals = await self._cluster_view.settle()
        own = self._cluster_view.canaries.resource.full_name
        if own in refusals:
            raise MissingApi(
                f"{own} cannot be listed: {refusals[own]}. Install Flagger's CustomResourceDefinitions, or give "
                "the controller's account the right to list them."
            )
        for name, why in refusals.items():
            self._log.line("warn", _CALLER, f"{name} cannot be listed: {why}")
        await self._refuse_flagger()
        info = {"version": __version__, "mesh_provider": self._settings.mesh_provider}
        self._meters.set("flagger_info", 1.0, info)

    async def _refuse_flagger(self) -> None:
        if not self._beside_flagger and (found := await flagger_conflict.find_conflict(self._cluster, self._namespace)):
            raise BesideFlagger(found)

    async def _act(self) -> None:
        """Look at canaries until cancelled, or until a Flagger appears."""
        came: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        deployments = self._cluster_view.store_of("Deployment")

        def deployments_changed(keys: frozenset[NamespacedName]) -> None:
            found = [obj for key in keys if (obj := deployments.get(*key)) is not None]
            sentence = flagger_conflict.flagger_deployment(found, self._namespace)
            if sentence and not self._beside_flagger and not came.done():
                came.set_exception(BesideFlagger(sentence))

        self._log.line("info", _CALLER, "Started operator workers")
        self._schedule.start()
        leave = [
            deployments.subscribe(deployments_changed),
            self._cluster_view.canaries.subscribe(self._registry.changed),
        ]
        try:
            self._registry.begin()
            while True:
                self._registry.resync()
                self._cluster_view.give_up(kind for notes in self._notes.values() for kind in notes.get("kinds", ()))
                await asyncio.wait([came], timeout=self._resync_s)
                if came.done():
                    came.result()
        finally:
            for unsubscribe in leave:
                unsubscribe()

    def _gone(self, key: NamespacedName, entry: RegisteredCanary) -> None:
        self._notes.pop(entry.uid, None)
        self._refused.pop(key, None)
        self._recorder.forget(entry.uid)
        self._interpreter.forget(key)
        self._meters.forget(key[0], entry.target)

    async def _look(self, key: NamespacedName, late_s: float) -> None:
        if self._may_act() and (doubt := await self._interpreter.settle(key)):
            self._log.line("warn", _CALLER, f"{doubt}: nothing is done until it can", canary=f"{key[1]}.{key[0]}")
            return
        obj = self._cluster_view.canaries.get(*key)
        if obj is None or not self._may_act():
            return
        self._meters.observe(meters.LATENESS, late_s, {})
        try:
            canary = Canary.parse(obj)
        except InvalidObject as error:
            if self._refused.get(key) != str(error):
                self._refused[key] = str(error)
                self._log.line("error", _CALLER, str(error), canary=f"{key[1]}.{key[0]}")
            return
        self._refused.pop(key, None)
        notes = self._notes.setdefault(canary.uid, {})
        tick = Tick(canary, self._cluster_view, self._settings, datetime.now(UTC), notes=notes)
        began = time.perf_counter()
        try:
            if await self._can_see(tick):
                await self._interpreter.run(tick, decide(tick))
        except Exception as error:  # one canary must not stop the others
            text = f"tick failed unexpectedly: {type(error).__name__}: {error}"
            self._log.line("error", _CALLER, text, canary=canary.full_name)
        if tick.analysed:
            labels = {"name": canary.target_name, "namespace": canary.namespace}
            self._meters.observe(meters.DURATION, time.perf_counter() - began, labels)

    async def _can_see(self, tick: Tick) -> bool:
        """Whether everything that the canary needs is watched; if not, reports it once."""
        kinds = tick.notes["kinds"] = kinds_of(tick)
        self._cluster_view.follow(kinds)
        refusals = await self._cluster_view.settle(kinds)
        if not refusals:
            tick.notes.pop("cannot see", None)
            return True
        if tick.notes.get("cannot see") != set(refusals):
            tick.notes["cannot see"] = set(refusals)
            for resource, error in refusals.items():
                text = refusal(tick, resource, error)
                self._log.line("warn", _CALLER, text, canary=tick.canary.full_name)
                self._recorder.record(tick.canary, text, warning=True, look=tick.now)
        return False


async def _one_of(*tasks: asyncio.Task[Any]) -> None:
    """Wait for the first to end, and raise what it raised; the first given is cancelled if it is another."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        tasks[0].cancel()
        raise
    if tasks[0] not in done:
        tasks[0].cancel()
    for task in done:
        task.result()


async def _end(tasks: list[asyncio.Task[Any] | None] | list[asyncio.Task[Any]]) -> None:
    """Cancel and wait; what they raised has been dealt with."""
    given = [task for task in tasks if task is not None]
    for task in given:
        task.cancel()
    await asyncio.gather(*given, return_exceptions=True)
