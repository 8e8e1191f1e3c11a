"""Runs the checks: all of the cluster's, and all of each canary's, then takes out what people have silenced."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from msgspec import Struct

from canarytui.doctor.examination import DoctorCheck, Examination, silenced_rules
from canarytui.doctor.reading import ClusterReader
from canarytui.doctor.registry import CHECKS
from canarytui.domain.findings.finding import Finding, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.session.opened_cluster import OpenedCluster
from canarytui.session.snapshot import find_controller, read_once
from canarytui.session.state import ClusterState

_CANARIES_AT_ONCE = 4
_WORST_FIRST = tuple(Severity)


class DoctorReport(Struct, frozen=True):
    """`findings` are the worst first. `silenced` counts those that an annotation silences; `unread` is what could not
    be examined, each with the reason."""

    findings: tuple[Finding, ...]
    silenced: int
    canaries: int
    unread: tuple[tuple[str, str], ...]


async def examine_canaries(
    opened: OpenedCluster, state: ClusterState, keys: Iterable[NamespacedName], prometheus: str = ""
) -> DoctorReport:
    """What is wrong with the canaries `keys` of a cluster that was opened, whose canaries `state` has.

    `prometheus` is the person's own, "" for the controller's.
    """
    await read_once(opened, state, prometheus=prometheus, measured=lambda _: ())
    await find_controller(opened, state)
    reader = ClusterReader(opened.cluster)
    canaries = []
    for key in keys:
        canary = state.canary(key)
        if isinstance(canary, Canary):
            canaries.append(canary)
        elif canary is not None:
            reader.note(f"canary {'/'.join(key)}", str(canary))
    return await examined(Examination(reader, state, tuple(canaries), opened.scope, prometheus))


async def examined(examination: Examination, checks: Sequence[DoctorCheck] = CHECKS) -> DoctorReport:
    """What is wrong with the canaries of an examination."""
    free = asyncio.Semaphore(_CANARIES_AT_ONCE)

    async def of_canary(canary: Canary) -> tuple[list[Finding], int]:
        async with free:
            found = [each for check in checks if check.canary for each in await check.canary(examination, canary)]
        return _unsilenced(examination, canary, found)

    of_cluster = [each for check in checks if check.cluster for each in await check.cluster(examination)]
    results = await asyncio.gather(*(of_canary(canary) for canary in examination.canaries))
    found = [*of_cluster, *(each for findings, _ in results for each in findings)]
    unread = tuple(sorted(examination.reader.unread.items()))
    return DoctorReport(_ordered(found), sum(count for _, count in results), len(examination.canaries), unread)


def _unsilenced(examination: Examination, canary: Canary, found: Iterable[Finding]) -> tuple[list[Finding], int]:
    """The findings that annotations leave, and how many they silence: the canary's, and those of the object itself."""
    silenced, distinct = silenced_rules(canary.raw), list(dict.fromkeys(found))
    left = [
        each
        for each in distinct
        if each.rule.id not in silenced | examination.silences.get((each.namespace, each.object), frozenset())
    ]
    return left, len(distinct) - len(left)


def _ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once: canaries share controllers, servers and kinds."""
    return tuple(
        sorted(
            dict.fromkeys(found),
            key=lambda each: (_WORST_FIRST.index(each.rule.severity), each.namespace, each.object, each.rule.id),
        )
    )
