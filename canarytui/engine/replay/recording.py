"""A recording of genuine Flagger as a file of JSON lines: what it was given, and what it did."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FIRST_TICK_S = 9.0
TICK_S = 10.0
_EVENTS = "controller/events.go"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rollout did, each list in order: messages with their level, statuses, router entries."""

    messages: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[tuple[Any, ...]] = field(default_factory=list)
    routes: list[tuple[tuple[str, int], ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recording:
    """`ticks` is how many ticks it covers; `actions` are (when, what)."""

    name: str
    canary: dict[str, Any]
    metric_answers: dict[str, list[Any]]
    webhook_answers: dict[str, list[int]]
    actions: list[tuple[str, str]]
    defaults: dict[str, Any]
    ticks: int
    outcome: Outcome


def load(path: Path) -> Recording:
    """Read one recording; raises ValueError for a file that is none."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines or "scenario" not in lines[0]:
        raise ValueError(f"{path} is no recording: its first line has no scenario")
    head, facts = lines[0], lines[1:]
    outcome = Outcome()
    for fact in facts:
        _take(outcome, fact)
    last_s = max((fact["t"] for fact in facts), default=0.0)
    return Recording(
        name=head["scenario"],
        canary=head["canary"],
        metric_answers=head["metric_answers_per_query"],
        webhook_answers=head["webhook_answers"],
        actions=[(when, what) for when, what in head["actions"]],
        defaults=head["defaults"],
        ticks=max(0, int((last_s - FIRST_TICK_S) // TICK_S) + 1),
        outcome=outcome,
    )


def _take(outcome: Outcome, fact: dict[str, Any]) -> None:
    if fact["kind"] == "log" and fact["caller"].startswith(_EVENTS):
        outcome.messages.append(("error" if fact["level"] == "error" else "info", fact["message"]))
    elif fact["kind"] == "status" and fact.get("status") and fact["type"] != "DELETED":
        add_status(outcome, fact["status"])
    elif fact["kind"] == "object" and fact["object"] == "TraefikService" and fact["type"] != "DELETED":
        add_route(outcome, fact["spec"])


def add_status(outcome: Outcome, status: dict[str, Any]) -> None:
    """Note a status unless it says the same as the one before."""
    condition = (status.get("conditions") or [{}])[0]
    said = (
        status.get("phase"),
        status.get("canaryWeight"),
        status.get("failedChecks"),
        status.get("iterations"),
        condition.get("status"),
        condition.get("reason"),
        condition.get("message"),
    )
    if not outcome.statuses or outcome.statuses[-1] != said:
        outcome.statuses.append(said)


def add_route(outcome: Outcome, spec: dict[str, Any]) -> None:
    """Note the weights of a TraefikService unless they are those of before."""
    services = (spec.get("weighted") or {}).get("services") or []
    entries = tuple((service["name"], int(service.get("weight") or 0)) for service in services)
    if not outcome.routes or outcome.routes[-1] != entries:
        outcome.routes.append(entries)
