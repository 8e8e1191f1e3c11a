"""hey's summary of a slice, parsed, and the sum of many. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, field

from canarytui.domain.text.plain import clean

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, float("inf"))
"""Upper bounds of the latency buckets into which the slices' histograms are merged."""

_TOTAL = re.compile(r"^\s*Total:\s*([0-9.]+) secs", re.MULTILINE)
_SLOWEST = re.compile(r"^\s*Slowest:\s*([0-9.]+) secs", re.MULTILINE)
_BUCKET = re.compile(r"^\s+([0-9.]+) \[(\d+)\]", re.MULTILINE)
_STATUS = re.compile(r"^\s+\[(\d{3})\]\s+(\d+) responses", re.MULTILINE)
_ERROR = re.compile(r"^\s+\[(\d+)\]\s+(\S.*)$", re.MULTILINE)
_MOST_ERRORS = 20
_OTHERS = "other errors"
_K = TypeVar("_K")


class Answers(Struct, frozen=True):
    """Counts. `codes` by HTTP status; `errors` by hey's words (no answer at all); `latencies` a count for each of
    :data:`BUCKETS_S`; `seconds` of load; `slowest_s` the slowest answer."""

    codes: Mapping[int, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    latencies: tuple[int, ...] = (0,) * len(BUCKETS_S)
    seconds: float = 0.0
    slowest_s: float = 0.0
    unreported: int = 0
    """How many heys ended without a summary; what they sent is not counted."""

    @property
    def answered(self) -> int:
        return sum(self.codes.values())

    @property
    def failed(self) -> int:
        """Requests without an answer."""
        return sum(self.errors.values())

    @property
    def sent(self) -> int:
        return self.answered + self.failed

    def plus(self, other: Answers, *, together: bool = False) -> Answers:
        """The sum; with `together`, of loads at the same time."""
        errors = _added(self.errors, other.errors)
        if len(errors) > _MOST_ERRORS:
            others = errors.pop(_OTHERS, 0)
            kept = sorted(errors.items(), key=lambda item: -item[1])
            errors = dict(kept[: _MOST_ERRORS - 1])
            errors[_OTHERS] = others + sum(count for _, count in kept[_MOST_ERRORS - 1 :])
        return Answers(
            _added(self.codes, other.codes),
            errors,
            tuple(a + b for a, b in zip(self.latencies, other.latencies, strict=True)),
            max(self.seconds, other.seconds) if together else self.seconds + other.seconds,
            max(self.slowest_s, other.slowest_s),
            self.unreported + other.unreported,
        )


def parse_summary(text: str, heys: int = 1) -> Answers | None:
    """Parse the summaries of `heys` that ran at the same time; None if there is none."""
    parts = re.split(r"^Summary:", text, flags=re.MULTILINE)[1:]
    whole: Answers | None = None
    for part in parts:
        one = _parse_one(part)
        whole = one if whole is None else whole.plus(one, together=True)
    if whole is None or len(parts) >= heys:
        return whole
    return whole.plus(Answers(unreported=heys - len(parts)), together=True)


def _parse_one(text: str) -> Answers:
    head, _, rest = text.partition("Status code distribution:")
    statuses, _, failures = rest.partition("Error distribution:")
    histogram = head.partition("Response time histogram:")[2].partition("Latency distribution:")[0]
    total, slowest = _TOTAL.search(head), _SLOWEST.search(head)
    latencies = [0] * len(BUCKETS_S)
    for mark, count in _BUCKET.findall(histogram):
        latencies[next(i for i, end in enumerate(BUCKETS_S) if float(mark) <= end)] += int(count)
    errors: dict[str, int] = {}
    for count, said in _ERROR.findall(failures):
        # Local ports and the like make every error different.
        words = clean(re.sub(r"\b\d+\.\d+\.\d+\.\d+:\d+->", "", said), 160)
        errors[words] = errors.get(words, 0) + int(count)
    return Answers(
        {int(code): int(count) for code, count in _STATUS.findall(statuses)},
        errors,
        tuple(latencies),
        float(total[1]) if total else 0.0,
        float(slowest[1]) if slowest else 0.0,
    )


def _added(first: Mapping[_K, int], second: Mapping[_K, int]) -> dict[_K, int]:
    return {key: first.get(key, 0) + second.get(key, 0) for key in {**first, **second}}
