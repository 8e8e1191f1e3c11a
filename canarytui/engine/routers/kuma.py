"""Kuma: a TrafficRoute whose parts are weighted. It has no namespace, so nothing can own it.

Deviations from Flagger unless strict: a repair keeps live weights and fields that it does not know, a split that serves
nobody is repaired and never written, another namespace's TrafficRoute of the same name is left alone, and a canary with
``revertOnDeletion`` takes its TrafficRoute along.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.traffic.kuma import MESH_ANNOTATION, SERVICE_TAG, TRAFFIC_ROUTES, parts, service_tag
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Delete, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights, shares_of
from canarytui.engine.routers.base import require_valid, served
from canarytui.engine.routers.services import apex_metadata

KIND = TRAFFIC_ROUTES.kind
_DEFAULT_MESH = "default"
_CALLER = "router/kuma.go"


class KumaRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: self._reconcile(tick), _name(tick))

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        labels, annotations = apex_metadata(tick)
        live = _found(tick)
        if live is None:
            metadata: dict[str, Any] = {"name": tick.canary.apex_name, "annotations": annotations}
            if labels:
                metadata["labels"] = labels
            made = {"apiVersion": TRAFFIC_ROUTES.api_version, "kind": KIND, "metadata": metadata, "mesh": _mesh(tick)}
            yield Create({**made, "spec": _spec(tick, ALL_TO_PRIMARY)})
            yield Log(f"{_name(tick)} created", _CALLER)
            return True
        mesh = live.get("mesh") or _DEFAULT_MESH
        if mesh != _mesh(tick) and not tick.settings.strict:
            yield from tick.warn_once(
                f"{_name(tick)} is in mesh {mesh}, but the annotation {MESH_ANNOTATION} of canary "
                f"{tick.canary.full_name} says {_mesh(tick)}: delete the TrafficRoute, and it is made again"
            )
        present = {field: live["metadata"].get(field) or {} for field in ("labels", "annotations")}
        wanted = {"labels": labels, "annotations": annotations}
        if not tick.settings.strict:
            wanted = {field: {**present[field], **values} for field, values in wanted.items()}
        spec = _repaired(tick, live)
        if spec is not None or wanted != present:
            if tick.settings.strict:
                spec = _spec(tick, ALL_TO_PRIMARY)
            metadata = {key: value for key, value in live["metadata"].items() if key not in wanted}
            metadata |= {field: values for field, values in wanted.items() if values}
            yield Replace({**live, "metadata": metadata, "spec": spec or live.get("spec")})
            yield Log(f"{_name(tick)} updated", _CALLER)
        return True

    def read_weights(self, tick: Tick) -> Weights:
        live = _live(tick)
        return served(tick, _as_flagger(tick, live) if tick.settings.strict else _shares(tick, live), _name(tick))

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        if not tick.settings.strict:
            require_valid(tick, weights)
        yield from settle(lambda: self._set(tick, weights), _name(tick))

    @staticmethod
    def _set(tick: Tick, weights: Weights) -> Decision[bool]:
        live = _live(tick)
        spec = live.get("spec") or {}
        kept = {} if tick.settings.strict else spec.get("conf") or {}
        wanted = {**spec, "conf": {**kept, "split": _split(tick, weights)}}
        if wanted != spec:
            yield Replace({**live, "spec": wanted})
        return True

    def finalise(self, tick: Tick) -> Decision[None]:
        live = tick.cluster_view.get(KIND, "", tick.canary.apex_name)
        if live is not None and not tick.settings.strict and _namespace_of(live) == tick.canary.namespace:
            yield Delete(KIND, "", tick.canary.apex_name)
            yield Log(f"{_name(tick)} deleted", _CALLER)


def _repaired(tick: Tick, live: KubernetesObject) -> dict[str, Any] | None:
    """The spec as it must be; None where only the weights differ."""
    spec: dict[str, Any] = copy.deepcopy(dict(live.get("spec") or {}))
    if tick.settings.strict:
        wanted = _spec(tick, ALL_TO_PRIMARY)
        return wanted if _essence(spec) != _essence(wanted) else None
    shares = _shares(tick, live)
    wanted = _spec(tick, shares or ALL_TO_PRIMARY)
    conf = spec.get("conf") or {}
    if shares is not None and _tags(parts(live)) == _tags(wanted["conf"]["split"]):
        wanted["conf"]["split"] = conf["split"]
    wanted = {**spec, **wanted, "conf": {**conf, **wanted["conf"]}}
    return wanted if wanted != spec else None


def _spec(tick: Tick, weights: Weights) -> dict[str, Any]:
    return {
        "sources": [{"match": {SERVICE_TAG: "*"}}],
        "destinations": [{"match": {SERVICE_TAG: _tag(tick, tick.canary.apex_name)}}],
        "conf": {"split": _split(tick, weights)},
    }


def _split(tick: Tick, weights: Weights) -> list[dict[str, Any]]:
    canary = tick.canary
    split = ((canary.primary_service_name, weights.primary), (canary.canary_service_name, weights.canary))
    return [{"weight": part, "destination": {SERVICE_TAG: _tag(tick, name)}} for name, part in split]


def _tag(tick: Tick, name: str) -> str:
    return f"{name}_{tick.canary.namespace}_svc_{tick.canary.spec.service.port}"


def _mesh(tick: Tick) -> str:
    annotations = tick.canary.raw["metadata"].get("annotations") or {}
    return str(annotations.get(MESH_ANNOTATION) or _DEFAULT_MESH)


def _weights(tick: Tick, live: KubernetesObject) -> tuple[int, int]:
    found = {}
    for each in parts(live):
        part = each.get("weight")
        name = service_tag(each.get("destination")).partition("_")[0]
        found[name] = part if isinstance(part, int) and not isinstance(part, bool) else 0
    return found.get(tick.canary.primary_service_name, 0), found.get(tick.canary.canary_service_name, 0)


def _as_flagger(tick: Tick, live: KubernetesObject) -> Weights | None:
    primary, canary = _weights(tick, live)
    return Weights(primary, 100 - primary) if primary or canary else None


def _shares(tick: Tick, live: KubernetesObject) -> Weights | None:
    """Percent that each side gets; None where nobody is served."""
    return shares_of(*_weights(tick, live))


def _tags(split: Any) -> list[str]:
    return sorted(service_tag(each.get("destination")) for each in split)


def _essence(spec: KubernetesObject) -> dict[str, Any]:
    plain = copy.deepcopy(dict(spec))
    for each in (plain.get("conf") or {}).get("split") or []:
        each.pop("weight", None)
    return {key: value for key, value in plain.items() if value}


def _namespace_of(live: KubernetesObject) -> str:
    """The namespace of the Service whose traffic a TrafficRoute splits; "" where it names none."""
    destinations = (live.get("spec") or {}).get("destinations") or []
    tags = [service_tag(each.get("match")).split("_") for each in destinations if isinstance(each, dict)]
    return next((tag[1] for tag in tags if len(tag) == 4), "")


def _found(tick: Tick) -> KubernetesObject | None:
    """Raises EndTick when the name is taken by another namespace's."""
    live = tick.cluster_view.get(KIND, "", tick.canary.apex_name)
    if live is not None and not tick.settings.strict:
        namespace = _namespace_of(live)
        if namespace not in ("", tick.canary.namespace):
            raise EndTick(
                f"{_name(tick)} splits the traffic of {tick.canary.apex_name}.{namespace}, and a TrafficRoute has no "
                f"namespace: give canary {tick.canary.full_name} another spec.service.name, or delete the TrafficRoute"
            )
    return live


def _live(tick: Tick) -> KubernetesObject:
    live = _found(tick)
    if live is None:
        missing = f'{TRAFFIC_ROUTES.full_name} "{tick.canary.apex_name}" not found'
        raise EndTick(f"{_name(tick)} get query error: {missing}")
    return live


def _name(tick: Tick) -> str:
    return f"{KIND} {tick.canary.apex_name}"
