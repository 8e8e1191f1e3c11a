"""The controller: follows canaries, looks at each on its schedule, ends gracefully."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from canarytui import __version__
from canarytui.cluster.connect import Cluster
from canarytui.domain.canary import Canary
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import Settings, Tick
from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.meters import Meters
from canarytui.engine.runtime.needs import kinds_of, refusal
from canarytui.engine.runtime.recorder import EventRecorder
from canarytui.engine.runtime.schedule import Key, Schedule
from canarytui.engine.runtime.world import ClusterWorld
from canarytui.errors import InvalidObject, MissingApi

_CALLER = "controller/controller.go"


class Controller:
    """Made for one cluster; :meth:`run` runs until cancelled."""

    def __init__(
        self,
        cluster: Cluster,
        settings: Settings,
        log: JsonLog,
        meters: Meters,
        *,
        namespace: str = "",
        workers: int = 8,
    ) -> None:
        self._settings = settings
        self._log = log
        self._meters = meters
        self._world = ClusterWorld(cluster, namespace)
        self._recorder = EventRecorder(cluster, log)
        self._interpreter = Interpreter(cluster, self._world, self._recorder, log, meters)
        self._schedule = Schedule(self._look, self._interval_of, workers=workers)
        self._notes: dict[Key, dict[str, Any]] = {}
        self._refused: dict[Key, str] = {}

    async def run(self) -> None:
        """Follow the cluster and look at canaries.

        Raises:
            MissingApi: canaries are not served, or may not be listed.
        """
        watching = asyncio.create_task(self._world.run())
        try:
            refusals = await self._world.settle()
            own = self._world.canaries.resource.full_name
            if own in refusals:
                raise MissingApi(
                    f"{own} cannot be listed: {refusals[own]}. Install Flagger's CustomResourceDefinitions, or give "
                    "the controller's account the right to list them."
                )
            for name, why in refusals.items():
                self._log.line("warn", _CALLER, f"{name} cannot be listed and count as absent: {why}")
            info = {"version": __version__, "mesh_provider": self._settings.mesh_provider}
            self._meters.set("flagger_info", 1.0, info)
            self._log.line("info", _CALLER, "Started operator workers")
            self._world.canaries.subscribe(self._canaries_changed)
            self._canaries_changed(frozenset((c["metadata"]["namespace"], c["metadata"]["name"])
                                             for c in self._world.canaries.objects()))  # fmt: skip
            await watching
        finally:
            await self._schedule.close()
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    def _canaries_changed(self, keys: frozenset[Key]) -> None:
        for key in keys:
            if self._world.canaries.get(*key) is not None:
                self._schedule.follow(key)
            else:
                self._schedule.forget(key)
                self._notes.pop(key, None)
                self._meters.forget({"name": key[1], "namespace": key[0]})
        counts = Counter(str(c["metadata"]["namespace"]) for c in self._world.canaries.objects())
        for namespace, count in counts.items():
            self._meters.set("flagger_canary_total", float(count), {"namespace": namespace})

    def _interval_of(self, key: Key) -> float | None:
        obj = self._world.canaries.get(*key)
        if obj is None:
            return None
        try:
            asked = Canary.parse(obj).spec.analysis.interval_s
        except InvalidObject:
            asked = 0.0
        return max(asked, self._settings.interval_floor_s)

    async def _look(self, key: Key) -> None:
        obj = self._world.canaries.get(*key)
        if obj is None:
            return
        try:
            canary = Canary.parse(obj)
        except InvalidObject as error:
            if self._refused.get(key) != str(error):
                self._refused[key] = str(error)
                self._log.line("error", _CALLER, str(error), canary=f"{key[1]}.{key[0]}")
            return
        self._refused.pop(key, None)
        notes = self._notes.setdefault(key, {})
        tick = Tick(canary, self._world, self._settings, datetime.now(UTC), notes=notes)
        began = time.perf_counter()
        if not await self._can_see(tick):
            return
        try:
            await self._interpreter.run(tick, decide(tick))
        except Exception as error:  # one canary must not stop the others
            text = f"tick failed unexpectedly: {type(error).__name__}: {error}"
            self._log.line("error", _CALLER, text, canary=canary.full_name)
        labels = {"name": canary.target_name, "namespace": canary.namespace}
        self._meters.observe(time.perf_counter() - began, labels)

    async def _can_see(self, tick: Tick) -> bool:
        """Whether everything that the canary needs is watched; if not, that is said once."""
        kinds = kinds_of(tick)
        self._world.follow(kinds)
        refusals = await self._world.settle(kinds)
        if not refusals:
            tick.notes.pop("cannot see", None)
            return True
        if tick.notes.get("cannot see") != set(refusals):
            tick.notes["cannot see"] = set(refusals)
            for resource, error in refusals.items():
                text = refusal(tick, resource, error)
                self._log.line("warn", _CALLER, text, canary=tick.canary.full_name)
                await self._recorder.record(tick.canary, text, warning=True)
        return False
