"""DaemonSets as targets: "scaled" by a node selector that no node matches, ready by counts and a clock of our own."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from canarytui.domain.values import KubernetesObject
from canarytui.engine.decide.effects import Decision, Patch
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.workloads.base import READY, Readiness
from canarytui.engine.workloads.pods import PodWorkload
from canarytui.engine.workloads.readiness import daemonset_readiness

NOWHERE = "flagger.app/scale-to-zero"


class DaemonSetWorkload(PodWorkload):
    """See :class:`canarytui.engine.workloads.base.WorkloadKind`."""

    kind = "DaemonSet"
    copied = ("minReadySeconds", "revisionHistoryLimit", "updateStrategy")

    def scale_to_zero(self, tick: Tick) -> Decision[None]:
        yield from self._select_nodes(tick, "true")

    def scale_from_zero(self, tick: Tick) -> Decision[None]:
        yield from self._select_nodes(tick, None)

    def take_over(self, tick: Tick) -> Decision[None]:
        yield from self.scale_from_zero(tick)

    def _at_work(self, template: KubernetesObject) -> KubernetesObject:
        result: dict[str, Any] = copy.deepcopy(dict(template))
        nodes = dict(result["spec"].get("nodeSelector") or {})
        nodes.pop(NOWHERE, None)
        result["spec"]["nodeSelector"] = nodes
        return result

    def _require_copyable(self, tick: Tick, target: KubernetesObject) -> None:
        strategy = (target["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate")
        if strategy != "RollingUpdate":
            raise EndTick(f"daemonset {tick.target} must have RollingUpdate strategy but have {strategy}")

    def _size(self, tick: Tick, target: KubernetesObject, live: KubernetesObject | None) -> dict[str, Any]:
        return {}

    def _adapt(self, tick: Tick, pod: dict[str, Any]) -> None:
        pass

    def _judge(self, tick: Tick, workload: KubernetesObject, threshold: int, *, primary: bool) -> Readiness:
        found = daemonset_readiness(
            workload,
            deadline_s=tick.canary.spec.progress_deadline_s,
            threshold=threshold,
            since=self._waiting_since(tick, workload),
            now=tick.now,
        )
        if found.ready:
            tick.notes.pop(_note_of(workload), None)
            return READY
        if primary:
            return Readiness(False, found.retriable, f"primary daemonset {tick.primary} not ready: {found.text}")
        if not tick.settings.strict:
            return Readiness(False, found.retriable, f"canary daemonset {tick.target} not ready: {found.text}")
        retryable = str(found.retriable).lower()
        text = f"canary damonset {tick.target} not ready with retryable {retryable}: {found.text}"
        return Readiness(False, found.retriable, text)

    @staticmethod
    def _waiting_since(tick: Tick, workload: KubernetesObject) -> datetime | None:
        """Where the deadline's clock begins: DaemonSets have no condition that says since when they wait.

        Flagger's begins with the last write of the canary's status. That may be days ago: a node that joins then
        makes the primary unready, and past its deadline, in one. So ours begins when it was first seen unready.
        """
        written = tick.canary.status.last_transition_time
        if tick.settings.strict:
            return written
        note = _note_of(workload)
        first, last = tick.notes.get(note) or (tick.now, tick.now)
        if (tick.now - last).total_seconds() > tick.canary.spec.progress_deadline_s:
            first = tick.now  # not checked for a long time: a new wait
        tick.notes[note] = (first, tick.now)
        return max(first, written) if written is not None else first

    def _select_nodes(self, tick: Tick, value: str | None) -> Decision[None]:
        present = (self.pod_template(tick)["spec"].get("nodeSelector") or {}).get(NOWHERE)
        if present != value:
            patch = {"spec": {"template": {"spec": {"nodeSelector": {NOWHERE: value}}}}}
            yield Patch(self.kind, tick.canary.namespace, tick.canary.target_name, patch)


def _note_of(workload: KubernetesObject) -> str:
    return f"daemonset {workload['metadata']['name']} unready"
