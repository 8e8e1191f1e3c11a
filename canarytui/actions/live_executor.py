"""Carries out actions on a live cluster: audit log, crash safety, writes and their outcome.

Threads write the files, one at a time: a slow disk delays the action, not the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from canarytui.actions.announcement import announce
from canarytui.actions.audited_command import AuditedCommand, audited
from canarytui.actions.executor import CarriedOut, LeftBehind
from canarytui.actions.outcome import WriteOutcome
from canarytui.actions.permissions import Permissions
from canarytui.actions.person import person, signature
from canarytui.actions.previous_images import images_before
from canarytui.actions.requests import ActionFailed, Patience, Step, gate_state, send, write_once
from canarytui.actions.reverts import Restored, Restorer, RevertOutcome
from canarytui.actions.rules import Rules, guard_reason
from canarytui.actions.unfinished import Unfinished, manager_of
from canarytui.background import to_the_end
from canarytui.cluster.audit import AuditError, AuditLog
from canarytui.cluster.client import Cluster
from canarytui.cluster.pending_reverts import PendingRevert, PendingReverts, new_number
from canarytui.cluster.resources import NAMESPACES
from canarytui.domain.actions import LoadTesterGate
from canarytui.domain.plan import Intent, Permission, Plan, PlannedWrite
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import outcomes as words
from canarytui.domain.text.public_url import place_url
from canarytui.domain.write_evidence import version_of
from canarytui.errors import CanarytuiError, ConfigError

P = ParamSpec("P")
Result = TypeVar("Result")


class LiveExecutor:
    """Acts on `cluster` under `rules`."""

    def __init__(
        self,
        cluster: Cluster,
        audit: AuditLog,
        rules: Rules,
        pending_reverts: PendingReverts | None = None,
        unfinished: Unfinished | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._cluster = cluster
        self._audit = audit
        self._rules = rules
        self._restorer = Restorer(cluster, pending_reverts or PendingReverts())
        self._unfinished = unfinished or Unfinished(cluster, audit)
        self._patience = patience or Patience()
        self._disk = asyncio.Lock()
        self._labels: dict[str, Mapping[str, object]] = {}
        self._who = person()
        self.access = Permissions(cluster)

    def forbidden(self, intent: Intent) -> str:
        if self._cluster.read_only:
            return words.READ_ONLY.text()
        return self._rules.forbidden(self._cluster.context, intent)

    def _forbidden(self, plan: Plan) -> str:
        return next(filter(None, map(self.forbidden, plan.intents)), "")

    def drill_forbidden(self) -> str:
        if self._cluster.read_only:
            return words.READ_ONLY.text()
        return self._rules.drill_forbidden(self._cluster.context)

    @property
    def permissions(self) -> Mapping[Permission, str]:
        return self.access.known

    def learn(self, permissions: tuple[Permission, ...]) -> None:
        if not self._cluster.read_only:
            self.access.learn(permissions)

    async def refusal(self, plan: Plan) -> str:
        refused = plan.refusal or self._forbidden(plan)
        for permission in () if refused else plan.permissions:
            refused = refused or await self.access.refusal(permission)
        return refused

    async def guard(self, namespace: str) -> str:
        context = self._cluster.context
        reason = guard_reason(context, namespace, rules=self._rules)
        if reason or namespace in self._labels:
            return reason or guard_reason(context, namespace, labels=self._labels[namespace], rules=self._rules)
        try:
            metadata = (await self._cluster.request("GET", NAMESPACES.path(name=namespace))).get("metadata")
        except CanarytuiError:
            return ""  # not everybody may read namespaces: their names still count
        labels = metadata.get("labels") if isinstance(metadata, dict) else None
        self._labels[namespace] = labels if isinstance(labels, dict) else {}
        return guard_reason(context, namespace, labels=self._labels[namespace], rules=self._rules)

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> CarriedOut:
        """Make `plan`'s writes and calls in order.

        Raises:
            ActionFailed: one was not done, or its outcome is not known; those after it were not tried.
            ConfigError: the audit log or the journal cannot be written; nothing was done.
            CanarytuiError: it is not possible here; nothing was done.
        """
        forbidden = self._forbidden(plan)
        if forbidden:
            raise CanarytuiError(words.NOT_POSSIBLE.text(title=plan.title, why=forbidden))
        number = new_number()
        key = (situation.canary.namespace, situation.canary.name)
        entry = {**self._entry(plan.intent, plan.title, key), "id": number}
        if plan.undoes:
            entry["undoes"] = plan.undoes
        record = await self._on_disk(self._begin, entry, plan, situation, dry_run=dry_run)
        steps: list[Step] = []
        try:
            await self._do(plan, number, steps, dry_run=dry_run)
        except CanarytuiError as error:
            outcome = error.outcome if isinstance(error, ActionFailed) else WriteOutcome.REFUSED
            if record is not None and outcome is not WriteOutcome.UNKNOWN and not steps:
                await self._on_disk(self._restorer.forget, record)
            total = len(plan.writes) + len(plan.calls)
            if steps and isinstance(error, ActionFailed):
                error = type(error)(str(error), says=words.IN_PART.text(done=len(steps), total=total))
            line = {**entry, "stage": outcome, "error": str(error), **({"stepsDone": len(steps)} if steps else {})}
            is_known = outcome is not WriteOutcome.UNKNOWN
            note = await self._on_disk(self._close, number, line, dry_run=dry_run, is_known=is_known)
            raise _with_note(error, note) from error.__cause__
        if dry_run:
            return CarriedOut(tuple(step.obj for step in steps if step.obj is not None))
        return await self._done(number, entry, plan, situation, steps)

    async def command_refusal(self, command: AuditedCommand) -> str:
        refused = self.forbidden(command.intent)
        for permission in () if refused else command.permissions:
            refused = refused or await self.access.refusal(permission)
        return refused

    async def run_command(self, command: AuditedCommand, run: Callable[[], Awaitable[int]]) -> int:
        forbidden = self.forbidden(command.intent)
        if forbidden:
            raise CanarytuiError(words.NOT_POSSIBLE.text(title=command.title, why=forbidden))
        entry = {**self._entry(command.intent, command.title, command.key), "id": new_number()}
        return await audited(self._audit, entry, command, run)

    def _begin(self, entry: dict[str, Any], plan: Plan, situation: Situation, *, dry_run: bool) -> PendingRevert | None:
        """Put the action on disk and into the audit log, before anything is done.

        Raises:
            ConfigError: nothing may be done.
        """
        steps: list[dict[str, Any]] = [
            {"method": w.method, "path": w.path, "type": w.content_type, "body": w.body} for w in plan.writes
        ]
        steps += [{"method": c.method, "url": place_url(c.url), "body": c.body} for c in plan.calls]
        line = {**entry, "stage": "dry run" if dry_run else "write", "before": _before(situation), "plan": steps}
        number = entry["id"]
        if not dry_run:  # before the line: if we are killed in between, the next start can close it
            self._unfinished.begin(number, entry, plan)
        try:
            self._audit.append(line)
        except AuditError as error:
            self._unfinished.end(number)
            raise ConfigError(words.NO_AUDIT.text(why=error.reason, remedy=error.remedy)) from error
        if dry_run:
            return None
        try:
            return self._restorer.begin(plan, situation, number)
        except ConfigError as error:
            self._unfinished.end(number)
            self._append({**entry, "stage": WriteOutcome.NOT_DONE, "error": str(error)})
            raise

    async def _done(
        self, number: str, entry: dict[str, Any], plan: Plan, situation: Situation, steps: list[Step]
    ) -> CarriedOut:
        objects = tuple(step.obj for step in steps if step.obj is not None)
        found = [step.found for step in steps if step.found]
        line = {**entry, "stage": WriteOutcome.DONE, "resourceVersions": [version_of(each) for each in objects]}
        line |= {"found": "; ".join(found)} if found else {}
        note = await self._on_disk(self._close, number, line)
        await announce(self._cluster, situation.canary, self.told(plan.title), host=self._who["host"])
        notes = [words.DONE_ALTHOUGH.text(title=plan.title, found=each) for each in found]
        return CarriedOut(objects, (*notes, *([words.DONE_BUT.text(title=plan.title, note=note)] if note else [])))

    def _close(self, number: str, line: dict[str, Any], *, dry_run: bool = False, is_known: bool = True) -> str:
        """Write an action's outcome to the audit log; returns why that failed, "" if it did not. An outcome that is
        unknown or unwritten is looked after later."""
        try:
            self._audit.append(line)
        except AuditError as error:
            if dry_run:
                return words.DRY_RUN_UNAUDITED.text(why=error.reason)
            self._unfinished.leave(number)
            return words.AUDIT_LATER.text(why=error.reason)
        if not dry_run:
            (self._unfinished.end if is_known else self._unfinished.leave)(number)
        return ""

    async def images(self, situation: Situation) -> dict[str, list[str]]:
        return await images_before(self._cluster, situation)

    async def gate_state(self, gate: LoadTesterGate, situation: Situation) -> str:
        return await gate_state(self._cluster, gate.call("check", situation.canary), patience=self._patience)

    async def note(self, plan: Plan, key: tuple[str, str], answer: str) -> None:
        entry = self._entry(plan.intent, plan.title, key)
        await self._on_disk(self._append, {**entry, "stage": "answer", "answer": answer})

    def told(self, title: str) -> str:
        return f"{signature(self._who, self._cluster.user)}: {title}"

    async def recover(self) -> list[LeftBehind]:
        if self._cluster.read_only:
            return []
        adopted = await self._on_disk(self._restorer.adopt)
        found = await self._unfinished.find_out()
        told = [LeftBehind(each.key, each.text) for each in found]
        outcomes = {each.number: each.outcome for each in found}
        for record in self.held:
            outcome = outcomes.get(record.number)
            if outcome is WriteOutcome.NOT_DONE:  # done in part is no such outcome: the field may be among it
                await self._on_disk(self._restorer.forget, record)
            elif record in adopted:
                told.append(_adopted(record, unsure=outcome is WriteOutcome.UNKNOWN))
        unusable = [*self._restorer.unusable(), *self._unfinished.unusable()]
        return told + [LeftBehind(("", ""), sentence) for sentence in unusable]

    @property
    def held(self) -> list[PendingRevert]:
        return list(self._restorer.held)

    @property
    def has_open_outcome(self) -> bool:
        """Whether the action under way is on disk for the next start and has no outcome in the audit log yet."""
        return self._unfinished.is_pending

    def is_due(self, record: PendingRevert, situation: Situation | None, now: datetime) -> bool:
        return self._restorer.is_due(record, situation, now)

    async def put_back(self, record: PendingRevert, *, withdraw: bool = False) -> Restored:
        done = await self._restorer.put_back(record, withdraw=withdraw)
        if done.ending is not RevertOutcome.LATER:
            key = (record.namespace, record.name)
            entry = self._entry("undo", record.title, key)
            line = {**entry, "stage": done.ending, "field": record.what, "to": record.before}
            await self._on_disk(self._append, line)
        return done

    async def entries(self, limit: int) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._audit.entries, limit)

    def close(self) -> None:
        self.access.close()
        self._restorer.close()
        self._unfinished.leave()

    async def _do(self, plan: Plan, number: str, steps: list[Step], *, dry_run: bool) -> None:
        """Make the writes and calls; each is added to `steps` when it is done."""
        manager, patience = manager_of(number), self._patience
        before: PlannedWrite | None = None
        for write in plan.writes:
            if before is not None and steps[-1].obj is not None and before.object_path == write.object_path:
                # Nobody may have written in between: what the last write answered is what this one goes by.
                write = _against(write, version_of(steps[-1].obj))
            before = write
            steps.append(await write_once(self._cluster, write, manager=manager, dry_run=dry_run, patience=patience))
        for call in () if dry_run else plan.calls:  # a load tester knows no dry run
            steps.append(await send(self._cluster, call, patience=patience))

    def _entry(self, intent: str, title: str, key: tuple[str, str]) -> dict[str, Any]:
        return {
            "context": self._cluster.context,
            "server": self._cluster.server,
            "user": self._cluster.user,
            **self._who,
            "object": f"{key[0]}/{key[1]}",
            "intent": str(intent),
            "title": title,
        }

    async def _on_disk(self, work: Callable[P, Result], *arguments: P.args, **options: P.kwargs) -> Result:
        async with self._disk:
            return await to_the_end(asyncio.to_thread(work, *arguments, **options))

    def _append(self, entry: dict[str, Any]) -> None:
        """Write a line about what is already done: a full disk must not stop it."""
        try:
            self._audit.append(entry)
        except CanarytuiError:
            return


def _against(write: PlannedWrite, version: str) -> PlannedWrite:
    return replace(write, body={**write.body, "metadata": {"resourceVersion": version}})


def _with_note(error: CanarytuiError, note: str) -> CanarytuiError:
    if not note:
        return error
    if isinstance(error, ActionFailed):
        return type(error)(words.BESIDES.text(error=error.reason, note=note), says=error.says)
    return CanarytuiError(words.BESIDES.text(error=error, note=note))


def _adopted(record: PendingRevert, *, unsure: bool) -> LeftBehind:
    was = words.MAY_BE_SET.text() if unsure else words.WAS_SET.text()
    return LeftBehind(
        (record.namespace, record.name),
        words.LEFT_BEHIND.text(
            namespace=record.namespace, name=record.name, field=record.what, was=was, title=record.title
        ),
    )


def _before(situation: Situation) -> dict[str, Any]:
    canary, target = situation.canary, situation.target
    return {
        "resourceVersion": canary.resource_version,
        "phase": str(situation.phase),
        "weight": situation.weight,
        "failedChecks": canary.status.failed_checks,
        "iterations": canary.status.iterations,
        "suspend": canary.spec.suspend,
        "skipAnalysis": canary.spec.skip_analysis,
        "images": {each.name: each.image for each in target.containers} if target else {},
    }
