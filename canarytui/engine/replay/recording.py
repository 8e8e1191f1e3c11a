"""A recording of genuine Flagger as a file of JSON lines: what it was given, and what it did."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from canarytui.cluster.regular_files import read_start
from canarytui.domain.text.bounded import parse_json
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.recorded_fields import KINDS, NOT_SHOWN, as_shown, identity, whole

AFTER_DELETION = 10_000
"""The tick of all that follows a deletion, which Flagger acts upon without waiting for one."""
TICK_S = 10.0
_MOST_BYTES = 1_000_000_000
_EARLY_S = 1.0
"""By how much a tick may begin earlier than the first one did, ten seconds each after it."""
_DEFAULTS: dict[str, Any] = {
    "success": 100,
    "duration": 50,
    "template": 0,
    "webhook": 200,
    "image": "stefanprodan/podinfo:v1",
    "replicas": 2,
}
_EVENTS = "controller/events.go"
_NO_POD = re.compile(r"canary deployment \S+ not ready: waiting for rollout to finish: 0 (of|out of) ")
_TICKS_TO_START = 2
_USUAL_FIRST_S = 9.4
_DONE = ("log", "object", "webhook", "query")
_COMBINED = "(combined from similar events): "


class Recording(Struct, frozen=True):
    """`ticks` is how many ticks it covers; `actions` are (when, what).

    `given` are the objects that were there before the canary, as recorded; `manifests` are those that the recording
    holds whole; `selector` is the target's label as its canary Service selects by it; `checks` says by which name the
    metric server answered a query, whitespace folded; `configs` are the tracked ones, as ``configmap/name``;
    `bodies` are the answers of webhooks that refused, by name, as far as messages show them; `broken` are the image
    tags whose pods never started; `acted_s` is when each action was done, in seconds after the first tick began;
    `wholes` are the kinds (``Kind.group``) whose objects the recording holds whole; `mesh_provider` is the
    controller's, "" where the canary names its own.
    """

    name: str
    canary: dict[str, Any]
    metric_answers: dict[str, list[Any]]
    webhook_answers: dict[str, list[int]]
    actions: list[tuple[str, str]]
    defaults: dict[str, Any]
    ticks: int
    given: list[dict[str, Any]] = field(default_factory=list)
    manifests: list[dict[str, Any]] = field(default_factory=list)
    selector: dict[str, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    configs: list[str] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    acted_s: list[float] = field(default_factory=list)
    wholes: frozenset[str] = frozenset()
    mesh_provider: str = ""
    outcome: ReplayOutcome = field(default_factory=ReplayOutcome)


def load(path: Path) -> Recording:
    """Read one recording; raises ValueError for a file that is none, OSError for one that cannot be read."""
    text = read_start(path, _MOST_BYTES).decode("utf-8")
    lines = [_line(number, line) for number, line in enumerate(text.splitlines(), 1)]
    if not lines or "scenario" not in lines[0] or "canary" not in lines[0]:
        raise ValueError("its first line has no scenario with a canary, as recordings have")
    head, facts = lines[0], lines[1:]
    outcome = ReplayOutcome()
    first_s = _first_tick_s(facts)
    for fact in facts:
        _take(outcome, fact, first_s)
    last_s = max((fact["t"] for fact in facts), default=0.0)
    return Recording(
        name=head["scenario"],
        canary=head["canary"],
        metric_answers=head.get("metric_answers_per_query") or {},
        webhook_answers=head.get("webhook_answers") or {},
        actions=[(when, what) for when, what in head.get("actions") or []],
        defaults={**_DEFAULTS, **(head.get("defaults") or {})},
        ticks=max(0, _tick_at(last_s, first_s) + 1),
        given=list(itertools.takewhile(lambda fact: fact["kind"] != "status", facts)),
        manifests=[manifest for manifest in head.get("given") or [] if isinstance(manifest, dict)],
        selector=_selector(head["canary"], facts),
        checks={" ".join(fact["query"].split()): fact["check"] for fact in facts if fact["kind"] == "query"},
        configs=sorted({name for fact in facts for name in _tracked(fact)}),
        bodies=dict(_refusals(head["canary"], outcome.texts)),
        broken=frozenset(_never_started(facts)),
        wholes=frozenset(
            identity(fact["object"], fact["apiVersion"])
            for fact in facts
            if fact["kind"] == "object" and fact.get("apiVersion")
        ),
        mesh_provider=str(head.get("mesh_provider") or ""),
        acted_s=[fact["t"] - first_s - _EARLY_S for fact in facts if fact["kind"] == "action"],
        outcome=outcome,
    )


def _line(number: int, text: str) -> dict[str, Any]:
    try:
        line = parse_json(text)
    except ValueError as error:
        raise ValueError(f"its line {number} is no JSON: {error}") from error
    if not isinstance(line, dict):
        raise ValueError(f"its line {number} is no JSON object")
    return line


def _tracked(fact: dict[str, Any]) -> dict[str, str]:
    return (fact.get("status") or {}).get("trackedConfigs") or {}


def _refusals(canary: dict[str, Any], texts: list[str]) -> Iterator[tuple[str, str]]:
    """(webhook, its answer) of the messages that contain it."""
    for hook in canary["spec"]["analysis"].get("webhooks") or ():
        for text in texts:
            _, told, body = text.partition(f" {hook['name']} failed ")
            if told and not body.startswith("POST "):
                yield hook["name"], body


def _selector(canary: dict[str, Any], facts: list[dict[str, Any]]) -> dict[str, str]:
    """What the canary's Service selects the target's pods by; {} where none was made."""
    spec = canary["spec"]
    apex = (spec.get("service") or {}).get("name") or spec["targetRef"]["name"]
    services = (
        fact["spec"]
        for fact in facts
        if fact.get("object") == "Service" and "apiVersion" not in fact and fact["name"] == f"{apex}-canary"
    )
    return next((service["selector"] for service in services if service.get("selector")), {})


def _never_started(facts: list[dict[str, Any]]) -> Iterator[str]:
    """The image tags of which not one pod was available, tick after tick."""
    tag, unready = "", 0
    for fact in facts:
        if fact["kind"] == "action" and fact["action"].startswith("stuck "):
            yield fact["action"].removeprefix("stuck ")
        elif fact["kind"] == "action" and fact["action"].startswith("set-image "):
            tag, unready = fact["action"].removeprefix("set-image "), 0
        elif fact["kind"] == "log" and _NO_POD.match(fact["message"]):
            unready += 1
            if tag and unready == _TICKS_TO_START:
                yield tag


def _first_tick_s(facts: list[dict[str, Any]]) -> float:
    """When the first tick began, or a little earlier: the first that Flagger did beyond the canary's status."""
    known = itertools.dropwhile(lambda fact: fact["kind"] != "status", facts)
    return next((fact["t"] for fact in known if fact["kind"] in _DONE), _USUAL_FIRST_S) - _EARLY_S


def _tick_at(time_s: float, first_s: float) -> int:
    return int((time_s - first_s) // TICK_S)


def _take(outcome: ReplayOutcome, fact: dict[str, Any], first_s: float) -> None:
    outcome.tick = _tick_at(fact["t"], first_s) if outcome.tick != AFTER_DELETION else AFTER_DELETION
    match fact:
        case {"kind": "action", "action": "delete"}:
            outcome.tick = AFTER_DELETION
        case {"type": "DELETED"}:
            return
        case {"kind": "log", "caller": str(caller), "level": level, "message": text} if caller.startswith(_EVENTS):
            outcome.add_message(text, error=level == "error")
        case {"kind": "event", "message": text, "type": severity}:
            outcome.severities[text.removeprefix(_COMBINED)] = severity
        case {"kind": "status", "status": dict(status)} if status:
            outcome.add_status(status)
        case {"kind": "object", "object": kind, "apiVersion": str(version), "name": name}:
            if kind not in NOT_SHOWN:
                outcome.add_object(identity(kind, version), name, whole(version, fact))
        case {"kind": "object", "object": "TraefikService", "spec": spec}:
            outcome.add_route(spec)
        case {"kind": "object", "object": kind, "name": name, "spec": spec} if kind in KINDS:
            outcome.add_object(KINDS[kind], name, as_shown(spec))
        case {"kind": "webhook", "name": name, "payload": payload}:
            outcome.add_hook(name, payload)
        case {"kind": "query", "query": query}:
            outcome.add_query(query)
