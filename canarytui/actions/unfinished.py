"""Actions under way, on disk until their outcome is in the audit log.

An action that was killed midway, or whose outcome is unknown, is looked after by the next start, or by this one once
the server answers again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from canarytui.actions.outcome import WriteOutcome, WriteVerdict, gate_again
from canarytui.actions.requests import Patience, find_out, gate_state, unknown_words
from canarytui.cluster.audit import AuditLog
from canarytui.cluster.client import Cluster
from canarytui.cluster.folders import state_folder
from canarytui.cluster.locked_files import HeldFiles
from canarytui.domain.plan import LoadTesterCall, Plan, PlannedWrite
from canarytui.domain.sentences import records as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url
from canarytui.errors import ConfigError

_ASKED_ONCE = Patience(reread_s=(0.0,))


class Found(Struct, frozen=True):
    """What became of the action `number` on the canary `key`, as a sentence."""

    number: str
    key: tuple[str, str]
    outcome: WriteOutcome
    text: str


class Unfinished:
    """Unfinished actions on one cluster; outcomes that are found go to `audit`."""

    def __init__(self, cluster: Cluster, audit: AuditLog, folder: Path | None = None) -> None:
        self._cluster = cluster
        self._audit = audit
        self._files = HeldFiles(folder or state_folder() / "actions", words.AN_ACTION.text())

    def begin(self, number: str, entry: Mapping[str, Any], plan: Plan) -> None:
        """Note what is about to be done; `entry` is what all its audit lines have in common.

        Raises:
            ConfigError: it cannot be noted, so it must not be done.
        """
        writes = [asdict(write) for write in plan.writes]
        calls = [structs.asdict(call) for call in plan.calls]
        try:
            self._files.begin(number, {"entry": dict(entry), "writes": writes, "calls": calls})
        except OSError as error:
            raise ConfigError(words.ACTIONS_UNWRITABLE.text(folder=self._files.folder, why=error.strerror)) from error

    def end(self, number: str) -> None:
        """Forget an action: its outcome is in the audit log."""
        self._files.end(number)

    def leave(self, number: str = "") -> None:
        """Keep an action (default: all) whose outcome is unknown or unwritten for later, here or at another start."""
        self._files.release(number)

    @property
    def is_pending(self) -> bool:
        """Whether an action of ours has no outcome in the audit log yet."""
        return self._files.holds_any

    def unusable(self) -> list[str]:
        """Sentences about what was left behind and cannot be understood; each is returned once."""
        return self._files.unusable()

    async def find_out(self) -> list[Found]:
        """Look after what no living process does: read the objects, and close the audit log with what they show. What
        cannot be read now is left for later."""
        found = []
        left = self._files.adopt(self._ours)
        while (content := await asyncio.to_thread(next, left, None)) is not None:
            number = str(content["entry"]["id"])
            verdicts = await self._verdicts(content, number)
            if verdicts is None:
                self._files.release(number)
                continue
            outcome, why = _together(verdicts)
            entry = content["entry"]
            try:
                await asyncio.to_thread(self._audit.append, {**entry, "stage": outcome, "found": why})
            except ConfigError:
                self._files.release(number)
                continue
            await asyncio.to_thread(self._files.end, number)
            found.append(_found(entry, number, outcome, why))
        return found

    def _ours(self, name: str, content: dict[str, Any]) -> bool:
        entry = content["entry"]
        if entry["id"] != name:
            raise ValueError(words.OTHER_NUMBER.text(number=entry["id"]))
        _parts(content)
        return bool(entry["server"] == self._cluster.server)

    async def _verdicts(self, content: Mapping[str, Any], number: str) -> list[tuple[str, WriteVerdict]] | None:
        """The outcome of each step; None while one cannot be read."""
        writes, calls = _parts(content)
        verdicts, manager = [], manager_of(number)
        for write in writes:
            verdict, _ = await find_out(self._cluster, write, manager, late=True, patience=_ASKED_ONCE)
            if not verdict.read:
                return None
            what = verdict.why if len(writes) + len(calls) == 1 else f"{write.called}: {verdict.why}"
            if verdict.outcome is WriteOutcome.UNKNOWN:
                what = unknown_words(self._cluster.context, write, manager, verdict.why)
            verdicts.append((what, verdict))
        for call in calls:
            space, _, verb = call.url.rpartition("/")
            check = LoadTesterCall(f"{space}/check", call.body, call.service)
            state = await gate_state(self._cluster, check, patience=_ASKED_ONCE)
            if state not in ("open", "closed"):
                return None
            verdicts.append(
                (words.GATE_IS.text(url=place_url(call.url), state=state), gate_again(verb == "open", state))
            )
        return verdicts


def manager_of(number: str) -> str:
    """The field manager of the action `number`, used for nothing else, so that the object shows whether it was
    written."""
    return f"canarytui-{number}"


def _together(verdicts: list[tuple[str, WriteVerdict]]) -> tuple[WriteOutcome, str]:
    outcomes = {verdict.outcome for _, verdict in verdicts}
    if len(outcomes) == 1:
        outcome = outcomes.pop()
    else:
        known = outcomes <= {WriteOutcome.DONE, WriteOutcome.NOT_DONE}
        outcome = WriteOutcome.IN_PART if known else WriteOutcome.UNKNOWN
    return outcome, "; ".join(what for what, _ in verdicts)


_BECAME = {
    WriteOutcome.DONE: words.WAS_DONE,
    WriteOutcome.NOT_DONE: words.WAS_NOT_DONE,
    WriteOutcome.IN_PART: words.WAS_DONE_IN_PART,
}


def _found(entry: Mapping[str, Any], number: str, outcome: WriteOutcome, why: str) -> Found:
    namespace, _, name = str(entry.get("object") or "").partition("/")
    became = _BECAME.get(outcome, words.NOT_KNOWN)
    text = words.WAS_OPEN.text(
        namespace=namespace,
        name=name,
        title=clean(entry.get("title"), 200),
        outcome=became.text(),
        why=clean(why, 500),
    )
    return Found(number, (namespace, name), outcome, text)


def _parts(content: Mapping[str, Any]) -> tuple[list[PlannedWrite], list[LoadTesterCall]]:
    """Raises TypeError, KeyError."""
    writes = [PlannedWrite(**each) for each in content["writes"]]
    calls = []
    for each in content["calls"]:
        service = each["service"]
        calls.append(LoadTesterCall(each["url"], each["body"], (service[0], service[1]) if service else None))
    return writes, calls
