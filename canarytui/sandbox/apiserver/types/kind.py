"""One record per built-in kind: names, versions, rules, columns. To add a kind, add its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from canarytui.sandbox.apiserver.types.printing import AGE_ONLY, Printer
from canarytui.sandbox.apiserver.types.resources import ALL_VERBS, ResourceType
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject


class Conversion(Struct, frozen=True):
    """How one version shows objects that are stored in another.

    Attributes:
        stored_api_version: the ``apiVersion`` of stored objects.
        to_served: a stored object as this version shows it; must not change its argument.
        to_stored: the object to store for one of this version; must not change its argument.
    """

    stored_api_version: str
    to_served: Callable[[KubernetesObject], KubernetesObject]
    to_stored: Callable[[KubernetesObject], KubernetesObject]


class ResourceKind(Struct, frozen=True, kw_only=True):
    """A built-in kind. Register it in :mod:`.kinds`.

    Attributes:
        versions: preferred first.
        strategy: defaults, validation, and what a write may touch.
        printer: the columns of ``kubectl get``.
        selectable_fields: what a ``fieldSelector`` may name, beside ``metadata.name`` and ``metadata.namespace``.
        models: the official client's model by version, where it is not version and kind, such as ``V1Pod``. Fields
            and merge rules follow from the model; a kind without one accepts any fields.
        conversions: by version, for those whose objects are stored in the form of another.
        zero_status: what a status that nobody has written contains: the fields that Go always encodes. Only of a kind
            with the subresource ``status``.
        stored_as: group and plural of the resource that keeps the objects, if it is another one.
    """

    name: str
    plural: str
    group: str = ""
    versions: tuple[str, ...] = ("v1",)
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: frozenset[str] = frozenset()
    verbs: frozenset[str] = ALL_VERBS
    strategy: type[KindStrategy] = KindStrategy
    printer: Printer = AGE_ONLY
    selectable_fields: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    conversions: Mapping[str, Conversion] = field(default_factory=dict)
    zero_status: Mapping[str, Any] = field(default_factory=dict)
    stored_as: tuple[str, str] | None = None

    def resource_types(self) -> tuple[ResourceType, ...]:
        """What is served: one resource for each version."""
        return tuple(
            ResourceType(
                self.group,
                version,
                self.name,
                self.plural,
                self.name.lower(),
                self.namespaced,
                self.short_names,
                self.categories,
                self.subresources,
                self.verbs,
                stored_as=self.stored_as,
                model=self.models.get(version, ""),
                selectable_fields=self.selectable_fields,
                zero_status=self.zero_status if "status" in self.subresources else None,
            )
            for version in self.versions
        )
