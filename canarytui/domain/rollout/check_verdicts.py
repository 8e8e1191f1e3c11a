"""What a check says of a rollout now, and how many shadow checks would fail it. Pure."""

from __future__ import annotations

from canarytui.domain.rollout.checks import Check, CheckVerdict
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.phases import Phase

_MEASURED = frozenset({Phase.PROGRESSING, Phase.WAITING_PROMOTION, Phase.PROMOTING})


def verdict_now(situation: Situation, check: Check) -> CheckVerdict:
    """The check's verdict. A missing value means nothing while no traffic reaches the canary."""
    found = check.verdict
    return CheckVerdict.UNKNOWN if found is CheckVerdict.NO_VALUE and not _has_traffic(situation) else found


def shadow_failures(situation: Situation) -> tuple[int, int]:
    """(how many shadow checks would fail now, how many there are); (0, 0) while no rollout is measured."""
    if not situation.shadow_checks or not _has_traffic(situation):
        return 0, 0
    verdicts = [verdict_now(situation, check) for check in situation.shadow_checks]
    failing = sum(verdict in (CheckVerdict.FAILS, CheckVerdict.NO_VALUE) for verdict in verdicts)
    return failing, len(verdicts)


def _has_traffic(situation: Situation) -> bool:
    status = situation.canary.status
    return status.phase in _MEASURED and (situation.weight > 0 or status.iterations > 0)
