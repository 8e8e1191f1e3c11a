"""The port for acting on one cluster: may I, do it, audit it, take it back, and what came of it.

Console and command line need no more; :mod:`.live_executor` implements it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from canarytui.actions.audited_command import AuditedCommand
from canarytui.actions.reverts import Restored
from canarytui.cluster.pending_reverts import PendingRevert
from canarytui.domain.actions import LoadTesterGate
from canarytui.domain.plan import Intent, Permission, Plan
from canarytui.domain.rollout.situation import Situation


class CarriedOut(Struct, frozen=True):
    """`objects` as the server stored them; `notes` are sentences for the person, about a lost answer or an audit line
    that could not be written."""

    objects: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


class LeftBehind(Struct, frozen=True):
    """A sentence about what an ended process left open on the canary `key`."""

    key: tuple[str, str]
    text: str


class ActionExecutor(Protocol):
    """What the console's action flow needs; :class:`LiveExecutor` has it for a live cluster."""

    def forbidden(self, intent: Intent) -> str:
        """Why the person's configuration forbids `intent` here; "" if it does not."""
        ...

    def drill_forbidden(self) -> str:
        """Why the person's configuration forbids drills here; "" if it does not."""
        ...

    @property
    def permissions(self) -> Mapping[Permission, str]:
        """The authorizer's answers so far."""
        ...

    def learn(self, permissions: tuple[Permission, ...]) -> None:
        """Ask for these in the background."""
        ...

    async def refusal(self, plan: Plan) -> str:
        """Why this person may not carry out `plan`; "" if they may. Raises ClusterUnreachable."""
        ...

    async def guard(self, namespace: str) -> str:
        """Why the canary's name must be typed; "" if it need not."""
        ...

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
        """Carry out `plan`. Raises CanarytuiError."""
        ...

    async def command_refusal(self, command: AuditedCommand) -> str:
        """Why this person may not run `command`; "" if they may. Raises ClusterUnreachable."""
        ...

    async def run_command(self, command: AuditedCommand, run: Callable[[], Awaitable[int]]) -> int:
        """Audit `command` while `run` runs it; its exit code. Raises CanarytuiError: it was not run; OSError: it
        cannot be started."""
        ...

    async def images(self, situation: Situation) -> dict[str, list[str]]:
        """The images that the target has run, by container, newest first."""
        ...

    async def gate_state(self, gate: LoadTesterGate, situation: Situation) -> str:
        """``open``, ``closed``, or why that is unknown."""
        ...

    async def note(self, plan: Plan, key: tuple[str, str], answer: str) -> None:
        """Write the controller's answer to the audit log."""
        ...

    def told(self, title: str) -> str:
        """The sentence about an action for the timeline, as in the Event."""
        ...

    async def recover(self) -> list[LeftBehind]:
        """Look after what ended processes left behind: find out outcomes, and hold temporary writes from now on."""
        ...

    @property
    def held(self) -> list[PendingRevert]:
        """Temporary writes that this process looks after."""
        ...

    def is_due(self, record: PendingRevert, situation: Situation | None, now: datetime) -> bool: ...

    async def put_back(self, record: PendingRevert, *, withdraw: bool = False) -> Restored:
        """Put a temporary write back when it is due, with `withdraw` at once. Raises ClusterUnreachable."""
        ...

    async def entries(self, limit: int) -> list[dict[str, Any]]:
        """The last lines of the audit log."""
        ...
