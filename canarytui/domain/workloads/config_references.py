"""Which ConfigMaps and Secrets a pod template names: volumes, projected volumes, variables.

Names only; the content is never read. Malformed references are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_mappings


class ConfigName(Struct, frozen=True):
    """`kind` is ConfigMap or Secret; it may be missing if `optional`."""

    kind: str
    name: str
    optional: bool


def config_names(workload: Mapping[str, Any]) -> list[ConfigName]:
    """The configs that a workload's pods use, each once, in order of appearance."""
    spec = as_mapping(as_mapping(as_mapping(workload.get("spec")).get("template")).get("spec"))
    found: dict[tuple[str, str], ConfigName] = {}
    for config in _all(spec):
        found.setdefault((config.kind, config.name), config)
    return list(found.values())


def _all(spec: Mapping[str, Any]) -> Iterator[ConfigName]:
    for volume in as_mappings(spec.get("volumes")):
        yield from _named("ConfigMap", volume.get("configMap"))
        yield from _named("Secret", volume.get("secret"), "secretName")
        for source in as_mappings(as_mapping(volume.get("projected")).get("sources")):
            yield from _named("ConfigMap", source.get("configMap"))
            yield from _named("Secret", source.get("secret"))
    for container in [*as_mappings(spec.get("containers")), *as_mappings(spec.get("initContainers"))]:
        for variable in as_mappings(container.get("env")):
            origin = as_mapping(variable.get("valueFrom"))
            yield from _named("ConfigMap", origin.get("configMapKeyRef"))
            yield from _named("Secret", origin.get("secretKeyRef"))
        for origin in as_mappings(container.get("envFrom")):
            yield from _named("ConfigMap", origin.get("configMapRef"))
            yield from _named("Secret", origin.get("secretRef"))


def _named(kind: str, reference: object, field: str = "name") -> Iterator[ConfigName]:
    values = as_mapping(reference)
    name = clean(values.get(field), 253)
    if name:
        yield ConfigName(kind, name, values.get("optional") is True)
