"""The last look before a fault: the exact command, who runs it, and what it will do to the rollout."""

from __future__ import annotations

from rich.text import Text

from canarytui.console.faults import CONCURRENCY, DURATION, RATE, FaultPlan
from canarytui.console.screens.dialog import Dialog
from canarytui.domain.plaintext import clean
from canarytui.domain.situation import Situation


class FaultScreen(Dialog):
    """Shows `fault`; the default is No, and guarded places want the name typed."""

    def __init__(self, fault: FaultPlan, situation: Situation, *, guard: str = "", guard_reason: str = "") -> None:
        title = f"Fault: HTTP 500s for {fault.namespace}/{fault.name}"
        body = fault_text(fault, situation)
        super().__init__(title, body, yes="Yes, send it", guard=guard, guard_reason=guard_reason)


def fault_text(fault: FaultPlan, situation: Situation) -> Text:
    """Command, sender, effect and bounds."""
    analysis = situation.canary.spec.analysis
    requests = CONCURRENCY * RATE
    text = Text()
    text.append("RUNS    ", style="quiet")
    text.append(f"{clean(fault.command, 400)}\n", style="strong")
    text.append("WHERE   ", style="quiet")
    text.append(f"in the load tester at {clean(fault.tester_url, 300)}; nothing is sent from here\n")
    text.append("THEN    ", style="quiet")
    text.append(
        f"about {requests} failing requests a second for {DURATION}; {situation.weight} % of them reach the canary. "
        f"The success rate falls, the rollout halts, and rolls back after {analysis.threshold} failed checks "
        f"({analysis.threshold * situation.interval_s:g} s at the earliest).\n"
    )
    text.append("RISK    ", style="quiet")
    text.append(
        "the primary answers its share of these requests with 500 as well; real users are not touched, ", "waiting"
    )
    text.append("but error budgets and alerts are.", style="waiting")
    return text
