"""One stored object, several served shapes.

Events are stored as core/v1 and also served as events.k8s.io/v1; autoscalers are stored as v2 and also
served as v1; custom resources differ in ``apiVersion`` only. Reads use :meth:`ResourceView.serve`, writes
:meth:`ResourceView.store`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from canarytui.sandbox.apiserver.objects import encode
from canarytui.sandbox.apiserver.storage.store import StoredRecord
from canarytui.sandbox.apiserver.types.kind import Conversion
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.values import KubernetesObject


class ResourceView:
    """The shape in which one resource type serves its records."""

    def __init__(
        self,
        rt: ResourceType,
        stored_api_version: str,
        to_served: Callable[[KubernetesObject], KubernetesObject] | None = None,
        to_stored: Callable[[KubernetesObject], KubernetesObject] | None = None,
    ) -> None:
        self.rt = rt
        self.identical = rt.crd is None and to_served is None
        self._stored_api_version = stored_api_version
        self._to_served = to_served
        self._to_stored = to_stored

    def serve(self, record: StoredRecord) -> KubernetesObject:
        """The object as clients of this type see it; shared: do not change it."""
        if self.identical or record.obj.get("apiVersion") == self.rt.api_version:
            return record.obj
        if self._to_served is not None:
            return self._to_served(record.obj)
        return {**record.obj, "apiVersion": self.rt.api_version}

    def serve_copy(self, record: StoredRecord) -> KubernetesObject:
        """A copy of the same, free to change."""
        served = self.serve(record)
        if served is record.obj:
            return record.copy()
        copied: KubernetesObject = json.loads(encode(served))
        return copied

    def serve_bytes(self, record: StoredRecord) -> bytes:
        """The same, encoded."""
        served = self.serve(record)
        return record.data if served is record.obj else encode(served)

    def store(self, obj: KubernetesObject) -> KubernetesObject:
        """The object to store for one that a client of this type sent."""
        if self.identical:
            return obj
        if self._to_stored is not None:
            return self._to_stored(obj)
        return {**obj, "apiVersion": self._stored_api_version}


def builtin_view(rt: ResourceType, conversion: Conversion | None) -> ResourceView:
    """The view of a built-in resource type."""
    if conversion is None:
        return ResourceView(rt, rt.api_version)
    return ResourceView(rt, conversion.stored_api_version, conversion.to_served, conversion.to_stored)
