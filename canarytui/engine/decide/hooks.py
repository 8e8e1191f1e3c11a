"""Webhooks, at each point of a rollout where they are called."""

from __future__ import annotations

from msgspec import Struct

from canarytui.domain.spec.analysis import Webhook
from canarytui.domain.spec.phases import Phase
from canarytui.domain.text.public_url import public_url, redacted_url, without_secrets
from canarytui.engine.decide import status
from canarytui.engine.decide.effects import CallWebhook, Decision, SendAlert, WebhookResponse
from canarytui.engine.decide.tick import Tick

_ACCEPTED_MOST = 202
_FINAL = 501


class Failure(Struct, frozen=True):
    """A call that did not pass, and how it is reported.

    `misread` explains success statuses that do not count as success, which a closed gate alone would not reveal;
    "" for others, and in strict mode.
    """

    text: str
    misread: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def remark(self) -> str:
        """`misread`, to be appended to a sentence that does not contain the text."""
        return f": {self.misread}" if self.misread else ""


def call(tick: Tick, hook: Webhook, phase: Phase | None = None) -> Decision[Failure | None]:
    """POST to a hook; None if it passed."""
    answer: WebhookResponse = yield CallWebhook(hook, tick.payload(phase, dict(hook.metadata)))
    if 200 <= answer.status <= _ACCEPTED_MOST:
        return None
    misread = "" if tick.settings.strict else misread_status(answer.status)
    return Failure(failure_text(hook, answer, strict=tick.settings.strict), misread)


def misread_status(status: int) -> str:
    """Why a status that means success elsewhere is a failure here, "" for others."""
    if not _ACCEPTED_MOST < status < 300:
        return ""
    return f"status {status} does not count as success, only 200, 201 and 202 do"


def failure_text(hook: Webhook, answer: WebhookResponse, *, strict: bool) -> str:
    """How a failed call is reported: by its body, or by the fact that retries were exhausted.

    Flagger drops the body of answers that it would retry, and reports nothing for an empty one, such as that of a
    204. Unless strict, the body and the status are added here.
    """
    if not worth_another_try(answer.status):
        if strict:
            return answer.body
        misread = misread_status(answer.status)
        body = without_secrets(answer.body).strip()
        return ": ".join(filter(None, (body, misread))) or f"status {answer.status} with an empty body"
    url = redacted_url(hook.url) if strict else public_url(hook.url)
    text = f"POST {url} giving up after {answer.attempts} attempt(s)"
    cause = without_secrets(answer.body)
    if strict:
        cause = (answer.go or answer.body) if answer.status == 0 else ""
    return f"{text}: {cause}" if cause else text


def worth_another_try(status: int) -> bool:
    """Whether another try may pass, so that the call is repeated if retries are configured."""
    return status in (0, 429) or (status >= 500 and status != _FINAL)


def confirm_rollout(tick: Tick) -> Decision[bool]:
    """Gates before a rollout begins; a closed one puts the canary into Waiting."""
    for hook in tick.canary.spec.analysis.hooks("confirm-rollout"):
        closed = yield from call(tick, hook)
        if closed is not None:
            if tick.phase is not Phase.WAITING:
                yield from tick.warn(
                    f"Halt {tick.canary.full_name} advancement waiting for approval {hook.name}{closed.remark}"
                )
                yield from status.set_phase(tick, Phase.WAITING)
                if not hook.mute_alert:
                    yield SendAlert("warn", "Canary is waiting for approval.")
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
        closed = yield from call(tick, hook, Phase.PROGRESSING)
        if closed is not None:
            yield from tick.warn(
                f"Halt {tick.canary.full_name} advancement waiting for traffic increase approval {hook.name}"
                f"{closed.remark}"
            )
            told, tick.notes["held"] = tick.notes.get("held") == tick.checksum, tick.checksum
            # Flagger reports this at every tick.
            if not hook.mute_alert and not (told and not tick.settings.strict):
                yield SendAlert("warn", "Canary traffic increase is waiting for approval.")
            return False
        yield from tick.say(f"Confirm-traffic-increase check {hook.name} passed")
    tick.notes.pop("held", None)
    return True


def confirm_promotion(tick: Tick, iterations: int) -> Decision[bool]:
    """Gates before the promotion; a closed one puts the canary into WaitingPromotion, of `iterations` less one."""
    for hook in tick.canary.spec.analysis.hooks("confirm-promotion"):
        closed = yield from call(tick, hook, Phase.PROGRESSING)
        if closed is not None:
            if tick.phase is Phase.WAITING_PROMOTION:
                yield from status.set_iterations(tick, iterations - 1)
                return False
            yield from status.wait_for_promotion(tick, iterations - 1)
            text = f"Halt {tick.canary.full_name} advancement waiting for promotion approval {hook.name}{closed.remark}"
            yield from tick.say(text, warning=True, phase=tick.found)
            if not hook.mute_alert:
                yield SendAlert("warn", "Canary promotion is waiting for approval.", with_verdict=True)
            return False
        yield from tick.say(f"Confirm-promotion check {hook.name} passed")
    return True


def wants_rollback(tick: Tick) -> Decision[bool]:
    """Rollback hooks: a passing answer means roll back."""
    for hook in tick.canary.spec.analysis.hooks("rollback"):
        refused = yield from call(tick, hook)
        if refused is None:
            yield from tick.warn(f"Rollback check {hook.name} passed")
            return True
        yield from tick.say(f"Rollback hook {hook.name} not signaling a rollback{refused.remark}")
    return False


def post_rollout(tick: Tick, phase: Phase) -> Decision[None]:
    """Call the hooks at the end of a rollout; after the first failure the rest are skipped.

    For a failed rollout, Flagger's event webhooks get the phase before.
    """
    told = tick.found if phase is Phase.FAILED and tick.settings.strict else phase
    for hook in tick.canary.spec.analysis.hooks("post-rollout"):
        error = yield from call(tick, hook, phase)
        if error is not None:
            yield from tick.say(f"Post-rollout hook {hook.name} failed {error}", warning=True, phase=told)
            return
        yield from tick.say(f"Post-rollout check {hook.name} passed", phase=told)
