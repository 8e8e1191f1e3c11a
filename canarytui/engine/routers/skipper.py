"""Skipper: a copy of the user's Ingress in which primary and canary are weighted backends.

The user's Ingress (``spec.ingressRef``) is read and never written. With the predicate ``Weight(100)`` the routes of the
copy win over the user's; with ``False()`` they match nothing, and the user's Ingress leads to the apex.

Deviations from Flagger unless strict: a repair keeps live weights, an Ingress that does not lead to the apex is
refused, the copy has neither Flux' nor kubectl's marks, and one that is gone does not hold up a deletion.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from canarytui.domain.text.bounded import parse_json
from canarytui.domain.traffic.ingresses import INGRESSES
from canarytui.domain.traffic.skipper import PREDICATE, ROUTE_OFF, ROUTE_ON, WEIGHTS
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Delete, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.base import require_valid
from canarytui.engine.routers.services import HANDS_OFF
from canarytui.engine.routers.source_ingress import copy_name, source_ingress
from canarytui.engine.workloads.base import owner_reference, without_flux

_KIND = INGRESSES.kind
_CALLER = "router/skipper.go"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_TEXT_OR_AND = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|/(?:\\.|[^/\\])*/|&&')
"""In a predicate: what may contain ``&&`` without being separated by it, and the separator."""


class SkipperRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: _reconcile(tick), f"{_KIND} {copy_name(tick)}")

    def read_weights(self, tick: Tick) -> Weights:
        weights = _weights_of(tick, _live(tick))
        return weights if tick.settings.strict else weights.as_shares()

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        if not tick.settings.strict:
            require_valid(tick, weights)
        yield from settle(lambda: _set(tick, weights), f"{_KIND} {copy_name(tick)}")

    def finalise(self, tick: Tick) -> Decision[None]:
        if not tick.settings.strict and (not tick.canary.spec.ingress_name or _found(tick) is None):
            return
        yield Delete(_KIND, tick.canary.namespace, _live(tick)["metadata"]["name"])
        yield Log(f"{_KIND} {copy_name(tick)}.{tick.canary.namespace} deleted", _CALLER)


def _reconcile(tick: Tick) -> Decision[bool]:
    canary, strict = tick.canary, tick.settings.strict
    original = source_ingress(tick, "apexIngress")
    spec = _spec(tick, original)
    name = copy_name(tick)
    live = tick.cluster_view.get(_KIND, canary.namespace, name)
    given = dict(original["metadata"].get("annotations") or {})
    if live is None:
        labels = original["metadata"].get("labels")
        if not strict:
            # Flux would delete a copy that bears its labels; kubectl did not apply it.
            labels, given = without_flux(labels), without_flux(given)
            given.pop(_LAST_APPLIED, None)
        metadata: dict[str, Any] = {"name": name, "namespace": canary.namespace}
        metadata |= {"labels": dict(labels)} if labels else {}
        metadata |= {
            "annotations": _annotated(tick, given, ALL_TO_PRIMARY, on=True),
            "ownerReferences": [owner_reference(canary)],
        }
        yield Create({"apiVersion": INGRESSES.api_version, "kind": _KIND, "metadata": metadata, "spec": spec})
        yield Log(f"{_KIND} {name}.{canary.namespace} created", _CALLER)
        return True
    annotations = dict(live["metadata"].get("annotations") or {})
    if strict:
        if live.get("spec") != spec:
            annotations = {**_annotated(tick, given, ALL_TO_PRIMARY, on=True), **HANDS_OFF}
    else:
        annotations = _repaired(tick, live, annotations)
    if live.get("spec") != spec or annotations != (live["metadata"].get("annotations") or {}):
        yield Replace({**live, "metadata": {**live["metadata"], "annotations": annotations}, "spec": spec})
        yield Log(f"{_KIND} {name} updated", _CALLER)
    return True


def _repaired(tick: Tick, live: KubernetesObject, annotations: dict[str, str]) -> dict[str, str]:
    """`annotations`, mended where they leave it open who gets what: live weights stay if they can be read."""
    try:
        weights = _weights_of(tick, live)
    except EndTick:
        weights = Weights(0, 0)
    if weights.primary + weights.canary <= 0:
        return _annotated(tick, annotations, ALL_TO_PRIMARY, on=True)
    predicates = [part.strip() for part in _separated(annotations.get(PREDICATE) or "")]
    on, off = ROUTE_ON in predicates, ROUTE_OFF in predicates
    if on != off and (on or weights.canary == 0):
        return annotations
    return _annotated(tick, annotations, weights, on=True)


def _spec(tick: Tick, original: KubernetesObject) -> dict[str, Any]:
    """The user's Ingress spec with the primary in place of the apex, and the same paths to the canary behind them.

    Raises:
        EndTick: the apex is none of its backends, unless strict: the copy then never leads to the canary.
    """
    canary = tick.canary
    spec: dict[str, Any] = copy.deepcopy(dict(original.get("spec") or {}))
    found = False
    for rule in spec.get("rules") or []:
        paths = (rule.get("http") or {}).get("paths") or []
        ours = [path for path in paths if _service(path).get("name") == canary.apex_name]
        for path in ours:
            _service(path)["name"] = canary.primary_service_name
            second = copy.deepcopy(path)
            _service(second)["name"] = canary.canary_service_name
            paths.append(second)
        found = found or bool(ours)
    if not found and not tick.settings.strict:
        raise EndTick(f"backend {canary.apex_name} not found in ingress {original['metadata']['name']}")
    return spec


def _service(path: Mapping[str, Any]) -> dict[str, Any]:
    return (path.get("backend") or {}).get("service") or {}


def _set(tick: Tick, weights: Weights) -> Decision[bool]:
    live = _live(tick)
    present = dict(live["metadata"].get("annotations") or {})
    wanted = _annotated(tick, present, weights, on=weights.canary > 0)
    if wanted != present:
        yield Replace({**live, "metadata": {**live["metadata"], "annotations": wanted}})
    return True


def _annotated(tick: Tick, annotations: Mapping[str, str], weights: Weights, *, on: bool) -> dict[str, str]:
    """`annotations` with these weights and our predicate before those of the user."""
    names = {tick.canary.canary_service_name: weights.canary, tick.canary.primary_service_name: weights.primary}
    predicate = annotations.get(PREDICATE) or ""
    parts = predicate.split("&&") if tick.settings.strict else _separated(predicate)
    others = [part.strip() for part in parts if part.strip() not in ("", ROUTE_ON, ROUTE_OFF)]
    return {
        **annotations,
        WEIGHTS: json.dumps(names, separators=(",", ":"), sort_keys=True),
        PREDICATE: " && ".join([ROUTE_ON if on else ROUTE_OFF, *others]),
    }


def _separated(predicate: str) -> list[str]:
    separators = [found.span() for found in _TEXT_OR_AND.finditer(predicate) if found[0] == "&&"]
    begins, ends = [0, *(end for _, end in separators)], [*(begin for begin, _ in separators), len(predicate)]
    return [predicate[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _weights_of(tick: Tick, live: KubernetesObject) -> Weights:
    """Raises EndTick, in Flagger's words, when the annotation does not have both."""
    canary = tick.canary
    name = f"{copy_name(tick)}.{canary.namespace}"
    try:
        weights = parse_json(str((live["metadata"].get("annotations") or {}).get(WEIGHTS) or ""))
    except ValueError as error:
        raise EndTick(f"ingress {name} get backendWeights error: {error}") from error

    def weight(service: str, word: str) -> int:
        found = weights.get(service) if isinstance(weights, dict) else None
        if not isinstance(found, int) or isinstance(found, bool):
            raise EndTick(f"ingress {name} could not get weights[{word}]")
        return found

    primary = weight(canary.primary_service_name, "primarySvcName")
    return Weights(primary, weight(canary.canary_service_name, "canarySvcName"))


def _found(tick: Tick) -> KubernetesObject | None:
    return tick.cluster_view.get(_KIND, tick.canary.namespace, copy_name(tick))


def _live(tick: Tick) -> KubernetesObject:
    found = _found(tick)
    if found is None:
        name = copy_name(tick)
        missing = f'{INGRESSES.full_name} "{name}" not found'
        raise EndTick(f"ingress {name}.{tick.canary.namespace} get query error: {missing}")
    return found
