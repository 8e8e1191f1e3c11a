"""Webhooks at the points of a rollout where somebody else is asked."""

from __future__ import annotations

from canarytui.domain.analysis import Webhook
from canarytui.domain.phases import Phase
from canarytui.domain.public_url import public_url, redacted_url
from canarytui.engine.decide import status
from canarytui.engine.decide.effects import Alert, CallWebhook, Decision, HookAnswer
from canarytui.engine.decide.tick import Tick

_ACCEPTED_MOST = 202
_FINAL = 501


def call(tick: Tick, hook: Webhook, phase: Phase | None = None) -> Decision[str | None]:
    """POST to a hook; None if it accepted, else the error's text."""
    answer: HookAnswer = yield CallWebhook(hook, tick.payload(phase, dict(hook.metadata)))
    if 200 <= answer.status <= _ACCEPTED_MOST:
        return None
    return failure_text(hook, answer, strict=tick.settings.strict)


def failure_text(hook: Webhook, answer: HookAnswer, *, strict: bool) -> str:
    """What a failed call is reported as: the body, or that retrying was given up.

    Flagger loses the body of answers that it would retry; unless strict it is added here.
    """
    if not worth_another_try(answer.status):
        return answer.body
    url = redacted_url(hook.url) if strict else public_url(hook.url)
    text = f"POST {url} giving up after {answer.attempts} attempt(s)"
    cause = answer.body
    if strict:
        cause = (answer.go or answer.body) if answer.status == 0 else ""
    return f"{text}: {cause}" if cause else text


def worth_another_try(status: int) -> bool:
    """Whether a call that ended so may pass next time, and is made again where retries are asked for."""
    return status in (0, 429) or (status >= 500 and status != _FINAL)


def confirm_rollout(tick: Tick) -> Decision[bool]:
    """Gates before a rollout begins; a closed one puts the canary into Waiting."""
    for hook in tick.canary.spec.analysis.hooks("confirm-rollout"):
        if (yield from call(tick, hook)) is not None:
            if tick.phase is not Phase.WAITING:
                yield from tick.warn(f"Halt {tick.canary.full_name} advancement waiting for approval {hook.name}")
                yield from status.set_phase(tick, Phase.WAITING)
                if not hook.mute_alert:
                    yield Alert("warn", "Canary is waiting for approval.")
            return False
        yield from tick.say(f"Confirm-rollout check {hook.name} passed")
    return True


def pre_rollout(tick: Tick) -> Decision[bool]:
    """Acceptance tests before the first traffic; a failure counts as a failed check."""
    for hook in tick.canary.spec.analysis.hooks("pre-rollout"):
        error = yield from call(tick, hook, Phase.PROGRESSING)
        if error is not None:
            yield from tick.warn(
                f"Halt {tick.canary.full_name} advancement pre-rollout check {hook.name} failed {error}"
            )
            return False
        yield from tick.say(f"Pre-rollout check {hook.name} passed")
    return True


def during_rollout(tick: Tick) -> Decision[bool]:
    """Load tests and external checks at every step; a failure counts as a failed check."""
    for hook in tick.canary.spec.analysis.hooks("rollout"):
        error = yield from call(tick, hook, Phase.PROGRESSING)
        if error is not None:
            yield from tick.warn(f"Halt {tick.canary.full_name} advancement external check {hook.name} failed {error}")
            return False
    return True


def confirm_traffic_increase(tick: Tick) -> Decision[bool]:
    """Gates before each step of the weight; a closed one holds the weight and counts nothing."""
    for hook in tick.canary.spec.analysis.hooks("confirm-traffic-increase"):
        if (yield from call(tick, hook, Phase.PROGRESSING)) is not None:
            yield from tick.warn(
                f"Halt {tick.canary.full_name} advancement waiting for traffic increase approval {hook.name}"
            )
            told, tick.notes["held"] = tick.notes.get("held") == tick.checksum, tick.checksum
            # Flagger tells so at every tick.
            if not hook.mute_alert and not (told and not tick.settings.strict):
                yield Alert("warn", "Canary traffic increase is waiting for approval.")
            return False
        yield from tick.say(f"Confirm-traffic-increase check {hook.name} passed")
    tick.notes.pop("held", None)
    return True


def confirm_promotion(tick: Tick, iterations: int) -> Decision[bool]:
    """Gates before the promotion; a closed one puts the canary into WaitingPromotion, of `iterations` less one."""
    for hook in tick.canary.spec.analysis.hooks("confirm-promotion"):
        if (yield from call(tick, hook, Phase.PROGRESSING)) is not None:
            if tick.phase is Phase.WAITING_PROMOTION:
                yield from status.set_iterations(tick, iterations - 1)
                return False
            yield from status.wait_for_promotion(tick, iterations - 1)
            text = f"Halt {tick.canary.full_name} advancement waiting for promotion approval {hook.name}"
            yield from tick.say(text, warning=True, phase=tick.found)
            if not hook.mute_alert:
                yield Alert("warn", "Canary promotion is waiting for approval.")
            return False
        yield from tick.say(f"Confirm-promotion check {hook.name} passed")
    return True


def wants_rollback(tick: Tick) -> Decision[bool]:
    """Hooks that may call a rollout off: an accepting answer means roll back."""
    for hook in tick.canary.spec.analysis.hooks("rollback"):
        if (yield from call(tick, hook)) is None:
            yield from tick.warn(f"Rollback check {hook.name} passed")
            return True
        yield from tick.say(f"Rollback hook {hook.name} not signaling a rollback")
    return False


def post_rollout(tick: Tick, phase: Phase) -> Decision[None]:
    """Tell that a rollout has ended; the first failure keeps the rest from being told.

    Of a rollout that failed, Flagger's event webhooks are told so in the phase before.
    """
    told = tick.found if phase is Phase.FAILED and tick.settings.strict else phase
    for hook in tick.canary.spec.analysis.hooks("post-rollout"):
        error = yield from call(tick, hook, phase)
        if error is not None:
            yield from tick.say(f"Post-rollout hook {hook.name} failed {error}", warning=True, phase=told)
            return
        yield from tick.say(f"Post-rollout check {hook.name} passed", phase=told)
