"""Splunk's recorded websockets as the request that ours sends instead, and as the event stream that answers it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from recorded_exchange import Exchange

Fact = dict[str, Any]


def as_event_streams(facts: list[Fact]) -> Iterator[Exchange]:
    """An exchange for each program that Flagger executed, or could not because its token was refused."""
    connected: Fact = {}
    token = program = ""
    sent: list[Fact] = []
    for fact in facts:
        if fact.get("asked_for") == "ws-connect":
            connected = fact
        elif "ws_received" in fact:
            message = json.loads(fact["ws_received"]["text"])
            if message["type"] == "authenticate":
                token, program, sent = message["token"], "", []
            else:
                program, sent = message, []
        elif "ws_sent" in fact:
            sent.append(fact["ws_sent"])
            if program and _is_last(sent[-1]):
                yield _exchange(connected, token, program, sent)
                program = ""


def _is_last(sent: Fact) -> bool:
    return any(word in sent.get("text", "") for word in ("END_OF_CHANNEL", '"type": "error"'))


def _exchange(connected: Fact, token: str, program: Fact, sent: list[Fact]) -> Exchange:
    window = {"start": program["start"], "stop": program["stop"], "immediate": str(program["immediate"]).lower()}
    assert not any(program[name] for name in ("resolution", "maxDelay", "timezone")), "the API's own defaults"
    error = json.loads(sent[-1]["text"]) if '"type": "error"' in sent[-1].get("text", "") else {}
    return Exchange(
        asked_for="query",
        clock_s=connected["clock_ms"] / 1000,
        method="POST",
        url=connected["request"]["url"].replace("/connect", "/execute") + f"?{urlencode(window)}",
        headers={"X-SF-Token": token, "Content-Type": "text/plain"},
        body=program["program"],
        status=error.get("error", 200),
        answer_headers={"Content-Type": "application/json" if error else "text/event-stream"},
        answer=json.dumps(error) if error else "".join(map(_event, sent)),
    )


def _event(sent: Fact) -> str:
    if "text" in sent:
        message = json.loads(sent["text"])
        return f"event: {message['type']}\ndata: {sent['text']}\n\n"
    points = [{"tsId": str(point["tsid"]), "value": point["value"]} for point in sent["points"]]
    return f"event: data\ndata: {json.dumps({'data': points, 'logicalTimestampMs': 0})}\n\n"
