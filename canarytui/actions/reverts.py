"""Temporary writes: on disk before they are made, put back when the controller has answered, even after a crash.

A field is put back only while it still has our value and nobody else has set it since.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from canarytui.actions.requests import ActionUnknown, send
from canarytui.cluster.client import Cluster
from canarytui.cluster.lost_answers import is_refusal, lost_words, was_sent
from canarytui.cluster.pending_reverts import PendingRevert, PendingReverts
from canarytui.cluster.resources import CANARIES
from canarytui.domain.conflict_relevance import last_writer, owner_of_field, owns_field
from canarytui.domain.plan import LoadTesterCall, Plan, Temporary
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import restoring as words
from canarytui.domain.values import parse_time
from canarytui.domain.write_evidence import version_of
from canarytui.errors import ApiStatusError, CanarytuiError, ClusterUnreachable

_MERGE_PATCH = "application/merge-patch+json"
_ATTEMPTS = 5
_AGAIN_S = 0.3
_UNSEEN_EVERY_S = 10.0
_ABSENT = object()
_GATE = "gate"


class RevertOutcome(StrEnum):
    """What became of a temporary write."""

    PUT_BACK = words.ENDING_PUT_BACK.text()
    NOT_OURS = words.ENDING_NOT_OURS.text()
    NOTHING = words.ENDING_NOTHING.text()
    LATER = words.ENDING_LATER.text()


class Restored(Struct, frozen=True):
    """`text` is the sentence about it, "" if there is nothing to say."""

    record: PendingRevert
    ending: RevertOutcome
    text: str


class Restorer:
    """Looks after the temporary writes of one cluster. `held` are those that this process has to put back."""

    def __init__(self, cluster: Cluster, pending: PendingReverts) -> None:
        self._cluster = cluster
        self._pending = pending
        self._looked_at: dict[str, float] = {}
        self._unanswered: set[str] = set()
        self.held: list[PendingRevert] = []

    def begin(self, plan: Plan, situation: Situation, number: str) -> PendingRevert | None:
        """Note what the action `number` is about to change temporarily; None if nothing.

        Raises:
            ConfigError: it cannot be noted, so it must not be written.
        """
        record = self._record(plan, situation, number)
        if record is not None:
            self._pending.begin(record)
            self.held.append(record)
        return record

    def _record(self, plan: Plan, situation: Situation, number: str) -> PendingRevert | None:
        temporary = plan.temporary
        if plan.way_back:
            calls = tuple({"url": call.url, "body": dict(call.body), "service": call.service} for call in plan.way_back)
            temporary = Temporary(_GATE, "open", "closed", frozenset(), situation.canary.generation)
        elif temporary is not None:
            calls = ()
        else:
            return None
        return PendingRevert(
            number=number,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            server=self._cluster.server,
            context=self._cluster.context,
            title=plan.title,
            namespace=situation.canary.namespace,
            name=situation.canary.name,
            uid=situation.canary.uid,
            field=temporary.name,
            value=temporary.value,
            before=temporary.before,
            until=tuple(sorted(temporary.until)),
            due=temporary.due.isoformat() if temporary.due else "",
            generation=temporary.generation,
            calls=calls,
        )

    def forget(self, record: PendingRevert) -> None:
        """Forget `record`: it was not written after all, or is put back."""
        self._pending.end(record)
        if record in self.held:
            self.held.remove(record)

    def adopt(self) -> list[PendingRevert]:
        """Take over what an ended process left behind."""
        found = self._pending.adopt(self._cluster.server)
        self.held += found
        return found

    def unusable(self) -> list[str]:
        """Sentences about what was left behind and cannot be understood; each is returned once."""
        return self._pending.unusable()

    def is_due(self, record: PendingRevert, situation: Situation | None, now: datetime) -> bool:
        """Whether it is time to put it back. A canary that is not watched here is read now and then."""
        if situation is not None:
            return _is_over(record, situation.phase, now)
        looked_at = self._looked_at.get(record.number, float("-inf"))
        return time.monotonic() - looked_at >= _UNSEEN_EVERY_S

    async def put_back(self, record: PendingRevert, *, withdraw: bool = False) -> Restored:
        """Restore the field's former value if it is still ours and due, with `withdraw` at once. If an answer is lost,
        the object is read again, now or at the next call.

        Raises:
            ClusterUnreachable: no answer; it stays held.
        """
        if record.calls:
            return await self._call_back(record)
        what = f"{record.namespace}/{record.name}: {record.what}"
        self._looked_at[record.number] = time.monotonic()
        lost = ""
        for attempt in range(_ATTEMPTS):
            try:
                ending, why = await self._once(record, withdraw=withdraw)
            except ApiStatusError as error:
                if error.is_status and error.code == 409:
                    continue
                if is_refusal(error):
                    refused = words.REFUSED.text(field=what, value=_said(record.value), error=error)
                    return Restored(record, RevertOutcome.LATER, refused)
                lost = lost_words(error)
                await asyncio.sleep(_AGAIN_S)
                continue
            except ClusterUnreachable as error:
                if record.number not in self._unanswered or not was_sent(error) or attempt:
                    raise
                lost = lost_words(error)
                await asyncio.sleep(_AGAIN_S)
                continue
            if ending is not RevertOutcome.LATER:
                await asyncio.to_thread(self.forget, record)
            return Restored(record, ending, words.OF_FIELD.text(field=what, what=why) if why else "")
        unknown = words.NOT_KNOWN.text(field=what, lost=lost) if lost else ""
        return Restored(record, RevertOutcome.LATER, unknown)

    async def _once(self, record: PendingRevert, *, withdraw: bool) -> tuple[RevertOutcome, str]:
        """One read and, if it is due, one write."""
        path = CANARIES.path(record.namespace, record.name)
        try:
            obj = await self._cluster.request("GET", path)
        except ApiStatusError as error:
            if error.is_status and error.code == 404:
                return RevertOutcome.NOTHING, ""
            raise
        if record.number in self._unanswered and _is_back(record, obj):
            return RevertOutcome.PUT_BACK, words.FOUND_BACK.text(value=_said(record.before), title=record.title)
        ending, why = _whose(record, obj)
        if ending is not RevertOutcome.PUT_BACK:
            return ending, why
        if not withdraw and not _is_over(record, _phase(obj), datetime.now(UTC)):
            return RevertOutcome.LATER, ""
        body = {"metadata": {"resourceVersion": version_of(obj)}, "spec": {record.field: record.before}}
        self._unanswered.add(record.number)
        try:
            query = {"fieldManager": record.manager}
            await self._cluster.request("PATCH", path, query=query, body=body, content_type=_MERGE_PATCH)
        except ApiStatusError as error:
            if is_refusal(error):
                self._unanswered.discard(record.number)
            raise
        return RevertOutcome.PUT_BACK, words.PUT_BACK.text(value=_said(record.before), title=record.title)

    async def _call_back(self, record: PendingRevert) -> Restored:
        self._looked_at[record.number] = time.monotonic()
        what = f"{record.namespace}/{record.name}: {record.what}"
        try:
            for call in record.calls:
                service = call.get("service")
                await send(
                    self._cluster, LoadTesterCall(call["url"], call["body"], tuple(service) if service else None)
                )
        except ActionUnknown as error:
            unknown = words.GATE_NOT_KNOWN.text(state=record.before, why=error.reason)
            return Restored(
                record, RevertOutcome.LATER, words.TURNED_AND.text(gate=what, state=record.value, what=unknown)
            )
        except CanarytuiError as error:
            failed = words.TURNING_FAILED.text(gate=what, state=record.value, back=record.before, error=error)
            return Restored(record, RevertOutcome.LATER, failed)
        await asyncio.to_thread(self.forget, record)
        return Restored(
            record, RevertOutcome.PUT_BACK, words.GATE_BACK.text(gate=what, state=record.before, title=record.title)
        )

    def close(self) -> None:
        """Leave what is still held to the next start."""
        self._pending.release()


def _is_back(record: PendingRevert, obj: dict[str, Any]) -> bool:
    spec = obj.get("spec")
    return isinstance(spec, dict) and spec.get(record.field) == record.before


def _is_over(record: PendingRevert, phase: str, now: datetime) -> bool:
    due = parse_time(record.due)
    return bool(record.calls) or phase in record.until or (due is not None and now >= due)


def _phase(obj: dict[str, Any]) -> str:
    status = obj.get("status")
    return str(status.get("phase") or "") if isinstance(status, dict) else ""


def _whose(record: PendingRevert, obj: dict[str, Any]) -> tuple[RevertOutcome, str]:
    metadata, spec = obj.get("metadata"), obj.get("spec")
    metadata = metadata if isinstance(metadata, dict) else {}
    spec = spec if isinstance(spec, dict) else {}
    if record.uid and metadata.get("uid") != record.uid:
        return RevertOutcome.NOTHING, ""
    if spec.get(record.field, _ABSENT) != record.value:
        return RevertOutcome.NOTHING, ""
    if metadata.get("generation") == record.generation or owns_field(obj, record.manager, record.field):
        return RevertOutcome.PUT_BACK, ""
    who = owner_of_field(obj, record.field) or last_writer(obj, False) or "somebody else"
    return (
        RevertOutcome.NOT_OURS,
        words.STAYS.text(value=_said(record.value), who=who, title=record.title, before=_said(record.before)),
    )


def _said(value: object) -> str:
    if value is None:
        return "absent"
    return str(value).lower() if isinstance(value, bool) else str(value)
