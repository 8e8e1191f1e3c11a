"""Where a replay differs from its recording."""

from __future__ import annotations

from typing import Any, NamedTuple

from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.recording import AFTER_DELETION

_LISTS = ("messages", "statuses", "routes", "hooks", "queries")


class Difference(NamedTuple):
    """The first difference of one kind; `tick` is the recording's, counted from 0."""

    tick: int
    what: str
    recorded: Any
    here: Any

    def __str__(self) -> str:
        when = "after the deletion" if self.tick == AFTER_DELETION else f"tick {self.tick}"
        return f"{when}, {self.what}: recorded {_said(self.recorded)}, here {_said(self.here)}"


def differences(expected: ReplayOutcome, actual: ReplayOutcome) -> list[Difference]:
    """The first difference of each kind, earliest tick first; empty when all is equal."""
    found: list[Difference] = []
    for kind in _LISTS:
        found += _first(kind, expected, actual, getattr(expected, kind), getattr(actual, kind))
    for name in sorted(expected.objects.keys() | actual.objects.keys()):
        found += _first(name, expected, actual, expected.objects.get(name, []), actual.objects.get(name, []))
    for said in expected.messages:
        severity, here = expected.severities.get(said.text), actual.severities.get(said.text)
        if severity is not None and severity != here:
            found.append(Difference(said.tick, f"severity of {said.text!r}", severity, here))
    return sorted(dict.fromkeys(found), key=lambda difference: difference.tick)


def _first(
    what: str, expected: ReplayOutcome, actual: ReplayOutcome, theirs: list[Any], ours: list[Any]
) -> list[Difference]:
    for index in range(max(len(theirs), len(ours))):
        wanted = theirs[index] if index < len(theirs) else None
        got = ours[index] if index < len(ours) else None
        if wanted != got:
            outcome, entry = (expected, wanted) if wanted is not None else (actual, got)
            tick = int(getattr(entry, "tick", -1))
            if tick < 0:
                tick = outcome.ticks[what][index]
            where, wanted, got = _narrowed("", wanted, got)
            return [Difference(tick, f"{what}[{index}]{where}", _hashable(wanted), _hashable(got))]
    return []


def _narrowed(where: str, wanted: Any, got: Any) -> tuple[str, Any, Any]:
    """The first place inside two objects at which they differ, with what stands there; None is nothing."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in (*wanted, *got):
            if wanted.get(key) != got.get(key):
                return _narrowed(f"{where} {key}" if not where else f"{where}.{key}", wanted.get(key), got.get(key))
    if isinstance(wanted, list) and isinstance(got, list) and type(wanted) is type(got):
        for index in range(max(len(wanted), len(got))):
            theirs, ours = (entries[index] if index < len(entries) else None for entries in (wanted, got))
            if theirs != ours:
                return _narrowed(f"{where}[{index}]", theirs, ours)
    return where, wanted, got


def _hashable(entry: Any) -> Any:
    return repr(entry) if isinstance(entry, dict | list) else entry


def _said(entry: Any) -> str:
    if entry is None:
        return "nothing"
    if hasattr(entry, "tick"):
        return f"{tuple(entry[1:])!r} at tick {entry.tick}"
    return entry if isinstance(entry, str) else repr(entry)
