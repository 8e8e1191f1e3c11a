"""Apache APISIX: a copy of the rule of the user's ApisixRoute (``spec.routeRef``) that leads to the apex, with the
primary and the canary as backends. It goes before the user's own route, which is read and never written.

Deviations from Flagger unless strict: a repair keeps live weights; the copy has all fields of the rule and no others,
and not the labels and annotations by which kubectl and Flux know the user's route.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from canarytui.domain.traffic.apisix import APISIX_ROUTES
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights, shares_of
from canarytui.engine.routers.apex_object import share, without_weights
from canarytui.engine.routers.base import require_valid
from canarytui.engine.workloads.base import owner_reference, without_flux

Part = dict[str, Any]
_KIND = APISIX_ROUTES.kind
_CALLER = "router/apisix.go"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_PRIORITY = 10000
_RULE_FIELDS = (
    "name", "priority", "timeout", "match", "backends", "websocket", "plugin_config_name", "plugins", "authentication",
)  # fmt: skip
"""Those of an HTTP rule that Flagger knows."""
_BACKEND_FIELDS = ("servicePort", "resolveGranularity", "subset")


class ApisixRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def reconcile(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: _reconcile(tick), _title(tick, _canary_name(tick)))

    def read_weights(self, tick: Tick) -> Weights:
        spec = _get(tick, _canary_name(tick)).get("spec") or {}
        if not any(_leads_to_primary(tick, rule) for rule in _rules(spec)):
            return Weights(0, 0)
        weights = _live_weights(tick, spec)
        if weights is None:
            raise EndTick(f"{_title(tick, _canary_name(tick))} has a backend without a weight: give it one")
        if tick.settings.strict:
            return Weights(weights.primary, 100 - weights.primary)
        return shares_of(weights.primary, weights.canary) or Weights(0, 0)

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        require_valid(tick, weights)
        yield from settle(lambda: _set(tick, weights), _title(tick, _canary_name(tick)))

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()


def _reconcile(tick: Tick) -> Decision[bool]:
    canary, name = tick.canary, _canary_name(tick)
    source = _source(tick)
    live = tick.cluster_view.get(_KIND, canary.namespace, name)
    if live is None:
        metadata: Part = {"name": name, "namespace": canary.namespace}
        for field in ("labels", "annotations"):
            kept = _kept(tick, source["metadata"].get(field) or {})
            metadata |= {field: kept} if kept else {}
        metadata["ownerReferences"] = [owner_reference(canary)]
        spec = _spec(tick, source, ALL_TO_PRIMARY)
        yield Create({"apiVersion": APISIX_ROUTES.api_version, "kind": _KIND, "metadata": metadata, "spec": spec})
        yield Log(f"{_title(tick, name)} created", _CALLER)
        return True
    wanted = _repaired(tick, source, live.get("spec") or {})
    if wanted is not None:
        yield Replace({**live, "spec": wanted})
        yield Log(f"{_title(tick, name)} updated", _CALLER)
    return True


def _repaired(tick: Tick, source: KubernetesObject, live: KubernetesObject) -> Part | None:
    """The spec that `live` should be; None where only weights differ that serve somebody."""
    fresh = _spec(tick, source, ALL_TO_PRIMARY)
    if tick.settings.strict:
        # Compared as Flagger knows it: an API server may have dropped the nulls.
        known = {**live, "http": [_as_flagger_knows(rule) for rule in _rules(live)]}
        return None if without_weights(fresh) == without_weights(known) else fresh
    same = without_weights(fresh) == without_weights(live)
    weights = _live_weights(tick, live)
    if weights is None or (weights.primary <= 0 and weights.canary <= 0):
        return fresh
    if same:
        return None
    return _spec(tick, source, weights) if weights.primary + weights.canary == 100 else fresh


def _set(tick: Tick, weights: Weights) -> Decision[bool]:
    name = _canary_name(tick)
    live = _get(tick, name)
    spec: Part = copy.deepcopy(dict(live.get("spec") or {}))
    rule = next((each for each in _rules(spec) if _leads_to_primary(tick, each)), None)
    if rule is None:
        raise EndTick(f"{_title(tick, name)} has no backend {tick.canary.primary_service_name}")
    shares = {tick.canary.primary_service_name: weights.primary, tick.canary.canary_service_name: weights.canary}
    for backend in _backends(rule):
        if backend.get("serviceName") in shares:
            backend["weight"] = shares[backend["serviceName"]]
    if spec != live.get("spec"):
        yield Replace({**live, "spec": spec})
    return True


def _spec(tick: Tick, source: KubernetesObject, weights: Weights) -> Part:
    """The user's spec with only the rule that leads to the apex.

    Raises:
        EndTick: there is no such rule, or it has other backends, too.
    """
    canary, name = tick.canary, source["metadata"]["name"]
    given: Part = copy.deepcopy(dict(source.get("spec") or {}))
    rules = _rules(given)
    if not rules:
        raise EndTick(f"{_title(tick, name)}'s spec.http is empty")
    apex = canary.apex_name
    rule = next((each for each in rules if any(b.get("serviceName") == apex for b in _backends(each))), None)
    if rule is None:
        # With the space at its end it is Flagger's text.
        raise EndTick(f"Can not find {apex} backend on apisix route {name}.{canary.namespace} ")
    if len(_backends(rule)) != 1:
        rule_name = f"{_title(tick, name)}'s http route {rule.get('name')}"
        raise EndTick(f"{rule_name} only one http backend is supported")
    [backend] = _backends(rule)
    same = {key: value for key, value in backend.items() if not tick.settings.strict or key in _BACKEND_FIELDS}
    backends = [
        {**same, "serviceName": service, "weight": weight}
        for service, weight in (
            (canary.primary_service_name, weights.primary),
            (canary.canary_service_name, weights.canary),
        )
    ]
    made = {**rule, "backends": backends, "priority": _PRIORITY}
    if not tick.settings.strict:
        return {**given, "http": [made]}
    return {"http": [_as_flagger_knows(made)], **({"stream": given["stream"]} if given.get("stream") else {})}


def _as_flagger_knows(rule: Part) -> Part:
    """A rule as Flagger writes it: without what it does not know, and with what its types add."""
    known = {field: rule[field] for field in _RULE_FIELDS if field in rule}
    known |= {"match": known.get("match") or {}, "websocket": bool(known.get("websocket"))}
    if known["match"].get("exprs"):
        exprs = [{"set": None, "value": None, **each} for each in known["match"]["exprs"]]
        known["match"] = {**known["match"], "exprs": exprs}
    if known.get("authentication"):
        known["authentication"] = {"keyAuth": {}, "jwtAuth": {}, **known["authentication"]}
    return known


def _kept(tick: Tick, values: Mapping[str, str]) -> dict[str, str]:
    """The labels or annotations that the copy takes over."""
    if tick.settings.strict:
        return dict(values)
    return {key: value for key, value in without_flux(values).items() if key != _LAST_APPLIED}


def _rules(spec: KubernetesObject) -> list[Part]:
    return [each for each in spec.get("http") or [] if isinstance(each, dict)]


def _backends(rule: KubernetesObject) -> list[Part]:
    return [each for each in rule.get("backends") or [] if isinstance(each, dict)]


def _leads_to_primary(tick: Tick, rule: KubernetesObject) -> bool:
    return any(each.get("serviceName") == tick.canary.primary_service_name for each in _backends(rule))


def _live_weights(tick: Tick, spec: KubernetesObject) -> Weights | None:
    """Of the rule that leads to the primary; None where a backend, or its weight, is missing."""
    rule = next((each for each in _rules(spec) if _leads_to_primary(tick, each)), {})
    weights = {each.get("serviceName"): each.get("weight") for each in _backends(rule)}
    names = (tick.canary.primary_service_name, tick.canary.canary_service_name)
    found = [share(weights[name]) for name in names if isinstance(weights.get(name), int | float)]
    return Weights(found[0], found[1]) if len(found) == 2 else None


def _source(tick: Tick) -> KubernetesObject:
    """The user's route."""
    return _get(tick, tick.canary.spec.route_name)


def _get(tick: Tick, name: str) -> KubernetesObject:
    found = tick.cluster_view.get(_KIND, tick.canary.namespace, name)
    if found is None:
        missing = f'{APISIX_ROUTES.full_name} "{name}" not found'
        raise EndTick(f"{_title(tick, name)} get query error: {missing}")
    return found


def _canary_name(tick: Tick) -> str:
    """Raises EndTick without a ``routeRef``."""
    if not tick.canary.spec.route_name:
        raise EndTick("apisix route selector is empty")
    return f"{tick.canary.spec.route_name}-{tick.canary.apex_name}-canary"


def _title(tick: Tick, name: str) -> str:
    """As messages have it."""
    return f"APISIX route {name}.{tick.canary.namespace}"
