"""Effects of writes and removals: when a terminating object is removed, and serving CRDs."""

from __future__ import annotations

from typing import Any

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.storage.store import StoredRecord
from canarytui.sandbox.apiserver.types.kinds.definitions import CRD_CLEANUP
from canarytui.sandbox.apiserver.types.resources import ResourceType, storage_key
from canarytui.sandbox.apiserver.verbs.core import CRDS, Core


def may_go(rt: ResourceType, obj: dict[str, Any]) -> bool:
    """Whether nothing holds a terminating object any more."""
    if not objects.is_terminating(obj) or obj["metadata"].get("finalizers"):
        return False
    if storage_key(rt) == ("", "namespaces"):
        return not objects.at(obj, "spec", "finalizers")
    return not obj["metadata"].get("deletionGracePeriodSeconds")


def after_write(core: Core, rt: ResourceType, record: StoredRecord, previous: StoredRecord | None) -> None:
    """Serve what an applied CRD defines."""
    if storage_key(rt) != CRDS:
        return
    if previous is None or previous.obj.get("spec") != record.obj.get("spec"):
        core.registry.add_crd(record.obj)
        core.registry.touch()


def after_removal(core: Core, rt: ResourceType, record: StoredRecord) -> None:
    """Stop serving a removed CRD; remove a terminating CRD with its last object."""
    if storage_key(rt) == CRDS:
        core.registry.remove_crd(record.name)
    elif rt.crd is not None:
        crd = core.store.get(CRDS, None, rt.crd)
        if crd is not None and objects.is_terminating(crd.obj):
            finish_crd(core, crd)


def finish_crd(core: Core, crd: StoredRecord) -> None:
    """Remove a terminating CRD once none of its objects is left."""
    spec = crd.obj["spec"]
    if core.store.records((spec["group"], spec["names"]["plural"])):
        return
    last = crd.copy()
    finalizers = [f for f in last["metadata"].get("finalizers", []) if f != CRD_CLEANUP]
    if finalizers:
        if finalizers != last["metadata"].get("finalizers"):
            last["metadata"]["finalizers"] = finalizers
            core.store.write(CRDS, last, crd)
        return
    last["metadata"].pop("finalizers", None)
    core.store.remove(CRDS, crd, last)
    core.registry.remove_crd(crd.name)
