"""Predicts and runs a drill from the command line: what both need of a cluster, and the lines they print."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canarytui.cli.asking import ask
from canarytui.cli.foreground import to_the_end
from canarytui.cli.report_files import require_writable, write_report
from canarytui.cli.session import first_lists, first_values, new_world
from canarytui.cli.wanted import Wanted
from canarytui.domain.sentences import drill_command as words
from canarytui.domain.sentences import drill_run
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import say

if TYPE_CHECKING:
    from canarytui.cluster.audit import AuditLog
    from canarytui.cluster.client import Cluster
    from canarytui.drills.command import Way
    from canarytui.drills.drill import Drill
    from canarytui.drills.guards import Limits
    from canarytui.drills.plan import DrillPlan, Origin
    from canarytui.drills.view import RunView
    from canarytui.session.drill_probe import DrillEyes
    from canarytui.session.live import LiveConnection
    from canarytui.session.state import World

Key = tuple[str, str]
_ENGINE_KNOWN_S = 3.0


@dataclass(slots=True)
class Ground:
    """A cluster that is watched, and the canary under drill."""

    cluster: Cluster
    world: World
    connection: LiveConnection
    audit: AuditLog
    key: Key
    eyes: DrillEyes
    limits: Limits
    forbidden: str
    """Why the configuration forbids drills here; "" when it does not."""


@asynccontextmanager
async def ground(options: argparse.Namespace, wanted: Wanted) -> AsyncIterator[Ground]:
    """Connect and watch all canaries that may be listed; closed at the end. Raises CanarytuiError."""
    from canarytui.actions.follow_up import Pursuit
    from canarytui.actions.rules import parse_rules
    from canarytui.cluster.audit import AuditLog, default_path
    from canarytui.cluster.client import Target
    from canarytui.drills.guards import read_limits
    from canarytui.drills.orphans import close_orphans
    from canarytui.session.config_file import load
    from canarytui.session.drill_probe import DrillEyes
    from canarytui.session.live import LiveConnection
    from canarytui.session.snapshot import open_cluster

    limits, settings = read_limits(), load()
    rules = parse_rules(settings.contexts)
    world, audit = new_world(), AuditLog(default_path())
    target = Target(kubeconfig=options.kubeconfig, context=options.context, terminal=True)
    opened = await open_cluster(world, target, namespace=options.namespace, all_namespaces=options.all_namespaces)
    connection = LiveConnection(opened.cluster, world, opened.scope, options.prometheus, audit, rules=rules)
    connection.start(opened.canaries)
    try:
        for orphan in close_orphans(audit):
            say(orphan.sentence)
        await first_lists(world)
        if not settings.read_only:
            for said in await Pursuit(connection.hands, world.situation, world.now).look():
                say(said.text)  # what an earlier game day or console left behind
        key = wanted.one(world.keys())
        connection.look_at([key])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ENGINE_KNOWN_S):
                while world.engine is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        await first_values(world, [key])
        eyes = DrillEyes(opened.cluster, world, key, options.prometheus)
        everywhere = words.READ_ONLY.text() if settings.read_only else ""
        forbidden = everywhere or rules.drill_forbidden(opened.cluster.context)
        yield Ground(opened.cluster, world, connection, audit, key, eyes, limits, forbidden)
    finally:
        await to_the_end(connection.close())


async def planned(on: Ground, options: argparse.Namespace, drill: Drill) -> DrillPlan:
    """The plan for `drill` with these options. Raises DrillRefused and UsageError."""
    way, origin = way_of(options)
    return await on.eyes.plan(drill, await on.eyes.target(), host=options.host, way=way, origin=origin)


def way_of(options: argparse.Namespace) -> tuple[Way | None, Origin | None]:
    """Where requests go and who sends them, None for the defaults; raises UsageError."""
    from canarytui.drills.command import Way
    from canarytui.drills.plan import Origin
    from canarytui.drills.wire import valid_address

    for name in ("gateway", "proxy"):
        address = getattr(options, name)
        if address and not valid_address(address):
            raise UsageError(words.ADDRESS.text(option=name, address=address[:80]))
    origin = {"cluster": Origin.CLUSTER, "here": Origin.HERE}.get(options.origin)
    if not options.gateway and not options.proxy:
        return None, origin
    return Way(options.gateway, options.proxy), origin or Origin.HERE


def plan_lines(plan: DrillPlan, refused: str) -> list[str]:
    """The plan as shown before anything is sent."""
    from canarytui.domain.sentences import drill_plan as said

    drill, predicted = plan.drill, plan.prediction
    load = said.COMMAND_LOAD.text(
        rate=drill.rate, workers=drill.concurrency, seconds=drill.duration_s, origin=plan.origin.value
    )
    lines = [
        f"drill      {said.COMMAND_DRILL.text(drill=drill.name, provokes=drill.phrase())}",
        f"canary     {said.COMMAND_CANARY.text(canary='/'.join(plan.key), context=plan.context)}",
        f"host       {plan.place.host} ({plan.place.source})",
        f"load       {load}",
        f"command    {plan.command()}",
        f"predicted  {said.COMMAND_PREDICTED.text(outcome=predicted.outcome.value, because=predicted.because)}",
        *(f"           {said.NOT_PREDICTED.text(caveat=caveat)}" for caveat in predicted.caveats),
    ]
    return [*lines, f"refused    {refused}"] if refused else lines


async def predict_only(options: argparse.Namespace, wanted: Wanted, drill: Drill) -> int:
    """``drill predict``: 0 shown, 1 it would be refused."""
    from canarytui.domain.checks import number_text
    from canarytui.drills.guards import refusal

    async with ground(options, wanted) as on:
        plan = await planned(on, options, drill)
        refused = on.forbidden or refusal(plan, await on.eyes.look(), on.limits)
        for line in plan_lines(plan, refused):
            say(line)
        for tick in plan.prediction.ticks:
            values = ", ".join(words.VALUES.text(check=name, value=number_text(value)) for name, value in tick.values)
            fails = f"  {words.FAILS.text(checks=', '.join(tick.failing))}" if tick.failing else ""
            cells = (
                words.TICK.text(number=tick.number, clock=f"{tick.at:%H:%M:%S}"),
                words.TICK_WEIGHT.text(weight=tick.weight),
                words.TICK_FAILED.text(failed=tick.failed_checks),
                values or words.NO_VALUES.text(),
            )
            say(f"  {'  '.join(cells)}{fails}")
        return ExitCode.NOT_AS_EXPECTED if refused else ExitCode.DONE


async def start(options: argparse.Namespace, wanted: Wanted, drill: Drill) -> int:
    """``drill start``: 0 it came to its end, 1 refused or aborted."""
    require_writable(options.report)
    from canarytui.drills.guards import refusal
    from canarytui.drills.view import Ending

    async with ground(options, wanted) as on:
        plan = await planned(on, options, drill)
        refused = on.forbidden or refusal(plan, await on.eyes.look(), on.limits)
        for line in plan_lines(plan, refused):
            say(line)
        if refused:
            return ExitCode.NOT_AS_EXPECTED
        if not options.yes and not await _confirmed(plan, on):
            say(words.NOTHING_SENT.text())
            return ExitCode.NOT_AS_EXPECTED
        if not options.yes:
            plan = await planned(on, options, drill)  # the question took time
        view = await carried_out(on, plan)
        _say_end(view)
        if options.report:
            write_report(Path(options.report), [view])
        return ExitCode.NOT_AS_EXPECTED if view.ending is Ending.ABORTED else ExitCode.DONE


async def carried_out(on: Ground, plan: DrillPlan) -> RunView:
    """Run `plan` to its end, printing what happens; raises DrillRefused. When cancelled, the load ends first."""
    from canarytui.drills.drill_loop import Driver
    from canarytui.drills.drill_state import DrillRun

    run = DrillRun(plan, on.limits)
    lines = Lines()
    driver = Driver(run, on.eyes.sender(plan), on.eyes.look, on.audit, on.world.now, lines.changed)
    traffic = asyncio.create_task(on.eyes.watch_traffic())
    try:
        return await driver.drive()
    finally:
        traffic.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await traffic
        lines.changed(run.view())


class Lines:
    """Prints a drill's timeline as it happens, and a count of requests every ten seconds."""

    def __init__(self) -> None:
        self._said = 0
        self._counted = 0

    def changed(self, view: RunView) -> None:
        """Print what is new."""
        for entry in view.entries[self._said :]:
            say(f"{entry.at:%H:%M:%S} {'!' if entry.warning else ' '} {entry.text}")
        self._said = len(view.entries)
        if view.slices >= self._counted + 5:
            self._counted = view.slices
            sent, failed = view.answers.sent, view.answers.failed
            codes = ", ".join(f"{count} x {code}" for code, count in sorted(view.answers.codes.items()))
            answers = codes or drill_run.NO_ANSWERS.text()
            counted = words.COUNTED_UNANSWERED.text(sent=sent, answers=answers, failed=failed) if failed else (
                words.COUNTED.text(sent=sent, answers=answers)
            )  # fmt: skip
            say(f"{view.now:%H:%M:%S}   {counted}")


def _say_end(view: RunView) -> None:
    from canarytui.drills.report import comparison, happened

    say(f"happened   {happened(view)}")
    say(f"           {comparison(view)}")


async def _confirmed(plan: DrillPlan, on: Ground) -> bool:
    reason = await on.connection.hands.guard(plan.key[0])
    wanted = plan.key[1] if reason else "y"
    asked = words.ASK_NAME.text(reason=reason) if reason else words.ASK.text()
    return (await ask(asked)).strip() == wanted
