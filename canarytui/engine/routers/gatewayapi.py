"""Gateway API: an HTTPRoute with weighted backends. The Gateways (``service.gatewayRefs``) are the user's.

Deviations from Flagger unless strict: a repair keeps live weights, and weight canaries can be mirrored, too.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.traffic.gatewayapi import HTTP_ROUTES
from canarytui.engine.decide.effects import Create, Decision, Log, Object, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers import affinity
from canarytui.engine.routers.base import require_valid
from canarytui.engine.routers.gatewayapi_filters import ANY_PATH, Part, add_header, filters, matches, merged
from canarytui.engine.routers.services import apex_metadata
from canarytui.engine.workloads.base import owner_reference

_KIND = HTTP_ROUTES.kind
_GROUP = HTTP_ROUTES.group
_CALLER = "router/gateway_api.go"


class GatewayApiRouter:
    """See :class:`canarytui.engine.routers.base.Router`. `version` is the API's: ``v1`` or ``v1beta1``."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._kind = f"{_KIND}.{version}"

    def reconcile(self, tick: Tick) -> Decision[None]:
        if not tick.canary.spec.service.raw.get("gatewayRefs"):
            raise EndTick("GatewayRefs must be specified when using Gateway API as a provider.")
        yield from settle(lambda: self._reconcile(tick), _name(tick))

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        canary = tick.canary
        labels, annotations = apex_metadata(tick)
        spec = _spec(tick, ALL_TO_PRIMARY, affine=False)
        live = tick.world.get(self._kind, canary.namespace, canary.apex_name)
        if live is None:
            metadata: dict[str, Any] = {"name": canary.apex_name, "namespace": canary.namespace}
            metadata |= {"labels": labels} if labels else {}
            metadata |= {"annotations": annotations, "ownerReferences": [owner_reference(canary)]}
            yield Create({"apiVersion": f"{_GROUP}/{self._version}", "kind": _KIND, "metadata": metadata, "spec": spec})
            yield Log(f"{_name(tick)} created", _CALLER)
            return True
        # Other controllers annotate routes: keep what is not ours.
        present = {field: live["metadata"].get(field) or {} for field in ("labels", "annotations")}
        wanted = {"labels": {**present["labels"], **labels}, "annotations": {**present["annotations"], **annotations}}
        spec_differs = _essence(tick, spec) != _essence(tick, live.get("spec") or {})
        if not spec_differs and wanted == present:
            return True
        changed = copy.deepcopy(dict(live))
        changed["metadata"] |= {field: values for field, values in wanted.items() if values}
        if spec_differs:
            changed["spec"] = spec if tick.settings.strict else _spec(tick, _kept(tick, live))
        yield Replace(changed)
        yield Log(f"{_name(tick)} updated", _CALLER)
        return True

    def read_weights(self, tick: Tick) -> Weights:
        live = self._live(tick)
        if self._version == "v1":
            _require_accepted(tick, live)
        return _read(tick, live)

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        require_valid(tick, weights)
        yield from settle(lambda: self._set(tick, weights), _name(tick))

    def _set(self, tick: Tick, weights: Weights) -> Decision[bool]:
        live = self._live(tick)
        spec = _spec(tick, weights, primary_cookie=self._version == "v1")
        if spec != live.get("spec"):
            yield Replace({**live, "spec": spec})
        return True

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()

    def _live(self, tick: Tick) -> Object:
        live = tick.world.get(self._kind, tick.canary.namespace, tick.canary.apex_name)
        if live is None:
            raise EndTick(f'{_name(tick)} get error: {HTTP_ROUTES.full_name} "{tick.canary.apex_name}" not found')
        return live


def _require_accepted(tick: Tick, live: Object) -> None:
    """Raises EndTick until every Gateway has accepted the route as it is now."""
    generation = int(live["metadata"].get("generation") or 0)
    for parent in (live.get("status") or {}).get("parents") or []:
        found = [each for each in parent.get("conditions") or [] if each.get("type") == "Accepted"]
        accepted = found and found[0].get("status") == "True"
        if not accepted or int(found[0].get("observedGeneration") or 0) < generation:
            name = (parent.get("parentRef") or {}).get("name")
            why = f": {found[0].get('reason')}" if found and not accepted else ""
            raise EndTick(f"{_name(tick)} parent {name} is not ready{why}")


def _spec(tick: Tick, weights: Weights, *, affine: bool = True, primary_cookie: bool = True) -> Part:
    canary = tick.canary
    service, analysis = canary.spec.service.raw, canary.spec.analysis
    spec: Part = {"parentRefs": [{"group": _GROUP, "kind": "Gateway", **ref} for ref in service["gatewayRefs"]]}
    if service.get("hosts"):
        spec["hostnames"] = list(service["hosts"])
    common = matches(service.get("match") or []) or [copy.deepcopy(ANY_PATH)]
    weighted = _rule(tick, common, _backends(tick, weights))
    if weights.mirrored and (analysis.iterations > 0 or not tick.settings.strict):
        mirror = {
            "type": "RequestMirror",
            "requestMirror": {"backendRef": _reference(tick, canary.canary_service_name)},
        }
        weighted["filters"] = [*weighted.get("filters", []), mirror]
    rules = [weighted]
    if analysis.match:
        weighted["matches"] = merged(matches(analysis.match), common)
        rules.append(_rule(tick, common, _backends(tick, ALL_TO_PRIMARY)[:1]))
    elif analysis.session_affinity and affine:
        rules = _with_affinity(tick, weighted, weights, primary_cookie=primary_cookie)
    return {**spec, "rules": rules}


def _rule(tick: Tick, matched: list[Part], backends: list[Part]) -> Part:
    rule: Part = {"matches": copy.deepcopy(matched), "backendRefs": backends}
    if filters(tick.canary):
        rule["filters"] = filters(tick.canary)
    timeout = tick.canary.spec.service.raw.get("timeout")
    if timeout:
        rule["timeouts"] = {"request": timeout}
    return rule


def _with_affinity(tick: Tick, weighted: Part, weights: Weights, *, primary_cookie: bool) -> list[Part]:
    cookies = affinity.cookies_for(tick, weights)
    sticky = copy.deepcopy(weighted)
    if not cookies.canary:
        if cookies.expired:
            sticky["matches"] = _with_cookie(tick, cookies.expired)
            expiry = add_header("Set-Cookie", affinity.expire(cookies.expired))
            sticky["filters"] = [*sticky.get("filters", []), expiry]
        return [sticky, weighted]
    sticky |= {"matches": _with_cookie(tick, cookies.canary), "backendRefs": _backends(tick, Weights(0, 100))}
    primary, other = weighted["backendRefs"]
    other["filters"] = [add_header("Set-Cookie", affinity.set_cookie(tick, cookies.canary))]
    if not (cookies.primary and primary_cookie):
        return [sticky, weighted]
    stay = {**copy.deepcopy(weighted), "backendRefs": _backends(tick, ALL_TO_PRIMARY)}
    stay["matches"] = _with_cookie(tick, cookies.primary)
    primary["filters"] = [add_header("Set-Cookie", affinity.set_primary_cookie(tick, cookies.primary))]
    return [sticky, stay, weighted]


def _with_cookie(tick: Tick, cookie: str) -> list[Part]:
    header = {"name": "Cookie", "type": "RegularExpression", "value": affinity.pattern(cookie)}
    return merged([{"headers": [header]}], matches(tick.canary.spec.service.raw.get("match") or []))


def _backends(tick: Tick, weights: Weights) -> list[Part]:
    canary = tick.canary
    return [
        {**_reference(tick, canary.primary_service_name), "weight": weights.primary},
        {**_reference(tick, canary.canary_service_name), "weight": weights.canary},
    ]


def _reference(tick: Tick, name: str) -> Part:
    return {"group": "", "kind": "Service", "name": name, "port": tick.canary.spec.service.port}


def _read(tick: Tick, live: Object) -> Weights:
    """From the rule that routes to both; with session affinity the last one, after those for cookies."""
    canary = tick.canary
    weights = Weights(0, 0)
    for rule in (live.get("spec") or {}).get("rules") or []:
        by_name = {each.get("name"): int(each.get("weight") or 0) for each in rule.get("backendRefs") or []}
        if canary.canary_service_name in by_name:
            mirrored = any(_mirrors_to(each, canary.canary_service_name) for each in rule.get("filters") or [])
            primary, other = by_name.get(canary.primary_service_name, 0), by_name[canary.canary_service_name]
            weights = Weights(primary, other, mirrored=mirrored)
    return weights


def _mirrors_to(given: Object, name: str) -> bool:
    return ((given.get("requestMirror") or {}).get("backendRef") or {}).get("name") == name


def _kept(tick: Tick, live: Object) -> Weights:
    weights = _read(tick, live)
    return weights if weights.primary + weights.canary == 100 else ALL_TO_PRIMARY


def _essence(tick: Tick, spec: Object) -> Part:
    """A spec without what a change of weights sets: weights, mirroring to the canary, cookies."""
    plain: Part = copy.deepcopy(dict(spec))
    rules: list[Part] = []
    for rule in plain.get("rules") or []:
        headers = [each for match in rule.get("matches") or [] for each in match.get("headers") or []]
        cookie = tick.canary.spec.analysis.session_affinity
        if cookie and any(each.get("name") == "Cookie" for each in headers):
            continue
        kept = [f for f in rule.get("filters") or [] if not _mirrors_to(f, tick.canary.canary_service_name)]
        rule = {**rule, "filters": kept}
        for backend in rule.get("backendRefs") or []:
            backend.pop("weight", None)
            if cookie:
                backend.pop("filters", None)
        if rule not in rules:
            rules.append(rule)
    return {**{key: value for key, value in plain.items() if value}, "rules": rules}


def _name(tick: Tick) -> str:
    return f"{_KIND} {tick.canary.apex_name}.{tick.canary.namespace}"
