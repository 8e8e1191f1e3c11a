"""Whether a canary's status is about the target's present revision, or still about an earlier one.

A canary stays Succeeded until its controller has noticed the next image, which takes up to an interval, so a command
that waits for the end of a rollout must not take the previous end for it. Our controller records a fingerprint that can
be compared. Flagger's cannot be computed outside of Go, so we compare the target with the primary, a copy of what was
promoted, and look at when the target's template was last written. In phase Failed both controllers record the target's
present fingerprint and a new transition time at every tick: only the Promoted condition says when it failed, and an
equal fingerprint says nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.conditions import PROMOTED
from canarytui.domain.spec.phases import ENDED, Phase
from canarytui.domain.spec.revision import config_checksum, is_foreign, spec_hash
from canarytui.domain.values import parse_time

_PRIMARY = "-primary"
_ADDED = ("flagger-id",)
_FLUX = "toolkit.fluxcd.io/"
_NOWHERE = "flagger.app/scale-to-zero"
_FOR_PRIMARY = ("affinity", "topologySpreadConstraints")


class RevisionStage(StrEnum):
    """Where the target's present revision stands."""

    NOT_BEGUN = "not begun"
    """The controller has not picked it up: the status is about an earlier revision."""
    UNDER_WAY = "under way"
    PROMOTED = "promoted"
    FAILED = "failed"
    """Rolled back, or not promoted for another reason."""
    TAKEN_BACK = "taken back"
    """Another revision failed, and the target is back at what was promoted: no rollout is needed."""


class Inputs(Struct, frozen=True):
    """The present input of a rollout: when the target's template or a tracked config was last `written` (None if
    unknown), and whether a config differs from the one that the status has tracked."""

    written: datetime | None = None
    configs_differ: bool = False


UNKNOWN = Inputs()


def stage(
    canary: Canary,
    target: Mapping[str, Any] | None,
    primary: Mapping[str, Any] | None,
    inputs: Inputs = UNKNOWN,
) -> tuple[RevisionStage, bool]:
    """The stage of the target's present revision, and whether it is certain.

    `target` and `primary` are the workloads' API objects, None when unknown; `inputs` are only needed if
    :func:`has_ended`. Uncertain means: an earlier revision's end cannot be told from this one's, and the status is
    believed.
    """
    if not has_ended(canary):
        return RevisionStage.UNDER_WAY, True
    failed = canary.status.phase is Phase.FAILED
    ended = RevisionStage.FAILED if failed else RevisionStage.PROMOTED
    template = template_of(target)
    if template is None:
        return ended, False
    if inputs.configs_differ:
        return RevisionStage.NOT_BEGUN, True
    promoted = _is_promoted(canary, target, template, primary)
    if not failed:
        return (
            (ended, False)
            if promoted is None
            else (RevisionStage.PROMOTED if promoted else RevisionStage.NOT_BEGUN, True)
        )
    if promoted:
        return RevisionStage.TAKEN_BACK, True
    recorded = failed_at(canary)
    # Both have whole seconds: within one second their order is unknown.
    if inputs.written is not None and recorded is not None and inputs.written != recorded:
        return (RevisionStage.NOT_BEGUN if inputs.written > recorded else ended), True
    applied = canary.status.last_applied_spec
    if applied and not is_foreign(applied) and applied != fingerprint(canary, template):
        return RevisionStage.NOT_BEGUN, True
    return ended, False


def has_ended(canary: Canary) -> bool:
    """Whether no rollout is in progress: then the question is which revision ended."""
    return canary.status.phase in ENDED


def fingerprint(canary: Canary, template: Mapping[str, Any]) -> str:
    """The target's fingerprint as our controller records it."""
    return spec_hash(_at_work(template) if canary.spec.target.kind == "DaemonSet" else template)


def _is_promoted(
    canary: Canary, target: Mapping[str, Any] | None, template: Mapping[str, Any], primary: Mapping[str, Any] | None
) -> bool | None:
    """Whether the target equals what was promoted last; None if unknown."""
    promoted = canary.status.last_promoted_spec
    if promoted and not is_foreign(promoted):
        return fingerprint(canary, template) == promoted
    return same_revision(target, primary) if template_of(primary) is not None else None


def failed_at(canary: Canary) -> datetime | None:
    """When the controller recorded that its rollout failed; None when it has not."""
    for condition in canary.status.conditions:
        if condition.get("type") == PROMOTED and condition.get("reason") == Phase.FAILED:
            return parse_time(condition.get("lastUpdateTime")) or parse_time(condition.get("lastTransitionTime"))
    return None


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
    """Whether the primary is a copy of the present target, apart from what the copying itself changes."""
    mine, copied = template_of(target), template_of(primary)
    return mine is not None and copied is not None and _essence(mine) == _essence(copied)


def inputs_of(canary: Canary, target: Mapping[str, Any] | None, configs: Mapping[str, Mapping[str, Any]]) -> Inputs:
    """The inputs from `target` and `configs`, whose ``managedFields`` hold the times.

    `configs` are ConfigMaps and Secrets by their names in the status (``configmap/settings``), without those that
    cannot be read.
    """
    times = [_written(target, "f:spec", "f:template")]
    differ = False
    for name, checksum in (canary.status.tracked_configs or {}).items():
        config = configs.get(name)
        if config is not None:
            times += [_written(config, "f:data"), _written(config, "f:binaryData")]
            differ = differ or checksum not in _checksums(config)
    return Inputs(max((time for time in times if time is not None), default=None), differ)


def _checksums(config: Mapping[str, Any]) -> Iterable[str]:
    """The fingerprint as Flagger computes it, without binary data, and as ours does."""
    data, binary = config.get("data"), config.get("binaryData")
    return config_checksum(data), config_checksum(data, binary)


def _written(obj: Mapping[str, Any] | None, *path: str) -> datetime | None:
    """When the field at `path` was last written; None when the ``managedFields`` do not say."""
    metadata = obj.get("metadata") if isinstance(obj, Mapping) else None
    listed = metadata.get("managedFields") if isinstance(metadata, Mapping) else None
    times = [
        parse_time(entry.get("time"))
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, Mapping) and _owns(entry.get("fieldsV1"), path)
    ]
    return max((time for time in times if time is not None), default=None)


def _owns(fields: object, path: tuple[str, ...]) -> bool:
    for name in path:
        fields = fields.get(name) if isinstance(fields, Mapping) else None
    return fields is not None


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
    """`value` with the names of the primary's copies (``config-primary``) replaced by the originals'."""
    if isinstance(value, str):
        return value.removesuffix(_PRIMARY)
    if isinstance(value, Mapping):
        return {key: _renamed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    return value
