"""What a comparison can come to; apart from the mathematics, which a list without a rollout does not need."""

from __future__ import annotations

from enum import StrEnum


class VerdictKind(StrEnum):
    WORSE = "worse"
    PRIMARY_FAILS_TOO = "primary-fails-too"
    ALIKE = "alike"
    BETTER = "better"
    TOO_FEW = "too-few-requests"
