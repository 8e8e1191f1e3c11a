"""What became of a write whose answer was lost: decided from the error and the object read again. Pure.

A write has a resourceVersion that must still hold and a field manager that no other write has. So the object shows it:
its managedFields list that manager, or its resourceVersion is unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from canarytui.domain.conflict_relevance import last_writer
from canarytui.domain.plan import PlannedWrite
from canarytui.domain.sentences import outcomes as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.domain.write_evidence import differing, fields, version_of, wrote

STRATEGIC = "application/strategic-merge-patch+json"
_ABSENT_AFTER_ALL = words.ABSENT.text()


class WriteOutcome(StrEnum):
    """What is known about a write; the words are the audit log's stages."""

    DONE = "done"
    REFUSED = "refused"
    NOT_DONE = "not done"
    IN_PART = "in part"
    """Of several writes: some were made, some were not."""
    UNKNOWN = "unknown"


class WriteVerdict(Struct, frozen=True):
    """`why` is the evidence, as part of a sentence. `read`: whether there was any, the object or its absence."""

    outcome: WriteOutcome
    why: str
    read: bool = True


def read_again(
    write: PlannedWrite, manager: str, found: Mapping[str, Any] | None, *, conflict: bool = False, late: bool = False
) -> WriteVerdict:
    """What `found`, the object as it is now (None: gone), says about `write` made by `manager`.

    `conflict`: the server answered that the resourceVersion no longer holds, so nothing was written unless the object
    shows that it was. `late`: enough time has passed for others to undo it, so only an unchanged object proves that
    nothing was written.
    """
    if found is None:
        return WriteVerdict(WriteOutcome.UNKNOWN, _ABSENT_AFTER_ALL)
    by_name = write.content_type == STRATEGIC
    differs = differing(write.body, found, by_name=by_name)
    owner = wrote(found, manager, write.subresource)
    version = version_of(found)
    if owner:
        since = words.CHANGED_SINCE.text(differs=_listed(differs)) if differs else ""
        return WriteVerdict(WriteOutcome.DONE, words.IN_MANAGED_FIELDS.text(manager=manager, since=since))
    if not differs:
        return _holds(found, write, owner, late)
    if version and version == version_of(write.body):
        return WriteVerdict(WriteOutcome.NOT_DONE, words.UNCHANGED.text(version=clean(version, 40)))
    if not write.subresource and 0 < write.generation == as_mapping(found.get("metadata")).get("generation"):
        return WriteVerdict(WriteOutcome.NOT_DONE, words.SPEC_UNCHANGED.text(generation=write.generation))
    if conflict:
        return WriteVerdict(WriteOutcome.NOT_DONE, _listed(differs))
    if not late and owner is not None and write.seen and not write.subresource and _as_seen(write, found, by_name):
        return WriteVerdict(WriteOutcome.NOT_DONE, _listed(differs))
    who = last_writer(found, write.subresource == "status")
    return WriteVerdict(
        WriteOutcome.UNKNOWN, words.WRITTEN_SINCE.text(who=who or "somebody else", differs=_listed(differs))
    )


def gate_again(opens: bool, state: str) -> WriteVerdict:
    """The same for a gate that was to be opened or closed and now is `state`: ``open``, ``closed`` or why unknown."""
    if state not in ("open", "closed"):
        return WriteVerdict(WriteOutcome.UNKNOWN, words.GATE_UNREADABLE.text(why=state))
    return WriteVerdict(
        WriteOutcome.DONE if (state == "open") is opens else WriteOutcome.NOT_DONE, words.GATE_IS.text(state=state)
    )


def _holds(found: Mapping[str, Any], write: PlannedWrite, owner: bool | None, late: bool) -> WriteVerdict:
    if version_of(found) == version_of(write.body):
        return WriteVerdict(WriteOutcome.DONE, words.WAS_SO.text())
    if owner is None:
        return WriteVerdict(WriteOutcome.DONE, words.HOLDS.text())
    who = last_writer(found, write.subresource == "status")
    outcome = WriteOutcome.UNKNOWN if late else WriteOutcome.DONE
    return WriteVerdict(outcome, words.HOLDS_THOUGH.text(who=who or "somebody else"))


def _as_seen(write: PlannedWrite, found: Mapping[str, Any], by_name: bool) -> bool:
    """Whether the fields that `write` changes still are as they were when the plan was made."""
    return fields(write.body, found, by_name=by_name) == fields(write.body, write.seen, by_name=by_name)


def _listed(differs: list[str]) -> str:
    return ", ".join(differs[:2]) + (f" and {len(differs) - 2} more" if len(differs) > 2 else "")
