"""Who reconciles the canaries: one controller, none, or several that fight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from canarytui.cluster.resources import DEPLOYMENTS, LEASES
from canarytui.doctor.examination import DoctorCheck, Examination, about, found_on
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.judge_annotations import JUDGE_ANNOTATION, judge_opt_in
from canarytui.domain.text.plain import clean
from canarytui.domain.ticks import SILENT_TICKS, short_duration
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.traffic.selection import ROUTE_ANNOTATION, ROUTE_KINDS, chooses_route
from canarytui.domain.values import as_mapping, as_text, parse_time
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.lint.asked_queries import annotation_field
from canarytui.session.controller_deployments import controller_deployments
from canarytui.session.controller_discovery import DetectedController, find_engines

_LEASES = frozenset(("flagger-leader-election", "canarytui-leader-election"))
_TERMS_MISSED = 3


async def _controllers(examination: Examination) -> list[Finding]:
    if not examination.canaries:
        return []
    listed = list(await controller_deployments(examination.reader.cluster, examination.state, examination.scope))
    engines = find_engines(listed)
    leases = await _leases(examination, engines)
    running = [engine for engine in engines if engine.running]
    if not running:
        return _none(examination, engines, leases)
    ready = {key: workload for key, workload in map(_workload, listed) if workload.ready}
    found = [_not_ready(engine) for engine in running if (engine.namespace, engine.name) not in ready]
    found += _several(examination, running)
    disobeyed = _disobeyed(examination, running)
    if not found:
        found += [_stale(engine, lease, examination.state.now()) for engine in running for lease in leases or ()
                  if _holds(lease, engine) and _late_s(lease, examination.state.now()) > 0]  # fmt: skip
    return [*found, *disobeyed]


async def _leases(examination: Examination, engines: Sequence[DetectedController]) -> list[Mapping[str, Any]] | None:
    """The controllers' Leases; None where they may not be read."""
    spaces = dict.fromkeys([*(engine.namespace for engine in engines), "kube-system"])
    found: list[Mapping[str, Any]] = []
    for space in spaces:
        for name in sorted(_LEASES):
            read = await examination.reader.object(LEASES, space, name)
            if read.problem:
                return None
            if read.obj is not None:
                found.append(read.obj)
    return found


def _disobeyed(examination: Examination, running: Sequence[DetectedController]) -> list[Finding]:
    """Annotations that only canarytui's own controller obeys, on canaries that another one reconciles."""
    found = []
    for canary in examination.canaries:
        watching = [engine for engine in running if _watches(engine, canary.namespace)]
        if not watching or any(engine.deviates for engine in watching):
            continue
        engine = watching[0]
        who = engine.title if engine.is_flagger else f"{engine.title} with -strict-flagger"
        for name, effect, remedy in _meant_for_ours(canary, examination.provider(canary)):
            message = f"the controller ({who}) does not obey {name}: {effect}"
            found.append(about(rules.ANNOTATION_NOT_OBEYED, canary, message, remedy, field=annotation_field(name)))
    return found


def _meant_for_ours(canary: Canary, provider: TrafficProvider | None) -> Iterator[tuple[str, str, str]]:
    """Each annotation that changes what canarytui's controller does; what comes without it; what to do then."""
    if judge_opt_in(canary).halts_when_worse:
        yield (
            JUDGE_ANNOTATION,
            "a canary that is worse than its primary is not halted by it",
            "run canarytui's controller without -strict-flagger, or add `canarytui judge --serve` as a webhook of type"
            " rollout (docs/judge.md)",
        )
    usual, *others = ROUTE_KINDS
    wanted = as_text(as_mapping(as_mapping(canary.raw.get("metadata")).get("annotations")).get(ROUTE_ANNOTATION))
    if wanted in others and provider is not None and chooses_route(provider):
        remedy = "run canarytui's controller without -strict-flagger, or remove the annotation"
        yield ROUTE_ANNOTATION, f"it writes the usual {usual}", remedy


def _none(
    examination: Examination, engines: Sequence[DetectedController], leases: Sequence[Mapping[str, Any]] | None
) -> list[Finding]:
    if engines:
        engine = engines[0]
        return [
            found_on(
                rules.CONTROLLER_NOT_READY, f"deployment/{engine.name}", engine.namespace, "spec.replicas",
                f"the controller ({engine.title}) is scaled to zero: nothing advances a rollout or rolls it back",
                f"run kubectl -n {engine.namespace} scale deployment {engine.name} --replicas=1",
            )
        ]  # fmt: skip
    if leases is None or any(_late_s(lease, examination.state.now()) <= 0 for lease in leases):
        return []  # one may run outside the cluster
    if any(_acts(examination, canary) for canary in examination.canaries):
        return []
    if examination.scope or not examination.state.stores[DEPLOYMENTS].synced:
        return []  # it may run where we may not look
    return [
        found_on(
            rules.CONTROLLER_NONE, "canaries.flagger.app", "", "",
            "no Deployment runs Flagger or canarytui's controller, nobody holds their Lease, and no Event"
            " shows one at work: canaries stay as they are",
            "install a controller: Flagger's chart, or `canarytui install --print`",
        )
    ]  # fmt: skip


def _acts(examination: Examination, canary: Canary) -> bool:
    """Whether some controller has acted on a canary lately, wherever it runs."""
    situation = examination.state.situation((canary.namespace, canary.name))
    return situation is not None and situation.last_tick is not None and situation.silent_ticks < SILENT_TICKS


def _not_ready(engine: DetectedController) -> Finding:
    return found_on(
        rules.CONTROLLER_NOT_READY, f"deployment/{engine.name}", engine.namespace, "status.readyReplicas",
        f"the controller ({engine.title}) has no ready pod: nothing advances a rollout or rolls it back",
        f"run kubectl -n {engine.namespace} describe pods, and read the log of the last one",
    )  # fmt: skip


def _several(examination: Examination, running: Sequence[DetectedController]) -> list[Finding]:
    spaces = {canary.namespace for canary in examination.canaries}
    found = []
    for index, one in enumerate(running):
        for other in running[index + 1 :]:
            both = [space for space in sorted(spaces) if _watches(one, space) and _watches(other, space)]
            if both:
                names = [f"{each.title} ({each.namespace}/{each.name})" for each in (one, other)]
                found.append(
                    found_on(
                        rules.CONTROLLER_SEVERAL, f"deployment/{other.name}", other.namespace, "",
                        f"both {names[0]} and {names[1]} reconcile canaries in {', '.join(both[:5])}: they undo each"
                        " other's weights",
                        "scale one to zero, or give each a namespace of its own with -namespace",
                    )
                )  # fmt: skip
    return found


def _stale(engine: DetectedController, lease: Mapping[str, Any], now: datetime) -> Finding:
    metadata = as_mapping(lease.get("metadata"))
    holder = clean(as_mapping(lease.get("spec")).get("holderIdentity"), 100) or "nobody"
    return found_on(
        rules.CONTROLLER_LEASE_STALE, f"lease/{clean(metadata.get('name'), 100)}",
        as_text(metadata.get("namespace")), "spec.renewTime",
        f"the controller ({engine.title}) elects a leader, and {holder} has not renewed the Lease for"
        f" {short_duration(_age_s(lease, now))}: no replica may be leading",
        f"read the log of deployment {engine.namespace}/{engine.name}; it may lack the right to update the Lease",
    )  # fmt: skip


def _watches(engine: DetectedController, namespace: str) -> bool:
    return engine.watches in ("", namespace)


def _holds(lease: Mapping[str, Any], engine: DetectedController) -> bool:
    """Whether a lease is that of this controller, which elects a leader."""
    ours = as_text(as_mapping(lease.get("metadata")).get("name")).startswith("canarytui")
    return engine.elects and ours != engine.is_flagger


def _age_s(lease: Mapping[str, Any], now: datetime) -> float:
    renewed = parse_time(as_mapping(lease.get("spec")).get("renewTime"))
    return (now - renewed).total_seconds() if renewed is not None else float("inf")


def _late_s(lease: Mapping[str, Any], now: datetime) -> float:
    term = as_mapping(lease.get("spec")).get("leaseDurationSeconds")
    term_s = float(term) if isinstance(term, int | float) else 60.0
    return _age_s(lease, now) - _TERMS_MISSED * term_s


def _workload(deployment: Mapping[str, Any]) -> tuple[tuple[str, str], WorkloadStatus]:
    workload = WorkloadStatus.parse(deployment)
    return (workload.namespace, workload.name), workload


CHECK = DoctorCheck(
    "controllers",
    (
        rules.CONTROLLER_NONE,
        rules.CONTROLLER_NOT_READY,
        rules.CONTROLLER_SEVERAL,
        rules.CONTROLLER_LEASE_STALE,
        rules.ANNOTATION_NOT_OBEYED,
    ),
    cluster=_controllers,
)
