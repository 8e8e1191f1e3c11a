"""SMI: a TrafficSplit with two weighted backends, for Linkerd, Open Service Mesh, and any mesh that speaks SMI.

Deviations from Flagger unless strict: a repair keeps live weights and fields that it does not know, a split that serves
nobody is repaired and never written, and weights that do not add up to 100 are read as the shares that they mean.
"""

from __future__ import annotations

import copy
import json
import math
from decimal import Decimal
from typing import Any

from canarytui.domain.resource import Resource
from canarytui.domain.traffic.smi import backends, weight
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights, shares_of
from canarytui.engine.routers.base import require_valid, served
from canarytui.engine.workloads.base import owner_reference

_GATEWAYS = "VirtualService.v1alpha3.networking.istio.io/spec.gateways"
"""By this annotation SMI's adapter for Istio learns the gateways."""

_CALLERS = {"v1alpha1": "router/smi.go"}


class SmiRouter:
    """See :class:`canarytui.engine.routers.base.Router`. `splits` is the TrafficSplit's version."""

    def __init__(self, splits: Resource) -> None:
        self._splits = splits
        self._kind = f"{splits.kind}.{splits.version}"
        self._as_quantity = splits.version == "v1alpha1"
        self._caller = _CALLERS.get(splits.version, f"router/smi_{splits.version}.go")

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: self._reconcile(tick), _name(tick))

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        canary = tick.canary
        live = self._found(tick)
        if live is None:
            metadata: dict[str, Any] = {"name": canary.apex_name, "namespace": canary.namespace}
            annotations = _annotations(tick)
            if annotations:
                metadata["annotations"] = annotations
            metadata["ownerReferences"] = [owner_reference(canary)]
            spec = self._spec(tick, ALL_TO_PRIMARY)
            made = {"apiVersion": self._splits.api_version, "kind": self._splits.kind, "metadata": metadata}
            yield Create({**made, "spec": spec})
            yield Log(f"{_name(tick)} created", self._caller)
            return True
        repaired = self._repaired(tick, live)
        if repaired is not None:
            yield Replace({**live, "spec": repaired})
            yield Log(f"{_name(tick)} updated", self._caller)
        return True

    def _repaired(self, tick: Tick, live: KubernetesObject) -> dict[str, Any] | None:
        """The spec as it must be; None where only the weights differ."""
        spec = live.get("spec") or {}
        if tick.settings.strict:
            wanted = self._spec(tick, ALL_TO_PRIMARY)
            return wanted if _essence(spec) != _essence(wanted) else None
        shares = _shares(tick, live)
        wanted = self._spec(tick, shares or ALL_TO_PRIMARY)
        named = {each.get("service") for each in backends(live)}
        whole = shares is not None and len(backends(live)) == len(wanted["backends"])
        if whole and named == {each["service"] for each in wanted["backends"]}:
            if spec.get("service") == wanted["service"]:
                return None
            wanted["backends"] = spec["backends"]
        return {**spec, **wanted}

    def read_weights(self, tick: Tick) -> Weights:
        live = self._live(tick)
        return served(tick, _as_flagger(tick, live) if tick.settings.strict else _shares(tick, live), _name(tick))

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        if not tick.settings.strict:
            require_valid(tick, weights)
        yield from settle(lambda: self._set(tick, weights), _name(tick))

    def _set(self, tick: Tick, weights: Weights) -> Decision[bool]:
        live = self._live(tick)
        spec = live.get("spec") or {}
        wanted = self._backends(tick, weights)
        if spec.get("backends") != wanted:
            yield Replace({**live, "spec": {**spec, "backends": wanted}})
        return True

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()

    def _spec(self, tick: Tick, weights: Weights) -> dict[str, Any]:
        hosts = tick.canary.spec.service.raw.get("hosts") or [tick.canary.apex_name]
        return {"service": hosts[0], "backends": self._backends(tick, weights)}

    def _backends(self, tick: Tick, weights: Weights) -> list[dict[str, Any]]:
        canary = tick.canary
        split = ((canary.canary_service_name, weights.canary), (canary.primary_service_name, weights.primary))
        return [{"service": name, "weight": str(part) if self._as_quantity else part} for name, part in split]

    def _found(self, tick: Tick) -> KubernetesObject | None:
        return tick.cluster_view.get(self._kind, tick.canary.namespace, tick.canary.apex_name)

    def _live(self, tick: Tick) -> KubernetesObject:
        live = self._found(tick)
        if live is None:
            missing = f'{self._splits.full_name} "{tick.canary.apex_name}" not found'
            raise EndTick(f"{_name(tick)} get query error {missing}")
        return live


def _annotations(tick: Tick) -> dict[str, str]:
    gateways = tick.canary.spec.service.raw.get("gateways")
    mesh = tick.provider.split(":")[2:]
    return {_GATEWAYS: json.dumps(gateways, separators=(",", ":"))} if gateways and mesh == ["istio"] else {}


def _weights(tick: Tick, live: KubernetesObject) -> tuple[Decimal | None, Decimal | None]:
    """The primary's and the canary's; None for one that is missing or no number."""
    found = {each.get("service"): weight(each.get("weight")) for each in backends(live)}
    return found.get(tick.canary.primary_service_name), found.get(tick.canary.canary_service_name)


def _as_flagger(tick: Tick, live: KubernetesObject) -> Weights:
    primary, canary = (math.ceil(each or 0) for each in _weights(tick, live))
    return Weights(primary, canary)


def _shares(tick: Tick, live: KubernetesObject) -> Weights | None:
    """Percent that each side gets; None where nobody is served, or a weight cannot be read."""
    if any(weight(each.get("weight")) is None for each in backends(live)):
        return None
    primary, canary = _weights(tick, live)
    return shares_of(primary or 0, canary or 0)


def _essence(spec: KubernetesObject) -> dict[str, Any]:
    plain = copy.deepcopy(dict(spec))
    for each in plain.get("backends") or []:
        each.pop("weight", None)
    return {key: value for key, value in plain.items() if value}


def _name(tick: Tick) -> str:
    return f"TrafficSplit {tick.canary.apex_name}.{tick.canary.namespace}"
