"""Shadow checks: what they say of a rollout on which they have no effect."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TITLE = Sentence(
    "shadow.title",
    "SHADOW CHECKS (no effect on the rollout)",
    evidence="the annotation canarytui.io/shadow-checks, which no controller reads",
)
WOULD_FAIL = Sentence(
    "shadow.would_fail",
    "would fail",
    evidence="a shadow check's value is outside its threshold, or missing while the canary has traffic",
)
WOULD_PASS = Sentence(
    "shadow.would_pass",
    "would pass",
    evidence="a shadow check's value is within its threshold",
)
NO_VALUE_WOULD_FAIL = Sentence(
    "shadow.no_value_would_fail",
    "no value, would count as failed",
    evidence="the query of a shadow check answered without a value while the canary has traffic",
)
COUNT = Sentence(
    "shadow.count",
    "{failing} of {all} would fail",
    evidence="the shadow checks and their last values, while the canary has traffic",
    otherwise="shadow.all_pass",
)
ALL_PASS = Sentence(
    "shadow.all_pass",
    "would pass",
    evidence="every shadow check has a value, and none is outside its threshold now",
)
