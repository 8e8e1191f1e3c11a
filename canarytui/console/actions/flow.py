"""From a key to the controller's answer: plan, rules and permission, confirmation, write, and what came of it.

One driver for an app and its connection; screens hand it the intent and the canaries. What comes after the write is
looked after by a ``Pursuit``, asked once a second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from canarytui.actions.follow_up import Pursuit, Said
from canarytui.actions.requests import ActionUnknown
from canarytui.cluster.resources import DAEMONSETS, DEPLOYMENTS
from canarytui.domain.actions import ActionRequest, plan
from canarytui.domain.actions.renewing import renewed
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent, Plan
from canarytui.domain.sentences import NOTHING, joined
from canarytui.domain.sentences import dialogs as words
from canarytui.domain.situation import Situation
from canarytui.domain.staleness import Stale
from canarytui.domain.timeline_facts import of_console
from canarytui.errors import CanarytuiError

if TYPE_CHECKING:
    from canarytui.console.app import ConsoleApp

Key = tuple[str, str]
_AT_ONCE = 8
"""Canaries that are written to at the same time."""

_ONE_BY_ONE = frozenset({Intent.TRIGGER, Intent.SKIP_TO, Intent.OPEN_GATE, Intent.CLOSE_GATE})
_NAMED = 5
_FIRST_READ_S = 3.0
_SLOW_S = 0.5


@dataclass(frozen=True, slots=True)
class Planned:
    """One canary's part of an action."""

    key: Key
    wish: ActionRequest
    situation: Situation
    plan: Plan


_TOLD_S, _WARNED_S = 6.0, 15.0
"""How long a notice stays; what became of an action is in the timeline and the audit log as well."""


class Driver:
    """Runs one action at a time for each canary; `tick` is called once a second."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        self._hands = app.connection.hands
        self._pursuit = Pursuit(self._hands, app.world.situation, app.world.now)
        self._busy: set[Key] = set()
        self._looked_back = False

    def reason(self, intent: Intent, key: Key) -> str:
        """Why `intent` is not possible on a canary now, "" when it is: from what is known, without asking anybody."""
        from canarytui.domain.actions.availability import reason, typical

        situation = self._app.world.situation(key)
        if situation is None:
            return words.UNREADABLE.text()
        self._hands.learn(typical(situation, intent).permissions)
        return reason(situation, intent, self._hands.permissions, self._hands.forbidden)

    def drill_reason(self, key: Key) -> str:
        """Why no fault drill is possible on a canary now, "" when one is."""
        from canarytui.drills.guards import not_analysed

        situation = self._app.world.situation(key)
        if situation is None:
            return words.UNREADABLE.text()
        return self._hands.drill_forbidden() or not_analysed(situation)

    async def act(self, intent: Intent, keys: Key | Collection[Key], wish: ActionRequest | None = None) -> None:
        """Plan, confirm and carry out `intent`, on several canaries with one confirmation; every way it can end is told
        to the person."""
        chosen: list[Key] = [keys] if _is_key(keys) else sorted(keys)  # type: ignore[list-item,arg-type]
        free = [key for key in chosen if key not in self._busy]
        if len(chosen) > 1 and intent in _ONE_BY_ONE:
            said = words.ONE_AT_A_TIME.text(intent=intent.capitalize())
            self._tell(said, warning=True)
            return
        self._busy.update(free)
        if intent is Intent.PAUSE and free and all(map(self._is_paused, free)):
            intent = Intent.RESUME
        try:
            await self._act(wish or ActionRequest(intent), free)
        except CanarytuiError as error:
            self._tell(clean(str(error), 600), warning=True)
        finally:
            self._busy.difference_update(free)

    def _is_paused(self, key: Key) -> bool:
        situation = self._app.world.situation(key)
        return situation is not None and situation.canary.spec.suspend

    async def _act(self, wish: ActionRequest, keys: list[Key]) -> None:
        planned, refused = [], []
        await self._all_read()
        await self._read_again(keys)
        for key in keys:
            situation = self._app.world.situation(key)
            if situation is None:
                refused.append(words.CANNOT_ACT.text(canary="/".join(key)))
                continue
            chosen = await self._chosen(wish, situation, alone=len(keys) == 1)
            if chosen is None:
                return
            # A choice may have taken a minute: planned on what is true now.
            situation = self._app.world.situation(key) or situation
            made = plan(situation, chosen)
            refusal = await self._hands.refusal(made)
            if refusal:
                said = words.NOT_POSSIBLE.text(title=made.title, reason=refusal)
                stale = _local(situation.stale, self._app.zone)
                refused.append(stale.sentence(said) if stale is not None else said)
            else:
                planned.append(Planned(key, chosen, situation, made))
        if not planned:
            self._tell("\n".join(refused[:_NAMED]), warning=True)
            return
        if await self._confirmed(planned, refused):
            await self._carry_out_all(planned, refused)

    async def _all_read(self) -> None:
        """Until workloads and routers have been read once: in a console's first second the canaries are there alone."""
        stores = self._app.world.stores
        wanted = [stores[resource] for resource in (DEPLOYMENTS, DAEMONSETS, *self._app.world.routers_wanted)]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_READ_S):
                while not all(store.synced or store.error for store in wanted):
                    await self._app.pause(0.05)

    async def _read_again(self, keys: list[Key]) -> None:
        """What is stale is read again before it is planned on; where that fails, the question says how old it is."""
        stale = [key for key in keys if self._app.world.stale(key) is not None]
        if not stale:
            return
        what = "the canary" if len(stale) == 1 else "the canaries"
        said = asyncio.get_running_loop().call_later(
            _SLOW_S, lambda: self._app.notify(words.READING_AGAIN.text(what=what), timeout=_FIRST_READ_S)
        )
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(key: Key) -> None:
            async with gate:
                with contextlib.suppress(CanarytuiError):
                    await self._app.connection.read_again(key)

        try:
            await asyncio.gather(*(one(key) for key in stale))
        finally:
            said.cancel()

    async def _chosen(self, wish: ActionRequest, situation: Situation, *, alone: bool) -> ActionRequest | None:
        """`wish` with what the person has to choose; None when they thought better of it."""
        if wish.intent is Intent.TRIGGER and not (wish.image or wish.env or wish.restart):
            from canarytui.console.actions.trigger_screen import TriggerScreen

            target = situation.target
            if target is None or not target.containers or self._hands.forbidden(Intent.TRIGGER):
                return wish  # planned all the same: the plan or the rules say why it cannot be done
            return await self._app.push_screen_wait(TriggerScreen(situation, target, self._hands.images))
        if wish.intent is Intent.SKIP_TO and not wish.weight and plan(situation, wish).allowed:
            from canarytui.console.actions.number_screen import weight_screen

            weight = await self._app.push_screen_wait(weight_screen(situation))
            return ActionRequest(Intent.SKIP_TO, weight=weight) if weight else None
        if wish.intent is Intent.EXTEND and alone and plan(situation, wish).allowed:
            from canarytui.console.actions.number_screen import ticks_screen

            ticks = await self._app.push_screen_wait(ticks_screen(situation, wish.ticks))
            return ActionRequest(Intent.EXTEND, ticks=ticks) if ticks else None
        return wish

    async def _confirmed(self, planned: list[Planned], refused: list[str]) -> bool:
        from canarytui.console.actions.confirm_screen import ConfirmScreen, SeveralScreen

        reasons = [await self._hands.guard(each.key[0]) for each in planned]
        reason = next(filter(None, reasons), "")
        if len(planned) == 1 and not refused:
            guard = planned[0].key[1] if reason else ""
            stale = planned[0].situation.stale
            screen: ConfirmScreen | SeveralScreen = ConfirmScreen(
                planned[0].plan, guard=guard, guard_reason=reason, stale=_local(stale, self._app.zone)
            )
        else:
            guard = f"{planned[0].plan.intent} {len(planned)}" if reason else ""
            plans = [each.plan for each in planned]
            stales = [each.situation.stale for each in planned if each.situation.stale is not None]
            oldest = min(stales, key=lambda each: each.since, default=None)
            screen = SeveralScreen(
                plans, refused, guard=guard, guard_reason=reason, stale=_local(oldest, self._app.zone)
            )
        confirmed: bool | None = await self._app.push_screen_wait(screen)
        return bool(confirmed)

    async def _carry_out_all(self, planned: list[Planned], refused: list[str]) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(each: Planned) -> CanarytuiError | None:
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

    async def _carry_out(self, each: Planned) -> None:
        world = self._app.world
        began, situation = world.now(), world.situation(each.key)
        if situation is not None:
            each = replace(each, plan=renewed(each.plan, plan(situation, each.wish)))
        carried_out = await self._hands.carry_out(each.plan, each.situation)
        for note in carried_out.notes:
            self._tell(note, warning=True)
        for answer in carried_out.objects:
            if answer.get("kind") == "Canary":
                version = str((answer.get("metadata") or {}).get("resourceVersion") or "")
                world.observer.own_write(each.key, version)
                world.canaries.put(answer)
        world.timeline.add(of_console(*each.key, self._hands.told(each.plan.title), began))
        self._pursuit.begin(each.plan, each.wish, each.situation, began)

    async def gates(self, key: Key) -> None:
        """Show the gates of a canary, and turn what the person chooses."""
        from canarytui.console.actions.gates_screen import GatesScreen
        from canarytui.domain.actions import gates_of

        situation = self._app.world.situation(key)
        if situation is None:
            return
        if not gates_of(situation.canary):
            self._tell(plan(situation, Intent.OPEN_GATE).refusal.capitalize() + ".", warning=True)
            return
        wish = await self._app.push_screen_wait(GatesScreen(situation, self._hands.gate_state))
        if wish is not None:
            await self.act(wish.intent, key, wish)

    def tick(self) -> None:
        """Look after the actions under way, and after what others left behind."""
        self._app.run_worker(self._look(), exit_on_error=False)

    async def _look(self) -> None:
        if not self._looked_back:
            self._looked_back = True
            await self._look_back()
        for said in await self._pursuit.look():
            self._report(said)

    async def _look_back(self) -> None:
        """Close the drills that a console before this one left open."""
        connection, world = self._app.connection, self._app.world
        for orphan in await connection.close_drills():
            if orphan.context == connection.context:
                world.timeline.add(of_console(*orphan.key, orphan.sentence, world.now(), warning=True))
            self._tell(orphan.sentence, warning=True)

    def _report(self, said: Said) -> None:
        world = self._app.world
        if said.key[1] and (said.answer is None or said.text.partition(": ")[0] == "/".join(said.key)):
            world.timeline.add(of_console(*said.key, said.text, world.now(), warning=said.warning))
        self._tell(said.text, warning=said.warning)

    def _tell(self, text: str, *, warning: bool = False) -> None:
        timeout_s = _WARNED_S if warning else _TOLD_S
        lines = "\n".join(clean(line, 600) for line in text.split("\n"))
        self._app.notify(lines, severity="warning" if warning else "information", markup=False, timeout=timeout_s)


def _local(stale: Stale | None, zone: tzinfo | None) -> Stale | None:
    """The same with its time in the zone that people read."""
    return None if stale is None else replace(stale, since=stale.since.astimezone(zone))


def _is_key(keys: object) -> bool:
    return isinstance(keys, tuple) and len(keys) == 2 and isinstance(keys[0], str)
