"""The objects that are linted together, by kind and name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject, as_mapping, as_text
from canarytui.errors import InvalidObject

_GROUPS = {"Canary": "flagger.app", "MetricTemplate": "flagger.app", "AlertProvider": "flagger.app"}
"""Groups of kinds whose names others have, too."""


class Manifests:
    """An index of objects. One without a namespace is taken to be in any: kustomize and Helm fill it in later."""

    def __init__(self, objects: Sequence[KubernetesObject]) -> None:
        self._by_kind: dict[str, list[KubernetesObject]] = defaultdict(list)
        self._canaries: dict[int, Canary | InvalidObject] = {}
        for obj in objects:
            kind = kind_of(obj)
            if kind:
                self._by_kind[kind].append(obj)
            if kind == "Canary":
                self._canaries[id(obj)] = _parsed(obj)

    def of_kind(self, kind: str, api_group: str | None = None) -> list[KubernetesObject]:
        """The objects of a kind, in the order of the documents; of one API group if that is given."""
        found = self._by_kind.get(kind, [])
        return found if api_group is None else [obj for obj in found if group_of(obj) == api_group]

    def named(self, kind: str, name: str, namespace: str) -> KubernetesObject | None:
        """The object of this kind and name that may be in `namespace`."""
        return next((obj for obj in self.beside(kind, namespace) if _name(obj) == name), None)

    def beside(self, kind: str, namespace: str) -> Iterator[KubernetesObject]:
        """The objects of a kind that may be in `namespace`."""
        for obj in self.of_kind(kind):
            if may_share(namespace_of(obj), namespace):
                yield obj

    def canaries(self) -> Iterator[Canary]:
        """Those that can be read."""
        for parsed in self._canaries.values():
            if isinstance(parsed, Canary):
                yield parsed

    def canary(self, obj: KubernetesObject) -> Canary | None:
        """The canary that `obj` is; None where it is none or cannot be read."""
        parsed = self._canaries.get(id(obj))
        return parsed if isinstance(parsed, Canary) else None

    def refusal(self, obj: KubernetesObject) -> InvalidObject | None:
        """Why the canary `obj` cannot be read; None where it can."""
        parsed = self._canaries.get(id(obj))
        return parsed if isinstance(parsed, InvalidObject) else None


def kind_of(obj: KubernetesObject) -> str:
    """The kind; "" where the object has none, or the kind's name in another API group."""
    kind = as_text(obj.get("kind"))
    return kind if _GROUPS.get(kind, group_of(obj)) == group_of(obj) else ""


def group_of(obj: KubernetesObject) -> str:
    """The API group; "" for the core."""
    return as_text(obj.get("apiVersion")).rpartition("/")[0]


def namespace_of(obj: KubernetesObject) -> str:
    return as_text(as_mapping(obj.get("metadata")).get("namespace"))


def may_share(one: str, other: str) -> bool:
    """Whether two objects of these namespaces may be in one; "" is not decided yet."""
    return not one or not other or one == other


def _name(obj: KubernetesObject) -> str:
    return as_text(as_mapping(obj.get("metadata")).get("name"))


def _parsed(obj: KubernetesObject) -> Canary | InvalidObject:
    try:
        return Canary.parse(obj)
    except InvalidObject as error:
        return error
