"""The objects that are linted together, by kind and name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import KubernetesObject, as_mapping, as_text
from canarytui.errors import InvalidObject

_GROUPS = {"Canary": "flagger.app", "MetricTemplate": "flagger.app", "AlertProvider": "flagger.app"}
"""Groups of kinds whose names others have, too."""


class Manifests:
    """An index of objects. One without a namespace is taken to be in any: kustomize and Helm fill it in later."""

    def __init__(self, objects: Sequence[KubernetesObject]) -> None:
        self._by_kind: dict[str, list[KubernetesObject]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[KubernetesObject]] = defaultdict(list)
        self._by_namespace: dict[tuple[str, str], list[KubernetesObject]] = defaultdict(list)
        self._canaries: dict[int, Canary | InvalidObject] = {}
        self._canaries_by_namespace: dict[str, list[Canary]] = defaultdict(list)
        self._canaries_by_word: dict[str, list[Canary]] = defaultdict(list)
        for obj in objects:
            kind = kind_of(obj)
            if kind:
                self._by_kind[kind].append(obj)
                self._by_name[kind, _name(obj)].append(obj)
                self._by_namespace[kind, namespace_of(obj)].append(obj)
            if kind == "Canary":
                parsed = self._canaries[id(obj)] = _parsed(obj)
                if isinstance(parsed, Canary):
                    self._canaries_by_namespace[parsed.namespace].append(parsed)
                    for word in _words_of(parsed):
                        self._canaries_by_word[word].append(parsed)

    def of_kind(self, kind: str) -> list[KubernetesObject]:
        """The objects of a kind, in the order of the documents."""
        return self._by_kind.get(kind, [])

    def named(self, kind: str, name: str, namespace: str) -> KubernetesObject | None:
        """The object of this kind and name that may be in `namespace`."""
        found = self._by_name.get((kind, name), ())
        return next((obj for obj in found if may_share(namespace_of(obj), namespace)), None)

    def beside(self, kind: str, namespace: str) -> list[KubernetesObject]:
        """The objects of a kind that may be in `namespace`."""
        if not namespace:
            return self.of_kind(kind)
        return [*self._by_namespace.get((kind, namespace), ()), *self._by_namespace.get((kind, ""), ())]

    def canaries_beside(self, namespace: str) -> list[Canary]:
        """The canaries that can be read and may be in `namespace`."""
        if not namespace:
            return [canary for each in self._canaries_by_namespace.values() for canary in each]
        return [*self._canaries_by_namespace.get(namespace, ()), *self._canaries_by_namespace.get("", ())]

    def canaries_about(self, name: str, namespace: str) -> list[Canary]:
        """The canaries that may have to do with an object of this name in `namespace`: by the name of their target, of
        their Services, of their Ingress or route, or of a copy of one."""
        words = (name, name.removesuffix("-canary"), name.partition(".")[0])
        found = {id(each): each for word in words for each in self._canaries_by_word.get(word, ())}
        return [each for each in found.values() if may_share(each.namespace, namespace)]

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


def _words_of(canary: Canary) -> set[str]:
    spec, apex = canary.spec, canary.apex_name
    route = f"{spec.route_name}-{apex}"
    return {canary.target_name, apex, canary.primary_service_name, canary.canary_service_name, spec.ingress_name, route}


def _parsed(obj: KubernetesObject) -> Canary | InvalidObject:
    try:
        return Canary.parse(obj)
    except InvalidObject as error:
        return error
