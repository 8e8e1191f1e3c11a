"""Whether the target and its primary are there, and their pods ready."""

from __future__ import annotations

from canarytui.cluster.resources import PODS
from canarytui.doctor.examination import DoctorCheck, Examination, about, is_initialized
from canarytui.domain.counted import counted
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding, Rule
from canarytui.domain.rollout.situation import ACTIVE_PHASES
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_text
from canarytui.domain.workloads.pods import pods_problem
from canarytui.domain.workloads.workload import WorkloadStatus

_OWNING = frozenset(("Deployment", "DaemonSet"))


async def _pods(examination: Examination, canary: Canary) -> list[Finding]:
    kind, key = canary.spec.target.kind, (canary.namespace, canary.name)
    situation = examination.state.situation(key)
    if kind not in _OWNING or situation is None or not situation.workloads_known:
        return []
    if situation.target is None:
        message = f"{kind} {canary.target_name} does not exist: the canary cannot start, and gets no new revision"
        remedy = f"create the {kind}, or correct the name"
        return [about(rules.TARGET_MISSING, canary, message, remedy, field="spec.targetRef.name")]
    if not is_initialized(canary):
        return []
    if situation.primary is None:
        message = f"{kind} {canary.primary_name} does not exist, and the canary is {canary.status.phase}"
        remedy = "read the controller's log: it makes the primary again at its next tick, if it may"
        return [about(rules.PRIMARY_MISSING, canary, message, remedy, obj=f"{kind.lower()}/{canary.primary_name}")]
    found = [await _unready(examination, canary, rules.PRIMARY_NOT_READY, situation.primary)]
    if situation.phase in ACTIVE_PHASES:
        found.append(await _unready(examination, canary, rules.TARGET_NOT_READY, situation.target))
    return [each for each in found if each is not None]


async def _unready(examination: Examination, canary: Canary, rule: Rule, workload: WorkloadStatus) -> Finding | None:
    if workload.is_ready:
        return None
    read = await examination.reader.objects(PODS, canary.namespace)
    own = [pod for pod in read.items if _is_pod_of(as_text(as_mapping(pod.get("metadata")).get("name")), workload.name)]
    why = pods_problem(own) or workload.problem
    message = f"{workload.available} of {counted(workload.desired, 'pod')} available"
    message += f": {clean(why, 300)}" if why else ""
    remedy = f"run kubectl -n {canary.namespace} describe {workload.kind.lower()} {workload.name}, and its pods"
    return about(rule, canary, message, remedy, field="status", obj=f"{workload.kind.lower()}/{workload.name}")


def _is_pod_of(pod: str, workload: str) -> bool:
    """Pods are named after their workload, and ``cart-primary-…`` is another's than cart's."""
    rest = pod.removeprefix(f"{workload}-")
    return rest != pod and rest.count("-") <= 1


CHECK = DoctorCheck(
    "pods", (rules.TARGET_MISSING, rules.PRIMARY_MISSING, rules.PRIMARY_NOT_READY, rules.TARGET_NOT_READY), _pods
)
