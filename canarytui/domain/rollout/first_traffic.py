"""Whether a canary has just received its first traffic and nothing is measured yet: a failed check that is no bad news.

Pure. The controller asks for values as soon as the first step is taken; a load test that begins at that tick has sent
nothing by then. It is told from a halt by what is known: the first step, no more than two failed checks, each without a
value. From the third on, or when any value is bad, it is a halt like every other.
"""

from __future__ import annotations

from canarytui.domain.history.controller_messages import NO_VALUES
from canarytui.domain.rollout.blockers import failing
from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.rollout.forecast import when
from canarytui.domain.rollout.halt_causes import halt_words
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import Phrase
from canarytui.domain.sentences import rollout as words
from canarytui.domain.spec.steps import step_plan

_MOST_FAILED = 2
_LEAST_LEFT = 2
"""Failed checks that must be left: the last one is bad news whatever its reason."""


def is_first_traffic(situation: Situation) -> bool:
    """Whether the controller's last failed check found no values because traffic has only just begun."""
    status = situation.canary.status
    if not situation.halted or not 0 < status.failed_checks <= _MOST_FAILED or situation.failures_left < _LEAST_LEFT:
        return False
    if not _at_first_step(situation):
        return False
    now = failing(situation.checks)
    if now is not None and now.verdict is CheckVerdict.FAILS:
        return False
    said = halt_words(situation)
    return NO_VALUES.match(said) is not None if said else now is not None


def is_unmeasured(situation: Situation, fails: Check) -> bool:
    """Whether `fails`, the check that would fail now, only lacks values because traffic has only just begun."""
    if fails.verdict is not CheckVerdict.NO_VALUE or situation.canary.status.failed_checks:
        return False
    return _at_first_step(situation)


def first_traffic(situation: Situation) -> Phrase:
    """What is said when :func:`is_first_traffic`."""
    return words.FIRST_TRAFFIC.say(
        begun=_begun(situation),
        when=when(situation),
        failed=situation.canary.status.failed_checks,
        threshold=situation.canary.spec.analysis.threshold,
    )


def no_values_yet(situation: Situation) -> Phrase:
    """What is said when :func:`is_unmeasured`."""
    return words.NO_VALUES_YET.say(begun=_begun(situation), when=when(situation))


def _begun(situation: Situation) -> Phrase:
    """What has just begun: a load test, where a webhook has a load tester run a command during the analysis."""
    hooks = situation.canary.spec.analysis.webhooks
    loaded = any(hook.type == "rollout" and "cmd" in hook.metadata for hook in hooks)
    return (words.LOAD_TEST_BEGUN if loaded else words.TRAFFIC_BEGUN).say()


def _at_first_step(situation: Situation) -> bool:
    return step_plan(situation.canary).reached(situation.weight, situation.canary.status.iterations) == 1
