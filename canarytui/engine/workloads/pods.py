"""What Deployments and DaemonSets share as targets: the copy that is the primary, its labels, its pod template.

The user's own object is the canary. The primary is made from it once, and rewritten only when a revision is
promoted: manual changes to a primary stay until then.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import Any

from canarytui.domain.spec.revision import spec_hash
from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Create, Decision, Log, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads import configs
from canarytui.engine.workloads.base import (
    PodSelectorLabel,
    Readiness,
    find,
    flagger_id,
    included,
    owner_reference,
    said_by_flagger,
    selector_of,
    without_flux,
)


class PodWorkload(ABC):
    """A kind with a pod template. See :class:`canarytui.engine.workloads.base.WorkloadKind`.

    `copied` are the fields of the spec that the primary takes over, besides the template.
    """

    owns_services = True
    kind: str
    copied: tuple[str, ...]

    def target(self, tick: Tick) -> KubernetesObject:
        return find(tick, self.kind, tick.canary.target_name)

    def selector(self, tick: Tick) -> PodSelectorLabel:
        return selector_of(tick, self.target(tick), self.kind)

    def pod_template(self, tick: Tick) -> KubernetesObject:
        template: KubernetesObject = self.target(tick)["spec"]["template"]
        return template

    def fingerprint(self, tick: Tick) -> str:
        return spec_hash(self._at_work(self.pod_template(tick)))

    def config_checksums(self, tick: Tick) -> dict[str, str] | None:
        return configs.checksums(tick, self.pod_template(tick))

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        with said_by_flagger(tick, f"createPrimary{self.kind} failed"):
            yield from self._ensure_primary(tick)

    def promote(self, tick: Tick) -> Decision[None]:
        with said_by_flagger(tick, f"updating {self.kind.lower()} {tick.primary} template spec failed"):
            yield from settle(lambda: self._promote(tick), f"{self.kind.lower()} {tick.primary}")

    def primary_readiness(self, tick: Tick) -> Readiness:
        return self._readiness(tick, tick.canary.primary_name, primary=True)

    def canary_readiness(self, tick: Tick) -> Readiness:
        return self._readiness(tick, tick.canary.target_name, primary=False)

    @abstractmethod
    def _at_work(self, template: KubernetesObject) -> KubernetesObject:
        """`template` as it is when the target is not scaled to zero."""

    @abstractmethod
    def _require_copyable(self, tick: Tick, target: KubernetesObject) -> None:
        """Raises EndTick when no primary can be made of `target`."""

    @abstractmethod
    def _size(self, tick: Tick, target: KubernetesObject, live: KubernetesObject | None) -> dict[str, Any]:
        """The fields of the primary's spec that say how many pods it has; `live` None: it is being made."""

    @abstractmethod
    def _adapt(self, tick: Tick, pod: dict[str, Any]) -> None:
        """Adapt the primary's pod spec as the kind requires."""

    @abstractmethod
    def _judge(self, tick: Tick, workload: KubernetesObject, threshold: int, *, primary: bool) -> Readiness:
        """Whether `workload` is ready; the text is the whole sentence to report."""

    def _ensure_primary(self, tick: Tick) -> Decision[None]:
        canary = tick.canary
        target = self.target(tick)
        self._require_copyable(tick, target)
        if tick.cluster_view.get(self.kind, canary.namespace, canary.primary_name) is not None:
            return
        yield from configs.write_copies(tick, target["spec"]["template"])
        yield Create(
            {
                "apiVersion": "apps/v1",
                "kind": self.kind,
                "metadata": {
                    "name": canary.primary_name,
                    "namespace": canary.namespace,
                    "labels": self._labels(tick, target),
                    "annotations": without_flux(target["metadata"].get("annotations")),
                    "ownerReferences": [owner_reference(canary)],
                },
                "spec": {
                    **self._copied(target),
                    **self._size(tick, target, None),
                    "selector": {"matchLabels": self._pod_label(tick)},
                    "template": self._primary_template(tick, target),
                },
            }
        )
        yield Log(f"{self.kind} {tick.primary} created", self._caller)

    def _promote(self, tick: Tick) -> Decision[bool]:
        target = self.target(tick)
        primary = copy.deepcopy(dict(find(tick, self.kind, tick.canary.primary_name)))
        yield from configs.write_copies(tick, target["spec"]["template"])
        metadata, spec = primary["metadata"], primary["spec"]
        metadata["labels"] = self._labels(tick, target)
        metadata["annotations"] = included(target["metadata"].get("annotations"), tick.settings.include_label_prefixes)
        for name in self.copied:
            spec.pop(name, None)
        spec.update(self._copied(target))
        spec.update(self._size(tick, target, primary))
        spec["template"] = self._primary_template(tick, target)
        yield Replace(primary)
        return True

    def _readiness(self, tick: Tick, name: str, *, primary: bool) -> Readiness:
        try:
            workload = find(tick, self.kind, name)
        except EndTick as missing:
            return Readiness(False, text=str(missing))
        analysis = tick.canary.spec.analysis
        threshold = analysis.primary_ready_threshold if primary else analysis.canary_ready_threshold
        return self._judge(tick, workload, threshold, primary=primary)

    def _copied(self, target: KubernetesObject) -> dict[str, Any]:
        return {name: copy.deepcopy(target["spec"][name]) for name in self.copied if name in target["spec"]}

    def _labels(self, tick: Tick, target: KubernetesObject) -> dict[str, str]:
        kept = included(target["metadata"].get("labels"), tick.settings.include_label_prefixes)
        return {**kept, **self._pod_label(tick)}

    def _pod_label(self, tick: Tick) -> dict[str, str]:
        selector = self.selector(tick)
        return {selector.key: selector.primary_value}

    def _primary_template(self, tick: Tick, target: KubernetesObject) -> dict[str, Any]:
        original = target["spec"]["template"]
        template: dict[str, Any] = copy.deepcopy(dict(self._at_work(original)))
        metadata = template.setdefault("metadata", {})
        metadata["labels"] = {**without_flux(metadata.get("labels")), **self._pod_label(tick)}
        metadata["annotations"] = {**without_flux(metadata.get("annotations")), "flagger-id": flagger_id(tick)}
        configs.pointed_to_copies(tick, original, template)
        self._adapt(tick, template["spec"])
        return template

    @property
    def _caller(self) -> str:
        return f"canary/{self.kind.lower()}_controller.go"
