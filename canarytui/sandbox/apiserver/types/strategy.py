"""The rules of a kind, as the verbs use them; the base class is a kind without rules of its own.

Built-in kinds with rules of their own have a subclass in :mod:`.kinds`; custom resources have
:class:`~canarytui.sandbox.apiserver.types.custom.CustomStrategy`.
"""

from __future__ import annotations

import copy

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import decoding, names
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.types.type_nodes import TypeNode, builtin_type
from canarytui.sandbox.values import KubernetesObject


class KindStrategy:
    """Rules of one resource type. Objects given to ``prepare``/``default`` may be changed in place."""

    has_generation = False
    graceful = False
    allows_unconditional_update = True
    status_takes: tuple[str, ...] = ("managedFields", "resourceVersion", "annotations")
    """Fields of the metadata that a write to ``status`` may change."""
    allocates = False
    """Whether :meth:`allocate` must see all other objects before one is created."""
    selectable_fields: tuple[str, ...] = ()

    def __init__(self, rt: ResourceType) -> None:
        self.rt = rt

    @property
    def type_node(self) -> TypeNode:
        """The type of whole objects, for merging, apply and field ownership."""
        return builtin_type(self.rt)

    @property
    def has_status(self) -> bool:
        """Whether status is written through a subresource of its own."""
        return "status" in self.rt.subresources

    def new_status(self) -> KubernetesObject | None:
        """The status before anybody has written one; None for none."""
        return copy.deepcopy(dict(self.rt.zero_status)) if self.rt.zero_status is not None else None

    def decode(self, obj: KubernetesObject, field_validation: str) -> KubernetesObject:
        """A typed copy without unknown fields; raises :class:`StatusError` 400 for what does not fit."""
        return decoding.decode(self.rt, obj, self.type_node, field_validation)

    def name_problems(self, name: str) -> list[str]:
        """What is wrong with a name of this kind."""
        return names.subdomain(name)

    def prepare_create(self, obj: KubernetesObject) -> None:
        """Drop what a client may not set; runs before defaulting."""
        if self.has_status:
            obj.pop("status", None)
            status = self.new_status()
            if status is not None:
                obj["status"] = status

    def prepare_update(self, obj: KubernetesObject, old: KubernetesObject) -> None:
        """Keep what a client may not change through the main resource."""
        if self.has_status:
            obj.pop("status", None)
            if "status" in old:
                obj["status"] = old["status"]

    def prepare_status(self, obj: KubernetesObject, old: KubernetesObject) -> KubernetesObject:
        """The result of a write to ``status``: everything else stays as in ``old``."""
        meta = dict(old["metadata"])
        sent = obj.get("metadata", {})
        for field in self.status_takes:
            meta.pop(field, None)
            if field in sent:
                meta[field] = sent[field]
        merged = {**old, "metadata": meta}
        merged.pop("status", None)
        status = self.new_status()
        if status is not None:
            merged["status"] = {**status, **(obj.get("status") or {})}
        elif "status" in obj:
            merged["status"] = obj["status"]
        return merged

    def default(self, obj: KubernetesObject) -> None:
        """Fill in defaults."""

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        """What is wrong with the object on its own."""
        return []

    def validate_update(self, obj: KubernetesObject, old: KubernetesObject) -> list[Cause]:
        """What may not change from ``old``."""
        return []

    def validate_status(self, obj: KubernetesObject) -> list[Cause]:
        """What is wrong with the object after a status write."""
        return []

    def spec_changed(self, obj: KubernetesObject, old: KubernetesObject) -> bool:
        """Whether the change counts as a new generation."""
        return bool(obj.get("spec") != old.get("spec"))

    def allocate(self, obj: KubernetesObject, peers: list[KubernetesObject]) -> None:
        """Give the object what must be unique among its ``peers``, such as a cluster IP."""


class GenerationStrategy(KindStrategy):
    """Counts generations; otherwise without rules of its own."""

    has_generation = True
