"""How controllers read and write: from caches, and through the API core; writes update the caches immediately.

One :class:`Client` is shared by all controllers of the process.
"""

from __future__ import annotations

from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.controllers.cache import Cache
from canarytui.sandbox.controllers.objects import GroupResource, Manifest, key_of, uid_of

FIELD_MANAGER = "kube-controller-manager"


class Client:
    """Caches of the watched resources, and writes that update them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.caches: dict[GroupResource, Cache] = {}

    def cache(self, resource: GroupResource) -> Cache:
        """The resource's cache; naming it makes the manager watch it."""
        return self.caches.setdefault(resource, Cache(resource))

    def resource_type(self, resource: GroupResource) -> ResourceType:
        """Raises: StatusError 404 when the resource is not served (any more)."""
        return self.api.registry.find(resource.group, resource.plural)

    def create(self, resource: GroupResource, manifest: Manifest) -> Manifest:
        """Create an object. Raises: StatusError, as the API server would answer."""
        namespace = manifest["metadata"].get("namespace")
        created = self.api.create(self.resource_type(resource), namespace, manifest, field_manager=FIELD_MANAGER)
        return self._seen(resource, created)

    def update(self, resource: GroupResource, manifest: Manifest, *, subresource: str = "") -> Manifest:
        """Replace an object, guarded by its resourceVersion. Raises: StatusError, such as Conflict."""
        namespace, name = key_of(manifest)
        updated = self.api.update(
            self.resource_type(resource),
            namespace or None,
            name,
            manifest,
            subresource=subresource,
            field_manager=FIELD_MANAGER,
        )
        return self._seen(resource, updated)

    def update_status(self, resource: GroupResource, manifest: Manifest, status: Manifest) -> Manifest:
        """Write `status` into `manifest` (any version read before) unless it is there already."""
        if (manifest.get("status") or {}) == status:
            return manifest
        return self.update(resource, {**manifest, "status": status}, subresource="status")

    def merge_patch(
        self, resource: GroupResource, manifest: Manifest, patch: Manifest, *, subresource: str = ""
    ) -> Manifest:
        """Change the named fields of an object, whatever else has changed meanwhile."""
        namespace, name = key_of(manifest)
        patched, _ = self.api.patch(
            self.resource_type(resource),
            namespace or None,
            name,
            patch,
            "application/merge-patch+json",
            subresource=subresource,
            field_manager=FIELD_MANAGER,
        )
        return self._seen(resource, patched)

    def delete(
        self,
        resource: GroupResource,
        manifest: Manifest,
        *,
        propagation: str | None = None,
        grace_period_s: int | None = None,
    ) -> None:
        """Delete exactly this object (by uid); it is no error if it is gone already."""
        namespace, name = key_of(manifest)
        try:
            answer = self.api.delete(
                self.resource_type(resource),
                namespace or None,
                name,
                propagation=propagation,
                preconditions={"uid": uid_of(manifest)},
                grace_period_s=grace_period_s,
            )
        except StatusError as error:
            if error.code not in (404, 409):
                raise
            return
        cache = self.caches.get(resource)
        if cache is None:
            return
        if answer.get("kind") == "Status":
            cache.discard(manifest)
        else:
            cache.put(answer)

    def _seen(self, resource: GroupResource, manifest: Manifest) -> Manifest:
        cache = self.caches.get(resource)
        if cache is not None:
            cache.put(manifest)
        return manifest
