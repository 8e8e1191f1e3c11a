"""The verb update, and the last step that update, patch and apply share.

Optimistic locking, subresources, generation and no-op writes are handled here.
"""

from __future__ import annotations

import copy

from canarytui.sandbox.apiserver import errors, objects
from canarytui.sandbox.apiserver.storage.store import StoredRecord
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.apiserver.verbs import identity, lifecycle, managed_fields
from canarytui.sandbox.apiserver.verbs.core import Core
from canarytui.sandbox.apiserver.verbs.options import WriteOptions
from canarytui.sandbox.values import KubernetesObject

_SYSTEM_FIELDS = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
                  "selfLink")  # fmt: skip


def update(
    core: Core, rt: ResourceType, namespace: str | None, name: str, body: KubernetesObject, options: WriteOptions
) -> KubernetesObject:
    """Replace an object; raises :class:`StatusError` 400, 404, 409 or 422."""
    strategy = core.strategy(rt)
    obj = strategy.decode(copy.deepcopy(body), options.field_validation)
    identity.check_body(rt, obj, namespace, name)
    existing = core.find(rt, namespace, name)
    if not obj["metadata"].get("resourceVersion") and not strategy.allows_unconditional_update:
        text = "Invalid value: 0: must be specified for an update"
        cause = errors.Cause("FieldValueInvalid", "metadata.resourceVersion", text)
        raise errors.invalid(rt.kind, rt.group, name, [cause])
    return commit(core, rt, existing, obj, options)


def commit(
    core: Core, rt: ResourceType, existing: StoredRecord, obj: KubernetesObject, options: WriteOptions
) -> KubernetesObject:
    """Make ``obj`` (decoded, the caller's own) the new state of ``existing``.

    Returns the object as stored, or as it would be for a dry run, or its last state when this write was
    what its deletion waited for. Raises :class:`StatusError` 409 or 422.
    """
    view, strategy = core.view(rt), core.strategy(rt)
    old = view.serve(existing)
    _check_versions(rt, obj["metadata"], existing)
    for field in _SYSTEM_FIELDS:
        obj["metadata"].pop(field, None)
        if field in old["metadata"]:
            obj["metadata"][field] = old["metadata"][field]
    obj = _within_subresource(strategy, obj, old, options.subresource)
    strategy.default(obj)
    causes = identity.metadata_problems(strategy, obj)
    if options.subresource == "status":
        causes += strategy.validate_status(obj)
    else:
        causes += strategy.validate(obj) + strategy.validate_update(obj, old)
    causes += _deletion_problems(obj, old)
    if causes:
        raise errors.invalid(rt.kind, rt.group, existing.name, causes)
    changed = objects.without_volatile(obj) != objects.without_volatile(old)
    if strategy.has_generation and options.subresource != "status" and strategy.spec_changed(obj, old):
        obj["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
    if not options.apply:
        managed_fields.record_write(strategy, old, obj, options, core.now())
    if not changed and not _ownership_changed(obj, old, options):
        return old
    obj["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
    if options.dry_run:
        return obj
    return _store(core, rt, existing, obj)


def _store(core: Core, rt: ResourceType, existing: StoredRecord, obj: KubernetesObject) -> KubernetesObject:
    view, key = core.view(rt), storage_key(rt)
    stored = view.store(obj)
    if lifecycle.may_go(rt, stored):
        last = core.store.remove(key, existing, stored)
        lifecycle.after_removal(core, rt, last)
        return view.serve(last)
    record = core.store.write(key, stored, existing)
    lifecycle.after_write(core, rt, record, existing)
    return view.serve(record)


def _check_versions(rt: ResourceType, meta: KubernetesObject, existing: StoredRecord) -> None:
    version = meta.get("resourceVersion")
    if version and version not in ("0", str(existing.revision)):
        raise errors.conflict(rt, existing.name)
    uid, stored_uid = meta.get("uid"), existing.obj["metadata"]["uid"]
    if uid and uid != stored_uid:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {stored_uid}"
        raise errors.conflict(rt, existing.name, why)


def _within_subresource(
    strategy: KindStrategy, obj: KubernetesObject, old: KubernetesObject, subresource: str
) -> KubernetesObject:
    if subresource == "status":
        return strategy.prepare_status(obj, old)
    if subresource == "finalize":
        kept = copy.deepcopy(old)
        finalizers = objects.at(obj, "spec", "finalizers")
        kept["spec"] = {**(old.get("spec") or {}), "finalizers": finalizers or []}
        if not finalizers:
            kept["spec"].pop("finalizers")
        return kept
    strategy.prepare_update(obj, old)
    return obj


def _deletion_problems(obj: KubernetesObject, old: KubernetesObject) -> list[errors.Cause]:
    if not objects.is_terminating(old):
        return []
    before = set(old["metadata"].get("finalizers") or ())
    added = [f for f in obj["metadata"].get("finalizers") or () if f not in before]
    if not added:
        return []
    shown = ", ".join(f'"{finalizer}"' for finalizer in added)
    text = f"Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers [{shown}]"
    return [errors.Cause("FieldValueForbidden", "metadata.finalizers", text.replace('", "', '", "'))]


def _ownership_changed(obj: KubernetesObject, old: KubernetesObject, options: WriteOptions) -> bool:
    """An apply that changes who owns which field is a write even if no value changes."""
    if not options.apply:
        return False
    return managed_fields.without_times(obj) != managed_fields.without_times(old)
