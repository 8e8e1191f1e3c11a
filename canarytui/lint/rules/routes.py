"""Routes of users that lead to a canary, or past it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import BackendReference, Entrance, TrafficProvider
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text
from canarytui.lint.check import LintCheck, LintedObject, Problem, provider_check, traffic_provider
from canarytui.lint.manifests import group_of, may_share

BYPASSES = Rule("route-bypasses-canary", Severity.ERROR, "A route leads past the split: no user gets the canary.")
FIGHTS = Rule(
    "route-fights-controller", Severity.WARNING, "An object here has the name of the one that splits the traffic."
)
UNKNOWN_BACKEND = Rule("route-to-unknown-service", Severity.ERROR, "A route names something that nobody makes.")
INGRESS_WITHOUT_APEX = Rule(
    "ingress-without-apex", Severity.ERROR, "The canary's Ingress does not lead to its Service."
)
INGRESS_WITHOUT_ANNOTATIONS = Rule(
    "ingress-without-annotations",
    Severity.ERROR,
    "The canary's Ingress has no annotations: Flagger panics.",
)


_LEFT_ALONE = "kustomize.toolkit.fluxcd.io/reconcile"


def _entrances_like(linted: LintedObject) -> list[Entrance]:
    """How a route of this kind is read."""
    kind, group = linted.obj.get("kind"), group_of(linted.obj)
    return [
        entrance
        for entrance in registry.entrances()
        if any(each.kind == kind and each.group == group for each in entrance.resources)
    ]


def _leading(canaries: Iterable[Canary], linted: LintedObject) -> Iterator[tuple[Canary, TrafficProvider, Entrance]]:
    """Those of the canaries that a route like this one could lead to, and how it would."""
    entrances = _entrances_like(linted)
    for canary in canaries:
        provider = traffic_provider(canary, linted.options)
        for entrance in provider.entrances if provider is not None else ():
            if provider is not None and entrance in entrances:
                yield canary, provider, entrance


def _is_the_controllers(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> bool:
    own = any(
        linted.name in each.names(canary) and linted.obj.get("kind") == each.resource.kind for each in provider.objects
    )
    return own or _is_marked(linted)


def _backends(entrance: Entrance, linted: LintedObject) -> list[BackendReference]:
    return entrance.backends(linted.spec) if entrance.backends is not None else []


def _bypasses(linted: LintedObject) -> Iterator[Problem]:
    reported: set[str] = set()
    names = {backend.name for entrance in _entrances_like(linted) for backend in _backends(entrance, linted)}
    about = {id(each): each for name in names for each in linted.manifests.canaries_about(name, linted.namespace)}
    for canary, provider, entrance in _leading(about.values(), linted):
        if _is_the_controllers(canary, provider, linted):
            continue
        for backend in _backends(entrance, linted):
            if backend.path in reported or not may_share(backend.namespace, canary.namespace):
                continue
            to_apex = backend.name == canary.apex_name and backend.kind != entrance.leads_by
            if (to_apex and not _splits_at_service(canary)) or backend.name == canary.primary_service_name:
                reported.add(backend.path)
                yield Problem(
                    backend.path,
                    f"It sends requests to {backend.kind} {clean(backend.name, 60)}, which always leads to the primary:"
                    f" what comes this way never reaches the canary {canary.name}, and its checks see nothing of it.",
                    f"Name {canary.apex_name}."
                    if entrance.leads_by == "Service"
                    else f"Name {canary.apex_name} with kind: {entrance.leads_by}."
                    if entrance.leads_by
                    else f"Remove this route: the controller writes {provider.split.object.resource.kind}"
                    f" {canary.apex_name} itself, with spec.service.hosts and gatewayRefs."
                    if provider.split is not None
                    else "Name the apex.",
                )


def _splits_at_service(canary: Canary) -> bool:
    """Whether a mesh splits what is sent to the apex Service, wherever it comes from."""
    return any(each.get("kind") == "Service" for each in as_mappings(canary.spec.service.raw.get("gatewayRefs")))


def _fights(linted: LintedObject) -> Iterator[Problem]:
    if _is_marked(linted):
        return
    kind, group = linted.obj.get("kind"), group_of(linted.obj)
    for canary in linted.manifests.canaries_about(linted.name, linted.namespace):
        provider = traffic_provider(canary, linted.options)
        split = provider.split if provider is not None else None
        if split is None or provider is None or provider.target is not None:
            continue
        if not any(each.kind == kind and each.group == group for each in split.resources):
            continue
        if linted.name in split.object.names(canary):
            yield Problem(
                "metadata.name",
                f"The controller writes {split.object.resource.kind} {clean(linted.name, 60)} for canary {canary.name}:"
                " each apply of this one sets its weights and fields back, in the middle of a rollout too.",
                "Remove this object, or give it another name.",
            )


def _is_marked(linted: LintedObject) -> bool:
    """Whether a controller has written the object already: it owns it, or has told Flux to leave it alone."""
    metadata = as_mapping(linted.obj.get("metadata"))
    owned = any(owner.get("kind") == "Canary" for owner in as_mappings(metadata.get("ownerReferences")))
    return owned or as_mapping(metadata.get("annotations")).get(_LEFT_ALONE) == "disabled"


def _unknown(linted: LintedObject) -> Iterator[Problem]:
    special = [each for each in _entrances_like(linted) if each.leads_by not in ("", "Service")]
    backends = [each for entrance in special for each in _backends(entrance, linted) if each.kind == entrance.leads_by]
    about = linted.manifests.canaries_about
    backends = [
        each
        for each in backends
        if not any(canary.apex_name == each.name for canary in about(each.name, linted.namespace))
    ]
    if not backends:
        return
    known: dict[str, set[str]] = {}
    for canary, _, entrance in _leading(linted.manifests.canaries_beside(linted.namespace), linted):
        known.setdefault(entrance.leads_by, set()).add(canary.apex_name)
    for backend in backends:
        if backend.kind not in known:
            continue
        if linted.manifests.named(backend.kind, backend.name, backend.namespace or linted.namespace) is not None:
            continue
        if "@" in backend.name or (backend.namespace and backend.namespace != linted.namespace):
            continue
        close = difflib.get_close_matches(backend.name, sorted(known[backend.kind]), 1, 0.4)
        yield Problem(
            backend.path,
            f"No canary makes a {backend.kind} {clean(backend.name, 60)}, and none is in these documents: the gateway"
            " drops the route.",
            f"Did you mean {close[0]}?" if close else f"Name one of: {', '.join(sorted(known[backend.kind]))}.",
        )


def _ingress(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> KubernetesObject | None:
    if not canary.spec.ingress_name or "spec.ingressRef.name" not in provider.needs:
        return None
    return linted.manifests.named("Ingress", canary.spec.ingress_name, canary.namespace)


def _without_apex(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    ingress = _ingress(canary, provider, linted)
    entrance = next((each for each in provider.entrances if each.backends is not None), None)
    if ingress is None or entrance is None or entrance.backends is None:
        return
    names = [backend.name for backend in entrance.backends(as_mapping(ingress.get("spec"))) if backend.name]
    if names and canary.apex_name not in names:
        yield Problem(
            "spec.ingressRef",
            f"Ingress {canary.spec.ingress_name} leads to"
            f" {', '.join(clean(name, 60) for name in dict.fromkeys(names))}, not to"
            f" {canary.apex_name}: the canary never gets traffic.",
            f"Make {canary.apex_name} a backend of the Ingress, or set spec.service.name.",
        )


def _without_annotations(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    ingress = _ingress(canary, provider, linted)
    if ingress is not None and provider.copies_annotations:
        metadata = as_mapping(ingress.get("metadata"))
        if not as_mapping(metadata.get("annotations")):
            yield Problem(
                "spec.ingressRef",
                f"Ingress {as_text(metadata.get('name'))} has no annotations: Flagger panics when it writes one to its"
                " copy, at every tick, and handles no canary any more.",
                "Give the Ingress an annotation, whichever.",
            )


def _route_kinds() -> tuple[str, ...]:
    entrances = [each for provider in registry.providers() for each in provider.entrances if each.backends is not None]
    return tuple(dict.fromkeys(resource.kind for entrance in entrances for resource in entrance.resources))


def _split_kinds() -> tuple[str, ...]:
    splits = (each.split for each in registry.providers() if each.split is not None)
    return tuple(dict.fromkeys(resource.kind for split in splits for resource in split.resources))


CHECKS = (
    LintCheck(BYPASSES, _route_kinds(), _bypasses),
    LintCheck(FIGHTS, _split_kinds(), _fights),
    LintCheck(UNKNOWN_BACKEND, _route_kinds(), _unknown),
    provider_check(INGRESS_WITHOUT_APEX, _without_apex),
    provider_check(INGRESS_WITHOUT_ANNOTATIONS, _without_annotations),
)
