"""The verb create: stamp, default, name and validate a new object."""

from __future__ import annotations

import copy

from canarytui.sandbox.apiserver import errors, objects
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key
from canarytui.sandbox.apiserver.verbs import identity, lifecycle, managed_fields
from canarytui.sandbox.apiserver.verbs.core import NAMESPACES, Core
from canarytui.sandbox.apiserver.verbs.options import WriteOptions
from canarytui.sandbox.values import KubernetesObject

_NAME_ATTEMPTS = 8


def create(
    core: Core, rt: ResourceType, namespace: str | None, body: KubernetesObject, options: WriteOptions
) -> KubernetesObject:
    """Store a new object; raises :class:`StatusError` 400, 403, 404, 409 or 422."""
    strategy, view = core.strategy(rt), core.view(rt)
    obj = strategy.decode(copy.deepcopy(body), options.field_validation)
    identity.check_body(rt, obj, namespace, None)
    meta = obj["metadata"]
    if meta.get("resourceVersion"):
        raise errors.bad_request("resourceVersion should not be set on objects to be created")
    _stamp(core, meta)
    strategy.prepare_create(obj)
    if strategy.has_generation:
        meta["generation"] = 1
    strategy.default(obj)
    _admit(core, rt, obj)
    _name(core, rt, meta)
    if strategy.allocates:
        key = storage_key(rt)
        strategy.allocate(obj, [record.obj for record in core.store.records(key)])
    causes = identity.metadata_problems(strategy, obj) + strategy.validate(obj)
    if causes:
        raise errors.invalid(rt.kind, rt.group, meta.get("name", ""), causes)
    if core.store.get(storage_key(rt), meta.get("namespace"), meta["name"]) is not None:
        raise errors.already_exists(rt, meta["name"])
    if not options.apply:
        managed_fields.record_write(strategy, {}, obj, options, core.now())
    if options.dry_run:
        return obj
    record = core.store.write(storage_key(rt), view.store(obj), None)
    lifecycle.after_write(core, rt, record, None)
    return view.serve(record)


def _stamp(core: Core, meta: KubernetesObject) -> None:
    for field in ("selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
                  "resourceVersion"):  # fmt: skip
        meta.pop(field, None)
    meta["uid"] = objects.new_uid()
    meta["creationTimestamp"] = core.now()


def _name(core: Core, rt: ResourceType, meta: KubernetesObject) -> None:
    if meta.get("name") or not meta.get("generateName"):
        return
    for _ in range(_NAME_ATTEMPTS):
        meta["name"] = objects.generated_name(meta["generateName"])
        if core.store.get(storage_key(rt), meta.get("namespace"), meta["name"]) is None:
            return


def _admit(core: Core, rt: ResourceType, obj: KubernetesObject) -> None:
    if not rt.namespaced:
        return
    namespace = obj["metadata"]["namespace"]
    name = obj["metadata"].get("name") or obj["metadata"].get("generateName") or ""
    record = core.store.get(NAMESPACES, None, namespace or "")
    if record is None:
        raise errors.not_found(core.registry.get("", "v1", "namespaces"), namespace or "")
    if objects.is_terminating(record.obj) or objects.at(record.obj, "status", "phase") == "Terminating":
        why = f"unable to create new content in namespace {namespace} because it is being terminated"
        error = errors.forbidden(rt, name, why)
        cause = {"reason": "NamespaceTerminating", "field": "metadata.namespace",
                 "message": f"namespace {namespace} is being terminated"}  # fmt: skip
        error.details = {**(error.details or {}), "causes": [cause]}
        raise error
