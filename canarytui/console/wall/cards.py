"""What one card of the wall says of a canary: its name and a number, one word, its success rate and the reason.

Pure view models; ``board`` chooses whose cards are on the wall and ``drawing`` draws them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from canarytui.domain.rollout.checks import Check, CheckVerdict, number_text
from canarytui.domain.rollout.explain import Tone, explain, is_targetless, promotion_failed
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import INVALID, is_halted, is_unattended, mark_of, state_of
from canarytui.domain.sentences import rollout as said
from canarytui.domain.sentences import wall as words
from canarytui.domain.spec.steps import AnalysisStrategy, step_plan
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.domain.workloads.containers import application_images
from canarytui.session.rows import CanaryRow, image_change

SUCCESS_RATE = "request-success-rate"
_AT_REST = ("Succeeded", "Initialized", "Failed")
_KEYS = re.compile(r" \((?:[A-Za-z]|[A-Z] retries)\)")
"""Keys that a sentence recommends: a wall has none."""


class Card(Struct, frozen=True):
    """`mark` is the shape beside `word`, as in the list; `word` is in capitals. `number` is the weight ("30%"), or the
    iteration ("3/10") where traffic is not shared. `rate` compares the success rate with its threshold, `values` are
    its history (NaN: no value), `minimum` and `maximum` its thresholds. `alarm` is a failure that takes the wall,
    `since` when it happened."""

    key: NamespacedName
    name: str
    mark: str
    word: str
    tone: Tone
    number: str = ""
    rate: str = ""
    rate_fails: bool = False
    values: tuple[float, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    why: str = ""
    images: str = ""
    alarm: bool = False
    since: datetime | None = None
    stale: bool = False
    """Nothing newer is known of it: drawn without colour, whatever its tone."""

    @property
    def called(self) -> str:
        """The name without its namespace: what is written in big letters."""
        return clean(self.key[1], 200)

    @property
    def bound(self) -> float | None:
        """The threshold that a plot shows."""
        bound = self.minimum if self.minimum is not None else self.maximum
        return bound if bound is not None and math.isfinite(bound) else None

    def fails(self, value: float) -> bool:
        """Whether `value` is outside the thresholds."""
        below = self.minimum is not None and value < self.minimum
        return below or (self.maximum is not None and value > self.maximum)


_WAITS = {
    said.WAITING_PODS.id: words.PODS,
    said.WAITING_INCREASE.id: words.GATE,
    said.WILL_FAIL.id: words.CHECK_FAILING,
    said.FIRST_TRAFFIC.id: words.FIRST_TRAFFIC,
    said.NO_VALUES_YET.id: words.FIRST_TRAFFIC,
}
"""What keeps a rollout in analysis that is not halted, by its sentence."""


def card_of(situation: Situation, values: Sequence[float], *, alarm: bool, since: datetime | None) -> Card:
    """The card of a canary; `values` are its success rates, oldest first, `since` when its state began."""
    canary, explanation = situation.canary, explain(situation)
    # What has ended is not measured any more.
    check = _success(situation) if situation.phase not in _AT_REST else None
    return Card(
        key=(canary.namespace, canary.name),
        name=clean(f"{canary.namespace}/{canary.name}", 200),
        mark=mark_of(state_of(situation, explanation.tone), explanation.tone),
        word=word_of(situation, explanation.tone),
        tone=explanation.tone,
        number="" if alarm or situation.phase in _AT_REST else _number(situation),
        rate=_rate(check),
        rate_fails=check is not None and check.verdict in (CheckVerdict.FAILS, CheckVerdict.NO_VALUE),
        values=tuple(values) if check is not None else (),
        minimum=check.minimum if check is not None else None,
        maximum=check.maximum if check is not None else None,
        why=_KEYS.sub("", explanation.sentence),
        images=image_change(_images(situation)),
        alarm=alarm,
        since=since,
        stale=situation.stale is not None,
    )


def invalid_card(row: CanaryRow) -> Card:
    """The card of an object that cannot be understood."""
    return Card(
        key=row.key,
        name=f"{row.namespace}/{row.name}",
        mark=mark_of(INVALID, Tone.BAD),
        word=INVALID.upper(),
        tone=Tone.BAD,
        why=row.problem,
    )


def word_of(situation: Situation, tone: Tone) -> str:
    """The state as it is called across a room."""
    status, phase = situation.canary.status, situation.phase
    if situation.canary.spec.suspend:
        return "SUSPENDED"
    if is_targetless(situation):
        return "TARGET MISSING"
    if is_unattended(situation, tone):
        return "NOBODY RECONCILES"
    match phase:
        case "Failed":
            return "PROMOTION FAILED" if promotion_failed(situation) else "ROLLED BACK"
        case "Succeeded":
            return "PROMOTED"
        case "Initialized":
            return "READY"
        case "Initializing":
            return "INITIALIZING"
        case "Waiting" | "WaitingPromotion":
            return words.GATE.text()
        case "Promoting" | "Finalising":
            return "PROMOTING"
        case "Terminating" | "Terminated":
            return "DELETING"
        case "":
            return words.NEW.text()
        case "Progressing":
            if is_halted(situation, tone):
                return f"HALTED {status.failed_checks} OF {number_text(situation.canary.spec.analysis.threshold)}"
            waits = _WAITS.get(explain(situation).ids[0]) if tone is Tone.WAITING else None
            return waits.text() if waits else "ADVANCING"
    return clean(phase, 20).upper()


def _number(situation: Situation) -> str:
    plan, done = step_plan(situation.canary), situation.canary.status.iterations
    if plan.strategy is AnalysisStrategy.CANARY:
        return f"{situation.weight}%"
    return f"{min(done, plan.total)}/{plan.total}"


def _success(situation: Situation) -> Check | None:
    """The success rate, or the first check where none is called so."""
    named = {check.name: check for check in situation.checks}
    return named.get(SUCCESS_RATE) or (situation.checks[0] if situation.checks else None)


def shown_check(situation: Situation) -> str:
    """The name of the check whose history a card draws; "" when there is none."""
    check = _success(situation)
    return check.name if check is not None else ""


def _rate(check: Check | None) -> str:
    """``success rate 53.4 % < 99 %``."""
    if check is None:
        return ""
    name = "success rate" if check.name == SUCCESS_RATE else clean(check.name, 40)
    if check.verdict is CheckVerdict.UNKNOWN:
        if not check.problem:
            return words.RATE_NOT_MEASURED.text(name=name)
        return words.RATE_UNKNOWN.text(name=name, problem=clean(check.problem, 120))
    if check.verdict is CheckVerdict.NO_VALUE:
        return words.RATE_NO_VALUE.text(name=name, bound=check.bound_text())
    bound = check.bound_text()
    if check.verdict is CheckVerdict.PASSES:
        return words.RATE.text(name=name, value=check.value_text(), bound=bound)
    below = check.minimum is not None and check.value is not None and check.value < check.minimum
    limit = check.minimum if below else check.maximum
    unit = f" {check.unit}" if check.unit else ""
    sign, bound = "<" if below else ">", f"{number_text(limit or 0.0)}{unit}"
    return words.RATE_OUTSIDE.text(name=name, value=check.value_text(), sign=sign, limit=bound)


def _images(situation: Situation) -> tuple[str, str]:
    old, new = application_images(situation.canary, situation.primary, situation.target)
    return clean(old, 200), clean(new, 200)
