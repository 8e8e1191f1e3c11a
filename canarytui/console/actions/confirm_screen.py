"""The confirmation before a write: what is written, what the controller then does and when, and the risk.

The default is No. Guarded contexts require a typed name, so that no reflex changes production traffic.
"""

from __future__ import annotations

from collections.abc import Sequence

from canarytui.console.actions.dialog import Dialog
from canarytui.domain.plan import Plan
from canarytui.domain.rollout.staleness import Stale
from canarytui.domain.sentences import dialogs as words
from canarytui.report.plan_text import plan_text, several_text, stale_text


class ConfirmScreen(Dialog):
    """Shows `plan`; `guard` is the name to type, "" when y is enough. `stale` is the age of the data it was planned
    on."""

    def __init__(self, plan: Plan, *, guard: str = "", guard_reason: str = "", stale: Stale | None = None) -> None:
        yes = (words.YES_SEND if plan.calls and not plan.writes else words.YES_APPLY).text()
        body = stale_text(stale, [plan]).append_text(plan_text(plan))
        super().__init__(plan.title, body, yes=yes, guard=guard, guard_reason=guard_reason)


class SeveralScreen(Dialog):
    """One confirmation for several canaries; lists those that are left out, with the reason."""

    def __init__(
        self,
        plans: Sequence[Plan],
        refused: Sequence[str],
        *,
        guard: str = "",
        guard_reason: str = "",
        stale: Stale | None = None,
    ) -> None:
        intent, total = plans[0].intent.capitalize(), len(plans) + len(refused)
        title = words.SEVERAL.text(intent=intent, count=len(plans), total=total)
        body = stale_text(stale, plans).append_text(several_text(plans, refused))
        super().__init__(title, body, yes=words.YES_ALL.text(count=len(plans)), guard=guard, guard_reason=guard_reason)
