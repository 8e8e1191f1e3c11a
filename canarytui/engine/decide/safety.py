"""Cases in which Flagger's behaviour would harm users: who can serve right now, and what follows.

Not used in strict mode. See docs/deviations.md for each case.
"""

from __future__ import annotations

from canarytui.domain.spec.phases import Phase
from canarytui.engine import scalers
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import ALL_TO_CANARY
from canarytui.engine.routers.providers import router_of
from canarytui.engine.workloads import workload_of
from canarytui.engine.workloads.daemonset import NOWHERE


def primary_is_idle(tick: Tick) -> bool:
    """All users are on the canary, as after a failed promotion: the primary need not be ready to go on."""
    if tick.settings.strict or not tick.splits:
        return False
    if tick.phase in (Phase.NONE, Phase.INITIALIZING, Phase.PROMOTING, Phase.FINALISING):
        return False
    try:
        weights = router_of(tick).read_weights(tick)
    except EndTick:
        return False
    # A/B: requests that do not match are on the primary, whatever the weights say.
    return weights[:2] == ALL_TO_CANARY[:2] and not tick.canary.spec.analysis.match


def primary_cannot_take_over(tick: Tick) -> bool:
    """Routing to the primary would be an outage: it is not ready, and the canary serves everybody."""
    return primary_is_idle(tick) and not workload_of(tick.canary).primary_readiness(tick).ready


def step_is_unrecorded(tick: Tick) -> bool:
    """The router's weight differs from the status: a step that was not recorded, or a manual edit."""
    if tick.settings.strict or tick.phase is not Phase.PROGRESSING or not tick.splits:
        return False
    return not tick.canary.spec.analysis.iterations and tick.weights.canary != tick.canary.status.canary_weight


def canary_serves_nobody(tick: Tick) -> bool:
    """The canary has a share of the traffic and no available pod."""
    if tick.settings.strict or tick.weights.canary <= 0 or not tick.splits:
        return False
    if not workload_of(tick.canary).owns_services:
        return False  # nothing counts the pods behind such a target
    status = workload_of(tick.canary).target(tick).get("status") or {}
    return not int(status.get("availableReplicas") or status.get("numberAvailable") or 0)


def canary_is_switched_off(tick: Tick) -> bool:
    """The canary was scaled to zero during its analysis: manually, or by an interrupted rollback."""
    if tick.settings.strict or tick.canary.spec.skip_analysis:
        return False
    if tick.phase not in (Phase.PROGRESSING, Phase.WAITING_PROMOTION):
        return False
    if scalers.may_idle(tick):
        return False  # KEDA scales a canary without events to zero, and up again
    spec = workload_of(tick.canary).target(tick).get("spec") or {}
    nowhere = ((spec.get("template") or {}).get("spec") or {}).get("nodeSelector") or {}
    return spec.get("replicas") == 0 or NOWHERE in nowhere


def target_is_gone(tick: Tick) -> bool:
    """The target was deleted."""
    if tick.settings.strict:
        return False
    try:
        workload_of(tick.canary).target(tick)
    except EndTick:
        return True
    return False


def nobody_serves_the_canarys_share(tick: Tick) -> bool:
    """The target and its pods are gone, but it still has a share of the traffic, which the primary could serve."""
    workload = workload_of(tick.canary)
    if not workload.owns_services or not tick.splits or not target_is_gone(tick):
        return False
    try:
        weights = router_of(tick).read_weights(tick)
    except EndTick:
        return False
    return weights.canary > 0 and workload.primary_readiness(tick).ready
