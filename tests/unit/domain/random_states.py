"""Random states of a cluster around one canary: API objects, what was recorded, what the console saw of its controller.

Everything is kept raw beside the :class:`Situation` made of it: a sentence is held to the objects themselves.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Struct
from replacing import replace

from canarytui.domain.history.controller_messages import reason_of
from canarytui.domain.history.facts import Fact, FactSource, of_console, saying
from canarytui.domain.history.status_facts import manual_write_fact, status_fact
from canarytui.domain.history.timeline import Timeline
from canarytui.domain.rollout.checks import Check
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.domain.workloads.workload import WorkloadStatus

NOW = datetime(2026, 11, 26, 14, 30, 12, tzinfo=UTC)
PHASES = (
    "",
    "Initializing",
    "Initialized",
    "Waiting",
    "Progressing",
    "WaitingPromotion",
    "Promoting",
    "Finalising",
    "Succeeded",
    "Failed",
    "Terminating",
    "Terminated",
)
OFTEN = ("Progressing",) * 12 + ("Failed",) * 10 + ("Succeeded", "Finalising", "Promoting") * 2
HALTS = (
    "Halt cart.shop advancement success rate 53.42% < 99%",
    "Halt cart.shop advancement request duration 1.2s > 500ms",
    "Halt advancement no values found for traefik metric request-success-rate probably cart.shop is not receiving "
    "traffic: running query failed: no values found",
    "Halt cart.shop advancement external check acceptance failed 500: no",
    "Halt cart.shop advancement external check acceptance failed ",
    "Prometheus query failed: running query failed: dial tcp: i/o timeout",
    "Metric query failed for errors: bad",
    "Error something else",
)
ENDS = (
    "Rolling back cart.shop failed checks threshold reached 5",
    "Rollback check back passed",
    "Rolling back cart.shop manual webhook invoked",
    "Rolling back cart.shop target was set back to the promoted revision",
    "canary deployment cart.shop not ready: waiting for rollout to finish: 0 of 2 updated replicas are available",
    "Canary failed! Scaling down cart.shop",
)
TITLES = (
    "Roll back shop/cart now, from weight 20",
    "Pause shop/cart at weight 20",
    "Promote shop/cart now, at weight 20",
)
OFFSETS = (-200, -64, -40, -26, -19, -12, -10, -9, -6, -3, -1, 0, 1, 4, 30)


class State(Struct, frozen=True):
    """The raw objects and observations, and the situation that was made of them."""

    canary: dict[str, Any]
    target: dict[str, Any] | None
    primary: dict[str, Any] | None
    workloads_known: bool
    router: int | None
    checks: tuple[Check, ...]
    interval_s: float
    last_tick: datetime | None
    halted: bool
    warning: str
    warned_at: datetime | None
    running: bool
    troubles: tuple[str, str]
    facts: tuple[Fact, ...]
    situation: Situation

    @property
    def spec(self) -> dict[str, Any]:
        return self.canary["spec"]  # type: ignore[no-any-return]

    @property
    def analysis(self) -> dict[str, Any]:
        return self.spec["analysis"]  # type: ignore[no-any-return]

    @property
    def status(self) -> dict[str, Any]:
        return self.canary["status"]  # type: ignore[no-any-return]


def random_state(seed: int, *, begun: bool = False) -> State:
    """The state of this seed, always the same. `begun`: a rollout at its first step, which chance hardly ever makes."""
    pick = random.Random(seed)
    interval_s = pick.choice((10.0, 10.0, 30.0, 2.0))
    canary = _canary(pick, interval_s)
    if begun:
        canary["status"] |= {"phase": "Progressing", "canaryWeight": 10, "failedChecks": seed // 2 % 3}
        load = {"name": "load", "url": "http://load", "metadata": {"cmd": "hey http://cart-canary.shop/"}}
        steps = {"iterations": 0, "stepWeights": [], "stepWeight": 10, "maxWeight": 50, "threshold": 5}
        canary["spec"]["analysis"] |= {**steps, "webhooks": [load] if seed % 2 else []}
    target = _workload(pick, "cart", canary["spec"]["targetRef"]["kind"], "shop/cart:2")
    primary = _workload(pick, "cart-primary", canary["spec"]["targetRef"]["kind"], "shop/cart:1")
    last_tick = pick.choice((None, *[NOW - timedelta(seconds=interval_s * part) for part in (0.1, 0.3, 0.5, 0.9, 5.4)]))
    facts = _facts(pick, canary, interval_s, last_tick)
    warned_at = (
        None if last_tick is None else last_tick + timedelta(seconds=pick.choice((-60, -interval_s, -0.4, 0, 0.3)))
    )
    said = ("", "port 80 is not defined", "waiting for traffic increase approval gate", *HALTS[:3])
    warning = reason_of(pick.choice(said))
    halted = pick.random() < 0.4
    if begun:
        halted = canary["status"]["failedChecks"] > 0
    checks = _checks(pick)
    if begun and not halted:
        checks = tuple(replace(check, value=None, problem="", asked=True) for check in checks)
    known, running = pick.random() < 0.9, pick.random() < 0.93
    status_weight = canary["status"]["canaryWeight"]
    router = pick.choice((None, None, status_weight, status_weight, status_weight, 0, 0, 5, 30, 100))
    troubles = (
        pick.choice(("", "cart CrashLoopBackOff after exit code 1")),
        pick.choice(("", "cart ImagePullBackOff")),
    )
    timeline = Timeline()
    for fact in facts:
        timeline.add(fact)
    situation = Situation(
        canary=Canary.parse(canary),
        now=NOW,
        interval_s=interval_s,
        target=WorkloadStatus.parse(target) if target else None,
        primary=WorkloadStatus.parse(primary) if primary else None,
        workloads_known=known,
        router_weight=router,
        checks=checks,
        last_tick=last_tick,
        halted=halted,
        last_warning=warning,
        warned_at=warned_at if warning else None,
        engine_running=running,
        target_trouble=troubles[0],
        primary_trouble=troubles[1],
        timeline=partial(timeline.entries, "shop", "cart"),
    )
    return State(
        canary, target, primary, known, router, checks, interval_s, last_tick, halted, warning,
        warned_at if warning else None, running, troubles, facts, situation,
    )  # fmt: skip


def _canary(pick: random.Random, interval_s: float) -> dict[str, Any]:
    phase = pick.choice(PHASES + OFTEN)
    iterations = pick.choice((0, 0, 0, 4))
    weight = pick.choice((0, 0, 5, 10, 20, 50, 100)) if phase != "Failed" else pick.choice((0, 0, 0, 100))
    analysis: dict[str, Any] = {"interval": f"{interval_s:g}s", "threshold": pick.choice((1, 5, 5)), "mirror": False}
    if iterations:
        analysis["iterations"] = iterations
        analysis["match"] = pick.choice(([], [{"headers": {"x": {"exact": "y"}}}]))
    else:
        steps: tuple[dict[str, Any], ...] = (
            {"stepWeight": 10, "maxWeight": 50},
            {"stepWeight": 20, "maxWeight": 50},
            {"stepWeights": [5, 10, 20, 50]},
            {"stepWeight": 0, "maxWeight": 50},
        )
        analysis |= pick.choice(steps)
        analysis["mirror"] = pick.random() < 0.1
    kinds = ("confirm-rollout", "confirm-promotion", "confirm-traffic-increase", "rollout")
    analysis["webhooks"] = [{"name": "gate", "type": kind, "url": "http://g"} for kind in kinds if pick.random() < 0.5]
    end = NOW - timedelta(seconds=pick.choice((3, 20, 300)))
    conditions = [{"type": "Promoted", "status": "False", "reason": "Failed", "lastUpdateTime": _stamp(end)}]
    return {
        "metadata": {"namespace": "shop", "name": "cart", "resourceVersion": "1"},
        "spec": {
            "provider": pick.choice(("", "traefik", "istio", "kubernetes", "nginx")),
            "targetRef": {"kind": pick.choice(("Deployment", "Deployment", "DaemonSet", "Service")), "name": "cart"},
            "progressDeadlineSeconds": 60,
            "service": {"port": 80},
            "analysis": analysis,
            "suspend": pick.random() < 0.05,
            "skipAnalysis": pick.random() < 0.05,
        },
        "status": {
            "phase": phase,
            "canaryWeight": weight,
            "failedChecks": pick.choice((0, 0, 1, 3, 4, 5, 99)),
            "iterations": pick.choice((0, 1, 3, 4, 5)) if iterations else 0,
            "conditions": conditions if phase == "Failed" and pick.random() < 0.9 else [],
        },
    }


def _workload(pick: random.Random, name: str, kind: str, image: str) -> dict[str, Any] | None:
    if kind == "Service" or pick.random() < 0.06:
        return None
    desired = pick.choice((2, 2, 2, 3, 0))
    updated = pick.choice((desired, desired, desired, min(1, desired), 0))
    old = pick.choice((0, 0, 0, 1, 2))
    available = pick.choice((updated + old, updated + old, updated, 0, min(1, updated)))
    generation = 3
    observed = pick.choice((3, 3, 3, 3, 3, 2))
    since = NOW - timedelta(seconds=pick.choice((20, 90)))
    told = pick.random() < 0.5
    condition = {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"}
    status: dict[str, Any] = {
        "observedGeneration": observed,
        "conditions": [{**condition, "lastUpdateTime": _stamp(since)}] if told and available < desired else [],
    }
    if kind == "DaemonSet":
        status |= {
            "desiredNumberScheduled": desired,
            "currentNumberScheduled": updated + old,
            "updatedNumberScheduled": updated,
            "numberReady": available,
            "numberAvailable": available,
        }
    else:
        status |= {
            "replicas": updated + old,
            "updatedReplicas": updated,
            "readyReplicas": available,
            "availableReplicas": available,
        }
    containers = [{"name": "cart", "image": image}] if pick.random() < 0.95 else []
    return {
        "kind": kind,
        "metadata": {"namespace": "shop", "name": name, "generation": generation},
        "spec": {"replicas": desired, "template": {"spec": {"containers": containers}}},
        "status": status,
    }


def _checks(pick: random.Random) -> tuple[Check, ...]:
    rate = Check(
        "request-success-rate", 99.0, None, "%",
        value=pick.choice((None, 99.9, 99.2, 53.42, 100.0)), asked=pick.random() < 0.85,
        problem="", why=pick.choice(("", 'code="2xx" leaves no series of requests_total')),
    )  # fmt: skip
    duration = Check("request-duration", None, 500.0, "ms", value=pick.choice((120.0, 480.0, 700.0)), asked=True)
    errors = Check("errors", 1.0, 5.0, "", value=pick.choice((0.5, 2.0, 7.0)), asked=pick.random() < 0.5)
    blind = Check("errors", None, 5.0, "", asked=True, problem="http://prometheus cannot be reached")
    well = Check("request-success-rate", 99.0, None, "%", value=99.9, asked=True)
    return pick.choice(((), (rate,), (rate, duration), (duration, errors), (blind,), (well,), (well,)))


def _facts(
    pick: random.Random, canary: dict[str, Any], interval_s: float, last_tick: datetime | None
) -> tuple[Fact, ...]:
    """What was recorded around the end of the rollout and the last tick."""
    ends = [datetime.fromisoformat(each["lastUpdateTime"]) for each in canary["status"]["conditions"]]
    around = [*ends, *ends, *([last_tick] if last_tick else [])] or [NOW]
    found = []
    for number in range(pick.choice((0, 1, 2, 4, 7))):
        at = pick.choice(around) + timedelta(seconds=pick.choice(OFFSETS) * (interval_s / 10), milliseconds=number)
        found.append(_fact(pick, at, number))
    return tuple(sorted((fact for fact in found if fact.at <= NOW), key=lambda fact: fact.at))


def _fact(pick: random.Random, at: datetime, number: int) -> Fact:
    kind = pick.choice(("halt", "halt", "end", "end", "end", "console", "hand", "count", "begin"))
    before = {"phase": "Progressing", "failedChecks": 3, "canaryWeight": 20}
    if kind == "console":
        who = pick.choice(("anna@laptop as admin", "bob@host"))
        return of_console("shop", "cart", f"{who}: {pick.choice(TITLES)}", at)
    if kind == "hand":
        after = {**before, "failedChecks": pick.choice((4, 5, 99))}
        fact = manual_write_fact("shop", "cart", before, after, at, str(number), pick.choice(("", "kubectl-patch")))
    elif kind == "count":
        after = {**before, "failedChecks": pick.choice((4, 5))}
        fact = status_fact(
            "shop", "cart", {**before, "failedChecks": after["failedChecks"] - 1}, after, at, str(number)
        )
    else:
        begins = (
            "New revision detected! Scaling up cart.shop",
            "New revision detected! Restarting analysis for cart.shop",
        )
        text, marks = saying(pick.choice({"halt": HALTS, "end": ENDS, "begin": begins}[kind]))
        source = pick.choice((FactSource.EVENT, FactSource.LOG))
        fact = Fact(at, "shop", "cart", source, text, kind != "begin", marks, identity=f"x:{number}")
    assert fact is not None
    return fact


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
