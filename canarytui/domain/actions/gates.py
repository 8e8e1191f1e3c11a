"""The load tester's gates: one switch for all confirm hooks of a canary, and one for its rollback hooks."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from canarytui.domain.actions.action import Action, ActionKey, ControllerAnswer, Verb, option
from canarytui.domain.actions.done_action import DoneAction, WayBack
from canarytui.domain.actions.phases import IN_ANALYSIS, called, next_tick_words
from canarytui.domain.actions.request import ActionRequest
from canarytui.domain.plan import Intent, LoadTesterCall, Plan, Risk
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import following
from canarytui.domain.sentences import gating as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean

_CONFIRMING = ("confirm-rollout", "confirm-traffic-increase", "confirm-promotion")


class LoadTesterGate(Struct, frozen=True):
    """A switch of the load tester at `base`, with the hooks (name, type) that ask it. `space` is ``gate`` or
    ``rollback``."""

    base: str
    space: str
    hooks: tuple[tuple[str, str], ...]

    def call(self, verb: str, canary: Canary) -> LoadTesterCall:
        """``open``, ``close`` or ``check`` it."""
        return LoadTesterCall(
            f"{self.base}/{self.space}/{verb}",
            {"name": canary.name, "namespace": canary.namespace},
            _service(self.base),
        )


def gates_of(canary: Canary) -> tuple[LoadTesterGate, ...]:
    """The gates that the canary's own hooks check. Hooks with a fixed answer, or of another service, have none."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for hook in canary.spec.analysis.webhooks:
        try:
            parts = urlsplit(hook.url)
        except ValueError:  # such as http://[
            continue
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            continue
        for space, types in (("gate", _CONFIRMING), ("rollback", ("rollback",))):
            if hook.type in types and parts.path.endswith(f"/{space}/check"):
                base = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(f'/{space}/check')}"
                found.setdefault((base, space), []).append((hook.name, hook.type))
    return tuple(LoadTesterGate(base, space, tuple(hooks)) for (base, space), hooks in found.items())


def plan_gate(situation: Situation, request: ActionRequest) -> Plan:
    """Open or close the confirm hooks' gate, or with ``rollback_gate`` the rollback hooks'."""
    canary = situation.canary
    opens = request.intent is Intent.OPEN_GATE
    space = "rollback" if request.rollback_gate else "gate"
    which = (words.ROLLBACK_GATE if request.rollback_gate else words.GATE).text()
    title = words.TITLE.text(verb="Open" if opens else "Close", gate=which, canary=called(situation))
    gates = [gate for gate in gates_of(canary) if gate.space == space]
    if not gates:
        kind = "rollback" if request.rollback_gate else "confirm"
        refusal = words.NO_GATE.text(kind=kind, space=space)
        return Plan(request.intent, title, refusal=refusal)
    hooks = ", ".join(f"{clean(name, 60)} ({kind})" for gate in gates for name, kind in gate.hooks)
    effect, expects = _opened(situation, request, hooks) if opens else _closed(request, hooks)
    return Plan(
        request.intent,
        title,
        calls=tuple(gate.call("open" if opens else "close", canary) for gate in gates),
        effect=effect,
        when=next_tick_words(situation) if opens and expects else words.WHEN_ASKED.text(),
        risk=Risk.HIGH if opens and request.rollback_gate else Risk.MEDIUM if opens else Risk.LOW,
        risk_text=(words.RISK_OPEN if opens else words.RISK_CLOSED).text(),
        undo="close it" if opens else "open it",
        expects=expects,
    )


def _opened(situation: Situation, request: ActionRequest, hooks: str) -> tuple[str, frozenset[str]]:
    if request.rollback_gate:
        now = situation.phase in IN_ANALYSIS and not situation.canary.spec.suspend
        which = (words.THIS_ROLLOUT if now else words.LATER_ROLLOUTS).text()
        return words.ROLLBACK_OPENS.text(hooks=hooks, which=which), frozenset({"Failed"} if now else ())
    expects: frozenset[str] = frozenset()
    if situation.canary.spec.suspend:
        expects = frozenset()
    elif situation.phase == "Waiting":
        expects = frozenset({"Progressing"})
    elif situation.phase == "WaitingPromotion":
        expects = frozenset({"Promoting", "Finalising", "Succeeded"})
    then = (words.GOES_ON if expects else words.DOES_NOT_WAIT).text()
    return words.OPENS.text(hooks=hooks, then=then), expects


def _closed(request: ActionRequest, hooks: str) -> tuple[str, frozenset[str]]:
    if request.rollback_gate:
        return words.ROLLBACK_CLOSES.text(hooks=hooks), frozenset()
    return words.CLOSES.text(hooks=hooks), frozenset()


def _service(base: str) -> tuple[str, str] | None:
    labels = (urlsplit(base).hostname or "").split(".")
    named = len(labels) == 2 or labels[2:] in (["svc"], ["svc", "cluster", "local"])
    return (labels[1], labels[0]) if named else None


def _typical(intent: Intent) -> tuple[ActionRequest, ...]:
    return ActionRequest(intent), ActionRequest(intent, rollback_gate=True)


def _closed_again(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(ActionRequest(Intent.CLOSE_GATE, rollback_gate=done.called("/rollback/open")))


def _opened_again(situation: Situation, done: DoneAction) -> WayBack:
    return WayBack(ActionRequest(Intent.OPEN_GATE, rollback_gate=done.called("/rollback/close")))


OPEN_GATE = Action(
    Intent.OPEN_GATE,
    plan_gate,
    answer=ControllerAnswer(said={"Progressing": following.PASSED_GATE}),
    verb=Verb(
        "gate",
        description="Open, close or show the load-tester gates of a canary.",
        request=lambda options: ActionRequest(
            Intent.OPEN_GATE if options.turn == "open" else Intent.CLOSE_GATE, rollback_gate=options.rollback
        ),
        options=(
            option("turn", choices=("open", "close", "status")),
            option("--rollback", action="store_true", help="the gate of the rollback hooks"),
        ),
    ),
    key=ActionKey(
        "a", "a", "gates", help="gates: see which hooks ask, open (approve) or close", place=60, does="gates"
    ),
    undo=_closed_again,
    typical=_typical(Intent.OPEN_GATE),
)
CLOSE_GATE = Action(Intent.CLOSE_GATE, plan_gate, undo=_opened_again, typical=_typical(Intent.CLOSE_GATE))
