"""Which resources are served: the built-in ones and those of applied CustomResourceDefinitions.

Discovery, OpenAPI, routing, authorization and storage all ask the one :class:`Registry`; its ``generation``
changes whenever its answers may, so that derived documents can be cached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from canarytui.sandbox.apiserver import errors

ALL_VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})
CREATE_ONLY = frozenset({"create"})


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One resource of one group version, such as ``deployments`` of ``apps/v1``."""

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    namespaced: bool
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: frozenset[str] = frozenset()
    verbs: frozenset[str] = ALL_VERBS
    crd: str | None = None

    @property
    def api_version(self) -> str:
        """``v1`` or ``apps/v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_resource(self) -> str:
        """``pods`` or ``deployments.apps``, the name used in messages."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def list_kind(self) -> str:
        """Kind of a list of these; CRDs may not choose another one here."""
        return f"{self.kind}List"


def storage_key(rt: ResourceType) -> tuple[str, str]:
    """Group and plural under which objects are kept; resources with two shapes share one."""
    if rt.plural == "events" and rt.group == "events.k8s.io":
        return ("", "events")
    return (rt.group, rt.plural)


class Registry:
    """All served resources. Built-ins are given once; custom ones come and go with their CRD."""

    def __init__(self, builtins: Iterable[ResourceType] | None = None) -> None:
        if builtins is None:
            from canarytui.sandbox.apiserver.types.kinds.builtins import BUILTINS

            builtins = BUILTINS
        self.generation = 1
        self._builtins = tuple(builtins)
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

    def by_kind(self, api_version: str, kind: str) -> ResourceType | None:
        """The resource whose objects say this apiVersion and kind."""
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
        """Serve (or serve anew) all versions that a CustomResourceDefinition marks as served."""
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
        """Tell caches that a schema or column has changed although the resources are the same."""
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


def version_priority(version: str) -> tuple[int, int, int, str]:
    """Sort key that puts v2 before v1 before v1beta2 before v1alpha1 before names of another form."""
    stage, major, minor = _parse_version(version)
    return (stage, -major, -minor, version)


def _parse_version(version: str) -> tuple[int, int, int]:
    rest = version.removeprefix("v")
    for stage, word in ((1, "beta"), (2, "alpha")):
        major, found, minor = rest.partition(word)
        if found and major.isdigit() and minor.isdigit():
            return (stage, int(major), int(minor))
    if version.startswith("v") and rest.isdigit():
        return (0, int(rest), 0)
    return (3, 0, 0)
