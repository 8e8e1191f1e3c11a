"""What acting on one cluster takes: may I, do it, note it, take it back; and what comes of it.

The console's driver and the command line's actions need no more than this; :mod:`.live_hands` does it on a cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from canarytui.actions.reverts import Restored
from canarytui.cluster.pending_reverts import Record
from canarytui.domain.actions import Gate
from canarytui.domain.plan import Intent, Permission, Plan
from canarytui.domain.situation import Situation


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """`objects` as the server stored them; `notes` are sentences for the person: an answer that was lost, an audit log
    that could not be closed."""

    objects: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A sentence about what a process that has ended left open on the canary `key`."""

    key: tuple[str, str]
    text: str


class ActionExecutor(Protocol):
    """What the console's driver needs; a live cluster has :class:`LiveExecutor`."""

    def forbidden(self, intent: Intent) -> str:
        """Why the person's own configuration does not want `intent` here; "" when it may be."""
        ...

    def drill_forbidden(self) -> str:
        """Why the person's own configuration wants no fault drill here; "" when it may be."""
        ...

    @property
    def permissions(self) -> Mapping[Permission, str]:
        """The authorizer's known answers."""
        ...

    def learn(self, permissions: tuple[Permission, ...]) -> None:
        """Ask for these in the background."""
        ...

    async def refusal(self, plan: Plan) -> str:
        """Why this person may not carry out `plan`; "" when they may. Raises ClusterUnreachable."""
        ...

    async def guard(self, namespace: str) -> str:
        """Why the canary's name has to be typed; "" when it has not."""
        ...

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
        """Do it. Raises CanarytuiError."""
        ...

    async def images(self, situation: Situation) -> dict[str, list[str]]:
        """By container the images that the target has run, newest first."""
        ...

    async def gate_state(self, gate: Gate, situation: Situation) -> str:
        """``open``, ``closed``, or why that cannot be told."""
        ...

    def note(self, plan: Plan, key: tuple[str, str], answer: str) -> None:
        """Keep what the controller answered."""
        ...

    def told(self, title: str) -> str:
        """The sentence about an action in the timeline, as in the Event."""
        ...

    async def look_back(self) -> list[LeftBehind]:
        """Look after what processes that have ended left behind: outcomes are found out, temporary writes are held from
        now on."""
        ...

    @property
    def held(self) -> list[Record]:
        """Temporary writes that are looked after."""
        ...

    def is_due(self, record: Record, situation: Situation | None, now: datetime) -> bool: ...

    async def put_back(self, record: Record, *, withdraw: bool = False) -> Restored:
        """Take a temporary write back when its time has come, with `withdraw` at once. Raises ClusterUnreachable."""
        ...

    def entries(self, limit: int) -> list[dict[str, Any]]:
        """The last lines of the audit log."""
        ...
