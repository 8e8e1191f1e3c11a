"""The revision that ``status --revision-of-now`` waits for: the target's when the command started."""

from __future__ import annotations

from typing import Any

from canarytui.domain.rollout.revision_outcome import RevisionStage, revision_of, same_revision
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import command_status as words
from canarytui.errors import UsageError
from canarytui.report.rollout_status import RolloutStatus

Workload = dict[str, Any] | None
_WITH_REVISIONS = ("Deployment", "DaemonSet")


class PinnedRevision:
    """What `target` and `primary` were when the command began.

    Raises:
        UsageError: the target has no revision, or none that can be read.
    """

    def __init__(self, situation: Situation, target: Workload, primary: Workload) -> None:
        self._revision = revision_of(target)
        if not self._revision:
            raise UsageError(_nothing_to_pin(situation, target))
        self._target, self._primary = target, primary

    def replaced(self, situation: Situation, target: Workload, primary: Workload) -> RolloutStatus | None:
        """Where the pinned revision stands once the target has another one; None while it has not. The primary decides:
        this may run long after the last time, when the server did not answer in between."""
        if revision_of(target) in ("", self._revision):
            return None
        canary = situation.canary
        if same_revision(self._target, primary):
            stage, sure, said = RevisionStage.PROMOTED, True, words.REPLACED_LATER
        elif situation.workloads_known and revision_of(primary) == revision_of(self._primary):
            stage, sure, said = RevisionStage.FAILED, True, words.REPLACED
        else:
            stage, sure, said = RevisionStage.UNDER_WAY, False, words.REPLACED_UNKNOWN
        return RolloutStatus(canary.namespace, canary.name, stage, sure, said.text(name=canary.name), situation)


def _nothing_to_pin(situation: Situation, target: Workload) -> str:
    canary = situation.canary
    kind = canary.spec.target.kind
    if kind not in _WITH_REVISIONS:
        return words.NO_REVISION.text(canary=f"{canary.namespace}/{canary.name}", kind=kind)
    said = words.NO_TARGET if situation.workloads_known and target is None else words.TARGET_UNREADABLE
    return said.text(kind=kind, target=f"{canary.namespace}/{canary.target_name}")
