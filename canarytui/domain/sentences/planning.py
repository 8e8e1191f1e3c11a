"""Shared by the plans of all actions: the phase, when a change takes effect, what cannot be changed."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NO_STATUS = Sentence(
    "planning.no_status",
    "it has no status yet",
    evidence="the object has no status.phase",
)
PAUSED = Sentence(
    "planning.paused",
    "it is paused, and the controller does nothing while it is; resume it first",
    evidence="spec.suspend is true",
)
PHASE = Sentence(
    "planning.phase",
    "it is {phase}",
    evidence="status.phase as it was read",
    otherwise="planning.no_status",
)
WHEN_STALE = Sentence(
    "planning.when_stale",
    "at the next tick (when is unknown: the data are stale)",
    evidence="the connection is lost, so the controller's last act may not be known",
)
WITHIN = Sentence(
    "planning.within",
    "at the next tick, within one interval ({interval_s:g} s)",
    evidence="the canary's interval; the controller's clock is not known",
    otherwise="planning.when_stale",
)
RISK_WITH_RETIRED = Sentence(
    "planning.risk_with_retired",
    "{risk} {title} is retired. {evidence}",
    evidence="a rollout starts, and the provider's record has a dated fact about the end of its project",
)
NEXT_TICK = Sentence(
    "planning.next_tick",
    "at the next tick, in {seconds} s",
    evidence="the controller's last act, on whose clock the next tick falls",
    otherwise="planning.within",
)
TARGET_NOT_READ = Sentence(
    "planning.target_not_read",
    "{kind} {namespace}/{name} was not read: you may lack the rights",
    evidence="objects of its kind could not be listed",
)
NO_TARGET = Sentence(
    "planning.no_target",
    "its target {kind} {namespace}/{name} does not exist",
    evidence="objects of its kind were listed, and it is not among them",
    otherwise="planning.target_not_read",
)
