"""App Mesh's router in both versions over a canary that it has reconciled."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import DEFAULT, STRICT
from router_rig import RouterRig

from canarytui.domain.traffic import appmesh
from canarytui.domain.traffic.appmesh import node_of, targets_of
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.routers.appmesh import AppMeshRouter
from canarytui.engine.routers.appmesh_dialects import V1Beta1Dialect, V1Beta2Dialect

V1, V2 = AppMeshRouter(V1Beta1Dialect()), AppMeshRouter(V1Beta2Dialect())
MESH = {"service": {"meshName": "global"}}
SPLIT = {V1: appmesh.VIRTUAL_SERVICES.kind_names[-1], V2: appmesh.VIRTUAL_ROUTERS_V1BETA2.kind_names[-1]}
APEX, CANARYS = {V1: "podinfo.test", V2: "podinfo"}, {V1: "podinfo-canary.test", V2: "podinfo-canary"}
SERVICE = appmesh.VIRTUAL_SERVICES_V1BETA2.kind_names[-1]
RECORD = {V1: appmesh.V1BETA1, V2: appmesh.V1BETA2}
VERSIONS = pytest.mark.parametrize("router", [V1, V2], ids=["v1beta1", "v1beta2"])
MODES = pytest.mark.parametrize("settings", [DEFAULT, STRICT], ids=["default", "strict"])


def reconciled(router: AppMeshRouter, settings: ControllerSettings = DEFAULT, **spec: Any) -> RouterRig:
    rig = RouterRig({**MESH, **spec}, settings=settings)
    rig.do(router.reconcile(rig.tick))
    return rig


def split(rig: RouterRig, router: AppMeshRouter, name: str = "") -> dict[str, Any]:
    return rig.get(SPLIT[router], name or APEX[router])


def shares(obj: dict[str, Any], route: int = 0) -> list[tuple[str, Any]]:
    return [(node_of(each), each["weight"]) for each in targets_of(obj["spec"]["routes"][route])]


def weighted(router: AppMeshRouter, *entries: tuple[str, Any]) -> dict[str, Any]:
    """A patch that replaces the first and only route's targets."""
    dialect = V1Beta1Dialect() if router is V1 else V1Beta2Dialect()
    action = {"weightedTargets": [dialect._target(*each) for each in entries]}
    field = "http" if router is V1 else "httpRoute"
    return {"spec": {"routes": [{"name": "podinfo", field: {"match": {"prefix": "/"}, "action": action}}]}}


def both(primary: int, canary: int) -> list[tuple[str, int]]:
    return [("podinfo-canary", canary), ("podinfo-primary", primary)]
