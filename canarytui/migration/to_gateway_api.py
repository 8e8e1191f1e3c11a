"""A canary of another provider as a canary of the Gateway API, whose HTTPRoute Flagger makes of the Canary."""

from __future__ import annotations

import copy
from typing import Any

from msgspec import Struct

from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.gatewayapi import GROUP, V1
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.values import as_mapping, as_mappings
from canarytui.errors import ConfigError
from canarytui.migration import from_nginx
from canarytui.migration.check_sources import check_notes, kept_checks, load_notes
from canarytui.migration.counterparts import FieldNote, note
from canarytui.migration.gateway_runbook import gateway_runbook, in_progress
from canarytui.migration.gateways import ParentChoice, choose_gateway
from canarytui.migration.istio_terms import gateway_matches, service_in_gateway_terms, uses_regex
from canarytui.migration.manifests import applicable, require_names
from canarytui.migration.objects import ObjectSet
from canarytui.migration.route_draft import RouteDraft, RouteSource
from canarytui.migration.runbook import Migration
from canarytui.migration.sources import MigrationSource, movable, source_of

_INSIDE = (
    "splits requests between pods, too; a route of a Gateway splits those that come through it, and the others reach "
    "the primary alone. In another mesh with the Gateway API use --mesh"
)
_FORMER_REFERENCES = ("ingressRef", "routeRef", "upstreamRef")


class GatewayWishes(Struct, frozen=True):
    """What a person said: the former provider, where the Canary names none; the parent, as a gatewayRef, or with
    `mesh` the Service itself."""

    provider: str = ""
    gateway: dict[str, Any] | None = None
    mesh: bool = False


def to_gateway_api(canary: Canary, objects: ObjectSet, wishes: GatewayWishes) -> Migration:
    """Raises ConfigError: the canary's provider is not known, or cannot be left this way."""
    require_names(canary)
    record, source = _source(canary, wishes)
    given = RouteSource(canary, record, objects)
    draft = source.read(given)
    spec: dict[str, Any] = copy.deepcopy(dict(as_mapping(canary.raw.get("spec"))))
    for field in _FORMER_REFERENCES:
        if spec.pop(field, None):
            draft.changed.append(note(canary.raw, f"spec.{field}", None, "removed: the Gateway API does not read it"))
    fields, missing, changed = service_in_gateway_terms(canary.raw, source.honoured, record.title)
    draft.missing += missing
    draft.changed += changed
    service = {**as_mapping(spec.get("service")), **fields, **draft.service}
    hosts = draft.hosts if draft.hosts is not None else tuple(service.get("hosts") or ())
    parents = _parents(canary, objects, source, draft, wishes, hosts)
    if _attaches_to_service(parents) and hosts:
        draft.changed.append(note(canary.raw, "spec.service.hosts", None, "left out: a Service as parent has no hosts"))
        hosts = ()
    service |= {"hosts": list(hosts) or None, "gatewayRefs": [dict(each) for each in parents.refs]}
    from_nginx.with_parents(given, draft, [dict(each) for each in parents.refs], parents.plain)
    spec["service"] = {key: value for key, value in service.items() if value is not None}
    spec["provider"] = V1.name
    _analysis(canary, record, source, draft, spec)
    draft.missing += check_notes(canary.raw, record, objects, kept=source.measures)
    if refused := _refused_rewrite(spec):
        draft.decide.append(refused)
    if not _attaches_to_service(parents):
        draft.changed += load_notes(canary)
        if source.inside:
            draft.missing.append(note(canary.raw, "spec.provider", record.name, _INSIDE))
    made = applicable({**canary.raw, "spec": spec})
    if uses_regex([*as_mappings(spec["service"].get("match")), *as_mappings(spec["analysis"].get("match"))]):
        draft.decide.append(
            "It needs regular expressions in matches, which a Gateway may have or not: see its supportedFeatures, and "
            "try these matches before traffic moves."
        )
    return Migration(
        subject=f"Canary {clean(canary.name, 253)} in namespace {clean(canary.namespace, 63)}",
        way=f"{record.title} to the {V1.title} (spec.provider: {V1.name})",
        manifests=(made, *draft.extra),
        runbook=gateway_runbook(canary, record, draft, parents),
        decide=(*in_progress(canary), *objects.unread, *parents.decide, *draft.decide),
        missing=_unique(draft.missing),
        changed=_unique(draft.changed),
    )


def _source(canary: Canary, wishes: GatewayWishes) -> tuple[TrafficProvider, MigrationSource]:
    name, of = canary.spec.provider or wishes.provider, f"Canary {canary.namespace}/{canary.name}"
    if not name:
        raise ConfigError(f"{of} has no spec.provider: say with --from which one its controller takes.")
    record = registry.named(name)
    if record is None:
        raise ConfigError(f"{of} has the unknown provider {clean(name, 60)}: known are {', '.join(movable())}.")
    if record.name == V1.name:
        raise ConfigError(f"{of} has provider {V1.name} already: there is nothing to migrate.")
    source = source_of(record)
    if source is None:
        why = "its target splits the traffic itself" if record.target is not None else "it splits no traffic"
        raise ConfigError(
            f"{of} has provider {record.name}, which has nothing to migrate ({why}): for weights by the Gateway API "
            f"set spec.provider: {V1.name} and spec.service.gatewayRefs."
        )
    return record, source


def _parents(
    canary: Canary,
    objects: ObjectSet,
    source: MigrationSource,
    draft: RouteDraft,
    wishes: GatewayWishes,
    hosts: tuple[str, ...],
) -> ParentChoice:
    if wishes.gateway is not None:
        return ParentChoice((wishes.gateway,))
    if kept := as_mappings(canary.spec.service.raw.get("gatewayRefs")):
        return ParentChoice(tuple(dict(each) for each in kept))
    if wishes.mesh or draft.in_mesh or source.mesh_group is not None:
        group = source.mesh_group if source.mesh_group is not None else ""
        name, port = canary.apex_name, canary.spec.service.port
        ref = {"group": group, "kind": "Service", "name": name, "namespace": canary.namespace, "port": port}
        return ParentChoice((ref,))
    return choose_gateway(objects, canary.namespace, hosts, secured=draft.secured)


def _refused_rewrite(spec: dict[str, Any]) -> str:
    """That the API server refuses the HTTPRoute because of its rewrite; "" where it does not."""
    rewrite = as_mapping(spec["service"].get("rewrite"))
    paths = as_mappings(spec["service"].get("match"))
    count = max(len(paths), 1) * max(len(as_mappings(as_mapping(spec.get("analysis")).get("match"))), 1)
    prefixes = all(as_mapping(each.get("uri")).get("prefix") for each in paths)
    if rewrite.get("type") != "ReplacePrefixMatch" or (count == 1 and prefixes):
        return ""
    return (
        "The API server refuses the HTTPRoute: spec.service.rewrite replaces a prefix, which needs exactly one match "
        f"by prefix, and there are {count}. Leave one path and one header, or let the application serve the whole path "
        "and remove the rewrite."
    )


def _attaches_to_service(parents: ParentChoice) -> bool:
    return all(each.get("group", GROUP) != GROUP for each in parents.refs)


def _analysis(
    canary: Canary, record: TrafficProvider, source: MigrationSource, draft: RouteDraft, spec: dict[str, Any]
) -> None:
    analysis: dict[str, Any] = spec["analysis"]
    raw = canary.raw
    if analysis.get("match"):
        if not record.matches:
            draft.changed.append(
                note(raw, "spec.analysis.match", analysis.pop("match"), f"left out: {record.title} ignores it, an "
                     "HTTPRoute would not")
            )  # fmt: skip
        else:
            given = draft.match if draft.match is not None else as_mappings(analysis["match"])
            matches, missing = gateway_matches(raw, "spec.analysis.match", given)
            draft.missing += missing
            if matches:
                analysis["match"] = matches
            else:
                del analysis["match"]
                draft.decide.append("No match of the A/B test is left: what remains is blue/green.")
    _mirror(canary, record, draft, analysis)
    if analysis.get("sessionAffinity") and not record.keeps_sessions:
        draft.changed.append(
            note(raw, "spec.analysis.sessionAffinity", analysis.pop("sessionAffinity"), f"left out: {record.title} "
                 "ignores it, an HTTPRoute would not")
        )  # fmt: skip
    elif draft.session_affinity and not canary.spec.analysis.iterations:
        analysis["sessionAffinity"] = draft.session_affinity
    kept = kept_checks(canary, record) if source.measures else None
    if kept is not None:
        analysis["metrics"], notes = kept
        draft.changed += notes


def _mirror(canary: Canary, record: TrafficProvider, draft: RouteDraft, analysis: dict[str, Any]) -> None:
    weight = analysis.pop("mirrorWeight", None)
    if not analysis.get("mirror"):
        return
    if not record.mirrors:
        text = f"left out: {record.title} ignores it, an HTTPRoute would not"
        draft.changed.append(note(canary.raw, "spec.analysis.mirror", analysis.pop("mirror"), text))
    elif not canary.spec.analysis.iterations:
        text = "left out: Flagger mirrors by an HTTPRoute only with iterations, and would never take the first step"
        draft.missing.append(note(canary.raw, "spec.analysis.mirror", analysis.pop("mirror"), text))
    elif weight:
        text = "an HTTPRoute mirrors all requests"
        draft.missing.append(note(canary.raw, "spec.analysis.mirrorWeight", weight, text))


def _unique(notes: list[FieldNote]) -> tuple[FieldNote, ...]:
    return tuple(dict.fromkeys(notes))
