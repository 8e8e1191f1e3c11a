"""An executor that does nothing, for those who only look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from canarytui.actions.audited_command import AuditedCommand
from canarytui.actions.executor import CarriedOut, LeftBehind
from canarytui.cluster.pending_reverts import PendingRevert
from canarytui.domain.actions import LoadTesterGate
from canarytui.domain.plan import Intent, Permission, Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import outcomes as words
from canarytui.errors import CanarytuiError


class ReadOnlyExecutor:
    """Refuses every action with `reason`."""

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self.permissions: Mapping[Permission, str] = {}
        self.held: list[PendingRevert] = []

    def forbidden(self, intent: Intent) -> str:
        return self._reason

    def drill_forbidden(self) -> str:
        return self._reason

    def learn(self, permissions: tuple[Permission, ...]) -> None:
        """Nothing is asked."""

    async def refusal(self, plan: Plan) -> str:
        return self._reason

    async def guard(self, namespace: str) -> str:
        return ""

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
        self._refuse()

    async def command_refusal(self, command: AuditedCommand) -> str:
        return self._reason

    async def run_command(self, command: AuditedCommand, run: Callable[[], Awaitable[int]]) -> int:
        self._refuse()

    async def images(self, situation: Situation) -> dict[str, list[str]]:
        return {}

    async def gate_state(self, gate: LoadTesterGate, situation: Situation) -> str:
        return self._reason

    async def note(self, plan: Plan, key: tuple[str, str], answer: str) -> None:
        """Nothing was done."""

    def told(self, title: str) -> str:
        return title

    async def recover(self) -> list[LeftBehind]:
        return []

    def is_due(self, record: PendingRevert, situation: Situation | None, now: datetime) -> bool:
        return False

    async def put_back(self, record: PendingRevert, *, withdraw: bool = False) -> NoReturn:
        self._refuse()

    async def entries(self, limit: int) -> list[dict[str, Any]]:
        return []

    def _refuse(self) -> NoReturn:
        raise CanarytuiError(words.NOTHING_WRITTEN_BECAUSE.text(why=self._reason))
