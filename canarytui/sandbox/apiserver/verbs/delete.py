"""The verb delete: finalizers, propagation policies, preconditions, graceful pods, whole collections.

The garbage collector deletes dependents and the namespace controller empties namespaces; here an object is only
marked, or removed when nothing holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from canarytui.sandbox.apiserver import errors, objects
from canarytui.sandbox.apiserver.storage.store import StoredRecord
from canarytui.sandbox.apiserver.storage.watch import WatchFilter
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key
from canarytui.sandbox.apiserver.verbs import lifecycle
from canarytui.sandbox.apiserver.verbs.core import CRDS, NAMESPACES, Core
from canarytui.sandbox.apiserver.verbs.lists import ListResult, list_records
from canarytui.sandbox.values import KubernetesObject, timestamp

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
_DEFAULT_GRACE_S = 30
_PROTECTED = frozenset({"default", "kube-system", "kube-public"})
_POLICIES = ("Background", "Foreground", "Orphan")


def delete(
    core: Core,
    rt: ResourceType,
    namespace: str | None,
    name: str,
    *,
    propagation: str | None = None,
    preconditions: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    grace_period_s: int | None = None,
) -> KubernetesObject:
    """Delete one object: returns it while something holds it, else a Status; raises 404, 409, 403 or 422."""
    if propagation is not None and propagation not in _POLICIES:
        shown = ", ".join(f'"{policy}"' for policy in (*_POLICIES, "nil"))
        text = f'Unsupported value: "{propagation}": supported values: {shown}'
        cause = errors.Cause("FieldValueNotSupported", "propagationPolicy", text)
        raise errors.invalid("DeleteOptions", "meta.k8s.io", "", [cause])
    existing = core.find(rt, namespace, name)
    _check_preconditions(rt, existing, preconditions or {})
    if storage_key(rt) == NAMESPACES and name in _PROTECTED:
        raise errors.forbidden(rt, name, "this namespace may not be deleted")
    obj = existing.copy()
    meta = obj["metadata"]
    grace = _grace(core, rt, obj, grace_period_s)
    meta["finalizers"] = _finalizers(meta.get("finalizers") or [], propagation)
    if not meta["finalizers"]:
        del meta["finalizers"]
    if not _is_held(rt, meta, grace):
        return _remove(core, rt, existing, obj, dry_run)
    _mark(core, rt, obj, grace)
    if dry_run or objects.without_volatile(obj) == objects.without_volatile(existing.obj):
        return core.view(rt).serve(existing)
    record = core.store.write(storage_key(rt), obj, existing)
    if storage_key(rt) == CRDS:
        _empty_crd(core, record)
    return core.view(rt).serve(record)


def delete_collection(
    core: Core, rt: ResourceType, chosen: WatchFilter, *, propagation: str | None, dry_run: bool,
    grace_period_s: int | None,
) -> ListResult:  # fmt: skip
    """Delete every selected object; returns the list as it was."""
    found = list_records(core.store, core.view(rt), chosen)
    for record in found.records:
        try:
            delete(core, rt, record.namespace, record.name, propagation=propagation, dry_run=dry_run,
                   grace_period_s=grace_period_s)  # fmt: skip
        except errors.StatusError as error:
            if error.code != 404:
                raise
    return found


def _check_preconditions(rt: ResourceType, existing: StoredRecord, preconditions: Mapping[str, Any]) -> None:
    meta = existing.obj["metadata"]
    for field, key, label in (
        ("uid", "uid", "UID"),
        ("resourceVersion", "resourceVersion", "ResourceVersion"),
    ):
        wanted = preconditions.get(field)
        if wanted and wanted != meta[key]:
            why = f"Precondition failed: {label} in precondition: {wanted}, {label} in object meta: {meta[key]}"
            raise errors.conflict(rt, existing.name, why)


def _finalizers(present: list[str], propagation: str | None) -> list[str]:
    """The finalizers after a deletion with this policy; without one, those present stay."""
    if propagation is None:
        return present
    kept = [f for f in present if f not in (FOREGROUND, ORPHAN)]
    if propagation == "Foreground":
        return [*kept, FOREGROUND]
    if propagation == "Orphan":
        return [*kept, ORPHAN]
    return kept


def _grace(core: Core, rt: ResourceType, obj: KubernetesObject, asked: int | None) -> int:
    """Grace period in seconds; only pods on a node have one."""
    if not core.strategy(rt).graceful or not objects.at(obj, "spec", "nodeName"):
        return 0
    if objects.at(obj, "status", "phase") in ("Succeeded", "Failed"):
        return 0
    if asked is not None:
        wanted = max(0, int(asked))
    else:
        own = objects.at(obj, "spec", "terminationGracePeriodSeconds")
        wanted = _DEFAULT_GRACE_S if own is None else int(own)
    previous = obj["metadata"].get("deletionGracePeriodSeconds")
    return wanted if previous is None else min(wanted, previous)


def _is_held(rt: ResourceType, meta: KubernetesObject, grace: int) -> bool:
    return bool(meta.get("finalizers") or grace or storage_key(rt) == NAMESPACES)


def _mark(core: Core, rt: ResourceType, obj: KubernetesObject, grace: int) -> None:
    meta = obj["metadata"]
    if not meta.get("deletionTimestamp"):
        if meta.get("generation"):
            meta["generation"] += 1
        meta["deletionGracePeriodSeconds"] = grace
        meta["deletionTimestamp"] = timestamp(core.clock() + timedelta(seconds=grace))
    elif grace < meta.get("deletionGracePeriodSeconds", 0):
        begun = core.clock()
        meta["deletionGracePeriodSeconds"] = grace
        meta["deletionTimestamp"] = timestamp(begun + timedelta(seconds=grace))
    if storage_key(rt) == NAMESPACES:
        obj["status"] = {**obj.get("status", {}), "phase": "Terminating"}


def _remove(
    core: Core, rt: ResourceType, existing: StoredRecord, obj: KubernetesObject, dry_run: bool
) -> KubernetesObject:
    uid = existing.obj["metadata"]["uid"]
    if not dry_run:
        obj["metadata"].setdefault("deletionTimestamp", core.now())
        obj["metadata"]["deletionGracePeriodSeconds"] = 0
        if not core.strategy(rt).graceful:
            obj["metadata"].pop("deletionTimestamp")
            obj["metadata"].pop("deletionGracePeriodSeconds")
        last = core.store.remove(storage_key(rt), existing, obj)
        lifecycle.after_removal(core, rt, last)
    return errors.success(rt, existing.name, uid)


def _empty_crd(core: Core, crd: StoredRecord) -> None:
    types = core.registry.crd_types(crd.name)
    if types:
        for record in core.store.records(storage_key(types[0])):
            delete(core, types[0], record.namespace, record.name)
    current = core.store.get(CRDS, None, crd.name)
    if current is not None:
        lifecycle.finish_crd(core, current)
