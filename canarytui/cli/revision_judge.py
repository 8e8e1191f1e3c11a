"""Where the rollout of a canary's current revision stands, for ``status``."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from canarytui.cli.pinned_revision import PinnedRevision
from canarytui.cluster.resources import DAEMONSETS, DEPLOYMENTS
from canarytui.domain.rollout.revision_outcome import UNKNOWN, Inputs, RevisionStage, has_ended, stage
from canarytui.domain.sentences import command_status as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import NamespacedName
from canarytui.errors import UsageError
from canarytui.report.reason import why_at
from canarytui.report.rollout_status import RolloutStatus
from canarytui.session.live import LiveConnection
from canarytui.session.snapshot import inputs_now
from canarytui.session.state import ClusterState

_INPUTS_EVERY_S = 2.0


class Judge:
    """Finds out where the target's current revision stands; with `pinned`, that of the first call."""

    def __init__(
        self, cluster_state: ClusterState, connection: LiveConnection, key: NamespacedName, *, pinned: bool
    ) -> None:
        self._cluster_state = cluster_state
        self._connection = connection
        self._key = key
        self._is_pinned = pinned
        self._pinned: PinnedRevision | None = None
        self._inputs: tuple[object, float, Inputs] | None = None
        self._idle_since: datetime | None = None

    async def standing(self) -> RolloutStatus:
        """Where it stands now.

        Raises:
            UsageError: the canary was deleted.
        """
        canary = self._cluster_state.canary(self._key)
        if canary is None:
            raise UsageError(words.DELETED.text(canary="/".join(self._key)))
        situation = self._cluster_state.situation(self._key)
        if not isinstance(canary, Canary) or situation is None:
            return RolloutStatus(*self._key, RevisionStage.NOT_BEGUN, True, str(canary))
        target, primary = (self._workload(canary, name) for name in (canary.target_name, canary.primary_name))
        if self._is_pinned and self._pinned is None:
            self._pinned = PinnedRevision(situation, target, primary)
        inputs = await self._inputs_now(canary, target) if has_ended(canary) else UNKNOWN
        found, sure = stage(canary, target, primary, inputs)
        if target is None and situation.workloads_known and canary.spec.target.kind != "Service":
            found, sure = RevisionStage.NOT_BEGUN, True
        replaced = self._pinned.replaced(situation, target, primary) if self._pinned is not None else None
        if replaced is not None:
            return replaced
        sentence = why_at(situation, found, self._idle_s(found is RevisionStage.NOT_BEGUN))
        if (
            found is RevisionStage.UNDER_WAY
            and situation.compared is not None
            and situation.compared.verdict is not None
        ):
            sentence = f"{sentence}; {situation.compared.phrase}"
        if found is RevisionStage.TAKEN_BACK and not self._is_pinned:
            found, sentence = RevisionStage.FAILED, why_at(situation, RevisionStage.FAILED)
        if not sure and self._is_pinned and found is RevisionStage.FAILED:
            found = RevisionStage.UNDER_WAY
        return RolloutStatus(*self._key, found, sure, sentence, situation)

    def _workload(self, canary: Canary, name: str) -> dict[str, Any] | None:
        resource = {"DaemonSet": DAEMONSETS, "Deployment": DEPLOYMENTS}.get(canary.spec.target.kind)
        return self._cluster_state.stores[resource].get(canary.namespace, name) if resource is not None else None

    async def _inputs_now(self, canary: Canary, target: dict[str, Any] | None) -> Inputs:
        """Read again when canary or target have changed, and now and then: a change of a ConfigMap is not watched."""
        clock = asyncio.get_running_loop().time()
        about = canary.resource_version, target and (target.get("metadata") or {}).get("resourceVersion")
        known = self._inputs
        if known is not None and known[0] == about and clock - known[1] < _INPUTS_EVERY_S:
            return known[2]
        inputs = await inputs_now(self._connection.cluster, canary)
        self._inputs = about, clock, inputs
        return inputs

    def _idle_s(self, idle: bool) -> float:
        now = self._cluster_state.now()
        self._idle_since = (self._idle_since or now) if idle else None
        return (now - self._idle_since).total_seconds() if self._idle_since else 0.0
