"""Which fields of an object decide whether a plan still means what the person saw.

During a rollout an object is written at every tick, so a new resourceVersion says little. These fields tell the
controller's bookkeeping from a change by somebody else. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from canarytui.domain.sentences import objects
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, parse_time

_MOST = 3


def relevant_fields(plural: str, obj: Mapping[str, Any]) -> dict[str, Any]:
    """A canary's spec, phase and whether a rollback was requested; a workload's pod template; a router object's
    spec, and the annotations of an Ingress, which are where it splits traffic."""
    spec = as_mapping(obj.get("spec"))
    if plural == "canaries":
        status = as_mapping(obj.get("status"))
        threshold = _number(as_mapping(spec.get("analysis")).get("threshold"))
        return {
            "spec": spec,
            "status": {
                "phase": status.get("phase") or "",
                objects.ROLLBACK_ASKED.text(): _number(status.get("failedChecks")) >= max(threshold, 1),
            },
        }
    if plural in ("deployments", "daemonsets"):
        return {"spec": {"template": as_mapping(spec.get("template"))}}
    if plural == "ingresses":
        return {
            "metadata": {"annotations": as_mapping(as_mapping(obj.get("metadata")).get("annotations"))},
            "spec": spec,
        }
    return {"spec": spec}


def differences(before: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Each field that differs: ``spec.suspend false → true``."""
    for key in [*before, *(key for key in now if key not in before)]:
        old, new = before.get(key), now.get(key)
        if old == new:
            continue
        at = f"{path}.{key}" if path else str(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from differences(old, new, at)
        else:
            yield f"{clean(at, 100)} {_value(old)} → {_value(new)}"


def what_changed(plural: str, seen: Mapping[str, Any], obj: Mapping[str, Any]) -> str:
    """Who changed what since it was seen, as a sentence without its full stop; "" if nothing relevant changed."""
    found = list(differences(seen, relevant_fields(plural, obj)))
    if not found:
        return ""
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    who = last_writer(obj, found[0].startswith("status"))
    what = ", ".join(found[:_MOST]) + more
    return objects.CHANGED_BY.text(who=who, what=what) if who else objects.CHANGED_BY_SOMEBODY.text(what=what)


def last_writer(obj: Mapping[str, Any], of_status: bool) -> str:
    """The last writer's field manager and time: ``kubectl-patch (14:02:11 UTC)``; "" when managedFields do not say.
    Their times are in whole seconds: of two in the last one either may be meant, ``helm or kubectl-patch``."""
    return _latest(_writers(obj, of_status))


def owner_of_field(obj: Mapping[str, Any], name: str) -> str:
    """Who owns ``spec.<name>``, as :func:`last_writer` says it. Later writes of other fields do not change that."""
    return _latest(writer for writer, entry in _timed(obj) if f"f:{name}" in _spec_fields(entry))


def _latest(writers: Iterable[tuple[datetime, str]]) -> str:
    found = list(writers)
    at = max((at for at, _ in found), default=None)
    names = sorted({manager for each, manager in found if each == at})
    return f"{' or '.join(names)} ({at:%H:%M:%S} UTC)" if at is not None else ""


def status_manager(obj: Mapping[str, Any]) -> str:
    """The field manager that wrote the status last; "" when managedFields do not say, or list two in the same
    second."""
    written = _writers(obj, of_status=True)
    last = max((at for at, _ in written), default=None)
    names = {manager for at, manager in written if at == last}
    return names.pop() if len(names) == 1 else ""


def _writers(obj: Mapping[str, Any], of_status: bool) -> list[tuple[datetime, str]]:
    return [writer for writer, entry in _timed(obj) if (entry.get("subresource") == "status") == of_status]


def _timed(obj: Mapping[str, Any]) -> Iterator[tuple[tuple[datetime, str], Mapping[str, Any]]]:
    """(time, manager) and each entry of managedFields that has a time."""
    entries = as_mapping(obj.get("metadata")).get("managedFields")
    for entry in entries if isinstance(entries, list) else ():
        at = parse_time(as_mapping(entry).get("time"))
        if at is not None:
            yield (at, clean(entry.get("manager"), 60)), entry


def _spec_fields(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_mapping(as_mapping(entry.get("fieldsV1")).get("f:spec"))


def owns_field(obj: Mapping[str, Any], manager: str, name: str) -> bool | None:
    """Whether `manager` was the last to set ``spec.<name>``; None when managedFields do not say."""
    entries = as_mapping(obj.get("metadata")).get("managedFields")
    if not isinstance(entries, list) or not entries:
        return None
    listed = map(as_mapping, entries)
    return any(f"f:{name}" in _spec_fields(entry) and entry.get("manager") == manager for entry in listed)


def owned_since(obj: Mapping[str, Any], name: str) -> datetime | None:
    """When an owner of ``spec.<name>`` last wrote, which is not before it was set; None when managedFields do not
    say."""
    return max((at for (at, _), entry in _timed(obj) if f"f:{name}" in _spec_fields(entry)), default=None)


def _value(value: object) -> str:
    if value is None:
        return "(absent)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list):
        return "(changed)"
    return clean(value, 80) or '""'


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
