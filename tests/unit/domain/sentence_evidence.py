"""What makes each sentence true, as predicates over a raw state and the fields that were filled in.

Written from the API's and Flagger's meaning, and not with the program's own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from random_states import NOW, State

from canarytui.domain.history.facts import Fact, FactSource

Fields = SimpleNamespace
Predicate = Callable[[State, Fields], bool]
ACTIVE = ("Initializing", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising")
NAMES = {"request-success-rate": "success rate", "request-duration": "request duration"}


class Pods:
    """The counts of a raw Deployment or DaemonSet."""

    def __init__(self, obj: dict[str, Any]) -> None:
        status, daemon = obj["status"], obj["kind"] == "DaemonSet"
        self.name = obj["metadata"]["name"]
        self.desired = status["desiredNumberScheduled"] if daemon else obj["spec"]["replicas"]
        self.total = status["currentNumberScheduled" if daemon else "replicas"]
        self.updated = status["updatedNumberScheduled" if daemon else "updatedReplicas"]
        self.available = status["numberAvailable" if daemon else "availableReplicas"]
        self.observed = status["observedGeneration"] >= obj["metadata"]["generation"]
        containers = obj["spec"]["template"]["spec"]["containers"]
        self.tag = containers[0]["image"].rpartition(":")[2] if containers else ""
        self.old = self.total - self.updated
        self.ready = self.observed and self.updated >= self.desired and self.available >= self.desired


def pods(state: State, whose: str) -> Pods | None:
    obj = state.target if whose == "target" else state.primary
    return Pods(obj) if obj is not None else None


def spoken_of(state: State) -> list[Pods]:
    return [each for each in (pods(state, "target"), pods(state, "primary")) if each is not None]


def routed(state: State) -> int | None:
    """The users' share on the canary, as it is known from the router; provider kubernetes has none."""
    return 0 if state.router is None and state.spec["provider"] == "kubernetes" else state.router


def weight(state: State) -> int:
    return state.status["canaryWeight"] if state.router is None else state.router  # type: ignore[no-any-return]


def seconds(at: datetime | None) -> float:
    return (NOW - at).total_seconds() if at is not None else float("inf")


def phase(*names: str) -> Predicate:
    return lambda state, _: state.status["phase"] in names


def same_s(state: State) -> float:
    return min(2.0, state.interval_s / 2)


def warned_now(state: State) -> bool:
    if state.last_tick is None or state.warned_at is None:
        return False
    return (state.last_tick - state.warned_at).total_seconds() <= same_s(state)


# Rollout


def paused_in_rollout(state: State, f: Fields) -> bool:
    return state.spec["suspend"] and state.status["phase"] in ACTIVE and weight(state) > 0


def unattended(state: State, f: Fields) -> bool:
    if state.status["phase"] not in ACTIVE or f.phase != state.status["phase"]:
        return False
    silent = int(seconds(state.last_tick) // state.interval_s)
    return state.running and silent >= 3 and f.ticks == str(silent)


def promotion_failed(state: State, f: Fields) -> bool:
    return state.status["phase"] == "Failed" and state.status["canaryWeight"] == 100


def gates(state: State, f: Fields) -> bool:
    wanted = {
        "Waiting": "confirm-rollout",
        "WaitingPromotion": "confirm-promotion",
        "Progressing": "confirm-traffic-increase",
    }[state.status["phase"]]
    return any(hook["type"] == wanted and hook["name"] in f.names for hook in state.analysis["webhooks"])


def waiting_pods(state: State, f: Fields) -> bool:
    target = pods(state, "target")
    return state.status["phase"] in ("Progressing", "WaitingPromotion") and target is not None and not target.ready


def no_failing(state: State) -> bool:
    fails = any(_fails(check) for check in state.checks)
    measured = weight(state) > 0 or state.status["iterations"] > 0
    return not (measured and fails)


def _fails(check: Any) -> bool:
    if not check.asked or check.problem:
        return False
    if check.value is None:
        return True
    low = check.minimum is not None and check.value < check.minimum
    return low or (check.maximum is not None and check.value > check.maximum)


def threshold_reached(state: State, f: Fields) -> bool:
    failed, threshold = state.status["failedChecks"], state.analysis["threshold"]
    return failed >= threshold and f.failed == str(failed) and f.threshold == str(threshold)


def progressing(state: State) -> bool:
    return state.status["phase"] == "Progressing" and not state.spec["suspend"]


def first_step(state: State) -> bool:
    analysis = state.analysis
    if analysis.get("iterations"):
        return state.status["iterations"] == 1  # type: ignore[no-any-return]
    step, second = (analysis.get("stepWeights") or [analysis["stepWeight"], 2 * analysis["stepWeight"]])[:2]
    return 0 < step <= weight(state) < second  # type: ignore[no-any-return]


def first_traffic(state: State, f: Fields) -> bool:
    failed, threshold = state.status["failedChecks"], state.analysis["threshold"]
    bad = any(_fails(check) and check.value is not None for check in state.checks)
    return (
        (f.failed, f.threshold) == (str(failed), str(threshold))
        and progressing(state)
        and state.halted
        and 0 < failed <= 2 <= threshold - failed
        and first_step(state)
        and not bad
    )


def no_values_yet(state: State, f: Fields) -> bool:
    bad = any(_fails(check) and check.value is not None for check in state.checks)
    fresh = not state.halted and state.status["failedChecks"] == 0
    return progressing(state) and fresh and first_step(state) and not no_failing(state) and not bad


def load_test(state: State, f: Fields) -> bool:
    return any("cmd" in hook.get("metadata", {}) for hook in state.analysis["webhooks"])


ROLLOUT: dict[str, Predicate] = {
    "rollout.first_traffic": first_traffic,
    "rollout.no_values_yet": no_values_yet,
    "rollout.load_test_begun": load_test,
    "rollout.traffic_begun": lambda s, f: not load_test(s, f),
    "rollout.paused": lambda s, f: s.spec["suspend"],
    "rollout.paused_in_rollout": paused_in_rollout,
    "rollout.target_missing": lambda s, f: (
        s.workloads_known and s.target is None and s.spec["targetRef"]["kind"] == f.kind != "Service"
    ),
    "rollout.unattended": unattended,
    "rollout.controller_scaled_to_zero": lambda s, f: not s.running,
    "rollout.new": phase(""),
    "rollout.initializing": phase("Initializing"),
    "rollout.initializing_pods": lambda s, f: s.status["phase"] == "Initializing" and not Pods(s.primary or {}).ready,
    "rollout.initializing_warned": lambda s, f: (
        s.status["phase"] == "Initializing" and warned_now(s) and f.warning == s.warning
    ),
    "rollout.initialized": phase("Initialized"),
    "rollout.promoted": phase("Succeeded"),
    "rollout.rolled_back": lambda s, f: s.status["phase"] == "Failed" and s.status["canaryWeight"] != 100,
    "rollout.promotion_failed": promotion_failed,
    "rollout.broken_primary": lambda s, f: not Pods(s.primary or {}).ready,
    "rollout.waiting_approval": phase("Waiting"),
    "rollout.waiting_promotion": phase("WaitingPromotion"),
    "rollout.waiting_increase": lambda s, f: (
        progressing(s) and warned_now(s) and s.warning.startswith("waiting for traffic increase approval")
    ),
    "rollout.gates": gates,
    "rollout.but": lambda s, f: any(_fails(check) for check in s.checks),
    "rollout.skipping_analysis": lambda s, f: progressing(s) and s.spec["skipAnalysis"],
    "rollout.waiting_pods": waiting_pods,
    "rollout.threshold_reached": threshold_reached,
    "rollout.halted": lambda s, f: progressing(s) and s.halted and s.status["failedChecks"] < s.analysis["threshold"],
    "rollout.will_fail": lambda s, f: progressing(s) and not s.halted and not no_failing(s),
    "rollout.advancing": lambda s, f: progressing(s) and not s.halted and no_failing(s),
    "rollout.blind": lambda s, f: any(check.problem == f.problem for check in s.checks),
    "rollout.promoting_pods": lambda s, f: (
        s.status["phase"] == "Promoting" and (not Pods(s.primary or {}).ready or Pods(s.primary or {}).old > 0)
    ),
    "rollout.promoting": phase("Promoting"),
    "rollout.finalising": phase("Finalising"),
    "rollout.terminating": phase("Terminating"),
    "rollout.terminated": phase("Terminated"),
}

# Serving


def rolled_out(state: State) -> bool:
    primary = pods(state, "primary")
    return primary is not None and primary.observed and primary.old == 0 and primary.available > 0


def of_primary(state: State, version: str, test: Callable[[Pods], bool]) -> bool:
    primary = pods(state, "primary")
    if primary is None or (primary.tag and version != primary.tag):
        return False
    return test(primary)


SERVING: dict[str, Predicate] = {
    "serving.all": lambda s, f: routed(s) == 0 and rolled_out(s) and of_primary(s, f.version, lambda p: p.desired > 0),
    "serving.some_ready": lambda s, f: not Pods(s.primary or {}).ready,
    "serving.split": lambda s, f: 0 < (routed(s) or 0) < 100 and f.weight == str(routed(s)),
    "serving.canary_all": lambda s, f: routed(s) == 100,
    "serving.status_split": lambda s, f: routed(s) is None and f.weight == str(s.status["canaryWeight"]) != "0",
    "serving.rolling": lambda s, f: of_primary(s, f.version, lambda p: p.observed and p.old > 0),
    "serving.not_observed": lambda s, f: of_primary(s, f.version, lambda p: not p.observed),
    "serving.none_ready": lambda s, f: of_primary(s, f.version, lambda p: p.available == 0 < p.desired),
    "serving.scaled_to_zero": lambda s, f: of_primary(s, f.version, lambda p: p.desired == 0),
    "serving.no_primary": lambda s, f: s.workloads_known and s.primary is None,
    "serving.primary_runs": lambda s, f: routed(s) is None and rolled_out(s),
    "serving.the_primary": lambda s, f: routed(s) == 0 and s.primary is None,
    "serving.unknown": lambda s, f: routed(s) is None and s.primary is None,
    "serving.router": lambda s, f: f.weight == str(routed(s)),
    "serving.router_not_status": lambda s, f: (
        f.weight == str(routed(s)) and f.status == str(s.status["canaryWeight"]) != f.weight
    ),
    "serving.status": lambda s, f: routed(s) is None and f.weight == str(s.status["canaryWeight"]),
}

# Pods


def new_ready(each: Pods) -> set[int]:
    """How many available pods may be new ones."""
    return set(range(max(each.available - each.old, 0), min(each.updated, each.available) + 1))


PODS: dict[str, Predicate] = {
    "pods.ready": lambda s, f: any(
        p.observed and new_ready(p) == {int(f.ready)} and f.desired == str(p.desired) for p in spoken_of(s)
    ),
    "pods.updated": lambda s, f: any(
        p.observed and f.updated == str(p.updated) and f.desired == str(p.desired) for p in spoken_of(s)
    ),
    "pods.not_observed": lambda s, f: any(not p.observed for p in spoken_of(s)),
    "pods.new_pods": lambda s, f: any(p.name == f.name and (not p.ready or p.old > 0) for p in spoken_of(s)),
    "pods.trouble": lambda s, f: f.trouble in s.troubles or f.trouble == "MinimumReplicasUnavailable",
}

# Checks


def check_named(state: State, title: str) -> Iterator[Any]:
    return (each for each in state.checks if NAMES.get(each.name, each.name) == title)


def number(text: str) -> float:
    return float(text.split()[0])


CHECKS: dict[str, Predicate] = {
    "checks.below": lambda s, f: any(
        c.asked and number(f.value) == c.value < c.minimum == number(f.bound) for c in check_named(s, f.check)
    ),
    "checks.above": lambda s, f: any(
        c.asked and number(f.value) == c.value > c.maximum == number(f.bound) for c in check_named(s, f.check)
    ),
    "checks.no_value": lambda s, f: any(
        c.asked and c.value is None and not c.problem and not c.why for c in check_named(s, f.check)
    ),
    "checks.no_value_because": lambda s, f: any(
        c.asked and c.value is None and not c.problem and c.why == f.why for c in check_named(s, f.check)
    ),
    "checks.margin": lambda s, f: any(
        c.asked and not _fails(c) and c.value == number(f.value) for c in check_named(s, f.check)
    ),
}

# Forecast


def grid(state: State) -> datetime | None:
    """The next tick: whole intervals after the last one."""
    if state.last_tick is None:
        return None
    at = state.last_tick + timedelta(seconds=state.interval_s)
    while at <= NOW:
        at += timedelta(seconds=state.interval_s)
    return at


def clock(at: datetime | None) -> str:
    return f"{at:%H:%M:%S}" if at is not None else ""


def step_from(state: State, at: int) -> int:
    """Where Flagger's next step goes from weight `at`."""
    steps = state.analysis.get("stepWeights")
    if not steps:
        return min(at + int(state.analysis["stepWeight"]), 100)
    if at == 0:
        return int(steps[0])
    return int(steps[steps.index(at) + 1]) if at in steps[:-1] else 100


def goal(state: State) -> int:
    steps = state.analysis.get("stepWeights")
    return int(steps[-1]) if steps else int(state.analysis["maxWeight"])


def promotion(state: State) -> datetime | None:
    """When the promotion begins if every check passes: the rollout, played tick by tick."""
    at = grid(state)
    if at is None:
        return None
    share, done, total = weight(state), state.status["iterations"], state.analysis.get("iterations", 0)
    for _ in range(200):
        if total:
            switched = state.analysis["match"] or state.spec["provider"] == "kubernetes" or done > total
            if done >= total and switched:
                return at
            done += 1
        else:
            if share >= goal(state):
                return at
            if step_from(state, share) <= share:
                return None
            share = step_from(state, share)
        at += timedelta(seconds=state.interval_s)
    return None


def rollback(state: State) -> datetime | None:
    """When it rolls back if every check fails: counted one by one, and acted upon at the tick after the last."""
    at, failed = grid(state), state.status["failedChecks"]
    while at is not None and failed < state.analysis["threshold"]:
        failed += 1
        at += timedelta(seconds=state.interval_s)
    return at


def next_step(state: State, f: Fields) -> bool:
    if f.unit == "iteration":
        return f.stop == str(state.status["iterations"] + 1) and int(f.stop) <= state.analysis["iterations"]
    return weight(state) < goal(state) and f.stop == str(step_from(state, weight(state)))


def last_step(state: State, f: Fields) -> bool:
    if state.analysis.get("iterations"):
        return state.status["iterations"] >= state.analysis["iterations"]  # type: ignore[no-any-return]
    return weight(state) >= goal(state)


def on_track(state: State, f: Fields) -> bool:
    agree = state.router in (None, state.status["canaryWeight"])
    return agree and f.clock == clock(promotion(state))


def unavailable_since(state: State) -> datetime | None:
    conditions = state.target["status"]["conditions"] if state.target else []
    return datetime.fromisoformat(conditions[0]["lastUpdateTime"]) if conditions else None


def deadline_left(state: State) -> float | None:
    since = unavailable_since(state)
    return None if since is None else 60 - seconds(since)


FORECAST: dict[str, Predicate] = {
    "forecast.in": lambda s, f: grid(s) is not None and 0 <= float(f.seconds) + seconds(grid(s)) < 1,
    "forecast.at_next_check": lambda s, f: s.last_tick is None,
    "forecast.next_step": next_step,
    "forecast.last_step": last_step,
    "forecast.all_to_canary": lambda s, f: (
        s.status["iterations"] == s.analysis["iterations"]
        and not s.analysis["match"]
        and s.spec["provider"] != "kubernetes"
    ),
    "forecast.mirror": lambda s, f: s.analysis["mirror"] and weight(s) == 0,
    "forecast.no_step": lambda s, f: weight(s) < goal(s) and step_from(s, weight(s)) <= weight(s),
    "forecast.on_track": on_track,
    "forecast.failures_left": lambda s, f: int(f.left) == s.analysis["threshold"] - s.status["failedChecks"],
    "forecast.rolls_back_at": lambda s, f: f.clock == clock(rollback(s)) != "",
    "forecast.deadline": lambda s, f: unavailable_since(s) is None and f.limit == "60",
    "forecast.deadline_in": lambda s, f: 0 <= float(f.seconds) - (deadline_left(s) or -99) < 1,
    "forecast.deadline_over": lambda s, f: (deadline_left(s) or 0) <= 0 and f.limit == "60",
}

# Causes


def end_of(state: State) -> datetime | None:
    conditions = state.status["conditions"]
    return datetime.fromisoformat(conditions[0]["lastUpdateTime"]) if conditions else None


def of_rollout(state: State, back_s: float) -> list[Fact]:
    """What was recorded in the last `back_s` seconds before the failure, since the rollout began."""
    end = end_of(state)
    if end is None:
        return []
    begins = [f.at for f in state.facts if f.text.startswith("New revision detected!") and f.at <= end + _S5]
    begin = max(begins, default=NOW - timedelta(days=1))
    return [f for f in state.facts if max(begin, end - timedelta(seconds=back_s) - _S5) <= f.at <= end + _S5]


_S5 = timedelta(seconds=5)


def said_at_end(state: State, text: str) -> bool:
    return any(text in fact.text for fact in of_rollout(state, 0))


def clock_of(facts: list[Fact]) -> set[str]:
    return {clock(fact.at) for fact in facts}


def roll_backs(facts: list[Fact]) -> list[Fact]:
    return [f for f in facts if f.source is FactSource.CONSOLE and ": Roll back shop/cart now" in f.text]


def by_hand(facts: list[Fact], threshold: int) -> list[Fact]:
    found = [(f, f.text.rpartition("failedChecks 3 → ")[2]) for f in facts if f.text.startswith("Status written by")]
    return [fact for fact, after in found if after.isdigit() and int(after) >= threshold]


def halts(facts: list[Fact]) -> list[Fact]:
    return [f for f in facts if any(aspect == "failed" for aspect, _ in f.marks)]


def before_end(state: State) -> list[Fact]:
    """What was recorded shortly before the failure; of unready pods, whose deadline takes its time, for longer."""
    unready = said_at_end(state, " not ready: ") and not said_at_end(state, "threshold reached")
    end = end_of(state)
    facts = of_rollout(state, (7 if unready else 2) * state.interval_s)
    return [fact for fact in facts if end is not None and fact.at < end + timedelta(seconds=1)]


def by_person(state: State, f: Fields) -> bool:
    found = [fact for fact in roll_backs(before_end(state)) if fact.text.startswith(f"{f.who}: ")]
    return f.clock in clock_of(found)


def hand(state: State, f: Fields) -> bool:
    found = by_hand(before_end(state), state.analysis["threshold"])
    named = [fact for fact in found if f.who in fact.text and fact.text.endswith(f"→ {f.failed}")]
    return f.clock in clock_of(named)


def nothing_recorded(state: State, f: Fields) -> bool:
    """Neither the controller nor an act of somebody tells why."""
    recent = before_end(state)
    told = any(
        said_at_end(state, text)
        for text in ("threshold reached", "manual webhook invoked", "was set back", "not ready: ")
    )
    threshold = state.analysis["threshold"]
    return not told and not roll_backs(recent) and not by_hand(recent, threshold)


def at_threshold(state: State) -> bool:
    counted = any(
        ("failed", str(count)) in fact.marks
        for fact in of_rollout(state, 2 * state.interval_s)
        for count in range(state.analysis["threshold"], 100)
    )
    return said_at_end(state, "threshold reached") or counted


def halted_then(state: State, f: Fields) -> bool:
    return at_threshold(state) and bool(halts(of_rollout(state, 2 * state.interval_s)))


def said_of_halt(state: State, *parts: str) -> bool:
    """Whether the controller said this of a halt: at the last tick, or at the end of the rollout."""
    if state.status["phase"] == "Failed":
        facts = of_rollout(state, 2 * state.interval_s)
    else:
        tick = state.last_tick
        since = tick - timedelta(seconds=same_s(state)) if tick else NOW
        facts = [fact for fact in state.facts if fact.at >= since]
    texts = [fact.text for fact in facts if fact.source in (FactSource.EVENT, FactSource.LOG)]
    if state.status["phase"] != "Failed" and warned_now(state):
        texts.append(state.warning)
    return any(all(part in text for part in parts) for text in texts)


def set_by(state: State, f: Fields) -> bool:
    if state.last_tick is None:
        return False
    since = [fact for fact in state.facts if fact.at >= state.last_tick]
    found = roll_backs(since) + by_hand(since, state.analysis["threshold"])
    return f.clock in clock_of([fact for fact in found if f.who in fact.text])


def metric(title: str) -> str:
    return next((name for name, called in NAMES.items() if called == title), title)


CAUSE: dict[str, Predicate] = {
    "cause.not_recorded": nothing_recorded,
    "cause.because": phase("Failed"),
    "cause.by_person": by_person,
    "cause.by_hand": hand,
    "cause.somebody": lambda s, f: any(fact.text.startswith("Status written by somebody") for fact in s.facts),
    "cause.set_by": set_by,
    "cause.rollback_hook": lambda s, f: (
        said_at_end(s, "manual webhook invoked") and said_at_end(s, f"Rollback check {f.hook} passed")
    ),
    "cause.rollback_hooks": lambda s, f: said_at_end(s, "manual webhook invoked"),
    "cause.set_back": lambda s, f: said_at_end(s, "was set back to the promoted revision"),
    "cause.pods_not_ready": lambda s, f: (
        said_at_end(s, f"not ready: {f.said}") and not said_at_end(s, "threshold reached")
    ),
    "cause.checks": halted_then,
    "cause.checks_unnamed": lambda s, f: at_threshold(s),
    "cause.halt_not_recorded": lambda s, f: s.halted,
    "cause.halt_and_now": lambda s, f: s.halted and any(_fails(check) for check in s.checks),
    "cause.no_traffic": lambda s, f: said_of_halt(s, "no values found", metric(f.check)),
    "cause.webhook": lambda s, f: said_of_halt(s, f"check {f.hook} failed"),
    "cause.query": lambda s, f: said_of_halt(s, "query failed", f.problem),
    "cause.query_of": lambda s, f: said_of_halt(s, f"query failed for {f.check}"),
    "cause.check_below": lambda s, f: said_of_halt(s, f"{f.check} {f.value} < {f.bound}"),
    "cause.check_above": lambda s, f: said_of_halt(s, f"{f.check} {f.value} > {f.bound}"),
    "cause.said": lambda s, f: said_of_halt(s, f.said),
    "cause.no_answer": lambda s, f: said_of_halt(s, "check acceptance failed"),
}

PREDICATES: dict[str, Predicate] = {**ROLLOUT, **SERVING, **PODS, **CHECKS, **FORECAST, **CAUSE}
