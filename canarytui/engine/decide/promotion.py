"""Promotion: copy the template to the primary, route back, scale the canary down; or all of it at once."""

from __future__ import annotations

from canarytui.domain.spec.phases import Phase
from canarytui.engine import scalers
from canarytui.engine.decide import hooks, status
from canarytui.engine.decide import safety as safety
from canarytui.engine.decide.effects import Decision, Measure, SendAlert
from canarytui.engine.decide.rollback import measure_weights
from canarytui.engine.decide.tick import Tick
from canarytui.engine.decide.weights import ALL_TO_PRIMARY, Weights
from canarytui.engine.routers.providers import router_of
from canarytui.engine.workloads import workload_of


def copy_to_primary(tick: Tick) -> Decision[None]:
    """Give the primary the target's template, and enter Promoting."""
    yield from tick.say(f"Copying {tick.target} template spec to {tick.primary}")
    yield from workload_of(tick.canary).promote(tick)
    yield from status.set_phase(tick, Phase.PROMOTING)


def shift_back(tick: Tick) -> Decision[None]:
    """Promoting, and the primary is ready: traffic returns to it, at once or in steps."""
    yield from scalers.update_primary(tick)
    if not tick.splits:
        yield from status.set_phase(tick, Phase.FINALISING)
        return
    analysis = tick.canary.spec.analysis
    step = analysis.step_weight_promotion
    if analysis.match and not tick.settings.strict:
        step = 0  # matching requests are routed as a whole: with nginx, steps would never end
    router = router_of(tick)
    if not step:
        yield from tick.say("Routing all traffic to primary")
        yield from router.set_weights(tick, ALL_TO_PRIMARY)
        yield from measure_weights(tick, 0)
        yield from status.set_phase(tick, Phase.FINALISING)
        return
    if tick.weights.canary <= 0:
        if not tick.settings.strict:
            # Flagger stays in Promoting forever here: the canary has no weight left to shift.
            yield from status.set_phase(tick, Phase.FINALISING)
        return
    primary = min(100, tick.weights.primary + step)
    canary = max(0, tick.weights.canary - step)
    yield from router.set_weights(tick, Weights(primary, canary))
    yield from measure_weights(tick, canary)
    yield from tick.say(f"Advance {tick.canary.full_name} primary weight {primary}")
    if primary == 100:
        yield from status.set_phase(tick, Phase.FINALISING)
    else:
        yield from status.set_weight(tick, canary)


def finalise(tick: Tick) -> Decision[None]:
    """Everything is on the primary: scale the canary to zero and enter Succeeded."""
    yield from scalers.pause_target(tick)
    yield from workload_of(tick.canary).scale_to_zero(tick)
    yield from status.set_phase(tick, Phase.SUCCEEDED)
    yield from _succeeded(tick, "completed")
    yield from tick.say(f"Promotion completed! Scaling down {tick.target}", phase=Phase.SUCCEEDED)
    text = "Canary analysis completed successfully, promotion finished."
    yield SendAlert("info", text, resolves=True, with_verdict=True)


def go_on_without_canary(tick: Tick) -> Decision[None]:
    """The canary has failed after the primary took its template and is ready: complete the promotion."""
    if tick.phase is Phase.FINALISING:
        yield from finalise(tick)
        return
    yield from tick.say("Routing all traffic to primary")
    yield from router_of(tick).set_weights(tick, ALL_TO_PRIMARY)
    yield from measure_weights(tick, 0)
    yield from status.set_phase(tick, Phase.FINALISING)


def skip(tick: Tick) -> Decision[None]:
    """``skipAnalysis``: promote without an analysis."""
    if safety.primary_cannot_take_over(tick):
        yield from copy_to_primary(tick)  # traffic follows when the primary is ready
        return
    yield from router_of(tick).set_weights(tick, ALL_TO_PRIMARY)
    yield from measure_weights(tick, 0)
    yield from tick.say(f"Copying {tick.target} template spec to {tick.primary}")
    yield from workload_of(tick.canary).promote(tick)
    yield from scalers.update_primary(tick)
    yield from scalers.pause_target(tick)
    yield from workload_of(tick.canary).scale_to_zero(tick)
    yield from status.set_phase(tick, Phase.SUCCEEDED)
    yield from _succeeded(tick, "skipped")
    text = f"Promotion completed! Canary analysis was skipped for {tick.target}"
    yield from tick.say(text, phase=Phase.SUCCEEDED)
    yield SendAlert("info", "Canary analysis was skipped, promotion finished.", resolves=True)


def _succeeded(tick: Tick, analysis: str) -> Decision[None]:
    yield Measure("canary_status", 1.0)
    labels = {"deployment_strategy": tick.canary.spec.analysis.strategy, "analysis_status": analysis}
    yield Measure("canary_successes_total", 1.0, labels)
    yield from hooks.post_rollout(tick, Phase.SUCCEEDED)
