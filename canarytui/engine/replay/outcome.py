"""What a rollout did, in a shape that a recording and its replay can be compared in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field

_COOKIES = ("sessionAffinityCookie", "primarySessionAffinityCookie", "previousSessionAffinityCookie")


class ReplayMessage(NamedTuple):
    """A reported message; `level` is the log line's: info or error."""

    tick: int
    level: str
    text: str


class ReplayHookCall(NamedTuple):
    """A webhook call; `payload` is its JSON with sorted keys, without what differs between any two runs."""

    tick: int
    name: str
    payload: str


class ReplayQuery(NamedTuple):
    """A query, its whitespace folded."""

    tick: int
    query: str


class ReplayOutcome(Struct):
    """Each list in order; ticks count from 0, `tick` is the present one, `ticks` when each entry was made.

    `objects` holds the specs that each object went through, `severities` the Event type by message.
    """

    tick: int = 0

    messages: list[ReplayMessage] = field(default_factory=list)
    statuses: list[tuple[Any, ...]] = field(default_factory=list)
    routes: list[tuple[tuple[str, int | None], ...]] = field(default_factory=list)
    hooks: list[ReplayHookCall] = field(default_factory=list)
    queries: list[ReplayQuery] = field(default_factory=list)
    objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    severities: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _checksums: list[str] = field(default_factory=list)
    _fingerprints: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The messages alone."""
        return [said.text for said in self.messages]

    def add_message(self, text: str, *, error: bool) -> None:
        """Record a message."""
        self.messages.append(ReplayMessage(self.tick, "error" if error else "info", text))

    def add_status(self, status: Mapping[str, Any]) -> None:
        """Note a status unless it says the same as the one before."""
        condition = (status.get("conditions") or [{}])[0]
        counters = (status.get(name) for name in ("phase", "canaryWeight", "failedChecks", "iterations"))
        hashes = (self._numbered(status.get(name)) for name in ("lastAppliedSpec", "lastPromotedSpec"))
        configs = status.get("trackedConfigs") or {}
        cookies = (bool(status.get(name)) for name in _COOKIES)
        said = (
            *counters,
            *(condition.get(name) for name in ("status", "reason", "message")),
            *hashes,
            *cookies,
            tuple((name, self._numbered(checksum)) for name, checksum in sorted(configs.items())),
        )
        if not self.statuses or self.statuses[-1] != said:
            self.statuses.append(said)
            self.ticks["statuses"].append(self.tick)

    def _numbered(self, fingerprint: str | None) -> int | None:
        """Hashes differ between any two implementations: one counts as the n-th seen."""
        if not fingerprint:
            return None
        if fingerprint not in self._fingerprints:
            self._fingerprints.append(fingerprint)
        return self._fingerprints.index(fingerprint)

    def add_route(self, spec: Mapping[str, Any]) -> None:
        """Note the weights of a TraefikService unless they are those of before; None is a weight left out."""
        services = (spec.get("weighted") or {}).get("services") or []
        entries = tuple((service["name"], service.get("weight")) for service in services)
        if not self.routes or self.routes[-1] != entries:
            self.routes.append(entries)
            self.ticks["routes"].append(self.tick)

    def add_object(self, kind: str, name: str, spec: Mapping[str, Any]) -> None:
        """Note how a workload, Service or scaler is now, unless it is as before."""
        seen = self.objects.setdefault(f"{kind} {name}", [])
        if not seen or seen[-1] != spec:
            seen.append(dict(spec))
            self.ticks[f"{kind} {name}"].append(self.tick)

    def add_hook(self, name: str, payload: Mapping[str, Any]) -> None:
        """Note a call. Hashes differ between any two implementations: a checksum counts as the n-th one seen."""
        if payload["checksum"] not in self._checksums:
            self._checksums.append(payload["checksum"])
        said: dict[str, Any] = {**payload, "checksum": self._checksums.index(payload["checksum"])}
        if "metadata" in said:
            said["metadata"] = {key: value for key, value in said["metadata"].items() if key != "timestamp"}
        self.hooks.append(ReplayHookCall(self.tick, name, json.dumps(said, sort_keys=True)))

    def add_query(self, query: str) -> None:
        """Note a query."""
        self.queries.append(ReplayQuery(self.tick, " ".join(query.split())))
