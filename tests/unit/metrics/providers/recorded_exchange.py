"""One request of a recording and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ADDRESS = "{address}"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `url` begins with ``{address}``, or is whole where the template names no address."""

    asked_for: str
    clock_s: float
    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    status: int
    answer_headers: Mapping[str, str]
    answer: str
