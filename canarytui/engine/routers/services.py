"""The Services in front of target and primary: ``-canary``, ``-primary`` and the apex that users call."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from canarytui.domain.text.bounded import parse_json
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.routers.ports import service_ports, with_node_ports
from canarytui.engine.workloads import workload_of
from canarytui.engine.workloads.base import owned_by, owner_reference

HANDS_OFF = {
    "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
    "helm.toolkit.fluxcd.io/driftDetection": "disabled",
}
"""Annotations that make Flux ignore generated objects."""

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_CALLER = "router/kubernetes_default.go"


def reconcile_tracks(tick: Tick) -> Decision[None]:
    """The canary's and the primary's Service."""
    workload = workload_of(tick.canary)
    if not workload.owns_services:
        return
    selector = workload.selector(tick)
    service = tick.canary.spec.service
    canary, primary = tick.canary.canary_service_name, tick.canary.primary_service_name
    yield from _reconcile(tick, canary, selector.key, selector.value, service.canary)
    yield from _reconcile(tick, primary, selector.key, selector.primary_value, service.primary)


def reconcile_apex(tick: Tick) -> Decision[None]:
    """The Service that users call; it selects the primary."""
    workload = workload_of(tick.canary)
    if not workload.owns_services:
        return
    selector = workload.selector(tick)
    apex = tick.canary.apex_name
    yield from _reconcile(tick, apex, selector.key, selector.primary_value, tick.canary.spec.service.apex)


def apex_metadata(tick: Tick) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and annotations of the routing object: those of ``service.apex``, and those that exclude it from Flux."""
    apex = tick.canary.spec.service.apex or {}
    labels = dict(apex.get("labels") or {})
    if tick.canary.spec.service.apex is not None and workload_of(tick.canary).owns_services:
        labels[workload_of(tick.canary).selector(tick).key] = tick.canary.apex_name
    return labels, {**(apex.get("annotations") or {}), **HANDS_OFF}


def release_apex(tick: Tick) -> Decision[None]:
    """Make an apex Service that outlives its canary select the target again; one that we own is garbage-collected."""
    if workload_of(tick.canary).owns_services:
        yield from settle(lambda: _release(tick), f"service {tick.canary.apex_name}")


def _release(tick: Tick) -> Decision[bool]:
    live = tick.cluster_view.get("Service", tick.canary.namespace, tick.canary.apex_name)
    references = live["metadata"].get("ownerReferences") or [] if live is not None else []
    if live is None or any(reference.get("kind") == "Canary" for reference in references):
        return True
    wanted = copy.deepcopy(dict(live))
    applied = _applied(live)
    wanted["spec"]["selector"] = _selector_before(tick, live, applied)
    if not tick.settings.strict:
        # Flagger leaves these annotations, so Flux never changes the Service again.
        own = (applied.get("metadata") or {}).get("annotations") or {}
        annotations = wanted["metadata"].get("annotations") or {}
        kept = {key: value for key, value in annotations.items() if key not in HANDS_OFF or key in own}
        if kept != annotations:
            wanted["metadata"]["annotations"] = kept
    if wanted != live:
        yield Replace(wanted)
        yield Log(f"Service {tick.canary.apex_name}.{tick.canary.namespace} updated", _CALLER)
    return True


def _applied(live: KubernetesObject) -> dict[str, Any]:
    """What kubectl applied last; empty if there is none, or it cannot be parsed."""
    try:
        applied = parse_json((live["metadata"].get("annotations") or {}).get(_LAST_APPLIED) or "{}")
    except ValueError:
        return {}
    return applied if isinstance(applied, dict) else {}


def _selector_before(tick: Tick, live: KubernetesObject, applied: Mapping[str, Any]) -> dict[str, Any]:
    """The selector that kubectl applied last, else the target's label; `live`'s own when the target is gone."""
    found = (applied.get("spec") or {}).get("selector")
    if isinstance(found, dict) and found:
        return dict(found)
    try:
        selector = workload_of(tick.canary).selector(tick)
    except EndTick:
        if tick.settings.strict:
            raise
        present = live["spec"].get("selector") or {}
        return {key: str(value).removesuffix("-primary") for key, value in present.items()}
    return {selector.key: selector.value}


def _reconcile(tick: Tick, name: str, key: str, selected: str, metadata: Mapping[str, Any] | None) -> Decision[None]:
    yield from settle(lambda: _write(tick, name, key, selected, metadata or {}), f"service {name}")


def _write(tick: Tick, name: str, key: str, selected: str, metadata: Mapping[str, Any]) -> Decision[bool]:
    canary = tick.canary
    live = tick.cluster_view.get("Service", canary.namespace, name)
    labels = {**(metadata.get("labels") or {}), key: name}
    annotations = {**(metadata.get("annotations") or {}), **HANDS_OFF}
    ports = service_ports(tick)
    if live is None:
        spec: dict[str, Any] = {"type": "ClusterIP", "selector": {key: selected}, "ports": ports}
        if canary.spec.service.headless:
            spec["clusterIP"] = "None"
        if canary.spec.service.traffic_distribution:
            spec["trafficDistribution"] = canary.spec.service.traffic_distribution
        yield Create(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {
                    "name": name,
                    "namespace": canary.namespace,
                    "labels": labels,
                    "annotations": annotations,
                    "ownerReferences": [owner_reference(canary)],
                },
                "spec": spec,
            }
        )
        yield Log(f"Service {name}.{canary.namespace} created", _CALLER)
        return True
    # Runs three times a tick: copy only what is replaced here.
    wanted: dict[str, Any] = {**live, "metadata": dict(live["metadata"]), "spec": dict(live["spec"])}
    wanted["spec"]["selector"] = {key: selected}
    wanted["spec"]["ports"] = with_node_ports(ports, live)
    if owned_by(live, canary):
        _merge_metadata(tick, wanted["metadata"], labels, annotations)
    elif _essence(wanted) != _essence(live):
        # Not ours: exclude it from Flux, so that Flux does not revert the change.
        wanted["metadata"]["annotations"] = {**(live["metadata"].get("annotations") or {}), **HANDS_OFF}
    if _essence(wanted) != _essence(live):
        yield Replace(wanted)
        full_name = name if tick.settings.strict else f"{name}.{canary.namespace}"  # Flagger omits the namespace here
        yield Log(f"Service {full_name} updated", _CALLER)
    return True


def _merge_metadata(
    tick: Tick, metadata: dict[str, Any], labels: Mapping[str, str], annotations: Mapping[str, str]
) -> None:
    """Force labels and annotations, except for the keys in ``unmanagedMetadata``."""
    unmanaged = tick.canary.spec.service.unmanaged
    for field, wanted in (("labels", labels), ("annotations", annotations)):
        present = metadata.get(field) or {}
        kept = {key: present[key] for key in unmanaged.get(field) or () if key in present}
        metadata[field] = {**wanted, **kept}


def _essence(service: KubernetesObject) -> tuple[Any, ...]:
    metadata, spec = service["metadata"], service["spec"]
    ports = [{"protocol": "TCP", **port} for port in spec.get("ports") or []]
    return metadata.get("labels") or {}, metadata.get("annotations") or {}, spec.get("selector"), ports
