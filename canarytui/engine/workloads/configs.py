"""ConfigMaps and Secrets that a pod template uses: finding them, fingerprinting them, copying them.

Used by the Deployment and DaemonSet workloads. A copy is called ``<name>-primary``; the primary's template
refers to copies, so that a changed config reaches the primary only by promotion.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from canarytui.domain.spec.revision import config_checksum
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads.base import included, owner_reference

_OPT_OUT = "flagger.app/config-tracking"
_SECRET_TYPES = ("Opaque", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/tls", "")
_CALLER = "canary/config_tracker.go"


class ConfigRef(Struct, frozen=True):
    """A place in a pod template that names a config: `holder[key]` is the name."""

    kind: str
    holder: dict[str, Any]
    key: str
    optional: bool

    @property
    def name(self) -> str:
        return str(self.holder.get(self.key) or "")


def references(template: KubernetesObject) -> Iterator[ConfigRef]:
    """All config names in a pod template: volumes, projected volumes, env and envFrom."""
    spec = template.get("spec") or {}
    for volume in spec.get("volumes") or []:
        yield from _volume(volume)
        for source in (volume.get("projected") or {}).get("sources") or []:
            yield from _source(source)
    for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
        for variable in container.get("env") or []:
            origin = variable.get("valueFrom") or {}
            yield from _named("ConfigMap", origin.get("configMapKeyRef"))
            yield from _named("Secret", origin.get("secretKeyRef"))
        for origin in container.get("envFrom") or []:
            yield from _named("ConfigMap", origin.get("configMapRef"))
            yield from _named("Secret", origin.get("secretRef"))


def _volume(volume: KubernetesObject) -> Iterator[ConfigRef]:
    yield from _named("ConfigMap", volume.get("configMap"))
    yield from _named("Secret", volume.get("secret"), key="secretName")


def _source(source: KubernetesObject) -> Iterator[ConfigRef]:
    yield from _named("ConfigMap", source.get("configMap"))
    yield from _named("Secret", source.get("secret"))


def _named(kind: str, holder: dict[str, Any] | None, key: str = "name") -> Iterator[ConfigRef]:
    if holder and holder.get(key):
        yield ConfigRef(kind, holder, key, bool(holder.get("optional")))


def tracked(tick: Tick, template: KubernetesObject) -> dict[tuple[str, str], KubernetesObject]:
    """The configs to follow, by (kind, name), in the order in which the template names them.

    Raises:
        EndTick: a config that is not optional is missing.
    """
    found: dict[tuple[str, str], KubernetesObject] = {}
    if not tick.settings.config_tracking:
        return found
    namespace = tick.canary.namespace
    for reference in references(template):
        key = (reference.kind, reference.name)
        if key in found:
            continue
        config = tick.cluster_view.get(reference.kind, namespace, reference.name)
        if config is None:
            if reference.optional:
                continue
            raise EndTick(_missing(tick, reference))
        if reference.kind == "Secret" and str(config.get("type") or "") not in _SECRET_TYPES:
            continue
        annotations = (config.get("metadata") or {}).get("annotations") or {}
        if str(annotations.get(_OPT_OUT, "")).startswith("disable"):
            continue
        found[key] = config
    return found


def _missing(tick: Tick, reference: ConfigRef) -> str:
    kind, name = reference.kind.lower(), reference.name
    what = f"{kind} {name}.{tick.canary.namespace} get query error: "
    reason = f'{kind}s "{name}" not found'
    return f"GetTargetConfigs failed: {what}{what}{reason}" if tick.settings.strict else f"{what}{reason}"


def checksums(tick: Tick, template: KubernetesObject) -> dict[str, str] | None:
    """``status.trackedConfigs``; None when tracking is switched off."""
    if not tick.settings.config_tracking:
        return None
    return {
        f"{kind.lower()}/{name}": config_checksum(config.get("data"), _binary(tick, config))
        for (kind, name), config in tracked(tick, template).items()
    }


def pointed_to_copies(tick: Tick, target_template: KubernetesObject, template: dict[str, Any]) -> None:
    """Make `template` (a copy of the target's) refer to the ``-primary`` copies."""
    names = tracked(tick, target_template).keys()
    for reference in references(template):
        if (reference.kind, reference.name) in names:
            reference.holder[reference.key] = f"{reference.name}-primary"


def write_copies(tick: Tick, template: KubernetesObject) -> Decision[None]:
    """Update the ``-primary`` copies of all tracked configs."""
    for (kind, name), config in tracked(tick, template).items():
        yield from _write_copy(tick, kind, name, config)


def _write_copy(tick: Tick, kind: str, name: str, config: KubernetesObject) -> Decision[None]:
    copy_name = f"{name}-primary"

    def write() -> Decision[bool]:
        live = tick.cluster_view.get(kind, tick.canary.namespace, copy_name)
        wanted = _copy(tick, kind, copy_name, config, live)
        if live is None:
            yield Create(wanted)
        elif _content(wanted) != _content(live):
            yield Replace(wanted)
        return True

    yield from settle(write, f"{kind} {copy_name}")
    yield Log(f"{kind} {copy_name} synced", _CALLER)


def _copy(tick: Tick, kind: str, name: str, config: KubernetesObject, live: KubernetesObject | None) -> dict[str, Any]:
    owner = owner_reference(tick.canary)
    labels = included((config.get("metadata") or {}).get("labels"), tick.settings.include_label_prefixes)
    if live is None:
        metadata: dict[str, Any] = {"namespace": tick.canary.namespace, "name": name, "ownerReferences": [owner]}
    else:
        metadata = copy.deepcopy(dict(live["metadata"]))
        others = [
            {**reference, "controller": False}
            for reference in metadata.get("ownerReferences") or []
            if (reference.get("kind"), reference.get("name")) != (owner["kind"], owner["name"])
        ]
        metadata["ownerReferences"] = [owner, *others]
        metadata.pop("labels", None)
    if labels:
        metadata["labels"] = labels
    wanted: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    if kind == "Secret":
        wanted["type"] = config.get("type") or "Opaque"
    for field, content in (("data", config.get("data")), ("binaryData", _binary(tick, config))):
        if content is not None:
            wanted[field] = dict(content)
    return wanted


def _binary(tick: Tick, config: KubernetesObject) -> Mapping[str, str] | None:
    """A ConfigMap's ``binaryData``. Flagger does not copy it: the primary's pods then lack files."""
    found: Mapping[str, str] | None = None if tick.settings.strict else config.get("binaryData")
    return found or None


def _content(config: KubernetesObject) -> tuple[Any, ...]:
    metadata = config["metadata"]
    parts = tuple(config.get(part) or {} for part in ("data", "binaryData", "type"))
    return *parts, metadata.get("labels") or {}, metadata.get("ownerReferences") or []
