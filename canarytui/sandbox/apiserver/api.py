"""The API core: every verb on every resource, on dictionaries, without sockets.

The HTTP layer and the controllers use it. Objects returned are the stored ones: copy before you change one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.patch.json_patch import json_patch
from canarytui.sandbox.apiserver.patch.merge_patch import merge_patch
from canarytui.sandbox.apiserver.patch.strategic_merge import strategic_merge
from canarytui.sandbox.apiserver.storage.store import RecordStore, StoredRecord
from canarytui.sandbox.apiserver.storage.watch import Watch
from canarytui.sandbox.apiserver.types.custom import version_of
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.verbs import apply, create, identity, pod_subresources, scale, update
from canarytui.sandbox.apiserver.verbs import delete as deletion
from canarytui.sandbox.apiserver.verbs.core import Core
from canarytui.sandbox.apiserver.verbs.lists import ListResult, list_records
from canarytui.sandbox.apiserver.verbs.measured import is_measured, measured_record, measured_records
from canarytui.sandbox.apiserver.verbs.options import UNKNOWN_MANAGER, WriteOptions
from canarytui.sandbox.resource_metrics import ResourceMetrics
from canarytui.sandbox.values import KubernetesObject

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


class Api:
    """All methods raise :class:`~canarytui.sandbox.apiserver.errors.StatusError` as Kubernetes would."""

    def __init__(self, store: RecordStore | None = None, registry: Registry | None = None) -> None:
        self.store = store or RecordStore()
        self.registry = registry or Registry()
        self._core = Core(self.store, self.registry)
        self.resource_metrics = ResourceMetrics()

    def get(self, rt: ResourceType, namespace: str | None, name: str, *, subresource: str = "") -> KubernetesObject:
        """One object; `subresource` scale gives its Scale."""
        if is_measured(rt):
            return measured_record(self._core, rt, self.resource_metrics, namespace, name).obj
        found = self._core.view(rt).serve(self._core.find(rt, namespace, name))
        return scale.scale_of(self._core, rt, found) if subresource == "scale" else found

    def find(self, rt: ResourceType, namespace: str | None, name: str) -> KubernetesObject | None:
        """One object, or None."""
        try:
            return self.get(rt, namespace, name)
        except errors.StatusError as error:
            if error.code != HTTPStatus.NOT_FOUND:
                raise
            return None

    def list(
        self,
        rt: ResourceType,
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 0,
        continue_token: str = "",
        resource_version: str = "",
        resource_version_match: str = "",
    ) -> ListResult:
        """The selected objects, one page of them if `limit` is given."""
        if is_measured(rt):
            chosen = self._core.chosen(rt, namespace, label_selector, field_selector)
            records = measured_records(self._core, rt, self.resource_metrics, namespace)
            selected = [record for record in records if chosen.matches(record)]
            return ListResult(self._core.view(rt), selected, str(self.store.revision))
        return list_records(
            self.store,
            self._core.view(rt),
            self._core.chosen(rt, namespace, label_selector, field_selector),
            limit=limit,
            continue_token=continue_token,
            resource_version=resource_version,
            resource_version_match=resource_version_match,
        )

    def watch(
        self,
        rt: ResourceType,
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        resource_version: str = "",
        send_initial_events: bool | None = None,
        bookmarks: bool = False,
    ) -> Watch:
        """Follow changes; close the watch when done."""
        chosen = self._core.chosen(rt, namespace, label_selector, field_selector)
        watch = Watch(self.store, self._core.view(rt), chosen)
        return watch.start(
            resource_version=resource_version, send_initial_events=send_initial_events, bookmarks=bookmarks
        )

    def create(
        self,
        rt: ResourceType,
        namespace: str | None,
        obj: KubernetesObject,
        *,
        dry_run: bool = False,
        field_manager: str = UNKNOWN_MANAGER,
        field_validation: str = "Ignore",
    ) -> KubernetesObject:
        """Store a new object."""
        options = WriteOptions(dry_run, field_manager or UNKNOWN_MANAGER, field_validation)
        return create.create(self._core, rt, namespace, obj, options)

    def create_subresource(
        self,
        rt: ResourceType,
        namespace: str | None,
        name: str,
        subresource: str,
        body: Mapping[str, Any],
        *,
        dry_run: bool = False,
    ) -> KubernetesObject:
        """POST to a subresource: a pod's binding or eviction."""
        actions = {"binding": pod_subresources.bind, "eviction": pod_subresources.evict}
        if rt.plural != "pods" or subresource not in actions:
            raise errors.method_not_allowed(rt, "create")
        return actions[subresource](self._core, rt, namespace, name, body, dry_run=dry_run)

    def update(
        self,
        rt: ResourceType,
        namespace: str | None,
        name: str,
        obj: KubernetesObject,
        *,
        subresource: str = "",
        dry_run: bool = False,
        field_manager: str = UNKNOWN_MANAGER,
        field_validation: str = "Ignore",
    ) -> KubernetesObject:
        """Replace an object, its status, its scale or a namespace's finalizers."""
        options = WriteOptions(dry_run, field_manager or UNKNOWN_MANAGER, field_validation, subresource)
        if subresource != "scale":
            return update.update(self._core, rt, namespace, name, obj, options)
        existing = self._core.find(rt, namespace, name)
        changed = scale.with_scale(self._core, rt, self._core.view(rt).serve_copy(existing), obj)
        return scale.scale_of(self._core, rt, update.commit(self._core, rt, existing, changed, options))

    def patch(
        self,
        rt: ResourceType,
        namespace: str | None,
        name: str,
        patch: Any,
        patch_type: str,
        *,
        subresource: str = "",
        dry_run: bool = False,
        field_manager: str = UNKNOWN_MANAGER,
        force: bool = False,
        field_validation: str = "Ignore",
    ) -> tuple[KubernetesObject, bool]:
        """Change an object; returns it and whether an apply created it."""
        manager = field_manager or UNKNOWN_MANAGER
        options = WriteOptions(dry_run, manager, field_validation, subresource, force)
        if patch_type == APPLY_PATCH:
            return apply.apply(self._core, rt, namespace, name, patch, options)
        existing = self._core.find(rt, namespace, name)
        return self._patched(rt, existing, patch, patch_type, options), False

    def _patched(
        self, rt: ResourceType, existing: StoredRecord, patch: Any, patch_type: str, options: WriteOptions
    ) -> KubernetesObject:
        core = self._core
        strategy = core.strategy(rt)
        current = core.view(rt).serve_copy(existing)
        if options.subresource == "scale":
            scaled = _patch_object(scale.scale_of(core, rt, current), patch, patch_type, rt, None)
            changed = scale.with_scale(core, rt, current, scaled)
            return scale.scale_of(core, rt, update.commit(core, rt, existing, changed, options))
        changed = _patch_object(current, patch, patch_type, rt, strategy.type_node)
        decoded = strategy.decode(changed, options.field_validation)
        identity.check_body(rt, decoded, existing.namespace or None, existing.name)
        return update.commit(core, rt, existing, decoded, options)

    def delete(
        self,
        rt: ResourceType,
        namespace: str | None,
        name: str,
        *,
        propagation: str | None = None,
        preconditions: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        grace_period_s: int | None = None,
    ) -> KubernetesObject:
        """Delete an object; returns it while finalizers or grace hold it, else a Status."""
        return deletion.delete(
            self._core,
            rt,
            namespace,
            name,
            propagation=propagation,
            preconditions=preconditions,
            dry_run=dry_run,
            grace_period_s=grace_period_s,
        )

    def delete_collection(
        self,
        rt: ResourceType,
        namespace: str | None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        propagation: str | None = None,
        dry_run: bool = False,
        grace_period_s: int | None = None,
    ) -> ListResult:
        """Delete every selected object; returns them as they were."""
        chosen = self._core.chosen(rt, namespace, label_selector, field_selector)
        return deletion.delete_collection(
            self._core, rt, chosen, propagation=propagation, dry_run=dry_run, grace_period_s=grace_period_s
        )

    def printer_columns(self, rt: ResourceType) -> Sequence[KubernetesObject] | None:
        """A custom resource's ``additionalPrinterColumns``; None for built-ins."""
        if rt.crd is None:
            return None
        columns: Sequence[KubernetesObject] = (
            version_of(self._core.crd(rt), rt.version).get("additionalPrinterColumns") or ()
        )
        return columns


def _patch_object(
    current: KubernetesObject, patch: Any, patch_type: str, rt: ResourceType, node: Any
) -> KubernetesObject:
    if patch_type == JSON_PATCH:
        changed = json_patch(current, patch)
    elif patch_type == MERGE_PATCH or (patch_type == STRATEGIC_PATCH and node is None):
        changed = merge_patch(current, _mapping(patch))
    elif patch_type == STRATEGIC_PATCH and rt.crd is None:
        changed = strategic_merge(current, _mapping(patch), node)
    else:
        accepted = f"{JSON_PATCH}, {MERGE_PATCH}, {APPLY_PATCH}"
        raise errors.unsupported_media_type(
            "the body of the request was in an unknown format - accepted media types include: " + accepted
        )
    return _mapping(changed)


def _mapping(value: Any) -> KubernetesObject:
    if not isinstance(value, dict):
        raise errors.bad_request("the patch must be, and must lead to, an object")
    return value
