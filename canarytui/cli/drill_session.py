"""Predicts and runs a drill from the command line: what both need of a cluster, and the lines they print."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from canarytui.background import in_background, to_the_end
from canarytui.cli.canary_selection import CanarySelection
from canarytui.cli.confirmation import ask
from canarytui.cli.report_files import require_writable, write_report
from canarytui.cli.session import first_lists, first_values, new_cluster_state
from canarytui.domain.sentences import drill_command as words
from canarytui.domain.sentences import drill_run
from canarytui.domain.values import NamespacedName
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import say
from canarytui.session.polling import wait_until

if TYPE_CHECKING:
    from canarytui.cluster.audit import AuditLog
    from canarytui.cluster.client import Cluster
    from canarytui.drills.drill import Drill
    from canarytui.drills.drill_plan import DrillPlan, Origin
    from canarytui.drills.guards import Limits
    from canarytui.drills.hey_command import Way
    from canarytui.drills.run_view import RunView
    from canarytui.session.drill_probe import LiveDrillProbe
    from canarytui.session.live import LiveConnection
    from canarytui.session.state import ClusterState

_ENGINE_KNOWN_S = 3.0
_COMPARED_S = 2.5


class DrillSession(Struct):
    """A cluster that is watched, and the canary under drill."""

    cluster: Cluster
    cluster_state: ClusterState
    connection: LiveConnection
    audit: AuditLog
    key: NamespacedName
    probe: LiveDrillProbe
    limits: Limits
    forbidden: str
    """Why the configuration forbids drills here; "" when it does not."""


@asynccontextmanager
async def open_drill_session(options: argparse.Namespace, selection: CanarySelection) -> AsyncIterator[DrillSession]:
    """Connect and watch all canaries that may be listed; closed at the end. Raises CanarytuiError."""
    from canarytui.actions.follow_up import ActionFollowUp
    from canarytui.actions.rules import parse_rules
    from canarytui.cluster.audit import AuditLog, default_path
    from canarytui.cluster.client import ClusterTarget
    from canarytui.drills.guards import read_limits
    from canarytui.drills.orphans import close_orphans
    from canarytui.session.config_file import load
    from canarytui.session.drill_probe import LiveDrillProbe
    from canarytui.session.live import LiveConnection
    from canarytui.session.opened_cluster import open_cluster

    limits, settings = read_limits(), load()
    rules = parse_rules(settings.contexts)
    cluster_state, audit = new_cluster_state(), AuditLog(default_path())
    target = ClusterTarget(kubeconfig=options.kubeconfig, context=options.context, terminal=True)
    opened = await open_cluster(
        cluster_state, target, namespace=options.namespace, all_namespaces=options.all_namespaces
    )
    connection = LiveConnection(opened.cluster, cluster_state, opened.scope, options.prometheus, audit, rules=rules)
    connection.start(opened.canaries)
    connection.show_checks_of(())  # nothing waits for a first frame here
    try:
        for orphan in close_orphans(audit):
            say(orphan.sentence)
        await first_lists(cluster_state)
        if not settings.read_only:
            for said in await ActionFollowUp(connection.executor, cluster_state.situation, cluster_state.now).look():
                say(said.text)  # what an earlier game day or console left behind
        key = selection.one(cluster_state.keys())
        connection.show_checks_of([key])
        await wait_until(lambda: cluster_state.engine is not None, _ENGINE_KNOWN_S)
        await first_values(cluster_state, [key])
        connection.keep_comparing(key)
        probe = LiveDrillProbe(opened.cluster, cluster_state, key, options.prometheus)
        everywhere = words.READ_ONLY.text() if settings.read_only else ""
        forbidden = everywhere or rules.drill_forbidden(opened.cluster.context)
        yield DrillSession(opened.cluster, cluster_state, connection, audit, key, probe, limits, forbidden)
    finally:
        await to_the_end(connection.close())


async def planned(on: DrillSession, options: argparse.Namespace, drill: Drill) -> DrillPlan:
    """The plan for `drill` with these options. Raises DrillRefused and UsageError."""
    way, origin = way_of(options)
    return await on.probe.plan(drill, await on.probe.target(), host=options.host, way=way, origin=origin)


def way_of(options: argparse.Namespace) -> tuple[Way | None, Origin | None]:
    """Where requests go and who sends them, None for the defaults; raises UsageError."""
    from canarytui.drills.drill_plan import Origin
    from canarytui.drills.hey_command import Way
    from canarytui.drills.request_whitelist import valid_address

    for name in ("gateway", "proxy"):
        address = getattr(options, name)
        if address and not valid_address(address):
            raise UsageError(words.ADDRESS.text(option=name, address=address[:80]))
    origin = {"cluster": Origin.CLUSTER, "here": Origin.HERE}.get(options.origin)
    if not options.gateway and not options.proxy:
        return None, origin
    return Way(options.gateway, options.proxy), origin or Origin.HERE


async def measured_so_far(on: DrillSession) -> str:
    """Canary against primary and what the rollout has cost, for the confirmation; "" where it could not be measured."""
    from canarytui.domain.actions.phases import so_far

    await wait_until(lambda: on.key in on.cluster_state.comparisons, _COMPARED_S)
    situation = on.cluster_state.situation(on.key)
    return so_far(situation) if situation is not None else ""


def plan_lines(plan: DrillPlan, refused: str, so_far: str = "") -> list[str]:
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
    lines += [f"so far     {so_far}"] if so_far else []
    return [*lines, f"refused    {refused}"] if refused else lines


async def predict_only(options: argparse.Namespace, selection: CanarySelection, drill: Drill) -> int:
    """``drill predict``: 0 shown, 1 it would be refused."""
    from canarytui.domain.rollout.checks import number_text
    from canarytui.drills.guards import refusal

    async with open_drill_session(options, selection) as on:
        plan = await planned(on, options, drill)
        refused = on.forbidden or refusal(plan, await on.probe.look(), on.limits)
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


async def start(options: argparse.Namespace, selection: CanarySelection, drill: Drill) -> int:
    """``drill start``: 0 it came to its end, 1 refused or aborted."""
    require_writable(options.report)
    from canarytui.drills.guards import refusal
    from canarytui.drills.run_view import DrillEnding

    async with open_drill_session(options, selection) as on:
        plan = await planned(on, options, drill)
        refused = on.forbidden or refusal(plan, await on.probe.look(), on.limits)
        for line in plan_lines(plan, refused, await measured_so_far(on)):
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
        return ExitCode.NOT_AS_EXPECTED if view.ending is DrillEnding.ABORTED else ExitCode.DONE


async def carried_out(on: DrillSession, plan: DrillPlan) -> RunView:
    """Run `plan` to its end, printing what happens; raises DrillRefused. When cancelled, the load ends first."""
    from canarytui.drills.drill_loop import DrillLoop
    from canarytui.drills.drill_state import DrillRun

    run = DrillRun(plan, on.limits)
    lines = DrillTimelinePrinter()
    driver = DrillLoop(run, on.probe.sender(plan), on.probe.look, on.audit, on.cluster_state.now, lines.changed)
    traffic = in_background(on.probe.watch_traffic(), "drill traffic")
    try:
        return await driver.drive()
    finally:
        traffic.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await traffic
        lines.changed(run.view())


class DrillTimelinePrinter:
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


async def _confirmed(plan: DrillPlan, on: DrillSession) -> bool:
    reason = await on.connection.executor.guard(plan.key[0])
    selection = plan.key[1] if reason else "y"
    asked = words.ASK_NAME.text(reason=reason) if reason else words.ASK.text()
    return (await ask(asked)).strip() == selection
