"""Whether a canary lets the comparison with its primary decide, and what happens without a verdict: two annotations.

Only canarytui's own controller obeys them.
"""

from __future__ import annotations

from msgspec import Struct

from canarytui.domain.spec.canary import Canary
from canarytui.domain.values import as_mapping, as_text

JUDGE_ANNOTATION = "canarytui.io/judge"
WITHOUT_VERDICT_ANNOTATION = "canarytui.io/judge-without-verdict"
HALT, PASS = "halt", "pass"


class JudgeOptIn(Struct, frozen=True):
    """`unknown`: (annotation, value) of those that say something else than they may, which counts as not said."""

    halts_when_worse: bool
    halts_without_verdict: bool
    unknown: tuple[tuple[str, str], ...] = ()


def judge_opt_in(canary: Canary) -> JudgeOptIn:
    """What the canary's annotations say."""
    annotations = as_mapping(as_mapping(canary.raw.get("metadata")).get("annotations"))
    judge = as_text(annotations.get(JUDGE_ANNOTATION))
    without = as_text(annotations.get(WITHOUT_VERDICT_ANNOTATION))
    unknown = []
    if judge and judge != HALT:
        unknown.append((JUDGE_ANNOTATION, judge))
    if without and without not in (HALT, PASS):
        unknown.append((WITHOUT_VERDICT_ANNOTATION, without))
    return JudgeOptIn(judge == HALT, without == HALT, tuple(unknown))
