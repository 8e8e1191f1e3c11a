"""Migrates YAML texts, and holds what is printed to the sandbox's CRDs and to the engine's own router."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import yaml

from canarytui.domain.spec.canary import Canary
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings, Tick
from canarytui.engine.replay.cluster import ReplayCluster
from canarytui.engine.replay.run_decision import drive
from canarytui.engine.routers.providers import router_of
from canarytui.migration.counterparts import FieldNote
from canarytui.migration.objects import ObjectSet
from canarytui.migration.runbook import Migration, runbook_lines
from canarytui.migration.targets import target_named
from canarytui.migration.to_gateway_api import GatewayWishes
from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.api import Api

_NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
_PLURALS = {"HTTPRoute": "httproutes", "Canary": "canaries", "MetricTemplate": "metrictemplates",
            "Deployment": "deployments", "HorizontalPodAutoscaler": "horizontalpodautoscalers",
            "Service": "services"}  # fmt: skip
_numbers = itertools.count()

GATEWAY = """
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: gateways}
spec:
  gatewayClassName: any
  listeners:
    - {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
    - {name: https, port: 443, protocol: HTTPS, hostname: "*.example.com", allowedRoutes: {namespaces: {from: All}}}
"""


def objects(text: str) -> ObjectSet:
    return ObjectSet([each for each in yaml.safe_load_all(text) if each], namespace="default")


def migrated(text: str, target: str = "gatewayapi", wishes: GatewayWishes | None = None) -> Migration:
    """The migration of the first object in `text` that moves."""
    found, to = objects(text), target_named(target)
    moving = found.all(to.moves)[0]
    namespace = found.namespace_of(moving)
    placed = {**moving, "metadata": {**moving["metadata"], "namespace": namespace}}
    return to.translate(placed, found, wishes or GatewayWishes())


def made(migration: Migration, kind: str) -> list[Any]:
    return [each for each in migration.manifests if each["kind"] == kind]


def canary_of(migration: Migration) -> Any:
    (found,) = made(migration, "Canary")
    return found


def fields(notes: Iterable[FieldNote]) -> list[str]:
    return [each.field for each in notes]


def text_of(migration: Migration) -> str:
    return "\n".join(runbook_lines(migration))


@cache
def _api() -> Api:
    api = Api()
    api.create(api.registry.find("", "namespaces"), None, {"metadata": {"name": "test"}})
    for definition in manifests.crds():
        api.create(api.registry.find("apiextensions.k8s.io", "customresourcedefinitions"), None, definition)
    return api


def require_accepted(manifest: Any) -> None:
    """The API server takes the manifest as it is, and keeps every field of it. Raises what it answers."""
    group, _, _ = manifest["apiVersion"].rpartition("/")
    resource = _api().registry.find(group, _PLURALS[manifest["kind"]])
    name = f"{manifest['metadata']['name']}-{next(_numbers)}"
    metadata = {**manifest["metadata"], "name": name, "namespace": "test"}
    stored = _api().create(resource, "test", {**manifest, "metadata": metadata})
    _require_part(manifest["spec"], stored["spec"], "spec")


def _require_part(given: Any, stored: Any, at: str) -> None:
    if isinstance(given, dict):
        for key, value in given.items():
            assert key in stored, f"{at}.{key} is dropped"
            _require_part(value, stored[key], f"{at}.{key}")
    elif isinstance(given, list):
        assert len(given) == len(stored), at
        for position, (one, other) in enumerate(zip(given, stored, strict=True)):
            _require_part(one, other, f"{at}[{position}]")
    else:
        assert given == stored, at


def route_of(canary: Any, *, strict: bool = True) -> Any:
    """The spec of the HTTPRoute that the engine makes of a printed Canary, as Flagger does."""
    view, written = ReplayCluster(lambda _: None), []
    obj = {**canary, "metadata": {**canary["metadata"], "uid": "uid"}, "status": {}}
    view.put(obj)
    labels = {"app": canary["spec"]["targetRef"]["name"]}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
    metadata = {"name": labels["app"], "namespace": canary["metadata"]["namespace"]}
    view.put({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})

    def carry_out(effect: fx.Effect) -> Any:
        if isinstance(effect, fx.Create):
            written.append(effect.obj)
            return view.create(effect)
        return None

    tick = Tick(Canary.parse(obj), view, ControllerSettings(strict=strict), _NOW)
    drive(router_of(tick).reconcile(tick), carry_out)
    (route,) = written
    require_accepted(route)
    return route["spec"]
