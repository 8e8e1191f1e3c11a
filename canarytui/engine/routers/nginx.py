"""ingress-nginx: a second Ingress, whose annotations set which traffic goes to the canary.

The user's Ingress (``spec.ingressRef``) is read and never written. Its copy ``<name>-canary`` leads to the
canary's Service. ``analysis.match`` is A/B: by a cookie or by one header.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.traffic.ingresses import INGRESSES
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_CANARY, Weights
from canarytui.engine.routers.base import require_valid
from canarytui.engine.routers.source_ingress import copy_name, source_ingress
from canarytui.engine.workloads.base import owner_reference, without_flux

_KIND = INGRESSES.kind
_CALLER = "router/ingress.go"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class NginxRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: _reconcile(tick), f"{_KIND} {copy_name(tick)}")

    def read_weights(self, tick: Tick) -> Weights:
        annotations = _live(tick)["metadata"].get("annotations") or {}
        by = (_key(tick, "canary-by-cookie"), _key(tick, "canary-by-header"))
        if tick.canary.spec.analysis.match and any(key in annotations for key in by):
            return ALL_TO_CANARY
        text = str(annotations.get(_key(tick, "canary-weight"), "0"))
        try:
            weight = int(text)
        except ValueError as error:
            raise EndTick(f"ingress {copy_name(tick)} canary-weight {text!r} is no whole number") from error
        if not tick.settings.strict:
            weight = min(max(weight, 0), 100)  # ingress-nginx takes more than 100 for all
        return Weights(100 - weight, weight)

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        require_valid(tick, weights)
        yield from settle(lambda: _set(tick, weights), f"{_KIND} {copy_name(tick)}")

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()


def _reconcile(tick: Tick) -> Decision[bool]:
    canary = tick.canary
    spec = _spec(tick)
    name = copy_name(tick)
    live = tick.cluster_view.get(_KIND, canary.namespace, name)
    if live is None:
        original = source_ingress(tick, "ingress")["metadata"]
        metadata: dict[str, Any] = {"name": name, "namespace": canary.namespace}
        if original.get("labels"):
            metadata["labels"] = dict(original["labels"])
        kept = {key: value for key, value in without_flux(original.get("annotations")).items() if key != _LAST_APPLIED}
        metadata["annotations"] = _reset(tick, kept)
        metadata["ownerReferences"] = [owner_reference(canary)]
        yield Create({"apiVersion": INGRESSES.api_version, "kind": _KIND, "metadata": metadata, "spec": spec})
        yield Log(f"{_KIND} {name}.{canary.namespace} created", _CALLER)
    elif live.get("spec") != spec:
        yield Replace({**live, "spec": spec})
        yield Log(f"{_KIND} {name} updated", _CALLER)
    return True


def _spec(tick: Tick) -> dict[str, Any]:
    """The user's Ingress spec, with the apex replaced by the canary's Service.

    Raises:
        EndTick: the apex is none of its backends.
    """
    canary = tick.canary
    original = source_ingress(tick, "ingress")
    spec: dict[str, Any] = copy.deepcopy(dict(original.get("spec") or {}))
    found = False
    for rule in spec.get("rules") or []:
        for path in (rule.get("http") or {}).get("paths") or []:
            service = (path.get("backend") or {}).get("service") or {}
            if service.get("name") == canary.apex_name:
                service["name"] = canary.canary_service_name
                found = True
    if not found:
        raise EndTick(f"backend {canary.apex_name} not found in ingress {original['metadata']['name']}")
    return spec


def _set(tick: Tick, weights: Weights) -> Decision[bool]:
    live = _live(tick)
    present = dict(live["metadata"].get("annotations") or {})
    if not tick.canary.spec.analysis.match:
        wanted = {**present, _key(tick, "canary-weight"): str(weights.canary)}
    else:
        wanted = _reset(tick, present)
        if weights.canary > 0:
            wanted = {**wanted, **_matching(tick)}
    if wanted != present:
        yield Replace({**live, "metadata": {**live["metadata"], "annotations": wanted}})
    return True


def _matching(tick: Tick) -> dict[str, str]:
    """The annotations that route matching requests to the canary; of several headers the last counts."""
    found: dict[str, str] = {}
    for condition in tick.canary.spec.analysis.match:
        for header, value in (condition.get("headers") or {}).items():
            if header.lower() == "cookie":
                found[_key(tick, "canary-by-cookie")] = str(value.get("exact") or "")
                continue
            found[_key(tick, "canary-by-header")] = header
            for kind, annotation in (("exact", "canary-by-header-value"), ("regex", "canary-by-header-pattern")):
                found.pop(_key(tick, annotation), None)
                if value.get(kind):
                    found[_key(tick, annotation)] = str(value[kind])
    return {key: value for key, value in found.items() if value}


def _reset(tick: Tick, annotations: dict[str, str]) -> dict[str, str]:
    """`annotations` reset so that the canary Ingress gets no traffic."""
    kept = {key: value for key, value in annotations.items() if not key.startswith(_key(tick, "canary"))}
    return {**kept, _key(tick, "canary"): "true", _key(tick, "canary-weight"): "0"}


def _key(tick: Tick, name: str) -> str:
    return f"{tick.settings.ingress_annotations_prefix}/{name}"


def _live(tick: Tick) -> KubernetesObject:
    name = copy_name(tick)
    found = tick.cluster_view.get(_KIND, tick.canary.namespace, name)
    if found is None:
        missing = f'{INGRESSES.full_name} "{name}" not found'
        raise EndTick(f"ingress {name}.{tick.canary.namespace} get query error: {missing}")
    return found
