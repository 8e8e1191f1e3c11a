"""A canary with ``revertOnDeletion`` is deleted: the target takes over from the primary before everything goes.

The finalizer keeps the canary until then. Flagger waits for the target within one tick; here every tick checks again,
so that a target that cannot start holds up nothing else.
"""

from __future__ import annotations

from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import Phase
from canarytui.domain.values import KubernetesObject
from canarytui.engine import scalers
from canarytui.engine.decide import safety as safety
from canarytui.engine.decide import status
from canarytui.engine.decide.effects import Conflict, Decision, Log, Replace, SendAlert
from canarytui.engine.decide.tick import EndTick, Tick, settle
from canarytui.engine.routers.providers import router_of
from canarytui.engine.routers.services import release_apex
from canarytui.engine.workloads import workload_of

FINALIZER = "finalizer.flagger.app"
_CALLER = "controller/finalizer.go"


def reconcile_finalizer(tick: Tick) -> Decision[None]:
    """Add the finalizer if the canary asks for ``revertOnDeletion``, otherwise remove it."""
    yield from settle(lambda: _set_finalizer(tick, tick.canary.spec.revert_on_deletion), "the canary's finalizer")


def finalise(tick: Tick) -> Decision[None]:
    """One look at a canary that is being deleted; without our finalizer there is nothing to do.

    Raises:
        EndTick: the target is not ready yet; the next tick looks again.
    """
    canary = tick.canary
    if FINALIZER not in canary.finalizers:
        return
    if tick.phase is not Phase.TERMINATING:
        tick.notes["before deletion"] = tick.found
        yield from status.set_phase(tick, Phase.TERMINATING)
        yield from tick.say(f"Terminating canary {canary.full_name}", phase=tick.found)
        if not tick.settings.strict:
            yield SendAlert("info", "Canary is being deleted, the target takes over from the primary.", resolves=True)
    if safety.target_is_gone(tick):
        yield Log(f"{tick.target} is gone, there is nobody to hand over to", _CALLER)
    elif not (yield from _has_taken_over(tick)):
        return
    yield from release_apex(tick)
    yield from router_of(tick).finalise(tick)
    # Reported before the canary is gone: an Event about a deleted object may be refused.
    yield from tick.say(f"Terminated canary {canary.full_name}", phase=tick.notes.get("before deletion"))
    yield from settle(lambda: _set_finalizer(tick, False), "the canary's finalizer")


def _has_taken_over(tick: Tick) -> Decision[bool]:
    """Scale the target like the primary; returns whether it serves."""
    workload = workload_of(tick.canary)
    try:
        yield from scalers.resume_target(tick)
    except EndTick:
        if tick.settings.strict:
            raise
        # A deleted scaler does not block the deletion.
    yield from workload.take_over(tick)
    readiness = workload.canary_readiness(tick)
    if not readiness.ready:
        if not tick.settings.strict:
            raise EndTick(readiness.text)
        yield Log(readiness.text, _CALLER, "error")
    return readiness.ready


def _set_finalizer(tick: Tick, wanted: bool) -> Decision[bool]:
    if (FINALIZER in tick.canary.finalizers) is wanted:
        return True
    others = [name for name in tick.canary.finalizers if name != FINALIZER]
    finalizers = [*others, FINALIZER] if wanted else others
    raw = tick.canary.raw
    try:
        stored: KubernetesObject = yield Replace({**raw, "metadata": {**raw["metadata"], "finalizers": finalizers}})
    except Conflict:
        found = tick.cluster_view.get("Canary", tick.canary.namespace, tick.canary.name)
        if found is None:
            raise EndTick("") from None
        tick.canary = Canary.parse(found)
        raise
    tick.canary = Canary.parse(stored)
    return True
