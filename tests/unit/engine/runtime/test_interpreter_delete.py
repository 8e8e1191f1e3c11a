"""Deleting an object: what counts as deleted, what the decision is told, and what stays in doubt."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
import yaml
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.kuma import TRAFFIC_ROUTES
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.runtime.cluster_view import WatchedClusterView
from canarytui.engine.runtime.interpreter import Interpreter
from canarytui.engine.runtime.logs import JsonLog
from canarytui.engine.runtime.lost_writes import LostWrites
from canarytui.engine.runtime.meters import Meters

PATH = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/front-canary"
LIVE: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {"name": "front-canary", "namespace": "shop", "resourceVersion": "7"},
}
LEAVING = {**LIVE, "metadata": {**LIVE["metadata"], "deletionTimestamp": "2026-11-26T14:30:00Z"}}


@pytest_asyncio.fixture
async def cluster(tmp_path: Path, httpserver: HTTPServer) -> AsyncIterator[Cluster]:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": httpserver.url_for("").rstrip("/")}}],
        "users": [{"name": "me", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "me"}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    connected = await connect(ClusterTarget(kubeconfig=str(tmp_path / "kubeconfig")))
    yield connected
    await connected.close()


def status(code: int, message: str) -> Response:
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
    return Response(json.dumps(body), status=code, content_type="application/json")


GONE = status(404, "ingresses.networking.k8s.io not found")


async def deleted(
    cluster: Cluster,
    server: HTTPServer,
    answer: Response,
    after: Response,
    live: dict[str, Any] = LIVE,
    path: str = PATH,
) -> tuple[str, WatchedClusterView]:
    """Why it was refused, "" if it was not, and the cluster view then; `after` is what a look at the object shows."""
    asked: list[str] = []

    def respond(request: Request) -> Response:
        asked.append(request.method)
        if request.method == "DELETE":
            assert request.args["gracePeriodSeconds"] == "2"
            return answer
        return after

    server.expect_request(path).respond_with_handler(respond)
    kind, metadata = live["kind"], live["metadata"]
    cluster_view = WatchedClusterView(cluster, kinds=(kind,))
    cluster_view.store_of(kind).put(live)
    spec = {"targetRef": {"kind": "Deployment", "name": "cart"}, "service": {"port": 80}, "analysis": {}}
    canary = Canary.parse({"metadata": {"name": "cart", "namespace": "shop"}, "spec": spec})
    none = cast(Any, None)
    interpreter = Interpreter(cluster, cluster_view, none, none, JsonLog("info", io.StringIO()), Meters())
    why: list[str] = []

    def decision() -> fx.Decision[None]:
        try:
            yield fx.Delete(kind, metadata.get("namespace", ""), metadata["name"])
        except fx.WriteRefused as error:
            why.append(str(error))

    await interpreter.run(Tick(canary, cluster_view, ControllerSettings(), datetime.now(UTC)), decision())
    assert asked[0] == "DELETE"
    return "".join(why), cluster_view


def found(obj: dict[str, Any]) -> Response:
    return Response(json.dumps(obj), content_type="application/json")


@pytest.mark.parametrize("answer", [found({"kind": "Status", "status": "Success"}), GONE, status(500, "boom")])
async def test_what_is_gone_is_deleted_whatever_was_answered(
    cluster: Cluster, httpserver: HTTPServer, answer: Response
) -> None:
    why, cluster_view = await deleted(cluster, httpserver, answer, GONE)
    assert why == ""
    assert cluster_view.get("Ingress", "shop", "front-canary") is None


async def test_what_finalizers_hold_counts_as_deleted(cluster: Cluster, httpserver: HTTPServer) -> None:
    why, _ = await deleted(cluster, httpserver, found(LEAVING), found(LEAVING))
    assert why == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(403, "ingresses is forbidden"), "ingresses is forbidden"),
        (status(500, "boom"), "boom"),
        (found({"kind": "Status", "status": "Success"}), "front-canary.shop is still there"),
    ],
)
async def test_what_is_still_there_is_not_deleted(
    cluster: Cluster, httpserver: HTTPServer, answer: Response, said: str
) -> None:
    why, cluster_view = await deleted(cluster, httpserver, answer, found(LIVE))
    assert said in why
    assert cluster_view.get("Ingress", "shop", "front-canary") is not None


async def test_an_object_without_a_namespace_is_called_by_its_name(cluster: Cluster, httpserver: HTTPServer) -> None:
    metadata = {"name": "cart", "resourceVersion": "7"}
    live = {"apiVersion": TRAFFIC_ROUTES.api_version, "kind": TRAFFIC_ROUTES.kind, "metadata": metadata}
    path = TRAFFIC_ROUTES.path("", "cart")
    success = found({"kind": "Status", "status": "Success"})
    why, _ = await deleted(cluster, httpserver, success, found(live), live, path)
    assert why == "cart is still there"
    assert path == "/apis/kuma.io/v1alpha1/trafficroutes/cart"
    doubts, view = LostWrites(), WatchedClusterView(cluster, kinds=(TRAFFIC_ROUTES.kind,))
    doubts.add(("shop", "cart"), view.store_of(TRAFFIC_ROUTES.kind), "", "books")  # nothing answers there
    doubt = await doubts.settle(cluster, ("shop", "cart"))
    assert doubt == "trafficroute books cannot be read after a write whose answer was lost"
