"""What the gateway says in the statuses of GatewayClasses, Gateways and HTTPRoutes, as a controller of them does.

Pure. Conditions are without ``lastTransitionTime``, which :func:`applied` keeps or sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from canarytui.sandbox.gateway.configuration import ObjectStatus
from canarytui.sandbox.gateway.httproutes.attachment import CONTROLLER, GROUP, AttachedGateway, Listener, Parent
from canarytui.sandbox.values import ReadOnlyObject

ADDRESS = "traefik.traefik.svc.cluster.local"


def of_class(obj: ReadOnlyObject) -> ObjectStatus:
    """A GatewayClass of ours: accepted."""
    accepted = _condition(obj, "Accepted", True, "Accepted", "The sandbox's gateway serves this class.")
    return _status("GatewayClass", obj, {"conditions": [accepted]})


def of_gateway(
    obj: ReadOnlyObject, gateway: AttachedGateway, attached: Callable[[AttachedGateway, str], int]
) -> ObjectStatus:
    """A Gateway of ours: programmed when at least one of its listeners is served."""
    listeners = [_listener(obj, each, attached(gateway, each.name)) for each in gateway.listeners]
    served = [each for each in gateway.listeners if each.problem is None]
    all_served = len(served) == len(gateway.listeners)
    accepted = ("Accepted", "Its listeners are served.") if all_served else (
        "ListenersNotValid", "Not all of its listeners are served: each says why.")  # fmt: skip
    programmed = ("Programmed", "It listens.") if served else ("Invalid", "None of its listeners is served.")
    conditions = [
        _condition(obj, "Accepted", bool(served), *accepted),
        _condition(obj, "Programmed", bool(served), *programmed),
    ]
    addresses = [{"type": "Hostname", "value": ADDRESS}] if served else []
    return _status("Gateway", obj, {"addresses": addresses, "conditions": conditions, "listeners": listeners})


def of_route(
    obj: ReadOnlyObject, parents: Iterable[Parent], unsupported: str, unresolved: tuple[str, str] | None
) -> ObjectStatus:
    """An HTTPRoute: one entry for each of its Gateways of ours."""
    reason, message = unresolved or ("ResolvedRefs", "All Services that it refers to exist.")
    resolved = _condition(obj, "ResolvedRefs", unresolved is None, reason, message)
    entries = []
    for parent in parents:
        why = ("UnsupportedValue", unsupported) if unsupported else (parent.reason, parent.message)
        accepted = _condition(obj, "Accepted", bool(parent.listeners) and not unsupported, *why)
        entries.append(
            {
                "parentRef": dict(parent.reference),
                "controllerName": CONTROLLER,
                "conditions": [accepted, resolved],
            }
        )
    return _status("HTTPRoute", obj, {"parents": entries})


def applied(status: ObjectStatus, live: ReadOnlyObject, now: str) -> dict[str, Any]:
    """The whole status of an object that has `live` as its status now: other controllers' parents are kept, and a
    condition that did not change keeps its time."""
    parts = dict(status.parts)
    if status.kind == "HTTPRoute":
        before = live.get("parents") or ()
        ours = [_timed_parent(each, before, now) for each in parts["parents"]]
        others = [each for each in before if each.get("controllerName") != CONTROLLER]
        return {**live, "parents": [*others, *ours]}
    if "conditions" in parts:
        parts["conditions"] = _timed(parts["conditions"], live.get("conditions") or (), now)
    if "listeners" in parts:
        by_name = {each.get("name"): each.get("conditions") or () for each in live.get("listeners") or ()}
        parts["listeners"] = [
            {**each, "conditions": _timed(each["conditions"], by_name.get(each["name"], ()), now)}
            for each in parts["listeners"]
        ]
    return {**live, **parts}


def _status(kind: str, obj: ReadOnlyObject, parts: ReadOnlyObject) -> ObjectStatus:
    metadata = obj["metadata"]
    return ObjectStatus(kind, str(metadata.get("namespace") or ""), str(metadata["name"]), parts)


def _condition(obj: ReadOnlyObject, kind: str, holds: bool, reason: str, message: str) -> dict[str, Any]:
    return {
        "type": kind,
        "status": "True" if holds else "False",
        "observedGeneration": int(obj["metadata"].get("generation") or 0),
        "reason": reason,
        "message": message,
    }


def _listener(obj: ReadOnlyObject, listener: Listener, attached: int) -> dict[str, Any]:
    served = listener.problem is None
    accepted = listener.problem or ("Accepted", "It is served.")
    programmed = listener.problem or ("Programmed", "It listens.")
    kinds_known = not listener.kinds or "HTTPRoute" in listener.kinds
    resolved = (
        ("ResolvedRefs", "It has HTTPRoutes.") if kinds_known else ("InvalidRouteKinds", "Only HTTPRoutes are served.")
    )
    return {
        "name": listener.name,
        "attachedRoutes": attached,
        "supportedKinds": [{"group": GROUP, "kind": "HTTPRoute"}] if kinds_known else [],
        "conditions": [
            _condition(obj, "Accepted", served, *accepted),
            _condition(obj, "Programmed", served, *programmed),
            _condition(obj, "ResolvedRefs", kinds_known, *resolved),
        ],
    }


def _timed_parent(parent: ReadOnlyObject, before: Iterable[ReadOnlyObject], now: str) -> dict[str, Any]:
    known: Sequence[ReadOnlyObject] = next(
        (
            each.get("conditions") or ()
            for each in before
            if each.get("controllerName") == CONTROLLER and each.get("parentRef") == parent["parentRef"]
        ),
        (),
    )
    return {**parent, "conditions": _timed(parent["conditions"], known, now)}


def _timed(conditions: Iterable[ReadOnlyObject], before: Iterable[ReadOnlyObject], now: str) -> list[dict[str, Any]]:
    known = {each.get("type"): each for each in before}
    timed = []
    for each in conditions:
        last = known.get(each["type"]) or {}
        same = last.get("status") == each["status"] and last.get("lastTransitionTime")
        timed.append({**each, "lastTransitionTime": last["lastTransitionTime"] if same else now})
    return timed
