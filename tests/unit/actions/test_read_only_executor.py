"""Where a person only looks, every action is refused with the reason, and nothing is carried out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from canarytui.actions.read_only_executor import ReadOnlyExecutor
from canarytui.domain.actions import intents
from canarytui.domain.plan import Intent, Plan
from canarytui.errors import CanarytuiError

REASON = "--read-only was given"
PLAN = Plan(Intent.PAUSE, "Pause shop/cart")
NOTHING: Any = None


async def test_every_question_has_the_reason_for_an_answer() -> None:
    executor = ReadOnlyExecutor(REASON)
    assert {executor.forbidden(intent) for intent in intents()} == {REASON}
    assert executor.drill_forbidden() == REASON
    assert await executor.refusal(PLAN) == REASON
    assert await executor.gate_state(NOTHING, NOTHING) == REASON


async def test_nothing_is_carried_out_or_put_back() -> None:
    executor = ReadOnlyExecutor(REASON)
    for refused in (
        lambda: executor.carry_out(PLAN, NOTHING),
        lambda: executor.carry_out(PLAN, NOTHING, dry_run=True),
        lambda: executor.put_back(NOTHING),
    ):
        with pytest.raises(CanarytuiError, match=REASON):
            await cast(Any, refused)()
    assert (executor.held, executor.permissions, await executor.entries(10)) == ([], {}, [])
    assert await executor.recover() == []
    assert not executor.is_due(NOTHING, None, datetime.now(UTC))
