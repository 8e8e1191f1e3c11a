"""The objects that a migration may look at: documents of files, or what a cluster has."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.domain.resource import Resource
from canarytui.domain.values import KubernetesObject, as_mapping, as_text


class ObjectSet:
    """Objects by group, kind, namespace and name; versions do not count. `unread` says what could not be read."""

    def __init__(self, objects: Iterable[KubernetesObject], *, namespace: str = "", unread: Iterable[str] = ()) -> None:
        self._namespace = namespace
        self._objects = [each for each in objects if as_text(each.get("kind"))]
        self.unread = tuple(unread)

    def all(self, resource: Resource, namespace: str | None = None) -> list[KubernetesObject]:
        """Objects of a resource type, in one namespace or everywhere."""
        return [
            each
            for each in self._objects
            if each.get("kind") == resource.kind
            and group_of(each) == resource.group
            and (namespace is None or self.namespace_of(each) == namespace)
        ]

    def of_kind(self, kind: str) -> list[KubernetesObject]:
        """Objects of a kind, whatever their group."""
        return [each for each in self._objects if each.get("kind") == kind]

    def of_group(self, group: str) -> list[KubernetesObject]:
        """Objects of an API group, whatever their kind."""
        return [each for each in self._objects if group_of(each) == group]

    def find(self, resource: Resource, namespace: str, name: str) -> KubernetesObject | None:
        """One object; None when it is not there."""
        return next((each for each in self.all(resource, namespace) if name_of(each) == name), None)

    def namespace_of(self, obj: KubernetesObject) -> str:
        """The namespace that it has, or gets when it is applied."""
        return as_text(as_mapping(obj.get("metadata")).get("namespace")) or self._namespace


def name_of(obj: KubernetesObject) -> str:
    """Its name; "" without one."""
    return as_text(as_mapping(obj.get("metadata")).get("name"))


def group_of(obj: KubernetesObject) -> str:
    """Its API group; "" for the core's."""
    group, slash, _ = as_text(obj.get("apiVersion")).rpartition("/")
    return group if slash else ""
