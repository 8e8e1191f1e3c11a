"""The objects that split a canary's traffic: whether they are there, bear weights, and are accepted by the proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canarytui.cluster.resources import SERVICES
from canarytui.doctor.examination import DoctorCheck, Examination, about, found_on, is_initialized
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.provider import Entrance, Split
from canarytui.domain.traffic.refusals import RefusalReader
from canarytui.domain.values import as_mapping, as_text


async def _services(examination: Examination, canary: Canary) -> list[Finding]:
    record = examination.provider(canary)
    if not is_initialized(canary) or (record is not None and record.target is not None):
        return []
    found = []
    for name in (canary.apex_name, canary.primary_service_name, canary.canary_service_name):
        read = await examination.reader.object(SERVICES, canary.namespace, name)
        if read.missing:
            found.append(
                about(
                    rules.SERVICE_GONE,
                    canary,
                    f"Service {name} does not exist, and the canary is {canary.status.phase}",
                    "read the controller's log: it makes the Service again at its next tick, if it may",
                    obj=f"service/{name}",
                )
            )
    return found


async def _split(examination: Examination, canary: Canary) -> list[Finding]:
    split = examination.state.routers.split(canary)
    if split is None or not is_initialized(canary):
        return []
    place, kind = split.place(canary), split.object.resource.kind
    obj = None
    for resource in split.resources:
        read = await examination.reader.object(resource, *place)
        if read.problem:
            return []
        obj = obj or read.obj
    name = f"{kind.lower()}/{place[1]}"
    if obj is None:
        if await examination.reader.serves(split.object.resource) is False:
            return []  # said of the kind
        message = (
            f"{kind} {place[1]} does not exist, and the canary is {canary.status.phase}: nothing splits its traffic"
        )
        remedy = "read the controller's log: it writes the object at its next tick, if it may"
        return [about(rules.ROUTING_OBJECT_MISSING, canary, message, remedy, obj=name)]
    found = []
    if not _bears_weights(split, obj, canary):
        shares = split.shares(obj)
        message = (
            f"{kind} {place[1]} leads to {shares or 'neither'}, not to {canary.primary_service_name} and"
            f" {canary.canary_service_name}: weights have no effect"
        )
        remedy = "remove what else writes this object; the controller writes its backends again"
        found.append(about(rules.ROUTING_WITHOUT_WEIGHTS, canary, message, remedy, field="spec", obj=name))
    return found


def _bears_weights(split: Split, obj: Mapping[str, Any], canary: Canary) -> bool:
    """Whether the weight can be read, or nothing but one side gets traffic, as between rollouts."""
    if split.canary_percent(obj, canary) is not None:
        return True
    shares = split.shares(obj)
    return canary.primary_service_name in shares and "," not in shares


async def _refused(examination: Examination, canary: Canary) -> list[Finding]:
    """What the status of the canary's routing objects says no to, and of the users' objects that lead to it."""
    record = examination.provider(canary)
    if record is None or not is_initialized(canary):
        return []
    found = []
    for routing in record.objects:
        places = routing.places(canary) if routing.refusals is not None else ()
        resources = record.split.resources if record.split and routing is record.split.object else (routing.resource,)
        for resource in resources:
            for place in places:
                read = await examination.reader.object(resource, *place)
                found += _said(canary, resource, read.obj, routing.refusals)
    for entrance in record.entrances:
        past = entrance.backends is not None and not entrance.leads_by  # no way to the split
        leading = await _leading(examination, canary, entrance) if entrance.refusals is not None and not past else None
        for resource, obj in leading or ():
            found += _said(canary, resource, obj, entrance.refusals)
    return list(dict.fromkeys(found))


def _said(
    canary: Canary, resource: Resource, obj: Mapping[str, Any] | None, refusals: RefusalReader | None
) -> list[Finding]:
    if obj is None or refusals is None:
        return []
    metadata = as_mapping(obj.get("metadata"))
    name, space = as_text(metadata.get("name")), as_text(metadata.get("namespace")) or canary.namespace
    return [
        found_on(
            rules.ROUTE_NOT_ACCEPTED,
            f"{resource.kind.lower()}/{name}",
            space,
            "status",
            f"{refusal.field} is {refusal.value}{f' ({refusal.why})' if refusal.why else ''}: it is not in effect as it"
            " is written",
            f"correct what the status names; kubectl -n {space} describe {resource.full_name} {name} shows all of it",
        )
        for refusal in refusals(obj)
    ]


async def _leading(
    examination: Examination, canary: Canary, entrance: Entrance
) -> list[tuple[Resource, Mapping[str, Any]]] | None:
    """The objects by which users get to the canary: those in its namespace, else in others; None where that is not
    known."""
    for space in dict.fromkeys((canary.namespace, None)):
        found = []
        for resource in entrance.resources:
            read = await examination.reader.objects(resource, space if resource.namespaced else None)
            if read.problem:
                return None
            found += [(resource, each) for each in read.items if _leads(entrance, each, canary)]
        if found:
            return found
    return []


def _leads(entrance: Entrance, obj: Mapping[str, Any], canary: Canary) -> bool:
    names = frozenset((canary.apex_name, f"{canary.apex_name}.{canary.namespace}"))
    spec = as_mapping(obj.get("spec"))
    if not entrance.read(obj if entrance.whole else spec, names):
        return False
    space = as_text(as_mapping(obj.get("metadata")).get("namespace"))
    return space in ("", canary.namespace) or _mentions(spec, canary)


def _mentions(value: object, canary: Canary) -> bool:
    """Whether something refers to the canary's namespace, as it has to from another one."""
    if isinstance(value, str):
        return value == canary.namespace or f"{value}.".startswith(f"{canary.apex_name}.{canary.namespace}.")
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(_mentions(each, canary) for each in parts)


async def _entrance(examination: Examination, canary: Canary) -> list[Finding]:
    record = examination.provider(canary)
    if record is None or record.split is None or not is_initialized(canary):
        return []
    split = record.split.resources
    entrances = [each for each in record.entrances if not set(each.resources) & set(split)]
    if not entrances:
        return []
    for entrance in entrances:
        leading = await _leading(examination, canary, entrance)
        if leading is None or leading:
            return []
    kinds = " or ".join(dict.fromkeys(each.kind for entrance in entrances for each in entrance.resources))
    return [
        about(
            rules.ROUTE_WITHOUT_ENTRANCE,
            canary,
            f"no {kinds} leads to {canary.apex_name} in namespace {canary.namespace}: users do not pass the split",
            f"point your {kinds} at {record.split.object.resource.kind} {canary.apex_name}",
        )
    ]


async def _routing(examination: Examination, canary: Canary) -> list[Finding]:
    return [
        *await _services(examination, canary),
        *await _split(examination, canary),
        *await _refused(examination, canary),
        *await _entrance(examination, canary),
    ]


CHECK = DoctorCheck(
    "routing",
    (
        rules.SERVICE_GONE,
        rules.ROUTING_OBJECT_MISSING,
        rules.ROUTING_WITHOUT_WEIGHTS,
        rules.ROUTE_NOT_ACCEPTED,
        rules.ROUTE_WITHOUT_ENTRANCE,
    ),
    _routing,
)
