"""Whether a canary lets the comparison with its primary decide, and what happens without a verdict: two annotations.

Only canarytui's own controller obeys them.
"""

from __future__ import annotations

from dataclasses import dataclass

from canarytui.domain.sentences import judge as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_text

JUDGE_ANNOTATION = "canarytui.io/judge"
WITHOUT_VERDICT_ANNOTATION = "canarytui.io/judge-without-verdict"
HALT, PASS = "halt", "pass"
_SHOWN_MOST = 40


@dataclass(frozen=True, slots=True)
class JudgeOptIn:
    """`problems` name the annotations that say something else than they may, which then counts as not said."""

    halts_when_worse: bool
    halts_without_verdict: bool
    problems: tuple[str, ...] = ()


def judge_opt_in(canary: Canary) -> JudgeOptIn:
    """What the canary's annotations say."""
    annotations = as_mapping(as_mapping(canary.raw.get("metadata")).get("annotations"))
    judge = as_text(annotations.get(JUDGE_ANNOTATION))
    without = as_text(annotations.get(WITHOUT_VERDICT_ANNOTATION))
    problems = []
    if judge and judge != HALT:
        shown = clean(judge, _SHOWN_MOST)
        problems.append(words.ANNOTATION_IGNORED.text(annotation=JUDGE_ANNOTATION, value=shown, known=HALT))
    if without and without not in (HALT, PASS):
        shown = clean(without, _SHOWN_MOST)
        problems.append(
            words.ANNOTATION_COUNTS_AS.text(
                annotation=WITHOUT_VERDICT_ANNOTATION, value=shown, counts_as=PASS, other=HALT
            )
        )
    return JudgeOptIn(judge == HALT, without == HALT, tuple(problems))
