"""Asks for another threshold of a check; one that makes no sense is asked for again."""

from __future__ import annotations

from canarytui.console.base_screen import ConsoleScreen
from canarytui.console.messages import ShowWhatIf
from canarytui.domain.rollout.checks import Check
from canarytui.domain.sentences import backtest as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.errors import UsageError


def ask_threshold(
    screen: ConsoleScreen, canary: Canary, check: Check, before: str | None = None, problem: str = ""
) -> None:
    """Open the prompt, with the present threshold in it, or with what was given `before` and its `problem`."""
    from canarytui.backtest.checks import threshold_changes
    from canarytui.backtest.what_if import tried_on
    from canarytui.console.prompt_screen import PromptScreen

    def answered(answer: str | None) -> None:
        limits = (answer or "").strip()
        if not limits:
            return
        try:
            threshold_changes([f"{check.name}={limits}"], tried_on(canary, check.name).spec.analysis)
        except UsageError:
            refused = words.WHAT_IF_REFUSED.text(
                given=clean(limits, 40), check=clean(check.name, 60), limit=check.bound_text()
            )
            ask_threshold(screen, canary, check, limits, refused)
            return
        screen.model.send(ShowWhatIf((canary.namespace, canary.name), check.name, limits))

    asked = problem or words.WHAT_IF_ASKED.text(check=clean(check.name, 60), limit=check.bound_text())
    value = present_limits(check) if before is None else before
    screen.ask(PromptScreen("?", value, hint=words.WHAT_IF_HINT.text(), above=asked), answered)


def present_limits(check: Check) -> str:
    """The present threshold as it is typed: ``99..``, ``..500``, ``1..5``, "" without any."""
    low, high = ("" if limit is None else f"{limit:.15g}" for limit in (check.minimum, check.maximum))
    return f"{low}..{high}" if low or high else ""
