"""The objects that split a canary's traffic: whether they are there, bear weights, and are accepted by the proxy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from canarytui.cluster.resources import SERVICES
from canarytui.doctor.examination import DoctorCheck, Examination, about, is_initialized
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic.provider import Split
from canarytui.domain.values import as_mapping, as_mappings, as_text

_SAID = frozenset(("Accepted", "ResolvedRefs", "Valid"))
"""Conditions by which proxies say whether they use a route."""


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
    split = examination.state.split(canary)
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
    found = [_refused(canary, name, *each) for each in _refusals(obj)]
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


def _refusals(obj: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(type, reason, message) of each condition of the object, and of its parents, that says no."""
    status = as_mapping(obj.get("status"))
    holders = [status, *as_mappings(status.get("parents"))]
    for condition in (each for holder in holders for each in as_mappings(holder.get("conditions"))):
        type_ = as_text(condition.get("type"))
        if type_ in _SAID and condition.get("status") == "False":
            yield type_, clean(condition.get("reason"), 60), clean(condition.get("message"), 200)


def _refused(canary: Canary, name: str, type_: str, reason: str, message: str) -> Finding:
    said = ": ".join(part for part in (reason, message) if part)
    return about(
        rules.ROUTE_NOT_ACCEPTED,
        canary,
        f"{type_} is False ({said}): the proxy does not use this route",
        "correct what the message names: parents, listeners, and the Services behind it",
        field="status",
        obj=name,
    )


async def _entrance(examination: Examination, canary: Canary) -> list[Finding]:
    record = examination.provider(canary)
    if record is None or record.split is None or not is_initialized(canary):
        return []
    split = record.split.resources
    entrances = [each for each in record.entrances if not set(each.resources) & set(split)]
    if not entrances:
        return []
    names = frozenset((canary.apex_name, f"{canary.apex_name}.{canary.namespace}"))
    for entrance in entrances:
        for resource in entrance.resources:
            space = canary.namespace if resource.namespaced else None
            read = await examination.reader.objects(resource, space)
            if read.problem:
                return []
            if any(
                entrance.read(each if entrance.whole else as_mapping(each.get("spec")), names) for each in read.items
            ):
                return []
    kinds = " or ".join(dict.fromkeys(each.kind for entrance in entrances for each in entrance.resources))
    return [
        about(
            rules.ROUTE_WITHOUT_ENTRANCE,
            canary,
            f"no {kinds} in namespace {canary.namespace} leads to {canary.apex_name}: users do not pass the split",
            f"point your {kinds} at {record.split.object.resource.kind} {canary.apex_name}",
        )
    ]


async def _routing(examination: Examination, canary: Canary) -> list[Finding]:
    return [
        *await _services(examination, canary),
        *await _split(examination, canary),
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
