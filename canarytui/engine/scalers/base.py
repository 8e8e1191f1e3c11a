"""The interface of an autoscaler kind, and what the kinds share: finding the target's, writing the copy."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Protocol

from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads.base import owner_reference, without_flux


class Scaler(Protocol):
    """One kind of autoscaler. Raises EndTick with the warning to give when the target's is not there."""

    kind: str

    def ensure_primary(self, tick: Tick) -> Decision[None]: ...

    def update_primary(self, tick: Tick) -> Decision[None]: ...

    def pause_target(self, tick: Tick) -> Decision[None]: ...

    def resume_target(self, tick: Tick) -> Decision[None]: ...

    def least_replicas(self, tick: Tick) -> int: ...

    def may_idle(self, tick: Tick) -> bool:
        """Whether it may scale the target to zero, and is not paused."""
        ...


def target_scaler(tick: Tick, kind: str, title: str, plural: str) -> KubernetesObject:
    """The autoscaler that the canary refers to; messages call it `title`.

    Raises:
        EndTick: there is none.
    """
    reference, namespace = tick.canary.spec.autoscaler, tick.canary.namespace
    assert reference is not None
    found = tick.cluster_view.get(kind, namespace, reference.name)
    if found is None:
        raise EndTick(f'{title} {reference.name}.{namespace} get query error: {plural} "{reference.name}" not found')
    return found


def replicas_for_primary(tick: Tick) -> dict[str, int]:
    """``autoscalerRef.primaryScalerReplicas``: minReplicas and maxReplicas, where given."""
    asked = tick.canary.spec.autoscaler_overrides.get("primaryScalerReplicas") or {}
    return {name: int(asked[name]) for name in ("minReplicas", "maxReplicas") if asked.get(name) is not None}


def primary_scaler(tick: Tick, target: KubernetesObject, spec: dict[str, Any]) -> dict[str, Any]:
    """The copy ``<name>-primary`` of `target` with `spec`."""
    metadata: dict[str, Any] = {
        "name": f"{target['metadata']['name']}-primary",
        "namespace": tick.canary.namespace,
        "ownerReferences": [owner_reference(tick.canary)],
    }
    labels = without_flux(target["metadata"].get("labels"))
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": target["apiVersion"], "kind": target["kind"], "metadata": metadata, "spec": spec}


def primary_reference(tick: Tick, target: KubernetesObject) -> dict[str, Any]:
    """The target's ``scaleTargetRef``, but for the primary."""
    return {**(target["spec"].get("scaleTargetRef") or {}), "name": tick.canary.primary_name}


def has_copy(tick: Tick, target: KubernetesObject) -> bool:
    """Whether the primary's scaler is there: asked at every tick, before anything is made."""
    return (
        tick.cluster_view.get(target["kind"], tick.canary.namespace, f"{target['metadata']['name']}-primary")
        is not None
    )


def create_missing(tick: Tick, wanted: dict[str, Any], title: str, caller: str) -> Decision[None]:
    """Create the copy unless it is there."""
    yield from settle(lambda: _create(tick, wanted, title, caller), _name(wanted))


def bring_up_to_date(
    tick: Tick, wanted: dict[str, Any], metadata: Mapping[str, Any], title: str, caller: str
) -> Decision[None]:
    """Give the copy the spec that is wanted; what of its metadata changes with it, is in `metadata`."""
    yield from settle(lambda: _update(tick, wanted, metadata, title, caller), _name(wanted))


def _create(tick: Tick, wanted: dict[str, Any], title: str, caller: str) -> Decision[bool]:
    name = wanted["metadata"]["name"]
    if tick.cluster_view.get(wanted["kind"], tick.canary.namespace, name) is None:
        yield Create(wanted)
        yield Log(f"{title} {name}.{tick.canary.namespace} created", caller)
    return True


def _update(tick: Tick, wanted: dict[str, Any], metadata: Mapping[str, Any], title: str, caller: str) -> Decision[bool]:
    name = wanted["metadata"]["name"]
    live = tick.cluster_view.get(wanted["kind"], tick.canary.namespace, name)
    if live is None:
        return (yield from _create(tick, wanted, title, caller))
    if live["spec"] != wanted["spec"]:
        yield Replace(
            {**copy.deepcopy(dict(live)), "metadata": {**live["metadata"], **metadata}, "spec": wanted["spec"]}
        )
        yield Log(f"{title} {name}.{tick.canary.namespace} updated", caller)
    return True


def _name(wanted: dict[str, Any]) -> str:
    return f"{wanted['kind']} {wanted['metadata']['name']}"
