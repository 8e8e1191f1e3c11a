"""Gateway API: a route with weighted backends. The Gateways (``service.gatewayRefs``) are the user's.

Deviations from Flagger unless strict: a repair keeps live weights, and weight canaries can be mirrored, too.
"""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.traffic.gatewayapi import (
    GROUP,
    GRPC_ROUTES,
    HTTP_ROUTES,
    ROUTE_ANNOTATION,
    ROUTE_KINDS,
    route_kind,
)
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers import affinity
from canarytui.engine.routers.base import require_valid
from canarytui.engine.routers.gatewayapi_dialects import RouteDialect
from canarytui.engine.routers.gatewayapi_filters import Part, add_header, merged
from canarytui.engine.routers.services import apex_metadata
from canarytui.engine.workloads.base import owned_by, owner_reference

_CALLER = "router/gateway_api.go"


class GatewayApiRouter:
    """See :class:`canarytui.engine.routers.base.Router`."""

    def __init__(self, dialect: RouteDialect) -> None:
        self._dialect = dialect
        self._kind = f"{dialect.resource.kind}.{dialect.resource.version}"

    def reconcile(self, tick: Tick) -> Decision[None]:
        if not tick.canary.spec.service.raw.get("gatewayRefs"):
            raise EndTick("GatewayRefs must be specified when using Gateway API as a provider.")
        refusal = self._dialect.refusal(tick.canary) or ("" if tick.settings.strict else self._wrong_route(tick))
        if refusal:
            raise EndTick(refusal)
        yield from settle(lambda: self._reconcile(tick), self._name(tick))

    def _wrong_route(self, tick: Tick) -> str:
        """An annotation that names no kind of route, or a route of the other kind that the canary had before."""
        canary, wanted = tick.canary, route_kind(tick.canary)
        if wanted not in ("", *ROUTE_KINDS):
            kinds = " or ".join(ROUTE_KINDS)
            return f"annotation {ROUTE_ANNOTATION} of canary {canary.full_name} is {wanted}: write {kinds}"
        if self._dialect.resource != GRPC_ROUTES:
            if wanted != GRPC_ROUTES.kind:
                return ""
            request = f"canary {canary.full_name} wants a GRPCRoute"
            return f"{request}, which provider {tick.provider} has not: use gatewayapi:v1"
        before = tick.cluster_view.get(HTTP_ROUTES.kind_names[-1], canary.namespace, canary.apex_name)
        if before is None or not owned_by(before, canary):
            return ""
        name = f"{canary.apex_name} -n {canary.namespace}"
        return (
            f"canary {canary.full_name} wants a GRPCRoute and still has an HTTPRoute: kubectl delete httproute {name}"
        )

    def _reconcile(self, tick: Tick) -> Decision[bool]:
        canary = tick.canary
        labels, annotations = apex_metadata(tick)
        spec = self._spec(tick, ALL_TO_PRIMARY, affine=False)
        live = tick.cluster_view.get(self._kind, canary.namespace, canary.apex_name)
        if live is None:
            metadata: dict[str, Any] = {"name": canary.apex_name, "namespace": canary.namespace}
            metadata |= {"labels": labels} if labels else {}
            metadata |= {"annotations": annotations, "ownerReferences": [owner_reference(canary)]}
            routes = self._dialect.resource
            yield Create({"apiVersion": routes.api_version, "kind": routes.kind, "metadata": metadata, "spec": spec})
            yield Log(f"{self._name(tick)} created", _CALLER)
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
            changed["spec"] = spec if tick.settings.strict else self._spec(tick, _kept(tick, live))
        yield Replace(changed)
        yield Log(f"{self._name(tick)} updated", _CALLER)
        return True

    def read_weights(self, tick: Tick) -> Weights:
        live = self._live(tick)
        if self._dialect.gated:
            self._require_accepted(tick, live)
        return _read(tick, live)

    def set_weights(self, tick: Tick, weights: Weights) -> Decision[None]:
        if not tick.settings.strict:  # Flagger writes 0/0
            require_valid(tick, weights)
        yield from settle(lambda: self._set(tick, weights), self._name(tick))

    def _set(self, tick: Tick, weights: Weights) -> Decision[bool]:
        live = self._live(tick)
        spec = self._spec(tick, weights)
        if spec != live.get("spec"):
            yield Replace({**live, "spec": spec})
        return True

    def finalise(self, tick: Tick) -> Decision[None]:
        yield from ()

    def _live(self, tick: Tick) -> KubernetesObject:
        live = tick.cluster_view.get(self._kind, tick.canary.namespace, tick.canary.apex_name)
        if live is None:
            missing = f'{self._dialect.resource.full_name} "{tick.canary.apex_name}" not found'
            raise EndTick(f"{self._name(tick)} get error: {missing}")
        return live

    def _require_accepted(self, tick: Tick, live: KubernetesObject) -> None:
        """Raises EndTick until every Gateway that has answered accepts the route as it is now.

        An answer counts whose parentRef equals the spec's in every field, as Flagger compares them.
        """
        generation = int(live["metadata"].get("generation") or 0)
        wanted = (live.get("spec") or {}).get("parentRefs") or []
        for parent in (live.get("status") or {}).get("parents") or []:
            if parent.get("parentRef") not in wanted:
                continue
            found = [each for each in parent.get("conditions") or [] if each.get("type") == "Accepted"]
            accepted = found and found[0].get("status") == "True"
            if not accepted or int(found[0].get("observedGeneration") or 0) < generation:
                name = parent["parentRef"].get("name")
                why = f": {found[0].get('reason')}" if found and not accepted else ""
                raise EndTick(f"{self._name(tick)} parent {name} is not ready{why}")

    def _spec(self, tick: Tick, weights: Weights, *, affine: bool = True) -> Part:
        canary = tick.canary
        service, analysis = canary.spec.service.raw, canary.spec.analysis
        spec: Part = {"parentRefs": [{"group": GROUP, "kind": "Gateway", **ref} for ref in service["gatewayRefs"]]}
        if service.get("hosts"):
            spec["hostnames"] = list(service["hosts"])
        dialect = self._dialect
        common = dialect.matches(service.get("match") or []) or copy.deepcopy(list(dialect.everything))
        weighted = self._rule(tick, common, _backends(tick, weights))
        if weights.mirrored and (analysis.iterations > 0 or not tick.settings.strict):
            mirror = {
                "type": "RequestMirror",
                "requestMirror": {"backendRef": _reference(tick, canary.canary_service_name)},
            }
            weighted["filters"] = [*weighted.get("filters", []), mirror]
        rules = [weighted]
        if analysis.match:
            weighted["matches"] = merged(dialect.matches(analysis.match), common)
            rules.append(self._rule(tick, common, _backends(tick, ALL_TO_PRIMARY)[:1]))
        elif analysis.session_affinity and affine:
            rules = self._with_affinity(tick, weighted, weights)
        return {**spec, "rules": rules}

    def _rule(self, tick: Tick, matched: list[Part], backends: list[Part]) -> Part:
        filters, timeouts = self._dialect.filters(tick.canary), self._dialect.timeouts(tick.canary)
        return {
            **({"matches": copy.deepcopy(matched)} if matched else {}),
            "backendRefs": backends,
            **({"filters": filters} if filters else {}),
            **({"timeouts": timeouts} if timeouts else {}),
        }

    def _with_affinity(self, tick: Tick, weighted: Part, weights: Weights) -> list[Part]:
        cookies = affinity.cookies_for(tick, weights)
        sticky = copy.deepcopy(weighted)
        if not cookies.canary:
            if cookies.expired:
                sticky["matches"] = self._with_cookie(tick, cookies.expired)
                expiry = add_header("Set-Cookie", affinity.expire(cookies.expired))
                sticky["filters"] = [*sticky.get("filters", []), expiry]
            return [sticky, weighted]
        sticky |= {"matches": self._with_cookie(tick, cookies.canary), "backendRefs": _backends(tick, Weights(0, 100))}
        primary, other = weighted["backendRefs"]
        other["filters"] = [add_header("Set-Cookie", affinity.set_cookie(tick, cookies.canary))]
        if not (cookies.primary and self._dialect.primary_cookie):
            return [sticky, weighted]
        stay = {**copy.deepcopy(weighted), "backendRefs": _backends(tick, ALL_TO_PRIMARY)}
        stay["matches"] = self._with_cookie(tick, cookies.primary)
        primary["filters"] = [add_header("Set-Cookie", affinity.set_primary_cookie(tick, cookies.primary))]
        return [sticky, stay, weighted]

    def _with_cookie(self, tick: Tick, cookie: str) -> list[Part]:
        header = {"name": "Cookie", "type": "RegularExpression", "value": affinity.pattern(cookie)}
        common = self._dialect.matches(tick.canary.spec.service.raw.get("match") or [])
        return merged([{"headers": [header]}], common)

    def _name(self, tick: Tick) -> str:
        return f"{self._dialect.resource.kind} {tick.canary.apex_name}.{tick.canary.namespace}"


def _backends(tick: Tick, weights: Weights) -> list[Part]:
    canary = tick.canary
    return [
        {**_reference(tick, canary.primary_service_name), "weight": weights.primary},
        {**_reference(tick, canary.canary_service_name), "weight": weights.canary},
    ]


def _reference(tick: Tick, name: str) -> Part:
    return {"group": "", "kind": "Service", "name": name, "port": tick.canary.spec.service.port}


def _read(tick: Tick, live: KubernetesObject) -> Weights:
    """From the rule that routes to both; with session affinity the last one, after those for cookies."""
    canary = tick.canary
    weights = Weights(0, 0)
    missing = 0 if tick.settings.strict else 1  # what the Gateway API takes it for
    for rule in (live.get("spec") or {}).get("rules") or []:
        by_name = {each.get("name"): int(each.get("weight", missing) or 0) for each in rule.get("backendRefs") or []}
        if canary.canary_service_name in by_name:
            mirrored = any(_mirrors_to(each, canary.canary_service_name) for each in rule.get("filters") or [])
            primary, other = by_name.get(canary.primary_service_name, 0), by_name[canary.canary_service_name]
            weights = Weights(primary, other, mirrored=mirrored)
    return weights if tick.settings.strict else weights.as_shares()


def _mirrors_to(given: KubernetesObject, name: str) -> bool:
    return ((given.get("requestMirror") or {}).get("backendRef") or {}).get("name") == name


def _kept(tick: Tick, live: KubernetesObject) -> Weights:
    weights = _read(tick, live)
    return weights if weights.primary + weights.canary == 100 else ALL_TO_PRIMARY


def _essence(tick: Tick, spec: KubernetesObject) -> Part:
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
