"""What is to blame for a check without values, or with values that say nothing."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from canarytui.domain.sentences import Phrase


class CauseKind(StrEnum):
    """What went wrong; stable words, for tests and JSON."""

    UNREACHABLE = "unreachable"  # which is not "no values"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    METRIC_MISSING = "metric-missing"
    METRIC_UNSEEN = "metric-unseen"
    LABEL_MISSING = "label-missing"
    WRONG_NAMESPACE = "wrong-namespace"
    WRONG_VALUE = "wrong-value"
    RENAMED_LABEL = "renamed-label"
    DASHBOARD_VARIABLE = "dashboard-variable"
    NEVER_TOGETHER = "never-together"
    NO_CANARY_SERIES = "no-canary-series"
    NONE_YET = "none-yet"
    ALL_LEFT_OUT = "all-left-out"
    TARGET_DOWN = "target-down"
    TARGET_GONE = "target-gone"
    STALE = "stale"
    NO_REQUESTS = "no-requests"
    TOO_YOUNG = "too-young"
    WINDOW_SHORT = "window-short"
    NO_INTERVAL = "no-interval"
    RESET = "reset"
    ZERO_DIVISION = "zero-division"
    LABELS_DIFFER = "labels-differ"
    FILTERED = "filtered"
    LE_LOST = "le-lost"
    ABSENT = "absent"
    SEVERAL = "several"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


WITHOUT_TRAFFIC = frozenset(
    (
        CauseKind.UNREACHABLE,
        CauseKind.FORBIDDEN,
        CauseKind.REFUSED,
        CauseKind.METRIC_MISSING,
        CauseKind.LABEL_MISSING,
        CauseKind.RENAMED_LABEL,
        CauseKind.DASHBOARD_VARIABLE,
        CauseKind.TARGET_DOWN,
        CauseKind.WINDOW_SHORT,
        CauseKind.NO_INTERVAL,
        CauseKind.LABELS_DIFFER,
        CauseKind.LE_LOST,
        CauseKind.SEVERAL,
        CauseKind.SECONDS,
        CauseKind.MILLISECONDS,
    )
)
"""What is wrong also while no rollout is in progress, when a canary has no pods and no requests."""


PASSING = frozenset(
    (
        CauseKind.UNREACHABLE,
        CauseKind.METRIC_UNSEEN,
        CauseKind.NONE_YET,
        CauseKind.NO_CANARY_SERIES,
        CauseKind.TARGET_DOWN,
        CauseKind.TARGET_GONE,
        CauseKind.STALE,
        CauseKind.NO_REQUESTS,
        CauseKind.TOO_YOUNG,
        CauseKind.RESET,
        CauseKind.ZERO_DIVISION,
        CauseKind.ABSENT,
    )
)
"""What traffic, time or the next scrape ends, without anybody changing anything."""


class Cause(Struct, frozen=True):
    """One thing to blame: what it is, with the values that show it, and what to do. Causes of one kind `about` the same
    are the same."""

    kind: CauseKind
    phrase: Phrase
    remedy: Phrase
    about: str = ""


class Diagnosis(Struct, frozen=True):
    """`causes` are proved. `known` is what is known where none is; `asked` counts the queries."""

    causes: tuple[Cause, ...] = ()
    known: Phrase | None = None
    asked: int = 0

    @property
    def kinds(self) -> tuple[CauseKind, ...]:
        """Of the causes, in their order."""
        return tuple(cause.kind for cause in self.causes)

    @property
    def passing(self) -> bool:
        """Whether it may be otherwise in a moment: a cause is :data:`PASSING`, or none is proved."""
        return not self.causes or not PASSING.isdisjoint(self.kinds)

    @property
    def text(self) -> str:
        """All causes as part of a sentence, or what is known; "" for nothing."""
        said = "; ".join(cause.phrase.text for cause in self.causes)
        return said or (self.known.text if self.known else "")
