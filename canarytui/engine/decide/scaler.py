"""The primary's autoscaler: a copy of the target's, created once and brought up to date at promotion."""

from __future__ import annotations

import copy
from typing import Any

from canarytui.engine.decide.effects import Create, Decision, Log, Object, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads.base import included, owner_reference

_CALLER = "canary/hpa_reconciler.go"
_KIND = "HorizontalPodAutoscaler"
_COPIED = ("minReplicas", "maxReplicas", "metrics", "behavior")


def ensure_primary_scaler(tick: Tick) -> Decision[None]:
    """Create ``<name>-primary`` if it is missing."""
    target = _target(tick)
    if target is None:
        return
    if tick.world.get(_KIND, tick.canary.namespace, _primary_name(target)) is None:
        yield from settle(lambda: _create(tick, target), f"{_KIND} {_primary_name(target)}")


def update_primary_scaler(tick: Tick) -> Decision[None]:
    """Give the primary's scaler what the target's says now."""
    target = _target(tick)
    if target is not None:
        yield from settle(lambda: _update(tick, target), f"{_KIND} {_primary_name(target)}")


def _target(tick: Tick) -> Object | None:
    reference = tick.canary.spec.autoscaler
    if reference is None:
        return None
    namespace = tick.canary.namespace
    if reference.kind != _KIND:
        raise EndTick(
            f"spec.autoscalerRef.kind {reference.kind} of canary {tick.canary.full_name} is not {_KIND}, the only "
            "scaler that this controller copies"
        )
    found = tick.world.get(_KIND, namespace, reference.name)
    if found is None:
        plural = f'horizontalpodautoscalers.autoscaling "{reference.name}" not found'
        raise EndTick(f"{_KIND} {reference.name}.{namespace} get query error: {plural}")
    return found


def _primary_name(target: Object) -> str:
    return f"{target['metadata']['name']}-primary"


def _spec(tick: Tick, target: Object) -> dict[str, Any]:
    spec: dict[str, Any] = {key: copy.deepcopy(target["spec"][key]) for key in _COPIED if key in target["spec"]}
    overrides = tick.canary.spec.autoscaler_overrides.get("primaryScalerReplicas") or {}
    spec |= {key: overrides[key] for key in ("minReplicas", "maxReplicas") if overrides.get(key)}
    kind = tick.canary.spec.target
    reference = {"apiVersion": kind.api_version, "kind": kind.kind, "name": tick.canary.primary_name}
    return {"scaleTargetRef": reference, **spec}


def _create(tick: Tick, target: Object) -> Decision[bool]:
    name = _primary_name(target)
    if tick.world.get(_KIND, tick.canary.namespace, name) is not None:
        return True
    labels = included(target["metadata"].get("labels"), ("*",))
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": tick.canary.namespace,
        "ownerReferences": [owner_reference(tick.canary)],
    }
    if labels:
        metadata["labels"] = labels
    yield Create({"apiVersion": "autoscaling/v2", "kind": _KIND, "metadata": metadata, "spec": _spec(tick, target)})
    yield Log(f"{_KIND} v2 {name}.{tick.canary.namespace} created", _CALLER)
    return True


def _update(tick: Tick, target: Object) -> Decision[bool]:
    name = _primary_name(target)
    live = tick.world.get(_KIND, tick.canary.namespace, name)
    if live is None:
        return (yield from _create(tick, target))
    wanted = _spec(tick, target)
    present = {key: value for key, value in live["spec"].items() if key in wanted}
    if present != wanted or tick.settings.strict:
        obj = copy.deepcopy(dict(live))
        for key in _COPIED:
            obj["spec"].pop(key, None)
        obj["spec"].update(wanted)
        yield Replace(obj)
        yield Log(f"{_KIND} v2 {name}.{tick.canary.namespace} updated", _CALLER)
    return True
