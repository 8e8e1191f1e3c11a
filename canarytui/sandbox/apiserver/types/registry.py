"""Which resources are served: the built-in kinds and those of applied CustomResourceDefinitions.

Discovery, OpenAPI, routing, authorization and storage share one :class:`Registry`. Its ``generation`` changes with
its contents, so that derived documents can be cached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds import BUILTIN_KINDS
from canarytui.sandbox.apiserver.types.resources import ResourceType, version_priority


class Registry:
    """All served resources: built-in ones are fixed, custom ones come and go with their CRD."""

    def __init__(self, kinds: Iterable[ResourceKind] = BUILTIN_KINDS) -> None:
        self.generation = 1
        self._kinds = {rt: kind for kind in kinds for rt in kind.resource_types()}
        self._builtins = tuple(self._kinds)
        self._custom: dict[str, tuple[ResourceType, ...]] = {}
        self._by_path: dict[tuple[str, str, str], ResourceType] = {}
        self._by_kind: dict[tuple[str, str], ResourceType] = {}
        self._reindex()

    def _reindex(self) -> None:
        self._by_path = {(rt.group, rt.version, rt.plural): rt for rt in self.all()}
        self._by_kind = {(rt.api_version, rt.kind): rt for rt in self.all()}

    def all(self) -> list[ResourceType]:
        """Every served resource, built-ins first, versions of one group in order of preference."""
        return [*self._builtins, *(rt for name in sorted(self._custom) for rt in self._custom[name])]

    def get(self, group: str, version: str, plural: str) -> ResourceType:
        """The resource at a path; raises :class:`StatusError` 404 when nothing is served there."""
        rt = self._by_path.get((group, version, plural))
        if rt is None:
            raise errors.unknown_path()
        return rt

    def kind(self, rt: ResourceType) -> ResourceKind:
        """The record of a built-in resource; raises KeyError for a custom one."""
        return self._kinds[rt]

    def by_kind(self, api_version: str, kind: str) -> ResourceType | None:
        """The resource with this apiVersion and kind."""
        return self._by_kind.get((api_version, kind))

    def find(self, group: str, plural: str) -> ResourceType:
        """The preferred version of a group's resource; raises :class:`StatusError` 404."""
        for rt in self.all():
            if rt.group == group and rt.plural == plural:
                return rt
        raise errors.unknown_path()

    def crd_types(self, name: str) -> tuple[ResourceType, ...]:
        """The served resources of one CRD, preferred version first; empty when none is served."""
        return self._custom.get(name, ())

    def add_crd(self, crd: Mapping[str, Any]) -> None:
        """Serve (or serve again) all versions that a CustomResourceDefinition marks as served."""
        name = crd["metadata"]["name"]
        types = tuple(_crd_types(crd))
        if self._custom.get(name) == types:
            return
        self._custom[name] = types
        self._changed()

    def remove_crd(self, name: str) -> None:
        """Stop serving a CRD's resources."""
        if self._custom.pop(name, None) is not None:
            self._changed()

    def touch(self) -> None:
        """Invalidate caches: a schema or column has changed, though not the set of resources."""
        self.generation += 1

    def _changed(self) -> None:
        self._reindex()
        self.generation += 1


def _crd_types(crd: Mapping[str, Any]) -> list[ResourceType]:
    spec = crd["spec"]
    names = crd.get("status", {}).get("acceptedNames") or spec["names"]
    types = []
    for version in sorted(spec["versions"], key=lambda v: version_priority(v["name"])):
        if not version.get("served"):
            continue
        types.append(
            ResourceType(
                group=spec["group"],
                version=version["name"],
                kind=names["kind"],
                plural=names["plural"],
                singular=names.get("singular") or names["kind"].lower(),
                namespaced=spec["scope"] == "Namespaced",
                short_names=tuple(names.get("shortNames", ())),
                categories=tuple(names.get("categories", ())),
                subresources=frozenset(version.get("subresources") or {}) & {"status", "scale"},
                crd=crd["metadata"]["name"],
            )
        )
    return types
