"""Carries out an action from the command line: plan, confirmation, writes and, with ``--wait``, the answer."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from canarytui.cli.action_task import Task, code_of
from canarytui.cli.asking import ask
from canarytui.cli.session import LOOK_EVERY_S, following, unreadable
from canarytui.cli.wanted import Wanted, not_found
from canarytui.domain.actions import ActionRequest, gates_of, plan
from canarytui.domain.actions.renewing import renewed
from canarytui.domain.actions.triggering import chosen, unclear
from canarytui.domain.canary import Canary
from canarytui.domain.jsontext import json_text
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent
from canarytui.domain.public_url import place_url
from canarytui.domain.sentences import command_action as words
from canarytui.domain.situation import Situation
from canarytui.domain.workload import with_tag
from canarytui.errors import CanarytuiError, UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import complain, say, tell

if TYPE_CHECKING:
    from canarytui.actions.follow_up import Pursuit, Said
    from canarytui.session.live import LiveConnection
    from canarytui.session.state import World

Key = tuple[str, str]
_ROUTERS_S = 2.0


async def act(options: argparse.Namespace, wanted: Wanted, wish: ActionRequest) -> int:
    """Do `wish` on the wanted canaries; the exit code. Raises CanarytuiError."""
    async with following(options, wanted) as (world, connection):
        from canarytui.actions.follow_up import Pursuit

        found, missing = wanted.chosen(world.keys())
        if missing:
            raise UsageError(not_found(missing, wanted.namespace, connection.scope))
        if wish.intent is Intent.TRIGGER and len(found) > 1 and "/" in wish.image:
            raise UsageError(words.ONE_IMAGE.text(image=clean(wish.image, 200), count=len(found)))
        await _routers(world, found)
        pursuit = Pursuit(connection.hands, world.situation, world.now)
        _report(await pursuit.look(), [])
        tasks = [await _task(world, connection, key, wish) for key in found]
        possible = [task for task in tasks if task.code is ExitCode.DONE]
        if possible and (options.dry_run or await _confirmed(options, connection, possible)):
            await _carry_out(options, world, connection, possible, pursuit)
        if options.output == "json":
            say(json_text([task.as_object() for task in tasks], indent=2))
        for task in tasks:
            if task.said:
                complain(task.said)
        return max((task.code for task in tasks), default=ExitCode.DONE)


async def _routers(world: World, keys: Sequence[Key]) -> None:
    """Wait until the routers of `keys` have been read: they are watched only once their canaries are known."""
    canaries = [canary for key in keys if isinstance(canary := world.canary(key), Canary)]
    wanted = [[world.stores[resource] for resource in world.routers(canary)] for canary in canaries]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_ROUTERS_S):
            while not all(  # noqa: ASYNC110 - stores have no event for failures
                any(store.synced or store.error for store in stores) for stores in wanted if stores
            ):
                await asyncio.sleep(LOOK_EVERY_S / 4)


async def gate_states(options: argparse.Namespace, wanted: Wanted) -> int:
    """Print the gates of a canary and whether they are open."""
    async with following(options, wanted) as (world, connection):
        key = wanted.one(world.keys(), connection.scope)
        situation = world.situation(key)
        if situation is None:
            raise unreadable(world, key)
        for gate in gates_of(situation.canary):
            state = await connection.hands.gate_state(gate, situation)
            hooks = ", ".join(f"{clean(name, 60)} ({kind})" for name, kind in gate.hooks)
            say(f"{gate.space:<9} {state:<7} {clean(place_url(gate.base), 200)}  asked by {hooks}")
    return ExitCode.DONE


async def _task(world: World, connection: LiveConnection, key: Key, wish: ActionRequest) -> Task:
    situation = world.situation(key)
    if situation is None:
        raise unreadable(world, key)
    if wish.intent is Intent.TRIGGER:
        wish = _with_container(situation, wish)
    made = plan(situation, wish)
    refused = await connection.hands.refusal(made)
    if refused:
        said = words.NOT_POSSIBLE.text(title=made.title, why=refused)
        return Task(key, wish, situation, made, ExitCode.NOT_POSSIBLE, said)
    return Task(key, wish, situation, made)


def _with_container(situation: Situation, wish: ActionRequest) -> ActionRequest:
    """`wish` with its container and full image. Raises UsageError where several containers are possible."""
    container = chosen(situation, wish)
    if container is None:
        why = unclear(situation, wish)
        if why:
            name = f"{situation.canary.namespace}/{situation.canary.name}"
            raise UsageError(words.CHOOSE_CONTAINER.text(canary=name, why=clean(why, 1000)))
        return wish
    if wish.restart:
        return wish
    image = with_tag(container.image, wish.image) if wish.image else ""
    return replace(wish, container=container.name, image=image)


async def _confirmed(options: argparse.Namespace, connection: LiveConnection, tasks: Sequence[Task]) -> bool:
    """Whether to go on; without a terminal there is nobody to confirm."""
    from canarytui.report.plan_text import plan_text

    if options.yes:
        return True
    refused = ""
    if not sys.stdin.isatty():
        refused = words.NO_TERMINAL.text()
    else:
        for task in tasks:
            tell(f"{task.plan.title}\n{plan_text(task.plan).plain}\n")
        reasons = [await connection.hands.guard(task.key[0]) for task in tasks]
        reason = next(filter(None, reasons), "")
        wanted = (tasks[0].key[1] if len(tasks) == 1 else str(len(tasks))) if reason else "y"
        asked = words.GO_ON_GUARDED.text(reason=reason, wanted=wanted) if reason else words.GO_ON.text()
        if (await ask(asked)).strip() != wanted:
            refused = words.NOT_CONFIRMED.text()
    for task in tasks if refused else ():
        task.code, task.said = ExitCode.NOT_CONFIRMED, refused
    return not refused


async def _carry_out(
    options: argparse.Namespace, world: World, connection: LiveConnection, tasks: Sequence[Task], pursuit: Pursuit
) -> None:
    for task in tasks:
        # The question may have taken a minute. If the plan is still the same, it is compared with what was shown;
        # anything else that has changed since counts as lost.
        began, situation = world.now(), world.situation(task.key)
        if situation is not None:
            task.plan = renewed(task.plan, plan(situation, task.wish))
        try:
            carried_out = await connection.hands.carry_out(task.plan, task.situation, dry_run=options.dry_run)
        except CanarytuiError as error:
            task.code, task.said = code_of(error), str(error)
            continue
        except asyncio.CancelledError:
            if options.dry_run:
                raise
            said = words.INTERRUPTED if connection.hands.has_open_outcome else words.INTERRUPTED_DONE
            complain(said.text(title=task.plan.title))
            raise
        task.written = not options.dry_run
        if options.dry_run:
            _show_dry_run(options, task)
            continue
        for note in carried_out.notes:
            complain(note)
            task.answers.append(note)
        for answer in carried_out.objects:
            if answer.get("kind") == "Canary":
                world.canaries.put(answer)
        if options.output != "json":
            say((words.WRITTEN if task.plan.writes else words.CALLED).text(title=task.plan.title))
        if options.wait or task.plan.temporary is not None:
            pursuit.begin(task.plan, task.wish, task.situation, began)
    await _wait(connection, [task for task in tasks if task.written], pursuit, quiet=options.output == "json")


async def _wait(connection: LiveConnection, tasks: Sequence[Task], pursuit: Pursuit, *, quiet: bool) -> None:
    given_up: set[Key] = set()
    try:
        while any(pursuit.concerns(task.key) and task.key not in given_up for task in tasks):
            for said in await pursuit.look():
                _note(said, tasks, quiet=quiet)
                if said.answer is not None and not said.answer.final and not said.answer.again:
                    given_up.add(said.key)
            await asyncio.sleep(LOOK_EVERY_S)
    except asyncio.CancelledError:
        for record in connection.hands.held:
            complain(words.PUT_BACK_LATER.text(canary=f"{record.namespace}/{record.name}", what=record.what))
        raise
    # No answer: the action must not take effect hours later, when nobody is watching.
    for record in connection.hands.held:
        if (record.namespace, record.name) in given_up:
            done = await connection.hands.put_back(record, withdraw=True)
            complain(done.text)


def _note(said: Said, tasks: Sequence[Task], *, quiet: bool) -> None:
    for task in tasks:
        if task.key != said.key:
            continue
        task.answers.append(said.text)
        answer = said.answer
        if answer is not None and not answer.again:
            if not answer.final:
                task.code = ExitCode.NO_ANSWER
            elif not answer.wanted:
                task.code = ExitCode.OTHERWISE
    if not quiet:
        say(clean(said.text, 600))


def _report(news: Sequence[Said], tasks: Sequence[Task]) -> None:
    """Report first what an earlier process left behind."""
    for said in news:
        complain(clean(said.text, 600))


def _show_dry_run(options: argparse.Namespace, task: Task) -> None:
    from canarytui.report.plan_text import plan_text

    if options.output != "json":
        checked = words.ACCEPTED.text() if task.plan.writes else words.NOT_SENT.text()
        say(f"{words.DRY_RUN.text(title=task.plan.title, checked=checked)}\n{plan_text(task.plan).plain}\n")
