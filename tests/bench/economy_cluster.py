"""The other side of the economy benchmark, as processes of their own: ``server`` is the sandbox's API server with many
initialised canaries, whose workloads become ready at once; ``stub`` answers metric queries and webhooks.

Both say one JSON line when they listen, count what they are asked, and end with their standard input.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.reconcile import decide
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime.cluster_view import resource_of_kind
from canarytui.metrics.answers import Value
from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.api import MERGE_PATCH, Api
from canarytui.sandbox.apiserver.http.listen import listen
from canarytui.sandbox.apiserver.http.server import make_app
from canarytui.sandbox.processes import exit_when_parent_ends
from canarytui.sandbox.supervisor.certificates import make_certificates
from canarytui.sandbox.supervisor.kubeconfig import write_kubeconfig

NAMESPACE = "bench"
_DEPLOYMENT = re.compile(r"/apis/apps/v1/namespaces/([^/]+)/deployments(?:/([^/]+))?")


class DirectWorld:
    """The engine's world on the API itself, without requests: only to initialise canaries quickly."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, kind: str, namespace: str, name: str) -> Any:
        return self._api.find(self.rt(kind), namespace, name)

    def rt(self, kind: str) -> Any:
        resource = resource_of_kind(kind)
        assert resource is not None, kind
        return self._api.registry.find(resource.group, resource.plural)

    def initialise(self, name: str) -> None:
        """Two ticks of the engine's core, with ready workloads in between."""
        for _ in range(2):
            canary = Canary.parse(self.get("Canary", NAMESPACE, name))
            decision = decide(Tick(canary, self, ControllerSettings(), datetime.now(UTC)))
            answer: Any = None
            try:
                while True:
                    answer = self._carry_out(decision.send(answer))
            except StopIteration:
                pass
            for each in (name, f"{name}-primary"):
                make_ready(self._api, NAMESPACE, each)
        status = self.get("Canary", NAMESPACE, name)["status"]
        assert status["phase"] == "Initialized", status

    def _carry_out(self, effect: fx.Effect) -> Any:
        match effect:
            case fx.Create(obj):
                return self._api.create(self.rt(obj["kind"]), NAMESPACE, obj)
            case fx.Replace(obj):
                return self._api.update(self.rt(obj["kind"]), NAMESPACE, obj["metadata"]["name"], obj)[0]
            case fx.Patch(kind, namespace, name, patch):
                return self._api.patch(self.rt(kind), namespace, name, patch, MERGE_PATCH)[0]
            case fx.PatchStatus(namespace, name, _, status):
                rt = self.rt("Canary")
                patch = {"status": status}
                return self._api.patch(rt, namespace, name, patch, MERGE_PATCH, subresource="status")[0]
            case fx.CheckServer():
                return ""
            case fx.AskMetric():
                return Value(1.0)
            case fx.CallWebhook():
                return fx.WebhookResponse(200)
        return None


def make_ready(api: Api, namespace: str, name: str) -> None:
    """Let a Deployment have all its pods."""
    rt = api.registry.find("apps", "deployments")
    found = api.find(rt, namespace, name)
    if found is None:
        return
    count = int(found["spec"].get("replicas", 1))
    kinds = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    status = {"observedGeneration": found["metadata"]["generation"], **dict.fromkeys(kinds, count)}
    if any((found.get("status") or {}).get(key) != value for key, value in status.items()):
        api.patch(rt, namespace, name, {"status": status}, MERGE_PATCH, subresource="status")


class Server:
    """Counts requests by kind; ``/bench/counts`` tells, ``/bench/roll`` gives canaries a new revision, ``/bench/spec``
    merges a patch into one."""

    def __init__(self, canaries: int, hook_url: str) -> None:
        self.api = Api()
        self.counts: Counter[str] = Counter()
        self._canaries = canaries
        self._revision = 0
        cluster_state = DirectWorld(self.api)
        self._create("namespaces", {"metadata": {"name": NAMESPACE}}, None)
        for definition in manifests.crds():
            self._create("customresourcedefinitions.apiextensions.k8s.io", definition, None)
        for number in range(canaries):
            name = f"podinfo-{number:04d}"
            self._create_canary(name, hook_url)
            cluster_state.initialise(name)

    def _rt(self, name: str) -> Any:
        plural, _, group = name.partition(".")
        return self.api.registry.find(group, plural)

    def _create(self, resource: str, obj: dict[str, Any], namespace: str | None = NAMESPACE) -> None:
        self.api.create(self._rt(resource), namespace, obj)

    def _create_canary(self, name: str, hook_url: str) -> None:
        deployment = manifests.documents("podinfo/deployment.yaml")[0]
        deployment = json.loads(json.dumps(deployment).replace('"podinfo"', f'"{name}"'))
        deployment["metadata"]["namespace"] = NAMESPACE
        canary = manifests.documents("seed/podinfo-canary.yaml")[0]
        canary["metadata"] = {"name": name, "namespace": NAMESPACE}
        spec = canary["spec"]
        spec["targetRef"]["name"] = name
        spec.pop("autoscalerRef")
        spec["analysis"] |= {
            "interval": "10s",
            "maxWeight": 100,
            "stepWeight": 1,  # a rollout that outlasts the measurement
            "webhooks": [{"name": "load-test", "type": "rollout", "url": hook_url}],
        }
        self._create("deployments.apps", deployment)
        self._create("canaries.flagger.app", canary)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path.startswith("/bench/"):
            return self._bench(request, path)
        answer: web.StreamResponse = await handler(request)
        if "watch" not in request.query:
            self.counts[_kind(request.method, path) if answer.status < 400 else f"refused {answer.status}"] += 1
        found = _DEPLOYMENT.match(path)
        if found and request.method in ("PATCH", "PUT"):
            make_ready(self.api, found[1], found[2])
        return answer

    def _bench(self, request: web.Request, path: str) -> web.Response:
        if path == "/bench/counts":
            return web.json_response(self.counts)
        if path == "/bench/spec":
            name = f"podinfo-{int(request.query['number']):04d}"
            patch = json.loads(request.query["patch"])
            if patch["spec"].pop("filler", False):  # an object of nearly the size that etcd takes
                patch["spec"]["analysis"]["webhooks"][0]["metadata"] = {"filler": "x" * 1_200_000}
            self.api.patch(self._rt("canaries.flagger.app"), NAMESPACE, name, patch, MERGE_PATCH)
            return web.json_response({})
        self._revision += 1
        for number in range(int(request.query["from"]), int(request.query["to"])):
            patch = {"spec": {"template": {"metadata": {"annotations": {"revision": str(self._revision)}}}}}
            name = f"podinfo-{number:04d}"
            self.api.patch(self._rt("deployments.apps"), NAMESPACE, name, patch, MERGE_PATCH)
            make_ready(self.api, NAMESPACE, name)
        return web.json_response({})


def _kind(method: str, path: str) -> str:
    if method == "GET":
        return "read"
    if "/events" in path:
        return "event"
    if path.endswith("/status"):
        return "status"
    return "router" if "/traefikservices" in path else "other write"


async def serve(canaries: int, hook_url: str, kubeconfig: Path) -> None:
    server = Server(canaries, hook_url)
    app = make_app(server.api, users={"bench": user("bench", MASTERS)}, secret="secret")
    app.middlewares.append(server.middleware)
    made = make_certificates()
    with tempfile.TemporaryDirectory() as folder:
        runner, port = await listen(app, tls=made.server_context(Path(folder)))
    write_kubeconfig(kubeconfig, f"https://127.0.0.1:{port}", made.ca_pem, {"bench": "bench"})
    print(json.dumps({"url": f"https://127.0.0.1:{port}"}), flush=True)
    await exit_when_parent_ends()
    await runner.cleanup()


async def stub() -> None:
    """Every query is answered with 100, joined ones for each of their marks."""
    counts: Counter[str] = Counter()

    async def query(request: web.Request) -> web.Response:
        marks = re.findall(r'"canarytui_query", "(\d+)"', request.query["query"])
        counts["metric requests"] += 1
        counts["metric queries"] += len(marks) or 1
        result = [{"metric": {"canarytui_query": mark}, "value": [time.time(), "100"]} for mark in marks]
        result = result or [{"metric": {}, "value": [time.time(), "100"]}]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": result}})

    async def hook(request: web.Request) -> web.Response:
        counts["webhooks"] += 1
        await request.read()
        return web.Response()

    async def told(request: web.Request) -> web.Response:
        return web.json_response(counts)

    app = web.Application()
    app.add_routes([web.get("/api/v1/query", query), web.post("/hook", hook), web.get("/bench/counts", told)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"url": "http://{}:{}".format(*runner.addresses[0][:2])}), flush=True)
    await exit_when_parent_ends()
    await runner.cleanup()


if __name__ == "__main__":
    if sys.argv[1] == "stub":
        asyncio.run(stub())
    else:
        asyncio.run(serve(int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])))
