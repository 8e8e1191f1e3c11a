"""Istio: a VirtualService whose routes split the traffic, and a DestinationRule for each side.

Deviation from Flagger unless strict: a repair keeps live weights.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from canarytui.domain.text.bounded import parse_json
from canarytui.domain.traffic.istio import DESTINATION_RULES, VIRTUAL_SERVICES
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers import istio_routes
from canarytui.engine.routers.base import require_valid, served
from canarytui.engine.routers.services import apex_metadata
from canarytui.engine.workloads.base import owned_by, owner_reference

_API = VIRTUAL_SERVICES.api_version
_VIRTUAL_SERVICE, _DESTINATION_RULE = VIRTUAL_SERVICES.kind, DESTINATION_RULES.kind
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_ORIGINAL = "flagger.kubernetes.io/original-configuration"
_CALLER = "router/istio.go"


class IstioRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        for name in (tick.canary.canary_service_name, tick.canary.primary_service_name):
            yield from settle(lambda name=name: _reconcile_rule(tick, name), f"{_DESTINATION_RULE} {name}")
        yield from settle(lambda: _reconcile_routes(tick), _name(tick))

    def read_weights(self, tick: Tick) -> Weights:
        weights = istio_routes.read(tick.canary, _live(tick).get("spec") or {})
        return served(tick, weights if tick.settings.strict else weights.as_shares(), _name(tick))

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        require_valid(tick, weights)
        yield from settle(lambda: _set(tick, weights), _name(tick))

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: _restore(tick), _name(tick))


def _reconcile_rule(tick: Tick, name: str) -> Decision[bool]:
    canary = tick.canary
    spec: dict[str, Any] = {"host": name}
    policy = canary.spec.service.raw.get("trafficPolicy")
    if policy:
        spec["trafficPolicy"] = copy.deepcopy(policy)
    live = tick.cluster_view.get(_DESTINATION_RULE, canary.namespace, name)
    if live is None:
        metadata = {"name": name, "namespace": canary.namespace, "ownerReferences": [owner_reference(canary)]}
        yield Create({"apiVersion": _API, "kind": _DESTINATION_RULE, "metadata": metadata, "spec": spec})
        yield Log(f"{_DESTINATION_RULE} {name}.{canary.namespace} created", _CALLER)
    elif live.get("spec") != spec:
        yield Replace({**live, "spec": spec})
        yield Log(f"{_DESTINATION_RULE} {name}.{canary.namespace} updated", _CALLER)
    return True


def _reconcile_routes(tick: Tick) -> Decision[bool]:
    canary = tick.canary
    labels, annotations = apex_metadata(tick)
    live = tick.cluster_view.get(_VIRTUAL_SERVICE, canary.namespace, canary.apex_name)
    if live is None:
        metadata: dict[str, Any] = {"name": canary.apex_name, "namespace": canary.namespace}
        metadata |= {"labels": labels} if labels else {}
        metadata |= {"annotations": annotations, "ownerReferences": [owner_reference(canary)]}
        spec = {**_hosts_reached(tick), **istio_routes.routes(tick, ALL_TO_PRIMARY, affine=False)}
        yield Create({"apiVersion": _API, "kind": _VIRTUAL_SERVICE, "metadata": metadata, "spec": spec})
        yield Log(f"{_name(tick)} created", _CALLER)
        return True
    present = live["metadata"].get("annotations") or {}
    annotations |= {key: present[key] for key in (_LAST_APPLIED, _ORIGINAL) if key in present}
    spec = {**_hosts_reached(tick), **istio_routes.routes(tick, ALL_TO_PRIMARY, affine=False)}
    spec_differs = _essence(tick, spec) != _essence(tick, live.get("spec") or {})
    if not tick.settings.strict:
        spec |= istio_routes.routes(tick, _kept(tick, live)) if spec_differs else {}
        labels = {**(live["metadata"].get("labels") or {}), **labels}
        annotations = {**present, **annotations}
    if not spec_differs and labels == (live["metadata"].get("labels") or {}) and annotations == present:
        return True
    adopted = tick.settings.strict or not owned_by(live, canary)
    if spec_differs and adopted and _LAST_APPLIED not in present and _ORIGINAL not in present:
        annotations = {**annotations, _ORIGINAL: json.dumps(live.get("spec") or {}, separators=(",", ":"))}
    wanted = copy.deepcopy(dict(live))
    wanted["metadata"] |= {"labels": labels, "annotations": annotations}
    wanted["spec"] = spec if spec_differs or tick.settings.strict else wanted["spec"]
    yield Replace(wanted)
    yield Log(f"{_name(tick)} updated", _CALLER)
    return True


def _kept(tick: Tick, live: KubernetesObject) -> Weights:
    weights = istio_routes.read(tick.canary, live.get("spec") or {})
    if not tick.settings.strict:
        weights = weights.as_shares()
    return weights if weights.primary + weights.canary == 100 else ALL_TO_PRIMARY


def _hosts_reached(tick: Tick) -> dict[str, Any]:
    """``hosts`` and ``gateways``: the apex and the mesh are added, but not to a delegate VirtualService.

    Raises:
        EndTick: delegation together with hosts or gateways.
    """
    canary, service = tick.canary, tick.canary.spec.service.raw
    hosts, gateways = list(service.get("hosts") or []), list(service.get("gateways") or [])
    if service.get("delegation"):
        if hosts or gateways:
            reason = f"{_name(tick)} cannot have hosts and gateways when delegation enabled"
            raise EndTick(f"reconcileVirtualService failed: {reason}")
        return {}
    if canary.apex_name not in hosts and "*" not in hosts:
        hosts.append(canary.apex_name)
    return {"hosts": hosts, "gateways": gateways or ["mesh"]}


def _set(tick: Tick, weights: Weights) -> Decision[bool]:
    live = _live(tick)
    spec = {**(live.get("spec") or {}), **istio_routes.routes(tick, weights)}
    if spec != live.get("spec"):
        yield Replace({**live, "spec": spec})
    return True


def _restore(tick: Tick) -> Decision[bool]:
    """Restore the original routes of an adopted VirtualService."""
    live = _live(tick)
    annotations = live["metadata"].get("annotations") or {}
    try:
        if _LAST_APPLIED in annotations:
            spec = (parse_json(annotations[_LAST_APPLIED]) or {}).get("spec")
        else:
            spec = parse_json(annotations.get(_ORIGINAL) or "null")
    except (ValueError, AttributeError) as error:
        raise EndTick(f"{_name(tick)} failed to unMarshal annotation: {error}") from error
    if not isinstance(spec, dict):
        yield Log(f"{_name(tick)} original configuration not found, unable to revert", _CALLER, "warn")
    elif spec != live.get("spec"):
        yield Replace({**live, "spec": spec})
    return True


def _essence(tick: Tick, spec: KubernetesObject) -> dict[str, Any]:
    """A spec without what :func:`_set` changes: weights, mirroring and session cookies."""
    plain: dict[str, Any] = copy.deepcopy(dict(spec))
    affine = bool(tick.canary.spec.analysis.session_affinity)
    for name in ("http", "tcp"):
        if affine:
            plain[name] = [route for route in plain.get(name) or [] if "sticky" not in str(route.get("name"))]
        for route in plain.get(name) or []:
            route.pop("mirror", None)
            route.pop("mirrorPercentage", None)
            for destination in route.get("route") or []:
                destination.pop("weight", None)
                if affine:
                    destination.pop("headers", None)
    return {key: value for key, value in plain.items() if value}


def _live(tick: Tick) -> KubernetesObject:
    live = tick.cluster_view.get(_VIRTUAL_SERVICE, tick.canary.namespace, tick.canary.apex_name)
    if live is None:
        missing = f'{VIRTUAL_SERVICES.full_name} "{tick.canary.apex_name}" not found'
        raise EndTick(f"{_name(tick)} get query error {missing}")
    return live


def _name(tick: Tick) -> str:
    return f"{_VIRTUAL_SERVICE} {tick.canary.apex_name}.{tick.canary.namespace}"
