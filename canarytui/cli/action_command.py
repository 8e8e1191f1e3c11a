"""Carries out an action from the command line: plan, confirmation, writes and, with ``--wait``, the answer."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from canarytui.cli.action_task import Task, code_of
from canarytui.cli.canary_selection import CanarySelection, not_found
from canarytui.cli.confirmation import ask
from canarytui.cli.session import LOOK_EVERY_S, following, unreadable
from canarytui.domain.actions import ActionRequest, gates_of, plan
from canarytui.domain.actions.revalidation import renewed
from canarytui.domain.actions.triggering import chosen, unclear
from canarytui.domain.plan import Intent
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import command_action as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.json_text import json_text
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url
from canarytui.domain.values import NamespacedName
from canarytui.domain.workloads.workload import with_tag
from canarytui.errors import CanarytuiError, UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import complain, say, tell
from canarytui.session.polling import wait_until

if TYPE_CHECKING:
    from canarytui.actions.follow_up import ActionFollowUp, FollowUpNotice
    from canarytui.session.live import LiveConnection
    from canarytui.session.state import ClusterState

_ROUTERS_S = 2.0


async def act(options: argparse.Namespace, selection: CanarySelection, request: ActionRequest) -> int:
    """Do `request` on the wanted canaries; the exit code. Raises CanarytuiError."""
    async with following(options, selection) as (cluster_state, connection):
        found, missing = selection.chosen(cluster_state.keys())
        if missing:
            raise UsageError(not_found(missing, selection.namespace, connection.scope))
        if request.intent is Intent.TRIGGER and len(found) > 1 and "/" in request.image:
            raise UsageError(words.ONE_IMAGE.text(image=clean(request.image, 200), count=len(found)))
        return await act_on(options, cluster_state, connection, found, request)


async def act_on(
    options: argparse.Namespace,
    cluster_state: ClusterState,
    connection: LiveConnection,
    keys: Sequence[NamespacedName],
    request: ActionRequest,
) -> int:
    """Do `request` on the canaries `keys`; the exit code. Raises CanarytuiError."""
    from canarytui.actions.follow_up import ActionFollowUp

    await routers_read(cluster_state, keys)
    follow_up = ActionFollowUp(connection.executor, cluster_state.situation, cluster_state.now)
    _report(await follow_up.look(), [])
    tasks = [await _task(cluster_state, connection, key, request) for key in keys]
    possible = [task for task in tasks if task.code is ExitCode.DONE]
    if possible and (options.dry_run or await _confirmed(options, connection, possible)):
        await _carry_out(options, cluster_state, connection, possible, follow_up)
    if options.output == "json":
        say(json_text([task.as_object() for task in tasks], indent=2))
    for task in tasks:
        if task.said:
            complain(task.said)
    return max((task.code for task in tasks), default=ExitCode.DONE)


async def routers_read(cluster_state: ClusterState, keys: Iterable[NamespacedName]) -> None:
    """Wait until the routers of `keys` have been read: they are watched only once their canaries are known."""
    canaries = [canary for key in keys if isinstance(canary := cluster_state.canary(key), Canary)]
    selection = [
        [cluster_state.stores[resource] for resource in cluster_state.routers.resources(canary)] for canary in canaries
    ]
    await wait_until(
        lambda: all(any(store.synced or store.error for store in stores) for stores in selection if stores), _ROUTERS_S
    )


async def gate_states(options: argparse.Namespace, selection: CanarySelection) -> int:
    """Print the gates of a canary and whether they are open."""
    async with following(options, selection) as (cluster_state, connection):
        key = selection.one(cluster_state.keys(), connection.scope)
        situation = cluster_state.situation(key)
        if situation is None:
            raise unreadable(cluster_state, key)
        for gate in gates_of(situation.canary):
            state = await connection.executor.gate_state(gate, situation)
            hooks = ", ".join(f"{clean(name, 60)} ({kind})" for name, kind in gate.hooks)
            say(f"{gate.space:<9} {state:<7} {clean(place_url(gate.base), 200)}  asked by {hooks}")
    return ExitCode.DONE


async def _task(
    cluster_state: ClusterState, connection: LiveConnection, key: NamespacedName, request: ActionRequest
) -> Task:
    situation = cluster_state.situation(key)
    if situation is None:
        raise unreadable(cluster_state, key)
    if request.intent is Intent.TRIGGER:
        request = _with_container(situation, request)
    made = plan(situation, request)
    refused = await connection.executor.refusal(made)
    if refused:
        said = words.NOT_POSSIBLE.text(title=made.title, why=refused)
        return Task(key, request, situation, made, ExitCode.NOT_POSSIBLE, said)
    return Task(key, request, situation, made)


def _with_container(situation: Situation, request: ActionRequest) -> ActionRequest:
    """`request` with its container and full image. Raises UsageError where several containers are possible."""
    container = chosen(situation, request)
    if container is None:
        why = unclear(situation, request)
        if why:
            name = f"{situation.canary.namespace}/{situation.canary.name}"
            raise UsageError(words.CHOOSE_CONTAINER.text(canary=name, why=clean(why, 1000)))
        return request
    if request.restart:
        return request
    image = with_tag(container.image, request.image) if request.image else ""
    return replace(request, container=container.name, image=image)


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
        reasons = [await connection.executor.guard(task.key[0]) for task in tasks]
        reason = next(filter(None, reasons), "")
        selection = (tasks[0].key[1] if len(tasks) == 1 else str(len(tasks))) if reason else "y"
        asked = words.GO_ON_GUARDED.text(reason=reason, selection=selection) if reason else words.GO_ON.text()
        if (await ask(asked)).strip() != selection:
            refused = words.NOT_CONFIRMED.text()
    for task in tasks if refused else ():
        task.code, task.said = ExitCode.NOT_CONFIRMED, refused
    return not refused


async def _carry_out(
    options: argparse.Namespace,
    cluster_state: ClusterState,
    connection: LiveConnection,
    tasks: Sequence[Task],
    follow_up: ActionFollowUp,
) -> None:
    for task in tasks:
        # The question may have taken a minute. If the plan is still the same, it is compared with what was shown;
        # anything else that has changed since counts as lost.
        began, situation = cluster_state.now(), cluster_state.situation(task.key)
        if situation is not None:
            task.plan = renewed(task.plan, plan(situation, task.request))
        try:
            carried_out = await connection.executor.carry_out(task.plan, task.situation, dry_run=options.dry_run)
        except CanarytuiError as error:
            task.code, task.said = code_of(error), str(error)
            continue
        except asyncio.CancelledError:
            if options.dry_run:
                raise
            said = words.INTERRUPTED if connection.executor.has_open_outcome else words.INTERRUPTED_DONE
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
                cluster_state.canaries.put(answer)
        if options.output != "json":
            say((words.WRITTEN if task.plan.writes else words.CALLED).text(title=task.plan.title))
        if options.wait or task.plan.temporary is not None:
            follow_up.begin(task.plan, task.request, task.situation, began)
    await _wait(connection, [task for task in tasks if task.written], follow_up, quiet=options.output == "json")


async def _wait(connection: LiveConnection, tasks: Sequence[Task], follow_up: ActionFollowUp, *, quiet: bool) -> None:
    given_up: set[NamespacedName] = set()
    try:
        while any(follow_up.concerns(task.key) and task.key not in given_up for task in tasks):
            for said in await follow_up.look():
                _note(said, tasks, quiet=quiet)
                if said.answer is not None and not said.answer.final and not said.answer.again:
                    given_up.add(said.key)
            await asyncio.sleep(LOOK_EVERY_S)
    except asyncio.CancelledError:
        for record in connection.executor.held:
            complain(words.PUT_BACK_LATER.text(canary=f"{record.namespace}/{record.name}", what=record.what))
        raise
    # No answer: the action must not take effect hours later, when nobody is watching.
    for record in connection.executor.held:
        if (record.namespace, record.name) in given_up:
            done = await connection.executor.put_back(record, withdraw=True)
            complain(done.text)


def _note(said: FollowUpNotice, tasks: Sequence[Task], *, quiet: bool) -> None:
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


def _report(news: Sequence[FollowUpNotice], tasks: Sequence[Task]) -> None:
    """Report first what an earlier process left behind."""
    for said in news:
        complain(clean(said.text, 600))


def _show_dry_run(options: argparse.Namespace, task: Task) -> None:
    from canarytui.report.plan_text import plan_text

    if options.output != "json":
        checked = words.ACCEPTED.text() if task.plan.writes else words.NOT_SENT.text()
        say(f"{words.DRY_RUN.text(title=task.plan.title, checked=checked)}\n{plan_text(task.plan).plain}\n")
