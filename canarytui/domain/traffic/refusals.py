"""What the status of a routing object says no to. Systems report it in four ways, and some not at all.

A condition about an older generation of the object is not about what it says now, and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text

_WHY_MOST = 300
_ERROR = "ERROR"
_REJECTED = ("Rejected", 2)
"""Gloo's state, by name and as older releases write it. Its state Warning is about any object of the same gateway."""


class Refusal(Struct, frozen=True):
    """`field` of the status, or the type of a condition, has this `value`: ``Accepted`` ``False``. `why` is the
    system's own reason, "" without one."""

    field: str
    value: str
    why: str


RefusalReader = Callable[[KubernetesObject], list[Refusal]]


def by_conditions(*types: str) -> RefusalReader:
    """For ``status.conditions``: those of `types` that are False."""

    def read(obj: KubernetesObject) -> list[Refusal]:
        return list(_denied(obj, as_mapping(obj.get("status")), types))

    return read


def by_parents(*types: str) -> RefusalReader:
    """For ``status.parents``, where each gateway has conditions of its own."""

    def read(obj: KubernetesObject) -> list[Refusal]:
        parents = as_mappings(as_mapping(obj.get("status")).get("parents"))
        return [each for parent in parents for each in _denied(obj, parent, types)]

    return read


def by_reporters(obj: KubernetesObject) -> list[Refusal]:
    """For Gloo: a state in ``status.statuses``, by the namespace of who reports it, or in the status itself."""
    status = as_mapping(obj.get("status"))
    reports = [status, *map(as_mapping, as_mapping(status.get("statuses")).values())]
    return [
        Refusal("state", _REJECTED[0], clean(as_text(each.get("reason")), _WHY_MOST))
        for each in reports
        if each.get("state") in _REJECTED
    ]


def by_validation(obj: KubernetesObject) -> list[Refusal]:
    """For Istio: ``status.validationMessages``, where its analysis is on."""
    status = as_mapping(obj.get("status"))
    if _is_old(obj, status):
        return []
    return [
        Refusal("validationMessages[].level", _ERROR, clean(_message(each), _WHY_MOST))
        for each in as_mappings(status.get("validationMessages"))
        if each.get("level") == _ERROR
    ]


def _message(found: KubernetesObject) -> str:
    kind = as_mapping(found.get("type"))
    parts = (kind.get("code"), kind.get("name"), found.get("documentationUrl"))
    return " ".join(filter(None, map(as_text, parts)))


def _denied(obj: KubernetesObject, holder: KubernetesObject, types: tuple[str, ...]) -> Iterator[Refusal]:
    if _is_old(obj, holder):
        return
    for condition in as_mappings(holder.get("conditions")):
        type_ = as_text(condition.get("type"))
        if type_ in types and condition.get("status") == "False" and not _is_old(obj, condition):
            # Some only point to a list of errors there.
            errors = [as_text(each.get("message")) for each in as_mappings(condition.get("errors"))]
            message = "; ".join(filter(None, errors)) or as_text(condition.get("message"))
            why = ": ".join(filter(None, (as_text(condition.get("reason")), message)))
            yield Refusal(type_, "False", clean(why, _WHY_MOST))


def _is_old(obj: KubernetesObject, report: KubernetesObject) -> bool:
    seen, now = report.get("observedGeneration"), as_mapping(obj.get("metadata")).get("generation")
    return isinstance(seen, int) and isinstance(now, int) and seen < now
