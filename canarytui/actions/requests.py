"""Carries out a confirmed plan: its writes in turn, each under its precondition, then its calls to a load tester.

A canary in a rollout is written at every tick, so a conflict alone says little. The object is read; if only the
controller's bookkeeping has moved, the same write is made against the current version. If anything the person was shown
has changed, nothing is written, and they learn who changed what. A lost answer says nothing: the object, or the gate,
is read again, and :mod:`.outcome` decides.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from canarytui.actions.outcome import WriteOutcome, WriteVerdict, gate_again, read_again
from canarytui.cluster.client import Cluster
from canarytui.cluster.lost_answers import is_refusal, lost_words, was_sent
from canarytui.cluster.service_http import ProviderUnreachable, fetch
from canarytui.domain.conflict_relevance import what_changed
from canarytui.domain.plan import LoadTesterCall, PlannedWrite
from canarytui.domain.sentences import outcomes as words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url, without_secrets
from canarytui.domain.write_evidence import is_object, version_of
from canarytui.errors import ApiStatusError, CanarytuiError, ClusterUnreachable

_ATTEMPTS = 4
_SAID_MOST = 4096


class ActionFailed(CanarytuiError):
    """A step of a plan was not done. `reason` is the sentence without the part about the outcome."""

    outcome = WriteOutcome.REFUSED
    says = words.NOTHING_WRITTEN.text()

    def __init__(self, reason: str, *, says: str = "") -> None:
        self.says = says or self.says
        self.reason = reason
        super().__init__(words.SAYS.text(outcome=self.says, why=reason))


class ActionLost(ActionFailed):
    """Somebody else changed the object first."""


class ActionNotDone(ActionFailed):
    """There was no answer, or no connection, and the object shows that the step was not done."""

    outcome = WriteOutcome.NOT_DONE
    says = words.NOT_DONE.text()


class ActionUnknown(ActionFailed):
    """There was no answer, and reading again does not show whether the step was done."""

    outcome = WriteOutcome.UNKNOWN
    says = words.UNKNOWN.text()


class Patience(Struct, frozen=True):
    """Seconds to wait for the answer to a write and to a read, before each rereading of an object, and until
    "unchanged" is final."""

    answer_s: float = 10.0
    read_s: float = 3.0
    reread_s: tuple[float, ...] = (0.0, 0.3, 1.0, 2.0)
    settle_s: float = 1.0


class Step(Struct, frozen=True):
    """A step that was done: the object as stored, None for a call. `found` says how that is known if its answer was
    lost, else ""."""

    obj: dict[str, Any] | None = None
    found: str = ""


_PATIENCE = Patience()


async def write_once(
    cluster: Cluster, write: PlannedWrite, *, manager: str, dry_run: bool = False, patience: Patience = _PATIENCE
) -> Step:
    """Make `write`, under a field `manager` that no other write has.

    Raises:
        ActionLost: what the person was shown of the object has changed.
        ActionNotDone: there was no answer, and the object shows that it was not written.
        ActionUnknown: there was no answer, and the object cannot be read or does not tell.
        ActionFailed: any other refusal.
    """
    query = {"fieldManager": manager, **({"dryRun": "All"} if dry_run else {})}
    body = dict(write.body)
    for _ in range(_ATTEMPTS):
        conflict = False
        try:
            answer = await cluster.request(
                write.method,
                write.path,
                query=query,
                body=body,
                content_type=write.content_type,
                timeout_s=patience.answer_s,
            )
            if is_object(answer, write.name):
                return Step(answer)
            lost = words.ANSWER_NO_OBJECT.text()
        except ApiStatusError as error:
            if is_refusal(error):
                raise ActionFailed(clean(str(error), 300)) from error
            conflict = error.is_status and error.code == 409
            lost = lost_words(error)
        except ClusterUnreachable as error:
            if not was_sent(error):
                raise ActionNotDone(clean(str(error), 300)) from error
            lost = lost_words(error)
        if dry_run and not conflict:
            raise ActionFailed(words.NO_DRY_RUN.text(lost=lost))
        sent = replace(write, body=dict(body))
        verdict, found = await find_out(cluster, sent, manager, conflict=conflict, patience=patience)
        if verdict.outcome is WriteOutcome.DONE and found is not None:
            return Step(found, words.READ_AGAIN.text(lost=lost, why=verdict.why))
        if verdict.outcome is WriteOutcome.NOT_DONE and conflict and found is not None:
            _require_the_same(write, found)
            body["metadata"] = {"resourceVersion": version_of(found)}
            continue
        raise _without_answer(cluster, write, manager, lost, verdict)
    raise ActionLost(words.TOO_FAST.text())


async def find_out(
    cluster: Cluster,
    write: PlannedWrite,
    manager: str,
    *,
    conflict: bool = False,
    late: bool = False,
    patience: Patience = _PATIENCE,
) -> tuple[WriteVerdict, dict[str, Any] | None]:
    """Read the object of `write` until it shows what became of it: the verdict, and the object."""
    verdict, found = WriteVerdict(WriteOutcome.UNKNOWN, words.UNREAD.text(), read=False), None
    for pause_s in patience.reread_s:
        await asyncio.sleep(pause_s)
        try:
            found = await cluster.request("GET", write.object_path, timeout_s=patience.read_s)
        except ApiStatusError as error:
            if error.is_status and error.code == 404:
                return read_again(write, manager, None, conflict=conflict, late=late), None
            verdict = WriteVerdict(WriteOutcome.UNKNOWN, words.UNREADABLE.text(why=lost_words(error)), read=False)
            continue
        except ClusterUnreachable as error:
            verdict = WriteVerdict(WriteOutcome.UNKNOWN, words.UNREADABLE.text(why=lost_words(error)), read=False)
            continue
        if not is_object(found, write.name):
            verdict = WriteVerdict(WriteOutcome.UNKNOWN, words.UNREADABLE_NO_OBJECT.text(), read=False)
            found = None
            continue
        verdict = read_again(write, manager, found, conflict=conflict, late=late)
        if conflict or late or verdict.outcome is not WriteOutcome.NOT_DONE:
            return verdict, found
        # An unanswered request may still be on its way.
        await asyncio.sleep(patience.settle_s)
        return await _once_more(cluster, write, manager, verdict, found, patience)
    return verdict, None


async def send(cluster: Cluster, call: LoadTesterCall, *, patience: Patience = _PATIENCE) -> Step:
    """Make `call`, which opens or closes a gate.

    Raises:
        ActionNotDone: it was refused or not answered, and the gate is as it was.
        ActionFailed: it was refused.
        ActionUnknown: it was not answered, and the gate cannot be asked.
    """
    headers = {"Content-Type": "application/json"}
    body = json.dumps(call.body).encode()
    try:
        status, answer = await fetch(
            cluster, call.method, call.url, headers=headers, body=body, timeout_s=patience.answer_s
        )
        if status in (200, 201, 202):
            return Step()
        said = without_secrets(answer[:_SAID_MOST].decode("utf-8", "replace"))
        lost = f"HTTP {status}: {clean(said, 200)}".removesuffix(": ")
        refused = 400 <= status < 500 and status not in (408, 409)
    except ProviderUnreachable as error:
        if not was_sent(error):
            raise ActionNotDone(clean(str(error), 300)) from error
        lost, refused = lost_words(error), False
    space, _, verb = call.url.rpartition("/")
    state = await gate_state(cluster, LoadTesterCall(f"{space}/check", call.body, call.service), patience=patience)
    verdict = gate_again(verb == "open", state)
    said = words.CALL_UNANSWERED.text(url=place_url(call.url), lost=lost, why=verdict.why)
    if verdict.outcome is WriteOutcome.DONE:
        return Step(None, said)
    if verdict.outcome is WriteOutcome.NOT_DONE:
        raise ActionNotDone(said)
    if refused:
        raise ActionFailed(words.REFUSED.text(url=place_url(call.url), lost=lost))
    raise ActionUnknown(words.LOOK_AT_GATE.text(why=said))


async def gate_state(cluster: Cluster, check: LoadTesterCall, *, patience: Patience = _PATIENCE) -> str:
    """``open``, ``closed``, or why that is unknown, asked the way a hook asks."""
    said = ""
    for pause_s in patience.reread_s:
        await asyncio.sleep(pause_s)
        try:
            status, answer = await fetch(
                cluster, check.method, check.url, body=json.dumps(check.body).encode(), timeout_s=patience.read_s
            )
        except CanarytuiError as error:
            said = clean(str(error), 200)
            if not was_sent(error):
                return said
            continue
        # The API server's proxy also answers 403, to those who may not use it.
        if status in (200, 403) and not _is_status(answer):
            return "open" if status == 200 else "closed"
        said = words.GATE_ANSWERED.text(status=status)
        if status < 500:
            return said
    return said


def unknown_words(context: str, write: PlannedWrite, manager: str, why: str) -> str:
    """What is unknown about `write`, and how a person can find out."""
    within = f" -n {write.namespace}" if write.namespace else ""
    kubectl = f"kubectl --context {clean(context, 100)}{within}"
    return words.HOW_TO_CHECK.text(
        called=write.called, name=write.name, why=why, kubectl=kubectl, plural=write.plural, manager=manager
    )


async def _once_more(
    cluster: Cluster,
    write: PlannedWrite,
    manager: str,
    verdict: WriteVerdict,
    found: dict[str, Any],
    patience: Patience,
) -> tuple[WriteVerdict, dict[str, Any] | None]:
    try:
        again = await cluster.request("GET", write.object_path, timeout_s=patience.read_s)
    except CanarytuiError:
        return verdict, found
    return (read_again(write, manager, again), again) if is_object(again, write.name) else (verdict, found)


def _without_answer(
    cluster: Cluster, write: PlannedWrite, manager: str, lost: str, verdict: WriteVerdict
) -> ActionFailed:
    if verdict.outcome is WriteOutcome.NOT_DONE:
        now = datetime.now(UTC)
        return ActionNotDone(words.READ_AGAIN_AT.text(lost=lost, called=write.called, now=now, why=verdict.why))
    why = words.NO_ANSWER_AND.text(lost=lost, why=verdict.why)
    return ActionUnknown(unknown_words(cluster.context, write, manager, why))


def _require_the_same(write: PlannedWrite, now: dict[str, Any]) -> None:
    """Raises ActionLost if the person was shown something else."""
    changed = what_changed(write.plural, write.seen, now) if write.seen else words.SOMEBODY_CHANGED_IT.text()
    if changed:
        raise ActionLost(words.LOOK_AGAIN.text(changed=changed))


def _is_status(answer: bytes) -> bool:
    try:
        told = parse_json(answer)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("kind") == "Status"
