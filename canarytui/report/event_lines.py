"""The timeline as lines for people or as one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from canarytui.domain.history.timeline import TimelineEntry
from canarytui.domain.text.json_text import json_text
from canarytui.report.table import Table
from canarytui.whole_number import whole_number

TITLES = ("TIME", "TYPE", "CANARY", "MESSAGE")
WIDE_TITLES = ("TIME", "TYPE", "CANARY", "SOURCES", "FAILED", "MESSAGE")


class EventLines:
    """Words entries one after another; `zone` is the reader's, None for the machine's own."""

    def __init__(self, *, wide: bool = False, titled: bool = True, zone: tzinfo | None = None) -> None:
        self._wide = wide
        self._zone = zone
        self._table = Table(WIDE_TITLES if wide else TITLES, titled=titled)

    def lines(self, entries: Iterable[TimelineEntry]) -> list[str]:
        """One line an entry: time, Normal or Warning as Kubernetes says, canary, and what happened."""
        return self._table.lines(self._row(entry) for entry in entries)

    def _row(self, entry: TimelineEntry) -> tuple[str, ...]:
        canary = f"{entry.namespace}/{entry.name}"
        head = (stamp(entry.at, self._zone), severity(entry), canary)
        if self._wide:
            return (*head, ",".join(sorted(entry.sources)), entry.count, entry.text)
        return (*head, entry.text)


def stamp(at: datetime, zone: tzinfo | None = None) -> str:
    """``2026-11-23T14:30:10`` in the reader's zone."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S}"


def severity(entry: TimelineEntry) -> str:
    """Kubernetes' word: ``Normal`` or ``Warning``."""
    return "Warning" if entry.warning else "Normal"


def as_json_line(entry: TimelineEntry) -> str:
    """``time`` in UTC, ``type``, ``namespace``, ``name``, ``message``, ``failedChecks``, and what each source said."""
    told = {
        "time": entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "type": severity(entry),
        "namespace": entry.namespace,
        "name": entry.name,
        "message": entry.text,
        "failedChecks": whole_number(entry.count),
        "sources": {str(source): text for source, text in sorted(entry.sources.items())},
    }
    return json_text(told)
