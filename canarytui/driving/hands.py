"""Everything with which a person acts on one cluster: may I, do it, note it, tell others, take it back.

Used by the console's driver and by the command line's actions alike.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from canarytui.cluster.audit import AuditLog
from canarytui.cluster.connect import Cluster
from canarytui.cluster.journal import Journal, Record
from canarytui.cluster.reach import fetch
from canarytui.cluster.resources import EVENTS, NAMESPACES
from canarytui.domain.actions import Gate
from canarytui.domain.facts import CONSOLE_ACTION
from canarytui.domain.plaintext import clean
from canarytui.domain.plan import Intent, Permission, Plan
from canarytui.domain.public_url import place_url
from canarytui.domain.situation import Situation
from canarytui.driving.access import Access
from canarytui.driving.guards import Rules, guard_reason
from canarytui.driving.images import images_before
from canarytui.driving.perform import FIELD_MANAGER, send, version_of, write_once
from canarytui.driving.person import person, signature
from canarytui.driving.restoring import Ending, Restored, Restorer
from canarytui.errors import CanarytuiError, ClusterUnreachable


class Hands(Protocol):
    """What the console's driver needs; a live cluster has :class:`LiveHands`."""

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

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> list[dict[str, Any]]:
        """Do it; the objects as the server answered. Raises CanarytuiError."""
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

    def adopt(self) -> list[Record]:
        """Temporary writes that somebody who is no more has left behind; from now on looked after."""
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


class LiveHands:
    """Acts on `cluster` under `rules`."""

    def __init__(self, cluster: Cluster, audit: AuditLog, rules: Rules, journal: Journal | None = None) -> None:
        self._cluster = cluster
        self._audit = audit
        self._rules = rules
        self._restorer = Restorer(cluster, journal or Journal())
        self._labels: dict[str, Mapping[str, object]] = {}
        self._who = person()
        self.access = Access(cluster)

    def forbidden(self, intent: Intent) -> str:
        if self._cluster.read_only:
            return "this console is read-only"
        return self._rules.forbidden(self._cluster.context, intent)

    def drill_forbidden(self) -> str:
        if self._cluster.read_only:
            return "this console is read-only"
        return self._rules.drill_forbidden(self._cluster.context)

    @property
    def permissions(self) -> Mapping[Permission, str]:
        return self.access.known

    def learn(self, permissions: tuple[Permission, ...]) -> None:
        if not self._cluster.read_only:
            self.access.learn(permissions)

    async def refusal(self, plan: Plan) -> str:
        refused = plan.refusal or self.forbidden(plan.intent)
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

    async def carry_out(self, plan: Plan, situation: Situation, *, dry_run: bool = False) -> list[dict[str, Any]]:
        """Do `plan`'s writes and calls in order.

        Raises:
            ActionFailed: one was refused; those after it were not tried.
            ConfigError: the audit log or the journal cannot be written; nothing was done.
            CanarytuiError: there was no answer; whether it was done is not known.
        """
        forbidden = self.forbidden(plan.intent)
        if forbidden:
            raise CanarytuiError(f"{plan.title}: not possible, {forbidden}")
        entry = self._entry(plan.intent, plan.title, (situation.canary.namespace, situation.canary.name))
        steps: list[dict[str, Any]] = [
            {"method": w.method, "path": w.path, "type": w.content_type, "body": w.body} for w in plan.writes
        ]
        steps += [{"method": c.method, "url": place_url(c.url), "body": c.body} for c in plan.calls]
        stage = "dry run" if dry_run else "write"
        self._audit.append({**entry, "stage": stage, "before": _before(situation), "plan": steps})
        record = None if dry_run else self._restorer.begin(plan, situation)
        try:
            answers = await self._do(plan, record.manager if record else FIELD_MANAGER, dry_run)
        except CanarytuiError as error:
            if record is not None and not isinstance(error, ClusterUnreachable):
                self._restorer.forget(record)
            self._audit.append({**entry, "stage": "refused", "error": str(error)})
            raise
        if not dry_run:
            self._audit.append({**entry, "stage": "done", "resourceVersions": [version_of(each) for each in answers]})
            await self._announce(situation, self.told(plan.title))
        return answers

    async def images(self, situation: Situation) -> dict[str, list[str]]:
        return await images_before(self._cluster, situation)

    async def gate_state(self, gate: Gate, situation: Situation) -> str:
        call = gate.call("check", situation.canary)
        try:
            status, _ = await fetch(self._cluster, call.method, call.url, body=json.dumps(call.body).encode())
        except CanarytuiError as error:
            return clean(str(error), 200)
        return {200: "open", 403: "closed"}.get(status, f"unknown: it answered {status}")

    def note(self, plan: Plan, key: tuple[str, str], answer: str) -> None:
        self._append({**self._entry(plan.intent, plan.title, key), "stage": "answer", "answer": answer})

    def told(self, title: str) -> str:
        return f"{signature(self._who, self._cluster.user)}: {title}"

    def adopt(self) -> list[Record]:
        return [] if self._cluster.read_only else self._restorer.adopt()

    @property
    def held(self) -> list[Record]:
        return list(self._restorer.held)

    def is_due(self, record: Record, situation: Situation | None, now: datetime) -> bool:
        return self._restorer.is_due(record, situation, now)

    async def put_back(self, record: Record, *, withdraw: bool = False) -> Restored:
        done = await self._restorer.put_back(record, withdraw=withdraw)
        if done.ending is not Ending.LATER:
            key = (record.namespace, record.name)
            entry = self._entry("undo", record.title, key)
            self._append({**entry, "stage": done.ending, "field": record.what, "to": record.before})
        return done

    def entries(self, limit: int) -> list[dict[str, Any]]:
        return self._audit.entries(limit)

    def close(self) -> None:
        self.access.close()
        self._restorer.close()

    async def _do(self, plan: Plan, manager: str, dry_run: bool) -> list[dict[str, Any]]:
        answers = [await write_once(self._cluster, write, manager=manager, dry_run=dry_run) for write in plan.writes]
        if not dry_run:  # a load tester knows no dry run
            for call in plan.calls:
                await send(self._cluster, call)
        return answers

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

    def _append(self, entry: dict[str, Any]) -> None:
        """A line about what is done already: it must not stop because the disk is full."""
        try:
            self._audit.append(entry)
        except CanarytuiError:
            return

    async def _announce(self, situation: Situation, text: str) -> None:
        """An Event on the canary, for everybody else who watches it; where that is not allowed, there is none."""
        canary = situation.canary
        now = datetime.now(UTC)
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"namespace": canary.namespace, "name": f"{canary.name}.{time.time_ns():x}"},
            "involvedObject": {
                "apiVersion": "flagger.app/v1beta1",
                "kind": "Canary",
                "namespace": canary.namespace,
                "name": canary.name,
                "uid": canary.uid,
            },
            "reason": CONSOLE_ACTION,
            "message": text[:1000],
            "type": "Normal",
            "source": {"component": "canarytui", "host": self._who["host"]},
            "firstTimestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "lastTimestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "count": 1,
        }
        try:
            await self._cluster.request("POST", EVENTS.path(canary.namespace), body=event)
        except CanarytuiError:
            return


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
