"""Retrying a failed rollout: the plan, or why there is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

PROMOTION_FAILED = Sentence(
    "retrying.promotion_failed",
    "it failed with all traffic on the canary, as a failed promotion leaves it; a retry would send all traffic to the "
    "primary, which is likely broken (set spec.skipAnalysis true, then trigger a fixed image)",
    evidence="the phase is Failed, and the router (the status where none is read) has 100 % on the canary",
)
NOT_FAILED = Sentence(
    "retrying.not_failed",
    "{it_is}: only a failed rollout can be retried",
    evidence="the phase is not Failed",
)
EFFECT = Sentence(
    "retrying.effect",
    "The controller sees a new revision and analyses {images} again from the start.",
    evidence="the target's images; the pod template gets a new annotation",
)
EFFECT_DRIFT_FREE = Sentence(
    "retrying.effect_drift_free",
    "The controller forgets which revision it saw last and analyses {images} again from the start. No spec changes.",
    evidence="the target's images; only the status is written",
    otherwise="retrying.effect",
)
RISK = Sentence(
    "retrying.risk",
    "What failed before may fail again; its users see it until the threshold is reached.",
    evidence="the same images are analysed again",
)
