"""From a new Canary to Initialized: Services, primary, scaler, apex, router; then the target is scaled to zero.

The same steps repair what is missing at every later tick.
"""

from __future__ import annotations

from canarytui.domain.spec.phases import Phase
from canarytui.engine import scalers
from canarytui.engine.decide import checks, status
from canarytui.engine.decide.effects import Decision, Log, SendAlert
from canarytui.engine.decide.rollback import roll_back
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.routers.providers import record_of, router_of
from canarytui.engine.routers.services import reconcile_apex, reconcile_tracks
from canarytui.engine.workloads import workload_of

_CALLER = "controller/scheduler.go"


def reconcile_objects(tick: Tick) -> Decision[None]:
    """Create what is missing, repair what has drifted.

    Raises:
        EndTick: something is not there or not ready yet; its text is the warning.
    """
    canary = tick.canary
    initialising = tick.initialising
    workload = workload_of(canary)
    router = router_of(tick)
    if workload.owns_services:
        workload.selector(tick)
    yield from reconcile_tracks(tick)
    if initialising and not canary.spec.skip_analysis:
        yield from checks.metric_servers_answer(tick)
    if record_of(tick).routed_first:
        yield from router.reconcile(tick)
    yield from workload.ensure_primary(tick)
    if initialising and not (canary.spec.skip_analysis and tick.settings.strict):
        yield from _require_primary(tick)
    yield from scalers.ensure_primary(tick)
    if initialising:
        yield from scalers.pause_target(tick)
    yield from reconcile_apex(tick)
    if initialising:
        kind = canary.spec.target.kind
        yield Log(f"Scaling down {kind} {tick.target}", _CALLER)
        yield from workload.scale_to_zero(tick)
    if not record_of(tick).routed_first:
        yield from router.reconcile(tick)
    if initialising:
        yield from status.sync(tick, Phase.INITIALIZED)
        yield from tick.say(f"Initialization done! {canary.full_name}")
        text = f"New {canary.spec.target.kind} detected, initialization completed."
        yield SendAlert("info", text, with_fields=True)


def _require_primary(tick: Tick) -> Decision[None]:
    readiness = workload_of(tick.canary).primary_readiness(tick)
    if readiness.ready:
        return
    if not readiness.retriable and tick.settings.strict:
        yield from tick.warn(readiness.text)
        yield from roll_back(tick)
        raise EndTick("")
    raise EndTick(readiness.text)
