"""A resource as paths, discovery and messages name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    """Name of the CustomResourceDefinition; None for built-in resources."""
    stored_as: tuple[str, str] | None = None
    model: str = ""
    selectable_fields: tuple[str, ...] = ()
    zero_status: Mapping[str, Any] | None = field(default=None, compare=False)
    """The status that every object has, before anybody has written one; None where there is none until then."""

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
        """Kind of a list of these; CRDs cannot choose another one here."""
        return f"{self.kind}List"


def storage_key(rt: ResourceType) -> tuple[str, str]:
    """Group and plural under which objects are kept; versions, and resources with two shapes, share one."""
    return rt.stored_as or (rt.group, rt.plural)


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
