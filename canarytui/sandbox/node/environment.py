"""A container's environment variables from its spec and the ConfigMaps and Secrets it refers to.

Pure: the container loop fetches what :func:`references` names, then calls :func:`resolve`. Messages are the
kubelet's, because they end up in the pod's status.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from canarytui.sandbox.values import ReadOnlyObject

_EXPANSION = re.compile(r"\$(?:\$|\(([A-Za-z_.-][A-Za-z0-9_.-]*)\))")


class ConfigProblem(Exception):
    """The container cannot be created; ``str`` is the kubelet's message."""


class Reference(Struct, frozen=True):
    """A ConfigMap or Secret that a container needs; `kind` is ``ConfigMap`` or ``Secret``."""

    kind: str
    name: str


Found = Mapping[Reference, ReadOnlyObject | None]


def references(container: ReadOnlyObject) -> set[Reference]:
    """Everything that the container's ``env`` and ``envFrom`` refer to."""
    found = {reference for reference, _, _ in _sources(container)}
    for variable in container.get("env") or ():
        selector = _selector(variable)
        if selector is not None:
            found.add(selector[0])
    return found


def resolve(pod: ReadOnlyObject, container: ReadOnlyObject, found: Found, base: Mapping[str, str]) -> dict[str, str]:
    """All variables in order; later ones win, ``$(NAME)`` refers to earlier ones.

    Raises:
        ConfigProblem: something that is not optional is missing.
    """
    env = dict(base)
    for reference, prefix, optional in _sources(container):
        data = _data(reference, found, optional)
        env.update({f"{prefix}{key}": value for key, value in data.items()})
    for variable in container.get("env") or ():
        value = _value(pod, container, variable, found, env)
        if value is not None:
            env[str(variable["name"])] = value
    return env


def _sources(container: ReadOnlyObject) -> Iterator[tuple[Reference, str, bool]]:
    for source in container.get("envFrom") or ():
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if reference := source.get(field):
                optional = bool(reference.get("optional"))
                yield Reference(kind, str(reference["name"])), str(source.get("prefix") or ""), optional


def _selector(variable: ReadOnlyObject) -> tuple[Reference, str, bool] | None:
    source = variable.get("valueFrom") or {}
    for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        if selector := source.get(field):
            reference = Reference(kind, str(selector["name"]))
            return reference, str(selector["key"]), bool(selector.get("optional"))
    return None


def _value(
    pod: ReadOnlyObject, container: ReadOnlyObject, variable: ReadOnlyObject, found: Found, env: Mapping[str, str]
) -> str | None:
    selector = _selector(variable)
    if selector is not None:
        reference, key, optional = selector
        data = _data(reference, found, optional)
        if key not in data and not optional:
            namespace = pod["metadata"].get("namespace", "")
            raise ConfigProblem(f"couldn't find key {key} in {reference.kind} {namespace}/{reference.name}")
        return data.get(key)
    source = variable.get("valueFrom") or {}
    if field := source.get("fieldRef"):
        return field_value(pod, str(field.get("fieldPath") or ""))
    if resource := source.get("resourceFieldRef"):
        kind, _, name = str(resource.get("resource") or "").partition(".")
        return str(((container.get("resources") or {}).get(kind) or {}).get(name, "0"))
    return expand(str(variable.get("value") or ""), env)


def _data(reference: Reference, found: Found, optional: bool) -> dict[str, str]:
    obj = found.get(reference)
    if obj is None:
        if optional:
            return {}
        raise ConfigProblem(f'{reference.kind.lower()} "{reference.name}" not found')
    data = obj.get("data") or {}
    if reference.kind == "ConfigMap":
        return {key: str(value) for key, value in data.items()}
    return {key: base64.b64decode(value).decode("utf-8", "replace") for key, value in data.items()}


def field_value(pod: ReadOnlyObject, path: str) -> str:
    """A downward API field such as ``metadata.name`` or ``metadata.labels['app']``; "" if there is none."""
    if keyed := re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path):
        return str((pod["metadata"].get(keyed[1]) or {}).get(keyed[2], ""))
    node: Any = pod
    for part in path.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return "" if node is None else str(node)


def expand(text: str, env: Mapping[str, str]) -> str:
    """Replace ``$(NAME)`` by known variables; ``$$`` is a literal ``$``, unknown names stay as they are."""

    def replacement(match: re.Match[str]) -> str:
        return "$" if match[1] is None else env.get(match[1], match[0])

    return _EXPANSION.sub(replacement, text)
