"""What happens after a write: the controller answers, a lost write is repeated, temporary changes are put back.

Console and command line look again and again; one look at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from canarytui.actions.controller_answer import AnswerFollower, ControllerReaction
from canarytui.actions.executor import ActionExecutor
from canarytui.actions.reverts import RevertOutcome
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.plan import Plan
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError, ClusterUnreachable

_ADOPT_EVERY_S = 5.0


class FollowUpNotice(Struct, frozen=True):
    """A sentence for the person about the canary `key`. `answer` is set if it is the controller's."""

    key: NamespacedName
    text: str
    warning: bool = False
    answer: ControllerReaction | None = None


class ActionFollowUp:
    """Follows the actions that were begun here. `situation` returns what is known of a canary now, None if it is gone
    or not known yet."""

    def __init__(
        self,
        executor: ActionExecutor,
        situation: Callable[[NamespacedName], Situation | None],
        now: Callable[[], datetime],
    ) -> None:
        self._executor = executor
        self._situation = situation
        self._now = now
        self._follows: list[tuple[AnswerFollower, ActionRequest]] = []
        self._adopted_at = float("-inf")
        self._adopted: set[str] = set()
        self._told: dict[str, str] = {}
        self._looking = asyncio.Lock()

    def begin(self, made: Plan, request: ActionRequest, before: Situation, began: datetime) -> None:
        """Follow an action that was carried out."""
        self._follows.append((AnswerFollower(made, before, began), request))

    @property
    def idle(self) -> bool:
        """Whether nothing is followed and nothing has to be put back."""
        return not self._follows and not self._executor.held

    def concerns(self, key: NamespacedName) -> bool:
        """Whether anything begun here on this canary is still open. What another process left behind is looked after as
        well, but may last as long as the canary is paused."""
        held = any(
            (record.namespace, record.name) == key and record.number not in self._adopted
            for record in self._executor.held
        )
        return held or any(follow.key == key for follow, _ in self._follows)

    async def look(self) -> list[FollowUpNotice]:
        """News for the person; nothing while another look is under way."""
        if self._looking.locked():
            return []
        async with self._looking:
            return [*await self._left_behind(), *await self._answers(), *await self._put_back()]

    async def _left_behind(self) -> list[FollowUpNotice]:
        now = asyncio.get_running_loop().time()
        if now - self._adopted_at < _ADOPT_EVERY_S:
            return []
        self._adopted_at = now
        own = {record.number for record in self._executor.held} - self._adopted
        said = [FollowUpNotice(each.key, each.text, warning=True) for each in await self._executor.recover()]
        self._adopted = {record.number for record in self._executor.held} - own
        return said

    async def _answers(self) -> list[FollowUpNotice]:
        said = []
        for each in list(self._follows):
            follow, request = each
            situation = self._situation(follow.key)
            answer = follow.look(situation, self._now())
            if answer is None:
                continue
            if answer.final:
                self._follows.remove(each)
            if follow.plan.expects:
                await self._executor.note(follow.plan, follow.key, answer.text)
            said.append(FollowUpNotice(follow.key, answer.text, answer.warning, answer))
            if answer.again and situation is not None:
                made = plan(situation, request)
                try:
                    if made.allowed:
                        done = await self._executor.carry_out(made, situation)
                        said += [FollowUpNotice(follow.key, note, warning=True) for note in done.notes]
                except CanarytuiError as error:
                    said.append(FollowUpNotice(follow.key, str(error), warning=True))
        return said

    async def _put_back(self) -> list[FollowUpNotice]:
        said = []
        for record in self._executor.held:
            key = (record.namespace, record.name)
            if not self._executor.is_due(record, self._situation(key), self._now()):
                continue
            try:
                done = await self._executor.put_back(record)
            except ClusterUnreachable:
                continue  # tried again at the next look
            except CanarytuiError as error:
                said.append(FollowUpNotice(key, str(error), warning=True))
                continue
            if done.text and self._told.get(record.number) != done.text:
                self._told[record.number] = done.text
                said.append(FollowUpNotice(key, done.text, warning=done.ending is not RevertOutcome.PUT_BACK))
        return said
