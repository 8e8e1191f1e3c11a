"""Where a rollout stands: a line for people, JSON for programs, an exit code for CI."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from canarytui.domain.rollout.comparison_object import comparison_object
from canarytui.domain.rollout.progress import steps_reached
from canarytui.domain.rollout.revision_outcome import RevisionStage
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.rollout.state import state_of
from canarytui.domain.spec.steps import step_plan
from canarytui.domain.text.plain import clean
from canarytui.domain.workloads.workload import WorkloadStatus
from canarytui.exit_codes import ExitCode


class RolloutStatus(Struct, frozen=True):
    """One moment of a rollout. `situation` is None when the object is invalid; `sure` is False when the status may be
    about an earlier revision."""

    namespace: str
    name: str
    stage: RevisionStage
    sure: bool
    sentence: str
    situation: Situation | None = None

    @property
    def code(self) -> ExitCode:
        """The exit code if the command ended now."""
        match self.stage:
            case RevisionStage.PROMOTED | RevisionStage.TAKEN_BACK:
                return ExitCode.PROMOTED
            case RevisionStage.FAILED:
                return ExitCode.FAILED
        return ExitCode.UNDECIDED

    @property
    def news(self) -> tuple[object, ...]:
        """A change of this makes a new line while watching; countdowns and measured values are not in it."""
        words = re.sub(r"\([^)]*\)|[\d.:]+", "", self.sentence)
        if self.situation is None:
            return self.stage, words
        status = self.situation.canary.status
        return self.stage, words, status.phase, self.situation.weight, status.failed_checks, status.iterations

    def as_object(self) -> dict[str, Any]:
        """For ``-o json``; `exitCode` is what the command would end with now."""
        told: dict[str, Any] = {
            "namespace": self.namespace,
            "name": self.name,
            "stage": self.stage.value,
            "sure": self.sure,
            "exitCode": int(self.code),
            "sentence": self.sentence,
        }
        if self.situation is not None:
            told |= _figures(self.situation)
        return told


def _figures(situation: Situation) -> dict[str, Any]:
    canary = situation.canary
    plan = step_plan(canary)
    tick = situation.next_tick
    return {
        "phase": str(canary.status.phase),
        "state": state_of(situation),
        "suspended": canary.spec.suspend,
        "weight": situation.weight,
        "failedChecks": canary.status.failed_checks,
        "threshold": canary.spec.analysis.threshold,
        "step": steps_reached(situation),
        "steps": plan.total,
        "nextDecision": tick.astimezone().isoformat(timespec="seconds") if tick is not None else None,
        "primaryImages": _images(situation.primary),
        "canaryImages": _images(situation.target),
        "checks": [
            {
                "name": clean(check.name, 200),
                "verdict": check.verdict.value,
                "value": check.value,
                "min": check.minimum,
                "max": check.maximum,
                "problem": check.problem or None,
            }
            for check in situation.checks
        ],
        "comparison": comparison_object(situation.compared) if situation.compared is not None else None,
    }


def _images(workload: WorkloadStatus | None) -> list[str]:
    return [container.image for container in workload.containers] if workload is not None else []
