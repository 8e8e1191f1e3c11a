"""The load tester's gates: one switch for all confirm hooks of a canary, and one for its rollback hooks."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from canarytui.domain.actions.phases import IN_ANALYSIS, called, next_tick_words
from canarytui.domain.actions.wish import Wish
from canarytui.domain.canary import Canary
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Call, Intent, Plan, Risk
from canarytui.domain.situation import Situation

_CONFIRMING = ("confirm-rollout", "confirm-traffic-increase", "confirm-promotion")


@dataclass(frozen=True, slots=True)
class Gate:
    """A switch of the load tester at `base`, with the hooks (name, type) that ask it. `space` is ``gate`` or
    ``rollback``."""

    base: str
    space: str
    hooks: tuple[tuple[str, str], ...]

    def call(self, verb: str, canary: Canary) -> Call:
        """``open``, ``close`` or ``check`` it."""
        return Call(
            f"{self.base}/{self.space}/{verb}",
            {"name": canary.name, "namespace": canary.namespace},
            _service(self.base),
        )


def gates_of(canary: Canary) -> tuple[Gate, ...]:
    """The switches that the canary's own hooks ask. Hooks whose answer is fixed or somebody else's have none."""
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
    return tuple(Gate(base, space, tuple(hooks)) for (base, space), hooks in found.items())


def plan_gate(situation: Situation, wish: Wish) -> Plan:
    """Open or close the confirm hooks' gate, or with ``rollback_gate`` the rollback hooks'."""
    canary = situation.canary
    opens = wish.intent is Intent.OPEN_GATE
    space = "rollback" if wish.rollback_gate else "gate"
    which = "rollback gate" if wish.rollback_gate else "gate"
    title = f"{'Open' if opens else 'Close'} the {which} of {called(situation)}"
    gates = [gate for gate in gates_of(canary) if gate.space == space]
    if not gates:
        kind = "rollback" if wish.rollback_gate else "confirm"
        refusal = f"none of its {kind} hooks asks a load tester's /{space}/check, so there is no gate to turn"
        return Plan(wish.intent, title, refusal=refusal)
    hooks = ", ".join(f"{clean(name, 60)} ({kind})" for gate in gates for name, kind in gate.hooks)
    effect, expects = _opened(situation, wish, hooks) if opens else _closed(wish, hooks)
    return Plan(
        wish.intent,
        title,
        calls=tuple(gate.call("open" if opens else "close", canary) for gate in gates),
        effect=effect,
        when=next_tick_words(situation) if opens and expects else "when a hook asks next",
        risk=Risk.HIGH if opens and wish.rollback_gate else Risk.MEDIUM if opens else Risk.LOW,
        risk_text=_LASTS if opens else "A restart of the load tester closes all of its gates too.",
        undo="close it" if opens else "open it",
        expects=expects,
    )


_LASTS = (
    "One switch serves all of these hooks, and it stays open for every later rollout until it is closed or the load "
    "tester restarts."
)


def _opened(situation: Situation, wish: Wish, hooks: str) -> tuple[str, frozenset[str]]:
    if wish.rollback_gate:
        now = situation.phase in IN_ANALYSIS and not situation.canary.spec.suspend
        then = "this rollout, once its pods are ready, and every later one" if now else "every later rollout"
        return f"{hooks} will say yes: Flagger rolls back {then}.", frozenset({"Failed"} if now else ())
    expects: frozenset[str] = frozenset()
    if situation.canary.spec.suspend:
        expects = frozenset()
    elif situation.phase == "Waiting":
        expects = frozenset({"Progressing"})
    elif situation.phase == "WaitingPromotion":
        expects = frozenset({"Promoting", "Finalising", "Succeeded"})
    passes = "Flagger goes on" if expects else "Flagger does not wait there"
    return f"{hooks} will be answered with yes: {passes}.", expects


def _closed(wish: Wish, hooks: str) -> tuple[str, frozenset[str]]:
    if wish.rollback_gate:
        return f"{hooks} will say no: Flagger rolls back only for failed checks again.", frozenset()
    return f"{hooks} will be answered with no: a rollout waits where one of them asks.", frozenset()


def _service(base: str) -> tuple[str, str] | None:
    labels = (urlsplit(base).hostname or "").split(".")
    named = len(labels) == 2 or labels[2:] in (["svc"], ["svc", "cluster", "local"])
    return (labels[1], labels[0]) if named else None
