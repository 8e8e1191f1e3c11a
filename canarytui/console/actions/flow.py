"""From a key to the controller's answer: plan, rules and permission, confirmation, write, follow-up.

One flow for each context. It gets the intent and the canaries, and talks to the person through an
:class:`ActionPort`. What the controller does after the write is followed once a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress

from msgspec.structs import replace

from canarytui.actions.follow_up import ActionFollowUp, FollowUpNotice
from canarytui.actions.requests import ActionUnknown
from canarytui.console.actions.fresh_state import FIRST_READ_S, first_read, read_again
from canarytui.console.actions.planned import PlannedAction, local
from canarytui.console.actions.port import ActionPort
from canarytui.console.actions.questions import chosen, confirmed
from canarytui.console.messages import FlowMessage, RequestAction, ShowGates, ShowUndo
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.actions.revalidation import renewed
from canarytui.domain.history.facts import of_console
from canarytui.domain.plan import Intent
from canarytui.domain.sentences import NOTHING, joined
from canarytui.domain.sentences import dialogs as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.errors import CanarytuiError
from canarytui.session.connection import Connection
from canarytui.session.state import ClusterState

_AT_ONCE = 8
"""Canaries that are written to at the same time."""

_ONE_BY_ONE = frozenset({Intent.TRIGGER, Intent.SKIP_TO, Intent.OPEN_GATE, Intent.CLOSE_GATE, Intent.EDIT})
_NAMED = 5
_AUDIT_READ, _MOST_UNDOABLE = 5000, 100
_NOTICE_S, _WARNING_S = 6.0, 15.0
"""How long a notice stays; what became of an action is in the timeline and the audit log as well."""


_WRITTEN_S = 10.0
"""How long an action waits for the write of the one before it."""


class _UnderWay:
    """An action that has not ended: planned and confirmed, then written."""

    def __init__(self) -> None:
        self.writing = False
        self.ended = asyncio.Event()


class ActionFlow:
    """Runs one action at a time for each canary of one context; `follow_up` is due once a second."""

    def __init__(self, port: ActionPort, state: ClusterState, connection: Connection) -> None:
        self._port = port
        self._state = state
        self._connection = connection
        self._executor = connection.executor
        self._follow_up = ActionFollowUp(self._executor, state.situation, state.now)
        self._busy: dict[NamespacedName, _UnderWay] = {}
        self._edited: set[NamespacedName] = set()
        self._drills_closed = False

    async def run(self, message: FlowMessage) -> None:
        """Do what a screen asks for."""
        match message:
            case RequestAction(intent, keys):
                await self.act(intent, keys)
            case ShowGates(gated):
                await self.gates(gated)
            case ShowUndo(undone):
                await self.undo(undone)

    def reason(self, intent: Intent, key: NamespacedName) -> str:
        """Why `intent` is not possible on a canary now, "" when it is: from what is known, without asking anybody."""
        from canarytui.domain.actions.availability import reason, typical

        situation = self._state.situation(key)
        if situation is None:
            return words.UNREADABLE.text()
        self._executor.learn(typical(situation, intent).permissions)
        return reason(situation, intent, self._executor.permissions, self._executor.forbidden)

    def drill_reason(self, key: NamespacedName) -> str:
        """Why no fault drill is possible on a canary now, "" when one is."""
        from canarytui.drills.under_analysis import not_analysed

        situation = self._state.situation(key)
        if situation is None:
            return words.UNREADABLE.text()
        return self._executor.drill_forbidden() or not_analysed(situation)

    async def act(self, intent: Intent, keys: Collection[NamespacedName], request: ActionRequest | None = None) -> bool:
        """Plan, confirm and carry out `intent`, on several canaries with one confirmation; every way it can end is
        reported to the person. Whether all of it was done."""
        await self._written(keys)
        free = [key for key in sorted(keys) if key not in self._busy]
        if len(keys) > 1 and intent in _ONE_BY_ONE:
            self._tell(words.ONE_AT_A_TIME.text(intent=intent.capitalize()), warning=True)
            return False
        if not free:
            self._tell(
                words.UNDER_WAY.text(canary=", ".join("/".join(key) for key in sorted(keys)[:_NAMED])), warning=True
            )
            return False
        if intent is Intent.EDIT and request is None:
            return await self._edit(free[0])
        under_way = _UnderWay()
        self._busy.update(dict.fromkeys(free, under_way))
        if intent is Intent.PAUSE and all(map(self._is_paused, free)):
            intent = Intent.RESUME
        try:
            return await self._act(request or ActionRequest(intent), free, under_way)
        except CanarytuiError as error:
            self._tell(clean(str(error), 600), warning=True)
            return False
        finally:
            for key in free:
                del self._busy[key]
            under_way.ended.set()

    async def _written(self, keys: Collection[NamespacedName]) -> None:
        """Wait for writes to `keys` that are on their way: the screen shows what one does before its end is in the
        audit log, and a key that is pressed then means the canary as it is shown."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_WRITTEN_S):
                while writing := [each for each in map(self._busy.get, keys) if each is not None and each.writing]:
                    await writing[0].ended.wait()

    async def _edit(self, key: NamespacedName) -> bool:
        """Open a canary in the person's editor; what they change is an action like any other."""
        from canarytui.console.programs.editing import edit_canary

        if key in self._edited:
            return False  # its editor is about to open
        written = False

        async def act(request: ActionRequest) -> bool:
            nonlocal written
            written = await self.act(Intent.EDIT, [key], request)
            return written

        self._edited.add(key)
        try:
            await first_read(self._state)
            await read_again([key], self._state, self._connection, self._tell_slow)
            situation = self._state.situation(key)
            if situation is None:
                raise CanarytuiError(words.CANNOT_ACT.text(canary="/".join(key)))
            opened = plan(situation, ActionRequest(Intent.EDIT, changes={}))
            refusal = await self._executor.refusal(opened)
            if refusal:
                raise CanarytuiError(words.NOT_POSSIBLE.text(title=opened.title, reason=refusal))
            await edit_canary(situation, self._executor, self._port, self._connection.context, act)
        except CanarytuiError as error:
            self._tell(clean(str(error), 900), warning=True)
        finally:
            self._edited.discard(key)
        return written

    def _is_paused(self, key: NamespacedName) -> bool:
        situation = self._state.situation(key)
        return situation is not None and situation.canary.spec.suspend

    async def _act(self, request: ActionRequest, keys: list[NamespacedName], under_way: _UnderWay) -> bool:
        await first_read(self._state)
        await read_again(keys, self._state, self._connection, self._tell_slow)
        planned: list[PlannedAction] = []
        refused: list[str] = []
        for key in keys:
            situation = self._state.situation(key)
            if situation is None:
                refused.append(words.CANNOT_ACT.text(canary="/".join(key)))
                continue
            made = await chosen(request, situation, self._executor, self._port, alone=len(keys) == 1)
            if made is None:
                return False
            # A choice may have taken a minute: planned on what is true now.
            now = self._state.situation(key) or situation
            now = now.at(now.clock.astimezone(self._port.zone))
            each = PlannedAction(key, made, now, plan(now, made))
            refusal = await self._executor.refusal(each.plan)
            if refusal:
                refused.append(self._not_possible(each, refusal))
            else:
                planned.append(each)
        if not planned:
            self._tell("\n".join(refused[:_NAMED]), warning=True)
            return False
        if not await confirmed(planned, refused, self._executor, self._port):
            return False
        under_way.writing = True
        return await self._carry_out_all(planned, refused) and not refused

    def _not_possible(self, each: PlannedAction, refusal: str) -> str:
        said = words.NOT_POSSIBLE.text(title=each.plan.title, reason=refusal)
        stale = local(each.situation.stale, self._port.zone)
        return stale.sentence(said) if stale is not None else said

    def _tell_slow(self, count: int) -> None:
        what = "the canary" if count == 1 else "the canaries"
        self._port.tell(words.READING_AGAIN.text(what=what), timeout_s=FIRST_READ_S)

    async def _carry_out_all(self, planned: list[PlannedAction], refused: list[str]) -> bool:
        """Whether none failed."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(each: PlannedAction) -> CanarytuiError | None:
            async with gate:
                try:
                    await self._carry_out(each)
                except CanarytuiError as error:
                    return error
            return None

        endings = await asyncio.gather(*(one(each) for each in planned))
        failed = [(each.key, error) for each, error in zip(planned, endings, strict=True) if error is not None]
        told = [f"{key[0]}/{key[1]}: {clean(str(error), 600)}" for key, error in failed[:_NAMED]]
        if len(planned) > 1:
            intent = planned[0].plan.intent
            unknown = sum(isinstance(error, ActionUnknown) for _, error in failed)
            written, failures = len(planned) - len(failed), len(failed) - unknown
            said = joined(
                words.OUTCOME.say(intent=intent.capitalize(), written=written, failed=failures),
                words.OUTCOME_UNKNOWN.say(count=unknown) if unknown else NOTHING,
                words.OUTCOME_REFUSED.say(count=len(refused)) if refused else NOTHING,
                by="",
            )
            told.append(said.text)
        if told:
            self._tell("\n".join(told), warning=bool(failed))
        return not failed

    async def _carry_out(self, each: PlannedAction) -> None:
        state = self._state
        began, situation = state.now(), state.situation(each.key)
        if situation is not None:
            each = replace(each, plan=renewed(each.plan, plan(situation, each.request)))
        carried_out = await self._executor.carry_out(each.plan, each.situation)
        for note in carried_out.notes:
            self._tell(note, warning=True)
        for answer in carried_out.objects:
            if answer.get("kind") == "Canary":
                version = str((answer.get("metadata") or {}).get("resourceVersion") or "")
                state.tracker.own_write(each.key, version)
                state.canaries.put(answer)
        state.timeline.add(of_console(*each.key, self._executor.told(each.plan.title), began))
        self._follow_up.begin(each.plan, each.request, each.situation, began)

    async def gates(self, key: NamespacedName) -> None:
        """Show the gates of a canary, and open or close the one that the person chooses."""
        from canarytui.console.actions.gates_screen import GatesScreen
        from canarytui.domain.actions import gates_of

        situation = self._state.situation(key)
        if situation is None:
            return
        if not gates_of(situation.canary):
            self._tell(plan(situation, Intent.OPEN_GATE).refusal.capitalize() + ".", warning=True)
            return
        request = await self._port.ask(GatesScreen(situation, self._executor.gate_state))
        if request is not None:
            await self.act(request.intent, [key], request)

    async def undo(self, key: NamespacedName | None) -> None:
        """Show what was done on this cluster from this machine, the newest of canary `key` under the cursor, and plan
        the way back from the one that the person chooses."""
        from canarytui.console.actions.undo_screen import Undoable, UndoScreen
        from canarytui.domain.actions.done_action import done_actions
        from canarytui.domain.actions.undoing import way_back
        from canarytui.domain.sentences import undoing

        connection, situation = self._connection, self._state.situation
        try:
            entries = await self._executor.entries(_AUDIT_READ)
        except CanarytuiError as error:
            self._tell(clean(str(error), 600), warning=True)
            return
        done = done_actions(entries, connection.server)[:_MOST_UNDOABLE]
        if not done:
            self._tell(undoing.NOTHING_DONE.text(where=clean(connection.context, 80)))
            return
        listed = [Undoable(each, way_back(situation(each.key), each)) for each in done]
        first = next((number for number, each in enumerate(done) if each.key == key), 0)
        chosen = await self._port.ask(UndoScreen(listed, connection.context, self._port.zone, first))
        if chosen is not None and chosen.way_back.request is not None:
            request = chosen.way_back.request
            await self.act(request.intent, [chosen.done.key], request)

    async def follow_up(self) -> None:
        """Look after the actions under way, and, once, after the drills that an earlier console left open."""
        if not self._drills_closed:
            self._drills_closed = True
            await self._close_drills()
        for said in await self._follow_up.look():
            self._report(said)

    async def _close_drills(self) -> None:
        connection, state = self._connection, self._state
        for orphan in await connection.close_drills():
            if orphan.context == connection.context:
                state.timeline.add(of_console(*orphan.key, orphan.sentence, state.now(), warning=True))
            self._tell(orphan.sentence, warning=True)

    def _report(self, said: FollowUpNotice) -> None:
        state = self._state
        if said.key[1] and (said.answer is None or said.text.partition(": ")[0] == "/".join(said.key)):
            state.timeline.add(of_console(*said.key, said.text, state.now(), warning=said.warning))
        self._tell(said.text, warning=said.warning)

    def _tell(self, text: str, *, warning: bool = False) -> None:
        lines = "\n".join(clean(line, 600) for line in text.split("\n"))
        self._port.tell(lines, warning=warning, timeout_s=_WARNING_S if warning else _NOTICE_S)
