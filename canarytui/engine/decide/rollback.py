"""The two bad endings: all traffic back to the primary, or a promotion whose primary never became ready."""

from __future__ import annotations

from canarytui.domain.phases import Phase
from canarytui.engine.decide import hooks, status
from canarytui.engine.decide.effects import Alert, Decision, Measure
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY
from canarytui.engine.routers.providers import router_of
from canarytui.engine.workloads import workload_of

_FAILED = 2.0


def roll_back(tick: Tick) -> Decision[None]:
    """Route everything to the primary, scale the canary to zero, enter Failed. The primary is not touched."""
    canary = tick.canary
    failed = canary.status.failed_checks
    if failed >= canary.spec.analysis.threshold:
        yield from tick.warn(f"Rolling back {canary.full_name} failed checks threshold reached {failed}")
        yield Alert("error", f"Failed checks threshold reached {failed}")
    yield from router_of(tick).set_weights(tick, ALL_TO_PRIMARY)
    yield from measure_weights(tick, 0)
    yield from tick.say(f"Canary failed! Scaling down {canary.full_name}", warning=True, phase=Phase.FAILED)
    yield from workload_of(canary).scale_to_zero(tick)
    yield from status.sync(tick, Phase.FAILED)
    yield from finished_badly(tick)


def fail_promotion(tick: Tick, why: str) -> Decision[None]:
    """The primary cannot start what was approved: leave everything on the canary, which can."""
    yield from tick.warn(f"Promotion of {tick.target} failed, primary not ready: {why}")
    yield Alert("error", f"Promotion failed, primary not ready: {why}")
    yield from router_of(tick).set_weights(tick, ALL_TO_CANARY)
    yield from measure_weights(tick, 100)
    yield from status.sync(tick, Phase.FAILED, weight=100)
    yield from finished_badly(tick)


def finished_badly(tick: Tick) -> Decision[None]:
    """Count the failure and tell the post-rollout hooks."""
    yield Measure("canary_status", _FAILED)
    strategy = tick.canary.spec.analysis.strategy
    yield Measure("canary_failures_total", 1.0, {"deployment_strategy": strategy, "analysis_status": "completed"})
    yield from hooks.post_rollout(tick, Phase.FAILED)


def measure_weights(tick: Tick, canary: int) -> Decision[None]:
    """Export the split of the traffic."""
    yield Measure("canary_weight", float(100 - canary), {"workload": tick.canary.primary_name})
    yield Measure("canary_weight", float(canary), {"workload": tick.canary.target_name})
