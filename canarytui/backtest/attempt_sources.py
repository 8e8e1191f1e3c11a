"""Where past rollouts are known from: the timeline on this machine, Events, and the ReplicaSets of the target."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.backtest.past_rollout import attempts_from_revisions, with_revisions
from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import REPLICASETS
from canarytui.domain.rollout.attempts import AttemptOutcome, RolloutAttempt, attempts_of
from canarytui.domain.spec.canary import Canary
from canarytui.domain.spec.phases import ACTIVE
from canarytui.domain.spec.steps import step_plan
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, parse_time
from canarytui.errors import CanarytuiError
from canarytui.session.state import ClusterState
from canarytui.session.timeline_file import TimelineFile, history_path
from canarytui.session.timeline_writer import cluster_id

_MORE_TICKS = 5
"""Of a rollout besides its steps and failures: detection, pods, promotion."""


async def read_history(cluster: Cluster, cluster_state: ClusterState, canary: Canary) -> None:
    """Add what this machine has kept of a canary to the timeline."""
    kept = TimelineFile(history_path(cluster.context, await cluster_id(cluster)))
    for fact in await asyncio.to_thread(kept.read):
        if (fact.namespace, fact.name) == (canary.namespace, canary.name):
            cluster_state.timeline.add(fact, is_new=False)


async def past_attempts(
    cluster: Cluster,
    cluster_state: ClusterState,
    canary: Canary,
    *,
    since: datetime,
    interval_s: float,
    knows_history: bool = False,
) -> tuple[list[RolloutAttempt], bool]:
    """The attempts that began after `since`, oldest first, without one in progress; and whether there is such a one.
    `knows_history`: the state has what this machine has kept."""
    if not knows_history:
        await read_history(cluster, cluster_state, canary)
    entries = [*cluster_state.timeline.entries(canary.namespace, canary.name)][::-1]
    created = await revisions_created(cluster, canary)
    known = with_revisions(attempts_of(entries), created)
    analysis = canary.spec.analysis
    ticks = step_plan(canary).total + analysis.threshold + _MORE_TICKS
    estimated = attempts_from_revisions(
        created, known, longest_s=ticks * interval_s, interval_s=interval_s, now=cluster_state.now()
    )
    found = sorted((*known, *estimated), key=lambda attempt: attempt.began)
    is_under_way = bool(found) and _may_be_under_way(found[-1], canary, cluster_state.now())
    if is_under_way:
        found.pop()
    return [attempt for attempt in found if attempt.began >= since], is_under_way


def _may_be_under_way(latest: RolloutAttempt, canary: Canary, now: datetime) -> bool:
    """Whether the latest attempt has no known end, and time for one: a controller takes an interval to notice it."""
    return latest.outcome is AttemptOutcome.UNKNOWN and (canary.status.phase in ACTIVE or latest.until >= now)


async def revisions_created(cluster: Cluster, canary: Canary) -> dict[str, datetime]:
    """When the ReplicaSet of each revision of the target was made, by image tag; {} where they cannot be read."""
    try:
        listed = await cluster.request("GET", REPLICASETS.path(canary.namespace))
    except CanarytuiError:
        return {}
    found: dict[str, datetime] = {}
    for each in listed.get("items") or []:
        metadata = as_mapping(as_mapping(each).get("metadata"))
        at = parse_time(metadata.get("creationTimestamp"))
        if at is None or not _is_of(metadata, canary.target_name):
            continue
        tag = _tag(each)
        found[f"{tag} {clean(metadata.get('name'), 253).rpartition('-')[2]}".strip()] = at
    return found


def _is_of(metadata: Mapping[str, Any], target: str) -> bool:
    owners = metadata.get("ownerReferences")
    return any(
        owner.get("kind") == "Deployment" and owner.get("name") == target
        for owner in (owners if isinstance(owners, list) else ())
        if isinstance(owner, Mapping)
    )


def _tag(replicaset: Mapping[str, Any]) -> str:
    template = as_mapping(as_mapping(replicaset.get("spec")).get("template"))
    containers = as_mapping(template.get("spec")).get("containers")
    first = as_mapping(containers[0]) if isinstance(containers, list) and containers else {}
    image = clean(first.get("image"), 300).partition("@")[0]
    return image.rpartition("/")[2].partition(":")[2]
