"""The timeline's lines, what it is filtered by, and what is copied."""

from __future__ import annotations

from datetime import UTC

import pytest

from canarytui.console.demo_fixture import fill, fixture_state
from canarytui.console.timeline.entry_lines import EntryLines, plain_line, sources_text
from canarytui.console.timeline.filter import matcher
from canarytui.domain.history.timeline import TimelineEntry


def entries() -> list[TimelineEntry]:
    state = fixture_state()
    fill(state)
    return list(state.timeline.entries())


async def test_lines_are_made_as_they_come_into_view_and_the_cursor_is_marked() -> None:
    found = entries()
    lines = EntryLines(found, 1, 100, UTC, "halt")
    assert len(lines) == len(found) > 5
    assert [line.plain[:2] for line in lines[0:3]] == ["  ", "▶ ", "  "]
    assert lines[0] is lines[0]
    assert "Halt shop" not in lines[0].plain
    assert any(span.style == "reverse" for line in lines[0:4] if "Halt" in line.plain for span in line.spans)


async def test_sources_and_copies_are_in_full() -> None:
    entry = next(entry for entry in entries() if "53.42" in entry.text)
    assert "event" in sources_text(entry, 200, UTC).plain.lower()
    assert "53.42" in sources_text(entry, 200, UTC).plain
    assert plain_line(entry, UTC).startswith("2026-11-23 14:30:09 Warning shop/cart Halt")


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (":warning", lambda entry: entry.warning),
        (":n", lambda entry: not entry.warning),
        ("ns:sh", lambda entry: entry.namespace == "shop"),
        ("canary:podinfo", lambda entry: entry.name == "podinfo"),
        ("from:event", lambda entry: True),
        ("from:log", lambda entry: False),
        ("halt 53", lambda entry: "53.42" in entry.text),
        ("!halt ns:shop", lambda entry: entry.namespace == "shop" and not entry.warning),
        ("", lambda entry: True),
    ],
)
async def test_filter(pattern: str, wanted: object) -> None:
    assert callable(wanted)
    found = entries()
    assert [entry for entry in found if matcher(pattern)(entry)] == [entry for entry in found if wanted(entry)]
