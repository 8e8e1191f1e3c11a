"""One tick of one canary, in Flagger's order: problems and changes are detected before anything advances."""

from __future__ import annotations

from canarytui.domain.spec.phases import ENDED, Phase
from canarytui.domain.traffic.retirement import retired_words
from canarytui.engine import scalers
from canarytui.engine.decide import (
    checks,
    deletion,
    hooks,
    initialise,
    judge,
    promotion,
    references,
    repeats,
    revision,
    rollback,
    status,
    strategy,
    weighted,
)
from canarytui.engine.decide import safety as safety
from canarytui.engine.decide.effects import Decision, Log, Measure, SendAlert, WriteRefused
from canarytui.engine.decide.tick import EndTick, Tick
from canarytui.engine.decide.weights import ALL_TO_PRIMARY
from canarytui.engine.routers.providers import router_of
from canarytui.engine.workloads import workload_of

_UNDER_WAY = (Phase.PROGRESSING, Phase.WAITING_PROMOTION, Phase.PROMOTING, Phase.FINALISING)
_IN_ROLLOUT = (*_UNDER_WAY, Phase.WAITING)
_ANALYSING = (Phase.PROGRESSING, Phase.WAITING_PROMOTION)
_SUSPENDED = "skipping canary run as object is suspended"


def decide(tick: Tick) -> Decision[None]:
    """The whole tick: yields effects, ends with a warning if it cannot continue."""
    try:
        yield from _reconcile(tick)
    except (EndTick, WriteRefused) as reason:
        if str(reason):
            yield from tick.warn(str(reason))


def _reconcile(tick: Tick) -> Decision[None]:
    canary = tick.canary
    if canary.deleting:
        yield from deletion.finalise(tick)
        return
    if references.ignored(tick):
        yield Log(f"invalid canary spec: {references.ignored(tick)}", "controller/controller.go", "error")
        return
    if tick.phase is Phase.NONE:
        yield from status.set_initializing(tick)
    yield from deletion.reconcile_finalizer(tick)
    if canary.spec.suspend:
        yield from _stay_suspended(tick)
        return
    tick.notes.pop("suspended", None)
    if tick.notes.pop("suspension alerted", False):
        yield SendAlert("info", "Canary is resumed, its rollout goes on.")
    references.require_own_namespace(tick)
    references.require_possible(tick)
    if safety.nobody_serves_the_canarys_share(tick):
        yield from rollback.withdraw(tick)
    yield from initialise.reconcile_objects(tick)
    if tick.phase in ENDED and not (yield from _has_work(tick)):
        yield Measure("canary_status", 2.0 if tick.phase is Phase.FAILED else 1.0)
        return
    if _needs_primary(tick) and not (yield from _primary_is_ready(tick)):
        return
    tick.weights = router_of(tick).read_weights(tick)
    if tick.phase is Phase.WAITING and not tick.settings.strict and not (yield from revision.has_changed(tick)):
        yield from rollback.stop_waiting(tick)
        return
    if tick.phase not in _UNDER_WAY:
        yield from _begin(tick)
        return
    yield Measure("canary_status", 0.0 if tick.phase is Phase.PROGRESSING else 1.0)
    if tick.phase in _ANALYSING and (yield from revision.changes_meanwhile(tick)):
        yield from _restart(tick)
        return
    if tick.phase in _ANALYSING and not tick.settings.strict and revision.has_gone_back(tick):
        yield from rollback.cancel(tick)
        return
    if safety.step_is_unrecorded(tick):
        yield from weighted.record_step(tick)
        return
    if not (yield from _canary_is_ready(tick)):
        return
    yield from _go_on(tick)


def _stay_suspended(tick: Tick) -> Decision[None]:
    """In strict mode as Flagger, at every tick, which uses up the budget of Events."""
    yield Log(_SUSPENDED, "controller/scheduler.go", "debug")
    if tick.settings.strict or not tick.notes.get("suspended"):
        tick.notes["suspended"] = True
        yield from tick.say(_SUSPENDED)
        if tick.phase in _IN_ROLLOUT and not tick.settings.strict:
            tick.notes["suspension alerted"] = True
            yield SendAlert("warn", "Canary is suspended in the middle of a rollout: its traffic stays as it is.")


def _has_work(tick: Tick) -> Decision[bool]:
    """Whether a rollout should begin. In phase Failed, Flagger records the target's state at every tick.

    Unless strict, only a target that went back to the promoted template is recorded, so that the failed one can be
    tried again, and a revision that arrives while the primary is not ready does not count as seen.
    """
    changed = yield from revision.has_changed(tick)
    if tick.phase is Phase.FAILED and (tick.settings.strict or (not changed and revision.has_gone_back(tick))):
        yield from status.refresh(tick)
    return changed


def _needs_primary(tick: Tick) -> bool:
    """Whether the primary must be ready to go on; with ``skipAnalysis`` only, unless strict, to promote."""
    if tick.canary.spec.skip_analysis:
        return tick.phase is Phase.PROMOTING and not tick.settings.strict
    return not safety.primary_is_idle(tick)


def _primary_is_ready(tick: Tick) -> Decision[bool]:
    readiness = workload_of(tick.canary).primary_readiness(tick)
    if readiness.ready:
        return True
    yield from tick.warn(readiness.text)
    if readiness.retriable:
        return False
    if tick.phase in (Phase.PROMOTING, Phase.FINALISING):
        yield from rollback.fail_promotion(tick, readiness.text)
    else:
        yield from rollback.roll_back(tick, readiness.text)
    return False


def _canary_is_ready(tick: Tick) -> Decision[bool]:
    kind = tick.canary.spec.target.kind.lower()
    if safety.canary_is_switched_off(tick):
        text = f"canary {kind} {tick.target} not ready: scaled to zero"
        yield from tick.warn(text)
        yield from rollback.roll_back(tick, text)
        return False
    readiness = workload_of(tick.canary).canary_readiness(tick)
    if readiness.ready:
        return True
    yield from tick.warn(readiness.text)
    if not tick.settings.strict and tick.phase in (Phase.PROMOTING, Phase.FINALISING):
        # The primary is ready and runs the new template: the canary's state no longer matters.
        if not readiness.retriable:
            yield from promotion.go_on_without_canary(tick)
    elif not readiness.retriable:
        yield from rollback.roll_back(tick, readiness.text)
    elif safety.canary_serves_nobody(tick):
        yield from rollback.withdraw(tick)
    return False


def _begin(tick: Tick) -> Decision[None]:
    """A new revision: call the gates, scale the canary up; its analysis begins when it is ready."""
    if not (yield from hooks.confirm_rollout(tick)):
        return
    repeats.forget(tick, repeats.ENDING)
    judge.restart(tick)
    text = f"New revision detected! Scaling up {tick.target}"
    yield from tick.say(text, phase=Phase.PROGRESSING)
    retired = retired_words(tick.canary, tick.settings.mesh_provider)
    if retired and not tick.settings.strict:
        yield from tick.warn_once(retired)
    alert = SendAlert("info", "New revision detected, progressing canary analysis.", with_fields=True)
    yield from repeats.alert_once(tick, repeats.START, alert, of=workload_of(tick.canary).fingerprint(tick))
    yield from scalers.resume_target(tick)
    yield from workload_of(tick.canary).scale_from_zero(tick)
    yield from status.sync(tick, Phase.PROGRESSING, weight=100 if safety.primary_is_idle(tick) else 0)
    repeats.forget(tick, repeats.START)
    yield Measure("canary_status", 0.0)


def _restart(tick: Tick) -> Decision[None]:
    repeats.forget(tick, repeats.ENDING)
    judge.restart(tick)
    yield from tick.say(f"New revision detected! Restarting analysis for {tick.target}")
    if safety.primary_cannot_take_over(tick):
        yield from status.sync(tick, Phase.PROGRESSING, weight=100)
    else:
        yield from router_of(tick).set_weights(tick, ALL_TO_PRIMARY)
        yield from rollback.measure_weights(tick, 0)
        yield from status.sync(tick, Phase.PROGRESSING)
    if not tick.settings.strict:
        yield SendAlert("info", "New revision detected, restarting canary analysis.", with_fields=True)


def _go_on(tick: Tick) -> Decision[None]:
    """The canary is ready: the next step of its phase."""
    tick.analysed = True
    canary = tick.canary
    if canary.spec.skip_analysis:
        yield from promotion.skip(tick)
        return
    if tick.phase in _ANALYSING and (yield from hooks.wants_rollback(tick)):
        yield from tick.warn(f"Rolling back {canary.full_name} manual webhook invoked")
        yield from rollback.roll_back(tick, alert=SendAlert("warn", "Rolling back manual webhook invoked"))
        return
    if tick.phase is Phase.PROMOTING:
        yield from promotion.shift_back(tick)
    elif tick.phase is Phase.FINALISING:
        yield from promotion.finalise(tick)
    elif canary.status.failed_checks >= canary.spec.analysis.threshold:
        yield from rollback.roll_back(tick)
    elif (yield from _analysis_passes(tick)):
        yield from strategy.advance(tick)
    else:
        yield from status.count_failed_check(tick)


def _analysis_passes(tick: Tick) -> Decision[bool]:
    """Before the first traffic only the pre-rollout hooks; afterwards the rollout hooks, all checks, and the comparison
    with the primary where the canary opts in."""
    mirror = tick.canary.spec.analysis.mirror
    if tick.weights.canary == 0 and tick.canary.status.iterations == 0 and not (mirror and tick.weights.mirrored):
        judge.await_traffic(tick)
        return (yield from _acceptance_passes(tick))
    yield from judge.measure(tick)
    if not (yield from hooks.during_rollout(tick)):
        return False
    if not (yield from checks.checks_pass(tick)):
        return False
    return (yield from judge.passes(tick))


def _acceptance_passes(tick: Tick) -> Decision[bool]:
    """The pre-rollout hooks. Behind a closed gate Flagger calls them at every tick; here they are called once."""
    if tick.notes.get("accepted") == tick.checksum and not tick.settings.strict:
        return True
    yield from tick.say(f"Starting canary analysis for {tick.target}")
    passed = yield from hooks.pre_rollout(tick)
    if passed:
        tick.notes["accepted"] = tick.checksum
    return passed
