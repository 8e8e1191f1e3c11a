"""Recordings of what genuine Flagger sent to receivers of alerts, as data; tests/recordings/alerts/README.md says what
is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

FOLDER = Path(__file__).parents[3] / "recordings" / "alerts"
COMPARED_HEADERS = ("authorization", "content-type")


class Sent(Struct, frozen=True):
    """A request as its receiver got it, and the event before it."""

    after: str
    method: str
    url: str
    host: str
    through_proxy: str
    headers: tuple[tuple[str, str], ...]
    body: Any


class AlertRecording(Struct):
    """One scenario of one receiver type. `answers` are those of the receiver by path, each as (status, body, waits)."""

    type: str
    scenario: str
    given: dict[str, Any]
    sent: list[Sent] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    logged: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, tuple[int, str, bool]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.type}-{self.scenario}"


def recordings() -> list[AlertRecording]:
    """All of them."""
    found: dict[tuple[str, str], AlertRecording] = {}
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            fact = json.loads(line)
            key = path.stem, fact["scenario"]
            if key not in found:
                found[key] = AlertRecording(*key, fact)
            else:
                _take(found[key], fact)
    return list(found.values())


def compared_headers(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Those that must be equal, sorted."""
    return tuple(sorted((name.lower(), value) for name, value in headers.items() if name.lower() in COMPARED_HEADERS))


def _take(recording: AlertRecording, fact: dict[str, Any]) -> None:
    if "event" in fact:
        recording.events.append(fact["event"]["message"])
    elif "log" in fact:
        recording.logged.append((fact["log"]["level"], fact["log"]["message"]))
    else:
        alert, answer = fact["alert"], fact["answer"]
        headers = dict(alert["headers"])
        sent = Sent(
            recording.events[-1],
            alert["method"],
            alert["url"],
            headers["Host"],
            alert.get("through_proxy") or "",
            compared_headers(headers),
            alert["json"],
        )
        recording.sent.append(sent)
        path = alert["url"].removeprefix("http://{host}")
        recording.answers[path] = (answer["status"], answer["body"], "delay_s" in answer)
