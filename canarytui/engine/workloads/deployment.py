"""Deployments as targets: the primary copy, scaling to and from zero, readiness."""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.revision import spec_hash
from canarytui.engine import scalers
from canarytui.engine.decide.effects import Create, Decision, Log, Object, Patch, Replace
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.workloads import configs
from canarytui.engine.workloads.base import (
    Readiness,
    Selector,
    find,
    flagger_id,
    included,
    owner_reference,
    selector_of,
    without_flux,
)
from canarytui.engine.workloads.readiness import deployment_readiness

_CALLER = "canary/deployment_controller.go"
_COPIED = ("progressDeadlineSeconds", "minReadySeconds", "revisionHistoryLimit", "strategy")


class DeploymentWorkload:
    """See :class:`canarytui.engine.workloads.base.Workload`."""

    owns_services = True

    def target(self, tick: Tick) -> Object:
        return find(tick, "Deployment", tick.canary.target_name)

    def selector(self, tick: Tick) -> Selector:
        return selector_of(tick, self.target(tick), "Deployment")

    def pod_template(self, tick: Tick) -> Object:
        template: Object = self.target(tick)["spec"]["template"]
        return template

    def fingerprint(self, tick: Tick) -> str:
        return spec_hash(self.pod_template(tick))

    def config_checksums(self, tick: Tick) -> dict[str, str] | None:
        return configs.checksums(tick, self.pod_template(tick))

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        canary = tick.canary
        if tick.world.get("Deployment", canary.namespace, canary.primary_name) is not None:
            return
        target = self.target(tick)
        yield from configs.write_copies(tick, target["spec"]["template"])
        replicas = target["spec"].get("replicas")
        yield Create(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {
                    "name": canary.primary_name,
                    "namespace": canary.namespace,
                    "labels": self._labels(tick, target),
                    "annotations": without_flux(target["metadata"].get("annotations")),
                    "ownerReferences": [owner_reference(canary)],
                },
                "spec": {
                    **_copied(target),
                    "replicas": int(replicas) if replicas else 1,
                    "selector": {"matchLabels": self._pod_label(tick)},
                    "template": self._primary_template(tick, target),
                },
            }
        )
        yield Log(f"Deployment {tick.primary} created", _CALLER)

    def promote(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: self._promote(tick), f"deployment {tick.primary}")

    def _promote(self, tick: Tick) -> Decision[bool]:
        canary, target = tick.canary, self.target(tick)
        primary = copy.deepcopy(dict(find(tick, "Deployment", canary.primary_name)))
        yield from configs.write_copies(tick, target["spec"]["template"])
        prefixes = tick.settings.include_label_prefixes
        metadata, spec = primary["metadata"], primary["spec"]
        metadata["labels"] = {**self._labels(tick, target)}
        metadata["annotations"] = included(target["metadata"].get("annotations"), prefixes)
        for name in _COPIED:
            spec.pop(name, None)
        spec.update(_copied(target))
        if canary.spec.autoscaler is None and target["spec"].get("replicas"):
            spec["replicas"] = target["spec"]["replicas"]
        spec["template"] = self._primary_template(tick, target)
        yield Replace(primary)
        return True

    def scale_to_zero(self, tick: Tick) -> Decision[None]:
        yield from self._scale(tick, 0)

    def scale_from_zero(self, tick: Tick) -> Decision[None]:
        yield from self._scale(tick, self._replicas_to_resume(tick))

    def take_over(self, tick: Tick) -> Decision[None]:
        primary = tick.world.get("Deployment", tick.canary.namespace, tick.canary.primary_name)
        replicas = int(primary["spec"].get("replicas") or 0) if primary is not None else 0
        yield from self._scale(tick, replicas or 1)

    def primary_readiness(self, tick: Tick) -> Readiness:
        return self._readiness(tick, tick.canary.primary_name, primary=True)

    def canary_readiness(self, tick: Tick) -> Readiness:
        return self._readiness(tick, tick.canary.target_name, primary=False)

    def _readiness(self, tick: Tick, name: str, *, primary: bool) -> Readiness:
        try:
            deployment = find(tick, "Deployment", name)
        except EndTick as missing:
            return Readiness(False, text=str(missing))
        analysis = tick.canary.spec.analysis
        return deployment_readiness(
            deployment,
            deadline_s=tick.canary.spec.progress_deadline_s,
            threshold=analysis.primary_ready_threshold if primary else analysis.canary_ready_threshold,
            now=tick.now,
        )

    def _scale(self, tick: Tick, replicas: int) -> Decision[None]:
        if self.target(tick)["spec"].get("replicas", 1) != replicas:
            name, namespace = tick.canary.target_name, tick.canary.namespace
            yield Patch("Deployment", namespace, name, {"spec": {"replicas": replicas}})

    def _replicas_to_resume(self, tick: Tick) -> int:
        canary = tick.canary
        own = self.target(tick)["spec"].get("replicas")
        if own is None or int(own) > 0:
            return 1 if own is None else int(own)
        if canary.spec.autoscaler is None:
            primary = find(tick, "Deployment", canary.primary_name)
            return int(primary["spec"].get("replicas") or 1)
        return scalers.least_replicas(tick)

    def _labels(self, tick: Tick, target: Object) -> dict[str, str]:
        prefixes = tick.settings.include_label_prefixes
        return {**included(target["metadata"].get("labels"), prefixes), **self._pod_label(tick)}

    def _pod_label(self, tick: Tick) -> dict[str, str]:
        selector = self.selector(tick)
        return {selector.key: selector.primary_value}

    def _primary_template(self, tick: Tick, target: Object) -> dict[str, Any]:
        original = target["spec"]["template"]
        template: dict[str, Any] = copy.deepcopy(original)
        metadata = template.setdefault("metadata", {})
        metadata["labels"] = {**without_flux(metadata.get("labels")), **self._pod_label(tick)}
        metadata["annotations"] = {**(metadata.get("annotations") or {}), "flagger-id": flagger_id(tick)}
        configs.pointed_to_copies(tick, original, template)
        _spread_apart(template["spec"], tick.canary.target_name, tick.settings.selector_labels)
        return template


def _copied(target: Object) -> dict[str, Any]:
    return {name: copy.deepcopy(target["spec"][name]) for name in _COPIED if name in target["spec"]}


def _spread_apart(spec: dict[str, Any], target: str, keys: tuple[str, ...]) -> None:
    """Let the primary's anti-affinity and topology spread mean the primary's pods, not the target's."""
    selectors = [rule.get("labelSelector") for rule in spec.get("topologySpreadConstraints") or []]
    rules = (spec.get("affinity") or {}).get("podAntiAffinity") or {}
    for term in rules.get("requiredDuringSchedulingIgnoredDuringExecution") or []:
        selectors.append(term.get("labelSelector"))
    for term in rules.get("preferredDuringSchedulingIgnoredDuringExecution") or []:
        selectors.append((term.get("podAffinityTerm") or {}).get("labelSelector"))
    for selector in filter(None, selectors):
        labels = selector.get("matchLabels") or {}
        for key in labels.keys() & set(keys):
            if labels[key] == target:
                labels[key] = f"{target}-primary"
        for expression in selector.get("matchExpressions") or []:
            if expression.get("key") in keys:
                values = expression.get("values") or []
                expression["values"] = [f"{v}-primary" if v == target else v for v in values]
