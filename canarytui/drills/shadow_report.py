"""What shadow checks would have said at the controller's ticks during a drill: for its report. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from canarytui.domain.rollout.checks import Check, CheckVerdict, number_text
from canarytui.domain.rollout.judgement import CheckLimits
from canarytui.domain.sentences import NOTHING
from canarytui.domain.sentences import drill_report as words
from canarytui.domain.text.plain import clean
from canarytui.drills.run_view import RunView, ShadowTick


class ShadowSummary(Struct, frozen=True):
    """A shadow check and the ticks at which it had a verdict, oldest first."""

    check: Check
    ticks: tuple[ShadowTick, ...]

    @property
    def failing(self) -> int:
        """At how many ticks it would have failed; a tick without a value is one."""
        return sum(tick.verdict is not CheckVerdict.PASSES for tick in self.ticks)

    @property
    def missing(self) -> int:
        """At how many ticks it had no value."""
        return sum(tick.verdict is CheckVerdict.NO_VALUE for tick in self.ticks)

    @property
    def values(self) -> list[float]:
        return [tick.value for tick in self.ticks if tick.value is not None]

    @property
    def worst(self) -> float | None:
        """The value that was furthest outside the threshold, or nearest to it."""
        limits = CheckLimits(self.check.minimum, self.check.maximum)
        return min(self.values, key=limits.margin, default=None) if limits != CheckLimits(None, None) else None

    @property
    def phrase(self) -> str:
        """The check's verdicts in one line."""
        name, threshold = clean(self.check.name, 80), self.check.bound_text()
        if not self.ticks:
            return words.SHADOW_UNMEASURED.text(check=name, threshold=threshold)
        worst = self.worst
        values = words.SHADOW_WORST.say(worst=number_text(worst), last=number_text(self.values[-1])) if (
            worst is not None
        ) else NOTHING  # fmt: skip
        fields = {"check": name, "threshold": threshold, "ticks": len(self.ticks), "values": values}
        if not self.failing:
            return words.SHADOW_PASSES.text(**fields)
        missing = words.SHADOW_MISSING.say(missing=self.missing) if self.missing else NOTHING
        return words.SHADOW_FAILS.text(**fields, failing=self.failing, missing=missing)

    def as_object(self) -> dict[str, Any]:
        """For the report that machines read."""
        check = self.check
        return {
            "check": check.name,
            "threshold": {"min": check.minimum, "max": check.maximum},
            "ticks": len(self.ticks),
            "failing": self.failing,
            "withoutValue": self.missing,
            "worst": self.worst,
            "verdicts": [
                {"at": tick.at.isoformat(timespec="milliseconds"), "value": tick.value, "verdict": tick.verdict.value}
                for tick in self.ticks
            ],
        }


def shadow_summaries(view: RunView) -> Iterator[ShadowSummary]:
    """Of every shadow check that the canary had."""
    for check in view.shadow_checks:
        yield ShadowSummary(check, tuple(tick for tick in view.shadow_ticks if tick.check == check.name))
