"""Failed rollouts: all traffic back to the primary, or a promotion whose primary never became ready."""

from __future__ import annotations

from msgspec.structs import replace

from canarytui.domain.spec.phases import Phase
from canarytui.engine import scalers
from canarytui.engine.decide import hooks, repeats, status
from canarytui.engine.decide import safety as safety
from canarytui.engine.decide.effects import Decision, Measure, SendAlert
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import ALL_TO_CANARY, ALL_TO_PRIMARY
from canarytui.engine.routers.providers import router_of
from canarytui.engine.workloads import workload_of

_FAILED = 2.0


def roll_back(tick: Tick, why: str = "", alert: SendAlert | None = None) -> Decision[None]:
    """Route everything to the primary, scale the canary to zero, enter Failed. The primary is not touched.

    `alert` gives the reason; without one `why` becomes an alert, which Flagger does not send.
    """
    canary = tick.canary
    failed = canary.status.failed_checks
    alerts = [alert] if alert is not None else []
    if failed >= canary.spec.analysis.threshold:
        yield from tick.warn(f"Rolling back {canary.full_name} failed checks threshold reached {failed}")
        why = f"Failed checks threshold reached {failed}"
        alerts.append(SendAlert("error", why))
    elif why and not tick.settings.strict:
        alerts.append(SendAlert("error", f"Canary failed, {why}"))
    if safety.primary_cannot_take_over(tick):
        yield from _stay(tick, why)
        return
    for each in alerts:
        yield from repeats.alert_once(tick, repeats.ENDING, replace(each, with_verdict=True))
    yield from router_of(tick).set_weights(tick, ALL_TO_PRIMARY)
    yield from measure_weights(tick, 0)
    yield from tick.say(f"Canary failed! Scaling down {canary.full_name}", warning=True, phase=Phase.FAILED)
    yield from scalers.pause_target(tick)
    yield from workload_of(canary).scale_to_zero(tick)
    yield from status.sync(tick, Phase.FAILED)
    yield from finished_badly(tick)


def fail_promotion(tick: Tick, why: str) -> Decision[None]:
    """The primary cannot start what was approved: leave everything on the canary, which can."""
    yield from tick.warn(f"Promotion of {tick.target} failed, primary not ready: {why}")
    alert = SendAlert("error", f"Promotion failed, primary not ready: {why}", with_verdict=True)
    yield from repeats.alert_once(tick, repeats.ENDING, alert)
    weights = ALL_TO_CANARY
    if not tick.settings.strict and not workload_of(tick.canary).canary_readiness(tick).ready:
        weights = router_of(tick).read_weights(tick)  # neither is ready: leave the traffic where it is
    yield from router_of(tick).set_weights(tick, weights)
    yield from measure_weights(tick, weights.canary)
    yield from status.sync(tick, Phase.FAILED, weight=weights.canary)
    yield from finished_badly(tick)


def cancel(tick: Tick) -> Decision[None]:
    """The target is back at the promoted template: there is nothing left to analyse."""
    yield from tick.warn(f"Rolling back {tick.canary.full_name} target was set back to the promoted revision")
    alert = SendAlert("warn", "Rolling back, target was set back to the promoted revision", resolves=True)
    yield from roll_back(tick, alert=alert)


def stop_waiting(tick: Tick) -> Decision[None]:
    """The revision that waited for approval is gone: restore the previous one's phase."""
    promoted = workload_of(tick.canary).fingerprint(tick) == tick.canary.status.last_promoted_spec
    which = "the promoted revision" if promoted else "the revision that failed before"
    yield from tick.say(f"Stopped waiting for approval, {tick.target} was set back to {which}")
    yield from status.sync(tick, Phase.SUCCEEDED if promoted else Phase.FAILED)
    yield SendAlert("info", f"Stopped waiting for approval, target was set back to {which}.", resolves=promoted)


def withdraw(tick: Tick) -> Decision[None]:
    """Take the canary's traffic away until one of its pods is available again; the analysis then restarts."""
    yield from tick.warn(f"Routing all traffic to primary, no pod of {tick.target} is available")
    yield from router_of(tick).set_weights(tick, ALL_TO_PRIMARY)
    yield from measure_weights(tick, 0)
    yield from status.set_weight(tick, 0)


def _stay(tick: Tick, why: str) -> Decision[None]:
    """`why` the rollout failed, "" where that has been told."""
    unready = workload_of(tick.canary).primary_readiness(tick).text
    yield from tick.warn(f"Canary failed! All traffic stays on {tick.target}, {unready}")
    text = f"Canary failed, all traffic stays on it: {unready}"
    alert = SendAlert("error", f"{text}. {why}" if why else text, with_verdict=True)
    yield from repeats.alert_once(tick, repeats.ENDING, alert)
    yield from status.sync(tick, Phase.FAILED, weight=100)
    yield from finished_badly(tick)


def finished_badly(tick: Tick) -> Decision[None]:
    """Count the failure and call the post-rollout hooks."""
    repeats.forget(tick, repeats.ENDING)
    yield Measure("canary_status", _FAILED)
    strategy = tick.canary.spec.analysis.strategy
    yield Measure("canary_failures_total", 1.0, {"deployment_strategy": strategy, "analysis_status": "completed"})
    yield from hooks.post_rollout(tick, Phase.FAILED)


def measure_weights(tick: Tick, canary: int) -> Decision[None]:
    """Export the split of the traffic."""
    yield Measure("canary_weight", float(100 - canary), {"workload": tick.canary.primary_name})
    yield Measure("canary_weight", float(canary), {"workload": tick.canary.target_name})
