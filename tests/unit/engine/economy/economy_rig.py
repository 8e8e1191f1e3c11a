"""The engine's edge against the sandbox's API server on a loopback port: ticks by hand, every request counted.

Workloads become ready by themselves; a stub answers metric queries and webhooks and notes them.
"""

from __future__ import annotations

import asyncio
import io
import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from live_api import Asked, LiveApi

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime.cluster_view import WatchedClusterView
from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.meters import Meters
from canarytui.engine.runtime.notifier import Notifier
from canarytui.engine.runtime.recorder import CanaryEventRecorder
from canarytui.engine.runtime.required_kinds import kinds_of
from canarytui.sandbox.apiserver.api import MERGE_PATCH

DEPLOYMENTS = "deployments.apps"
CANARIES = "canaries.flagger.app"


class Stub:
    """A metrics server that answers every query with `value`, and a webhook that answers with `status`."""

    def __init__(self) -> None:
        self.value = "100"
        self.status = 200
        self.said = "said by the stub"
        self.queries: list[str] = []
        self.hooks: list[dict[str, Any]] = []

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.get("/api/v1/query", self._query), web.post("/hook", self._hook)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _query(self, request: web.Request) -> web.Response:
        query = request.query["query"]
        self.queries.append(query)
        sample = [time.time(), "1" if query == "vector(1)" else self.value]
        marks = re.findall(r'"canarytui_query", "(\d+)"', query)
        labels = [{"canarytui_query": mark} for mark in marks] or [{}]
        result = [{"metric": each, "value": sample} for each in labels]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": result}})

    async def _hook(self, request: web.Request) -> web.Response:
        self.hooks.append(await request.json())
        return web.Response(status=self.status, text=self.said)


class Rig:
    """`live` is the server. Follow with :meth:`begin`, then :meth:`tick` as often as wanted."""

    def __init__(self, folder: Path) -> None:
        self.live = LiveApi(folder)
        self.stub = Stub()
        self.log = io.StringIO()
        self._tasks: list[asyncio.Task[Any]] = []
        self._notes: dict[str, dict[str, Any]] = {}

    async def start(self) -> None:
        await self.live.start()
        await self.stub.start()
        self.live.install_crds()
        self.cluster = await self.live.connect()
        self.settings = ControllerSettings(metrics_server=self.stub.url, interval_floor_s=0.1)
        self.json_log = JsonLog("info", self.log)
        self.recorder = CanaryEventRecorder(self.cluster, self.json_log)
        self.cluster_view = WatchedClusterView(self.cluster)
        self.meters = Meters()
        self.interpreter = Interpreter(
            self.cluster,
            self.cluster_view,
            self.recorder,
            Notifier(self.cluster, self.json_log),
            self.json_log,
            self.meters,
        )

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.recorder.close(0)
        await self.cluster.close()
        await self.stub.stop()
        await self.live.stop()

    def canary(self, name: str = "podinfo", also: dict[str, Any] | None = None, **analysis: Any) -> dict[str, Any]:
        """Create the seed's canary with its target and its two webhooks; `also` are further fields of its spec; an
        analysis field of None is left out."""
        hooks = [
            {"name": "acceptance-test", "type": "pre-rollout", "url": f"{self.stub.url}/hook"},
            {"name": "load-test", "type": "rollout", "url": f"{self.stub.url}/hook"},
        ]
        metrics = [
            {"name": "request-success-rate", "interval": "1m", "thresholdRange": {"min": 99}},
            {"name": "request-duration", "interval": "1m", "thresholdRange": {"max": 500}},
        ]
        spec = {"interval": "100ms", "threshold": 3, "maxWeight": 50, "stepWeight": 5}
        fields = {**spec, "metrics": metrics, "webhooks": hooks, **analysis}
        asked = {key: value for key, value in fields.items() if value is not None}
        return self.live.canary(name, analysis=asked, **(also or {}))

    async def begin(self) -> None:
        """Watch, and let workloads become ready, from now on."""
        self._tasks.append(asyncio.create_task(self.cluster_view.run()))
        await self.cluster_view.settle()
        self._tasks.append(asyncio.create_task(self._make_ready()))

    async def stop_watching(self) -> None:
        """Whatever happens now reaches the cluster view by the engine's own reads and writes alone."""
        watching = self._tasks.pop(0)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def tick(self, name: str = "podinfo") -> list[Asked]:
        """One tick with the cluster view as it is; the requests that came of it, its Events' included, without
        watches."""
        await self.caught_up()
        found = self.cluster_view.canaries.get("test", name)
        assert found is not None
        notes = self._notes.setdefault(name, {})
        tick = Tick(Canary.parse(found), self.cluster_view, self.settings, datetime.now(UTC), notes=notes)
        self.cluster_view.follow(kinds_of(tick))
        await self.cluster_view.settle(kinds_of(tick))
        await self.caught_up()
        before = len(self.live.asked)
        await self.interpreter.run(tick, decide(tick))
        await self.live.until("events are written", lambda: not self.recorder.waiting)
        return [each for each in self.live.asked[before:] if "watch=true" not in each.path]

    def phase(self, name: str = "podinfo") -> str:
        found = self.live.find(CANARIES, name)
        return str(((found or {}).get("status") or {}).get("phase", ""))

    def new_revision(self, text: str, name: str = "podinfo") -> None:
        """Change the target's template."""
        patch = {"spec": {"template": {"metadata": {"annotations": {"revision": text}}}}}
        self.live.patch(DEPLOYMENTS, name, patch)

    async def caught_up(self) -> None:
        """Workloads are ready, and the watches have brought everything that there is."""

        def all_here() -> bool:
            return not self._unready() and all(
                (known := store.get(obj["metadata"].get("namespace"), obj["metadata"]["name"])) is not None
                and known["metadata"]["resourceVersion"] == obj["metadata"]["resourceVersion"]
                for store in self.cluster_view.stores
                for obj in self.live.api.list(self._rt(store), None).items
            )

        await self.live.until("the watches have caught up", all_here)

    def _rt(self, store: Any) -> Any:
        return self.live.api.registry.find(store.resource.group, store.resource.plural)

    def _unready(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        found = []
        for each in self.live.api.list(self.live.rt(DEPLOYMENTS), None).items:
            count = int(each["spec"].get("replicas", 1))
            kinds = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
            wanted = {"observedGeneration": each["metadata"]["generation"], **dict.fromkeys(kinds, count)}
            if any((each.get("status") or {}).get(key) != value for key, value in wanted.items()):
                found.append((each, wanted))
        return found

    async def _make_ready(self) -> None:
        rt = self.live.rt(DEPLOYMENTS)
        while True:
            for each, wanted in self._unready():
                meta = each["metadata"]
                with suppress(Exception):  # changed meanwhile: the next round sees it
                    self.live.api.patch(
                        rt, meta["namespace"], meta["name"], {"status": wanted}, MERGE_PATCH, subresource="status"
                    )
            await asyncio.sleep(0.005)
