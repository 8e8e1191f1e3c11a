"""The recorded rollouts of genuine Flagger on the console's timeline: all of each, in order, once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from told import RECORDINGS, Story

from canarytui.domain.history.facts import FactSource
from canarytui.domain.history.timeline import TimelineEntry

EVERYTHING = ("status", "object", "log", "event")
WITHOUT_LOG = ("status", "object", "event")
OBJECTS_ONLY = ("status", "object")
ASPECTS = ("phase", "weight", "failed", "iteration")
ALL = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)


def changes(story: Story) -> list[tuple[str, str]]:
    """What the recorded statuses say happened, in order: weights, phases, failed checks, iterations."""
    found: list[tuple[str, str]] = []
    before: dict[str, Any] | None = None
    for fact in story.of("status"):
        status = fact["status"] or {}
        if fact["type"] == "DELETED":
            continue
        if before is not None:
            found += _between(before, status)
        before = status
    return found


def _between(before: dict[str, Any], after: dict[str, Any]) -> Iterable[tuple[str, str]]:
    if after.get("phase") and after.get("phase") != before.get("phase"):
        yield "phase", after["phase"]
    if (after.get("canaryWeight") or 0) != (before.get("canaryWeight") or 0):
        yield "weight", str(after.get("canaryWeight") or 0)
    # Flagger counts one by one: more at once was written by hand.
    if (after.get("failedChecks") or 0) == (before.get("failedChecks") or 0) + 1:
        yield "failed", str(after["failedChecks"])
    if (after.get("iterations") or 0) > max(before.get("iterations") or 0, 0):
        yield "iteration", str(after["iterations"])


def seen(entries: list[TimelineEntry], source: FactSource) -> list[tuple[str, str]]:
    """The marks of entries that `source` told of, in their order."""
    found = []
    for entry in sorted((each for each in entries if source in each.told), key=lambda each: each.told[source]):
        told = entry.sources[source]
        marks = [mark for mark in entry.marks if mark[0] in ASPECTS and mark[1] != "*" and _worded(mark, told)]
        found += sorted(marks, key=lambda mark: ASPECTS.index(mark[0]))
    return found


def _worded(mark: tuple[str, str], text: str) -> bool:
    """Whether the status' own words name this mark: an entry may have others from other sources."""
    aspect, value = mark
    words = {"phase": f"phase {value}", "failed": f"failed checks {value}", "iteration": f"iteration {value}"}
    return (
        text.rstrip().endswith(f"→ {value}") or f"→ {value}," in text if aspect == "weight" else words[aspect] in text
    )


def assert_once(entries: list[TimelineEntry]) -> None:
    """No two entries of a moment are about the same change."""
    for first, second in itertools.pairwise(entries):
        if (second.at - first.at).total_seconds() < 3 and not first.told.keys() & second.told.keys():
            shared = {
                mark for mark in first.marks & second.marks if mark[0] in ("phase", "weight", "failed", "iteration")
            }
            assert not shared, (first.text, second.text)


@ALL
@pytest.mark.parametrize("kinds", [EVERYTHING, WITHOUT_LOG, OBJECTS_ONLY], ids=["all", "no log", "objects"])
async def test_every_change_is_there_once_in_order(path: Path, kinds: tuple[str, ...]) -> None:
    story = Story(path)
    await story.tell(kinds)
    entries = story.entries()
    assert seen(entries, FactSource.STATUS) == changes(story)
    assert entries == sorted(entries)
    assert_once(entries)


@ALL
async def test_every_word_of_flagger_is_there_once_in_order(path: Path) -> None:
    story = Story(path)
    await story.tell(EVERYTHING)
    told = [entry.sources[FactSource.LOG] for entry in story.entries() if FactSource.LOG in entry.sources]
    assert told == [text for text in story.says() if text != "skipping canary run as object is suspended"]


@ALL
async def test_reconnects_leave_no_hole_and_no_double(path: Path) -> None:
    whole, cut = Story(path), Story(path)
    await whole.tell(EVERYTHING)
    await cut.tell(EVERYTHING, cut.facts[: len(cut.facts) // 2])
    cut.relisted()
    # The log is read again from some lines before the cut.
    again = [fact for fact in cut.facts[: len(cut.facts) // 2] if fact["kind"] == "log"]
    await cut.tell(("log",), again)
    await cut.tell(EVERYTHING, cut.facts[len(cut.facts) // 2 :])
    assert texts(cut) == texts(whole)


def texts(story: Story) -> list[str]:
    return [entry.text for entry in story.entries()]
