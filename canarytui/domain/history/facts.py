"""What a source reports about a canary, in one shape, so that sources can be compared.

The status, the router object, Events and the controller's log all report the same rollout. Each report becomes a
:class:`Fact`; two facts that share a mark (``("weight", "20")``, ``("phase", "Failed")``) at about the same time are
one, and ``domain.history.timeline`` merges them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from canarytui.domain.history.controller_messages import COMBINED, SAYINGS, SKIPS, WARNS, Mark
from canarytui.domain.sentences import action as action_words
from canarytui.domain.text.bounded import parse_json
from canarytui.domain.text.plain import clean
from canarytui.domain.values import parse_time


class FactSource(StrEnum):
    """Where a report comes from, ordered by how well it is worded."""

    ROUTER = "router"
    STATUS = "status"
    EVENT = "event"
    LOG = "log"
    CONSOLE = "console"


RICHNESS = {source: rank for rank, source in enumerate(FactSource)}


class Fact(Struct, frozen=True):
    """One report: when, about which canary, from which source; reports that share one of `marks` are the same fact.

    `acted` says that it shows the controller at work. `identity` is equal when the same report comes again, from a list
    after a watch, from a log that is read again, or from disk; "" if it cannot come again.
    """

    at: datetime
    namespace: str
    name: str
    source: FactSource
    text: str
    warning: bool
    marks: frozenset[Mark]
    identity: str = ""
    acted: bool = True


def saying(message: str) -> tuple[str, frozenset[Mark]]:
    """The cleaned text of a Flagger message and its marks; any other text is its own mark."""
    text = clean(message).removeprefix(COMBINED)
    for pattern, marks in SAYINGS:
        found = pattern.match(text)
        if found:
            return text, frozenset((aspect, found.expand(value)) for aspect, value in marks)
    return text, frozenset({("text", text)})


CONSOLE_ACTION = "ConsoleAction"
"""The reason of the Events that this console leaves on a canary."""

CONTROLLER = "flagger"
"""The component of the controller's Events, of Flagger's as of ours."""

ANOTHERS = "another's"
"""The mark of an Event that is not the controller's; its value is the component that wrote it."""

BY_HAND = "by hand: "
"""Prefix of the marks of a manual status write; the field, or ``manager``, follows."""


def of_event(event: Mapping[str, Any], received: datetime) -> Fact | None:
    """The fact in a Kubernetes Event about a Canary; None if it is about something else.

    An Event's time has whole seconds: one that just arrived is ordered by its time of receipt.
    """
    involved = event.get("involvedObject") or event.get("regarding")
    if not isinstance(involved, Mapping) or involved.get("kind") != "Canary":
        return None
    text, marks = saying(str(event.get("message") or event.get("note") or ""))
    if not text:
        return None
    source = FactSource.EVENT
    acted = _component(event) in (CONTROLLER, "")
    if event.get("reason") == CONSOLE_ACTION:  # by a person, here or in another console
        source, marks, acted = FactSource.CONSOLE, _of_action(text), False
    elif not acted:
        marks = frozenset({("text", text), (ANOTHERS, _component(event))})
    stamps = [
        event.get("lastTimestamp"),
        event.get("eventTime"),
        (event.get("metadata") or {}).get("creationTimestamp") if isinstance(event.get("metadata"), Mapping) else None,
    ]
    said = next((time for time in map(parse_time, stamps) if time is not None), received)
    at = received if 0.0 <= (received - said).total_seconds() <= 2.0 else said
    return Fact(
        at=at,
        namespace=clean(involved.get("namespace"), 253),
        name=clean(involved.get("name"), 253),
        source=source,
        text=text,
        warning=event.get("type") == "Warning",
        marks=marks,
        identity=_event_identity(event),
        acted=acted,
    )


def _component(event: Mapping[str, Any]) -> str:
    """The component that wrote it; "" if the Event does not say."""
    source = event.get("source")
    named = source.get("component") if isinstance(source, Mapping) else None
    return clean(named or event.get("reportingComponent") or event.get("reportingController"), 100)


def _event_identity(event: Mapping[str, Any]) -> str:
    metadata = event.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    which = clean(metadata.get("uid") or metadata.get("name"), 260)
    return f"event:{which}:{clean(event.get('count'), 20)}:{clean(event.get('lastTimestamp'), 40)}"


_SAYS = "controller/events.go"


def of_log(line: str) -> Fact | None:
    """The fact in a line of the controller's log: JSON with the canary as ``name.namespace``; None for other lines.

    Only messages for people (the Events' texts) and errors count, not its other log lines.
    """
    try:
        said = parse_json(line)
    except ValueError:
        return None
    if not isinstance(said, Mapping):
        return None
    name, dot, namespace = clean(said.get("canary"), 320).rpartition(".")
    at = parse_time(said.get("ts"))
    level = said.get("level")
    tells = str(said.get("caller") or "").startswith(_SAYS)
    if not dot or at is None or not (tells or level == "error"):
        return None
    text, marks = saying(str(said.get("msg") or ""))
    if not text or text == SKIPS:
        return None
    return Fact(
        at=at,
        namespace=namespace,
        name=name,
        source=FactSource.LOG,
        text=text,
        warning=level not in ("info", "debug") or is_warning(text),
        marks=marks,
        identity=f"log:{namespace}/{name}:{said.get('ts')}:{text[:200]}",
    )


def is_warning(text: str) -> bool:
    """Whether the controller's Event for `text` is a Warning: its log has one level for both."""
    return WARNS.match(text) is not None


def of_console(namespace: str, name: str, text: str, at: datetime, *, warning: bool = False) -> Fact:
    """A person's action in this console, as a fact."""
    text = clean(text)
    return Fact(at, namespace, name, FactSource.CONSOLE, text, warning, _of_action(text), acted=False)


ROLL_BACK: Mark = ("action", "roll back")
"""The mark of a rollback that a person requested: on the console's own entry, and on the status it wrote."""


def _of_action(text: str) -> frozenset[Mark]:
    marks: set[Mark] = {("console", text)}
    if roll_back_by(text):
        marks.add(ROLL_BACK)
    return frozenset(marks)


def roll_back_by(text: str) -> str:
    """Who requested a rollback, if `text` is a console's message about one; "" otherwise."""
    signed = action_words.SIGNED.read(text)
    titles = (action_words.ROLL_BACK, action_words.RESUME_AND_ROLL_BACK)
    asked = signed is not None and any(title.read(signed["title"]) is not None for title in titles)
    return signed["who"] if signed is not None and asked else ""
