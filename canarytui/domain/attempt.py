"""Whether a canary's status speaks of the target as it is now, or still of an earlier revision.

A canary says Succeeded until its controller has noticed the next image, which takes up to an interval: whoever
waits for the end of a rollout must not take the last one's for it. Our controller records a fingerprint that can be
compared; Flagger's depends on the layout of Go structures, so there the primary, which is a copy of what was
promoted, and the moment at which the target's template was last written, tell.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from canarytui.domain.canary import Canary
from canarytui.domain.facts import parse_time
from canarytui.domain.phases import ACTIVE, Phase
from canarytui.domain.revision import is_foreign, spec_hash

_PRIMARY = "-primary"
_ADDED = ("flagger-id",)
_FLUX = "toolkit.fluxcd.io/"
_NOWHERE = "flagger.app/scale-to-zero"
_FOR_PRIMARY = ("affinity", "topologySpreadConstraints")


class Stage(StrEnum):
    """Where the target's present revision stands."""

    NOT_BEGUN = "not begun"
    """The controller has not taken it up; what the status says is about an earlier one."""
    UNDER_WAY = "under way"
    PROMOTED = "promoted"
    FAILED = "failed"
    """Rolled back, or not promoted for another reason."""
    TAKEN_BACK = "taken back"
    """Another one failed, and the target is again as it was promoted: no rollout is needed."""


def stage(
    canary: Canary,
    target: Mapping[str, Any] | None,
    primary: Mapping[str, Any] | None,
    changed: datetime | None = None,
) -> tuple[Stage, bool]:
    """(stage, whether that is known for sure) of the target's present revision.

    `target` and `primary` are the workloads as the API gave them, None when unknown; `changed` is when the target's
    template was last written, where that is known (see :func:`template_written`). Not sure: there is too little to
    tell an earlier revision's end from this one's, and the status is taken at its word.
    """
    phase = canary.status.phase
    if phase in ACTIVE or phase not in (Phase.INITIALIZED, Phase.SUCCEEDED, Phase.FAILED):
        return Stage.UNDER_WAY, True
    ended = Stage.FAILED if phase is Phase.FAILED else Stage.PROMOTED
    template = template_of(target)
    if template is None:
        return ended, False
    applied = canary.status.last_applied_spec
    if applied and not is_foreign(applied):
        return _by_fingerprint(canary, template, ended), True
    if template_of(primary) is not None:
        same = same_revision(target, primary)
        if ended is Stage.PROMOTED:
            return (ended if same else Stage.NOT_BEGUN), True
        if same:
            return Stage.TAKEN_BACK, True
    transition = canary.status.last_transition_time
    if ended is Stage.FAILED and changed is not None and transition is not None:
        return (Stage.NOT_BEGUN if changed > transition else ended), True
    return ended, False


def _by_fingerprint(canary: Canary, template: Mapping[str, Any], ended: Stage) -> Stage:
    fingerprint = spec_hash(_at_work(template) if canary.spec.target.kind == "DaemonSet" else template)
    if fingerprint == canary.status.last_applied_spec:
        return ended
    if fingerprint != canary.status.last_promoted_spec:
        return Stage.NOT_BEGUN
    return Stage.TAKEN_BACK if ended is Stage.FAILED else ended


def template_of(workload: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The pod template of a workload's API object; None when there is none."""
    spec = workload.get("spec") if isinstance(workload, Mapping) else None
    template = spec.get("template") if isinstance(spec, Mapping) else None
    return template if isinstance(template, Mapping) else None


def revision_of(workload: Mapping[str, Any] | None) -> str:
    """A fingerprint of the workload's pod template, "" when there is none: equal for equal revisions of it."""
    template = template_of(workload)
    return spec_hash(_at_work(template)) if template is not None else ""


def same_revision(target: Mapping[str, Any] | None, primary: Mapping[str, Any] | None) -> bool:
    """Whether the primary is a copy of the target as it is now, but for what the copying itself changes."""
    mine, copied = template_of(target), template_of(primary)
    return mine is not None and copied is not None and _essence(mine) == _essence(copied)


def template_written(workload: Mapping[str, Any] | None) -> datetime | None:
    """When somebody last wrote the pod template, by the object's ``managedFields``; None when they do not say."""
    metadata = workload.get("metadata") if isinstance(workload, Mapping) else None
    listed = metadata.get("managedFields") if isinstance(metadata, Mapping) else None
    times = [
        parse_time(entry.get("time"))
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, Mapping) and _owns_template(entry)
    ]
    return max((time for time in times if time is not None), default=None)


def _owns_template(entry: Mapping[str, Any]) -> bool:
    fields = entry.get("fieldsV1")
    spec = fields.get("f:spec") if isinstance(fields, Mapping) else None
    return isinstance(spec, Mapping) and "f:template" in spec


def _at_work(template: Mapping[str, Any]) -> dict[str, Any]:
    """Without the node selector by which a DaemonSet is scaled to zero."""
    result = copy.deepcopy(dict(template))
    pod = result.get("spec")
    if isinstance(pod, dict):
        nodes = pod.get("nodeSelector")
        pod["nodeSelector"] = {
            key: value for key, value in (nodes if isinstance(nodes, dict) else {}).items() if key != _NOWHERE
        }
    return result


def _essence(template: Mapping[str, Any]) -> object:
    result = _at_work(template)
    metadata = result.get("metadata")
    pod = result.get("spec")
    if isinstance(metadata, dict):
        result["metadata"] = {part: _own(metadata.get(part)) for part in ("labels", "annotations")}
    if isinstance(pod, dict):
        for name in _FOR_PRIMARY:
            pod.pop(name, None)
    return _renamed(result)


def _own(entries: object) -> dict[str, Any]:
    return {
        key: value
        for key, value in (entries if isinstance(entries, dict) else {}).items()
        if key not in _ADDED and _FLUX not in key
    }


def _renamed(value: object) -> object:
    """`value` with every name of a primary's copy (``config-primary``) as the original's."""
    if isinstance(value, str):
        return value.removesuffix(_PRIMARY)
    if isinstance(value, Mapping):
        return {key: _renamed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    return value
