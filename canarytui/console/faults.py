"""The fault key's plan: HTTP 500s at the canary's own host, sent by hey from the cluster's load tester.

Pure. Host and load tester are found by the room ``faults``, from the canary's own objects and never from free text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from canarytui.domain.situation import Situation
from canarytui.faults.target import find_target

DURATION = "1m"
CONCURRENCY = 5
RATE = 5
"""Requests a second of each of the concurrent workers, as ``hey -q`` counts."""


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What is run and by whom; with `refusal` set, nothing is."""

    namespace: str
    name: str
    host: str = ""
    command: str = ""
    tester_url: str = ""
    refusal: str = ""

    def payload(self) -> bytes:
        """The load tester's request: the command runs in the background and is bounded by its own ``-z``."""
        return json.dumps(
            {
                "name": self.name,
                "namespace": self.namespace,
                "phase": "Progressing",
                "metadata": {"type": "cmd", "cmd": self.command, "logCmdOutput": "true"},
            }
        ).encode()


def plan_fault(situation: Situation, routes: Iterable[Mapping[str, Any]]) -> FaultPlan:
    """A burst of 500s for one minute; `routes` are the IngressRoutes of the canary's namespace."""
    canary = situation.canary
    plan = FaultPlan(canary.namespace, canary.name)
    if canary.spec.suspend or situation.phase not in ("Progressing", "WaitingPromotion"):
        return _refused(
            plan, f"it is {situation.phase or 'without status'}: a fault shows something only while it is analysed"
        )
    target = find_target(canary, routes)
    tester = target.tester_url
    if not tester:
        return _refused(plan, "none of its webhooks runs hey in a load tester, so there is nobody to send requests")
    place = target.place()
    if place is None:
        return _refused(plan, "no host is known: neither an IngressRoute nor its load-test webhook names one")
    command = f"hey -z {DURATION} -c {CONCURRENCY} -q {RATE} http://{place.host}/status/500"
    return FaultPlan(canary.namespace, canary.name, place.host, command, tester)


def _refused(plan: FaultPlan, why: str) -> FaultPlan:
    return FaultPlan(plan.namespace, plan.name, refusal=why)
