"""A recorded case of one metric provider: what Flagger was given, what it asked, and what it said."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from recorded_exchange import ADDRESS, Exchange
from recorded_grpc import as_rest
from recorded_websocket import as_event_streams
from replacing import replace

FOLDER = Path(__file__).parents[3] / "recordings" / "metric-providers"
NAMESPACES = {"splunk": "mp-s", "stackdriver": "mp-s"}
"""Where a type's canaries were, if not in ``mp``."""
OWN_TOKEN = "{controller's own API token}"
"""Flagger sends it to whatever address a template names; ours never does, in strict mode neither."""
PRIVATE_KEY = "{private key}"
CHECKED_ONLINE = ("all the metrics providers are available!", "Error checking metric providers: ")

Object = dict[str, Any]


@dataclass
class Outcome:
    """What a controller did: compared between a recording and ours.

    `events` are (type, text); of those that repeat themselves while the canary initialises, one. `statuses` are (phase,
    weight, failed checks). `online` and `queries` are the requests of each kind; `online_each` is how many an online
    check takes.
    """

    events: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[tuple[str, int, int]] = field(default_factory=list)
    online: list[Exchange] = field(default_factory=list)
    queries: list[Exchange] = field(default_factory=list)
    online_checks: int = 0
    value: float | None = None
    analyses: list[tuple[str, Object]] = field(default_factory=list)
    """Keptn's: ADDED or DELETED, and the spec."""

    @property
    def online_each(self) -> int:
        return round(len(self.online) / self.online_checks) if self.online_checks else 0

    def add_event(self, type_: str, text: str) -> None:
        self.online_checks += text.startswith(CHECKED_ONLINE)
        if not (text.startswith(CHECKED_ONLINE) and self.events and self.events[-1] == (type_, text)):
            self.events.append((type_, text))

    def add_status(self, phase: str, weight: int, failed: int) -> None:
        if not self.statuses or self.statuses[-1] != (phase, weight, failed):
            self.statuses.append((phase, weight, failed))

    def add_exchange(self, exchange: Exchange) -> None:
        (self.online if exchange.asked_for == "online" else self.queries).append(exchange)


@dataclass
class RecordedCase:
    """`secret` is None without a ``secretRef``, ``"absent"`` where the Secret is not there."""

    name: str
    provider: Object
    query: str
    secret: Object | str | None
    metric: Object
    server: str
    recorded: Outcome
    keptnmetric_status: Object | None = None

    @property
    def full_name(self) -> str:
        return f"{self.provider['type']}-{self.name}"

    @property
    def namespace(self) -> str:
        return NAMESPACES.get(self.provider["type"], "mp")

    def objects(self, address: str) -> list[Object]:
        """The MetricTemplate with `address` in its place, and the Secret."""
        provider = json.loads(json.dumps(self.provider).replace(ADDRESS, address))
        template = self._named("MetricTemplate", spec={"provider": provider, "query": self.query})
        if not isinstance(self.secret, dict):
            return [template]
        secret = json.loads(
            json.dumps(self.secret).replace(PRIVATE_KEY, json.dumps(json.dumps(_made_key())[1:-1])[1:-1])
        )
        data = {key: base64.b64encode(str(value).encode()).decode() for key, value in secret.items()}
        return [template, self._named("Secret", data=data)]

    def canary(self) -> Object:
        analysis = {"interval": "10s", "threshold": 2, "maxWeight": 50, "stepWeight": 25, "metrics": [self.metric]}
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.full_name}
        spec = {"provider": "traefik", "targetRef": target, "service": {"port": 80}, "analysis": analysis}
        return self._named("Canary", apiVersion="flagger.app/v1beta1", spec=spec, status={})

    def deployment(self) -> Object:
        labels = {"app": self.full_name}
        container = {"name": "app", "image": "app:v1", "ports": [{"name": "http", "containerPort": 9898}]}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
        return self._named("Deployment", apiVersion="apps/v1", spec=spec)

    def _named(self, kind: str, **content: Any) -> Object:
        metadata = {"name": self.full_name, "namespace": self.namespace, "generation": 1}
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **content}


@functools.cache
def _made_key() -> str:
    """A private key as PEM, in place of that which the recording leaves out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()


def cases(type_: str) -> list[RecordedCase]:
    """All cases of a provider's file."""
    lines = [json.loads(line) for line in (FOLDER / f"{type_}.jsonl").read_text().splitlines()]
    names = dict.fromkeys(line["case"] for line in lines)
    return [_case([line for line in lines if line["case"] == name]) for name in names]


def _case(lines: list[Object]) -> RecordedCase:
    head, facts = lines[0], lines[1:]
    outcome = Outcome()
    alive = [fact["t"] for fact in facts if "status" in fact]
    for fact in facts:
        if "status" in fact:
            status = fact["status"]
            outcome.add_status(status["phase"], status["canaryWeight"], status["failedChecks"])
        elif "event" in fact:
            outcome.add_event(fact["event"]["type"], fact["event"]["message"])
        elif fact.get("asked_for") == "ws-connect":
            pass  # Splunk's websockets, which are connected again for ever
        elif "request" in fact and alive[0] <= fact["t"] <= alive[-1]:  # before and after, it was somebody else's
            outcome.add_exchange(_exchange(fact))
        elif "object" in fact and fact["object"]["verb"] != "MODIFIED":  # by the recorder, in Keptn's place
            outcome.analyses.append((fact["object"]["verb"], fact["object"]["spec"]))
        elif "end" in fact and fact["end"]["flagger_canary_metric_analysis"] is not None:
            outcome.value = float(fact["end"]["flagger_canary_metric_analysis"])
    outcome.queries += as_event_streams(facts)
    inputs = (head[name] for name in ("case", "provider", "query", "secret", "metric", "server"))
    return RecordedCase(*inputs, recorded=outcome, keptnmetric_status=head.get("keptnmetric_status"))


def _exchange(fact: Object) -> Exchange:
    if "metadata" in fact["request"]:
        return as_rest(fact)
    request, answer = fact["request"], fact["answer"]
    return Exchange(
        asked_for=fact["asked_for"],
        clock_s=fact["clock_ms"] / 1000,
        method=request["method"],
        url=request["url"],
        headers=joined((name, value) for name, value in request["headers"] if OWN_TOKEN not in value),
        body=request.get("body") or "",
        status=answer["status"],
        answer_headers=answer.get("headers") or {},
        answer=answer.get("body") or "",
    )


def joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Several lines of one name are one list."""
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def changed(case: RecordedCase, **what: Any) -> RecordedCase:
    """A copy of `case` whose recording is said to have been another, for tests of the harness."""
    return replace(case, recorded=replace(case.recorded, **what))


def all_cases(types: list[str]) -> Iterator[tuple[str, RecordedCase]]:
    """(``type-case``, case) of several files."""
    for type_ in types:
        for case in cases(type_):
            yield case.full_name, case
