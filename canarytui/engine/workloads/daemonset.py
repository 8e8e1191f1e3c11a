"""DaemonSets as targets: the primary copy, "scaling" by a node selector that no node matches, readiness."""

from __future__ import annotations

import copy
from typing import Any

from canarytui.domain.revision import spec_hash
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
from canarytui.engine.workloads.readiness import daemonset_readiness

NOWHERE = "flagger.app/scale-to-zero"
_CALLER = "canary/daemonset_controller.go"
_COPIED = ("minReadySeconds", "revisionHistoryLimit", "updateStrategy")


class DaemonSetWorkload:
    """See :class:`canarytui.engine.workloads.base.Workload`."""

    owns_services = True

    def target(self, tick: Tick) -> Object:
        target = find(tick, "DaemonSet", tick.canary.target_name)
        strategy = (target["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate")
        if strategy != "RollingUpdate":
            raise EndTick(f"daemonset {tick.target} must have RollingUpdate strategy but have {strategy}")
        return target

    def selector(self, tick: Tick) -> Selector:
        return selector_of(tick, self.target(tick), "DaemonSet")

    def pod_template(self, tick: Tick) -> Object:
        template: Object = self.target(tick)["spec"]["template"]
        return template

    def fingerprint(self, tick: Tick) -> str:
        return spec_hash(_scheduled(self.pod_template(tick)))

    def config_checksums(self, tick: Tick) -> dict[str, str] | None:
        return configs.checksums(tick, self.pod_template(tick))

    def ensure_primary(self, tick: Tick) -> Decision[None]:
        canary = tick.canary
        if tick.world.get("DaemonSet", canary.namespace, canary.primary_name) is not None:
            return
        target, selector = self.target(tick), self.selector(tick)
        yield from configs.write_copies(tick, target["spec"]["template"])
        prefixes = tick.settings.include_label_prefixes
        label = {selector.key: selector.primary_value}
        yield Create(
            {
                "apiVersion": "apps/v1",
                "kind": "DaemonSet",
                "metadata": {
                    "name": canary.primary_name,
                    "namespace": canary.namespace,
                    "labels": {**included(target["metadata"].get("labels"), prefixes), **label},
                    "annotations": without_flux(target["metadata"].get("annotations")),
                    "ownerReferences": [owner_reference(canary)],
                },
                "spec": {
                    **_copied(target),
                    "selector": {"matchLabels": label},
                    "template": self._primary_template(tick, target),
                },
            }
        )
        yield Log(f"DaemonSet {tick.primary} created", _CALLER)

    def promote(self, tick: Tick) -> Decision[None]:
        yield from settle(lambda: self._promote(tick), f"daemonset {tick.primary}")

    def _promote(self, tick: Tick) -> Decision[bool]:
        target, selector = self.target(tick), self.selector(tick)
        primary = copy.deepcopy(dict(find(tick, "DaemonSet", tick.canary.primary_name)))
        yield from configs.write_copies(tick, target["spec"]["template"])
        prefixes = tick.settings.include_label_prefixes
        label = {selector.key: selector.primary_value}
        primary["metadata"]["labels"] = {**included(target["metadata"].get("labels"), prefixes), **label}
        primary["metadata"]["annotations"] = included(target["metadata"].get("annotations"), prefixes)
        for name in _COPIED:
            primary["spec"].pop(name, None)
        primary["spec"].update(_copied(target))
        primary["spec"]["template"] = self._primary_template(tick, target)
        yield Replace(primary)
        return True

    def scale_to_zero(self, tick: Tick) -> Decision[None]:
        yield from self._select_nodes(tick, "true")

    def scale_from_zero(self, tick: Tick) -> Decision[None]:
        yield from self._select_nodes(tick, None)

    def take_over(self, tick: Tick) -> Decision[None]:
        yield from self.scale_from_zero(tick)

    def primary_readiness(self, tick: Tick) -> Readiness:
        readiness = self._readiness(tick, tick.canary.primary_name, primary=True)
        if readiness.ready:
            return readiness
        text = f"primary daemonset {tick.primary} not ready: {readiness.text}"
        return Readiness(False, readiness.retriable, text)

    def canary_readiness(self, tick: Tick) -> Readiness:
        return self._readiness(tick, tick.canary.target_name, primary=False)

    def _readiness(self, tick: Tick, name: str, *, primary: bool) -> Readiness:
        try:
            daemonset = find(tick, "DaemonSet", name)
        except EndTick as missing:
            return Readiness(False, text=str(missing))
        analysis = tick.canary.spec.analysis
        return daemonset_readiness(
            daemonset,
            deadline_s=tick.canary.spec.progress_deadline_s,
            threshold=analysis.primary_ready_threshold if primary else analysis.canary_ready_threshold,
            since=tick.canary.status.last_transition_time,
            now=tick.now,
        )

    def _select_nodes(self, tick: Tick, value: str | None) -> Decision[None]:
        present = (self.pod_template(tick)["spec"].get("nodeSelector") or {}).get(NOWHERE)
        if present != value:
            patch = {"spec": {"template": {"spec": {"nodeSelector": {NOWHERE: value}}}}}
            yield Patch("DaemonSet", tick.canary.namespace, tick.canary.target_name, patch)

    def _primary_template(self, tick: Tick, target: Object) -> dict[str, Any]:
        original = target["spec"]["template"]
        template, selector = _scheduled(original), self.selector(tick)
        metadata = template.setdefault("metadata", {})
        labels = without_flux(metadata.get("labels"))
        metadata["labels"] = {**labels, selector.key: selector.primary_value}
        metadata["annotations"] = {**(metadata.get("annotations") or {}), "flagger-id": flagger_id(tick)}
        configs.pointed_to_copies(tick, original, template)
        return template


def _scheduled(template: Object) -> dict[str, Any]:
    """`template` as it is when not scaled to zero."""
    result: dict[str, Any] = copy.deepcopy(dict(template))
    nodes = dict(result["spec"].get("nodeSelector") or {})
    nodes.pop(NOWHERE, None)
    result["spec"]["nodeSelector"] = nodes
    return result


def _copied(target: Object) -> dict[str, Any]:
    return {name: copy.deepcopy(target["spec"][name]) for name in _COPIED if name in target["spec"]}
