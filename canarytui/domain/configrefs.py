"""Which ConfigMaps and Secrets a pod template names: volumes, projected volumes, variables.

Names only; no content is ever looked at. Tolerant by intent: what is not an object names nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from canarytui.domain.plaintext import clean


@dataclass(frozen=True, slots=True)
class ConfigName:
    """`kind` is ConfigMap or Secret; an `optional` one may be missing."""

    kind: str
    name: str
    optional: bool


def config_names(workload: Mapping[str, Any]) -> list[ConfigName]:
    """The configs of a workload's pods, each once, in the order in which they are named."""
    spec = _mapping(_mapping(_mapping(workload.get("spec")).get("template")).get("spec"))
    found: dict[tuple[str, str], ConfigName] = {}
    for config in _all(spec):
        found.setdefault((config.kind, config.name), config)
    return list(found.values())


def _all(spec: Mapping[str, Any]) -> Iterator[ConfigName]:
    for volume in _objects(spec.get("volumes")):
        yield from _named("ConfigMap", volume.get("configMap"))
        yield from _named("Secret", volume.get("secret"), "secretName")
        for source in _objects(_mapping(volume.get("projected")).get("sources")):
            yield from _named("ConfigMap", source.get("configMap"))
            yield from _named("Secret", source.get("secret"))
    for container in [*_objects(spec.get("containers")), *_objects(spec.get("initContainers"))]:
        for variable in _objects(container.get("env")):
            origin = _mapping(variable.get("valueFrom"))
            yield from _named("ConfigMap", origin.get("configMapKeyRef"))
            yield from _named("Secret", origin.get("secretKeyRef"))
        for origin in _objects(container.get("envFrom")):
            yield from _named("ConfigMap", origin.get("configMapRef"))
            yield from _named("Secret", origin.get("secretRef"))


def _named(kind: str, reference: object, field: str = "name") -> Iterator[ConfigName]:
    values = _mapping(reference)
    name = clean(values.get(field), 253)
    if name:
        yield ConfigName(kind, name, values.get("optional") is True)


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
